# The page and the API's description, compressed at build time and linked into the program: tinychat_assets
# implements src/api/assets.h.
find_program(TINYCHAT_BROTLI brotli REQUIRED)
find_program(TINYCHAT_GZIP gzip REQUIRED)

# path in a URL | file | content type; all of them are UTF-8
set(tinychat_asset_table
  "/|web/index.html|text/html"
  "/assets/app.js|web/app.js|text/javascript"
  "/assets/style.css|web/style.css|text/css"
  "/favicon.svg|web/favicon.svg|image/svg+xml"
  "/openapi.yaml|docs/openapi.yaml|application/yaml")

set(tinychat_asset_files ${tinychat_asset_table})
list(TRANSFORM tinychat_asset_files REPLACE "^.*\\|(.*)\\|.*$" "${CMAKE_SOURCE_DIR}/\\1")
set(tinychat_assets_dir ${CMAKE_BINARY_DIR}/assets)
set(tinychat_assets_script ${CMAKE_SOURCE_DIR}/cmake/write_assets.cmake)
file(MAKE_DIRECTORY ${tinychat_assets_dir})

add_custom_command(
  OUTPUT ${tinychat_assets_dir}/assets.cc
  COMMAND ${CMAKE_COMMAND} "-DTABLE=${tinychat_asset_table}"
    -DSOURCE_DIR=${CMAKE_SOURCE_DIR} -DOUTPUT_DIR=${tinychat_assets_dir}
    -DBROTLI=${TINYCHAT_BROTLI} -DGZIP=${TINYCHAT_GZIP} -P ${tinychat_assets_script}
  DEPENDS ${tinychat_asset_files} ${tinychat_assets_script}
  COMMENT "Compressing the page"
  VERBATIM)
add_library(tinychat_assets STATIC ${tinychat_assets_dir}/assets.cc)
target_link_libraries(tinychat_assets PRIVATE tinychat_options)
