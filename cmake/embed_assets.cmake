# The page and the API's description, compressed at build time and linked into the program: tinychat_assets
# implements src/api/assets.h. The page is built by web/'s own npm script first. A change of the page compiles
# one file and links; nothing else of the server depends on it.
find_program(TINYCHAT_BROTLI brotli REQUIRED)
find_program(TINYCHAT_GZIP gzip REQUIRED)
find_program(TINYCHAT_NPM npm REQUIRED)

set(tinychat_web_dir ${CMAKE_BINARY_DIR}/web)

# path in a URL | file | content type; texts are UTF-8
set(tinychat_asset_table
  "/|${tinychat_web_dir}/index.html|text/html"
  "/assets/app.js|${tinychat_web_dir}/app.js|text/javascript"
  "/assets/chunk.js|${tinychat_web_dir}/chunk.js|text/javascript"
  "/assets/server.js|${tinychat_web_dir}/server.js|text/javascript"
  "/assets/style.css|${tinychat_web_dir}/style.css|text/css"
  "/assets/de.js|${tinychat_web_dir}/de.js|text/javascript"
  "/assets/emoji.js|${tinychat_web_dir}/emoji.js|text/javascript"
  "/assets/icon-192.png|${tinychat_web_dir}/icon-192.png|image/png"
  "/assets/icon-512.png|${tinychat_web_dir}/icon-512.png|image/png"
  "/sw.js|${tinychat_web_dir}/sw.js|text/javascript"
  "/manifest.webmanifest|${tinychat_web_dir}/manifest.webmanifest|application/manifest+json"
  "/favicon.svg|${tinychat_web_dir}/favicon.svg|image/svg+xml"
  "/openapi.yaml|${CMAKE_SOURCE_DIR}/docs/openapi.yaml|application/yaml")

set(tinychat_asset_files ${tinychat_asset_table})
list(TRANSFORM tinychat_asset_files REPLACE "^.*\\|(.*)\\|.*$" "\\1")
set(tinychat_web_files ${tinychat_asset_files})
list(FILTER tinychat_web_files INCLUDE REGEX "^${tinychat_web_dir}/")

file(GLOB_RECURSE tinychat_web_sources CONFIGURE_DEPENDS
  ${CMAKE_SOURCE_DIR}/web/src/* ${CMAKE_SOURCE_DIR}/web/styles/* ${CMAKE_SOURCE_DIR}/web/page/*)
list(APPEND tinychat_web_sources ${CMAKE_SOURCE_DIR}/web/build.mjs ${CMAKE_SOURCE_DIR}/web/emoji_list.mjs
  ${CMAKE_SOURCE_DIR}/web/package.json ${CMAKE_SOURCE_DIR}/web/package-lock.json)
add_custom_command(
  OUTPUT ${tinychat_web_files}
  COMMAND ${TINYCHAT_NPM} run --silent build -- --outdir=${tinychat_web_dir}
  DEPENDS ${tinychat_web_sources}
  WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}/web
  COMMENT "Building the page"
  VERBATIM)

set(tinychat_assets_dir ${CMAKE_BINARY_DIR}/assets)
set(tinychat_assets_script ${CMAKE_SOURCE_DIR}/cmake/write_assets.cmake)
file(MAKE_DIRECTORY ${tinychat_assets_dir})

add_custom_command(
  OUTPUT ${tinychat_assets_dir}/assets.cc
  COMMAND ${CMAKE_COMMAND} "-DTABLE=${tinychat_asset_table}" -DOUTPUT_DIR=${tinychat_assets_dir}
    -DBROTLI=${TINYCHAT_BROTLI} -DGZIP=${TINYCHAT_GZIP} -P ${tinychat_assets_script}
  DEPENDS ${tinychat_asset_files} ${tinychat_assets_script}
  COMMENT "Compressing the page"
  VERBATIM)
add_library(tinychat_assets STATIC ${tinychat_assets_dir}/assets.cc)
target_link_libraries(tinychat_assets PRIVATE tinychat_options)
