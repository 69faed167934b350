# Everything comes from the distribution. Boost is used as headers only.
find_package(Threads REQUIRED)
find_package(Boost 1.81 CONFIG REQUIRED COMPONENTS headers)
find_package(SQLite3 REQUIRED)
find_package(SQLiteCpp REQUIRED)
# Loaded where it is asked for (redis/openssl.h), not linked with.
find_package(OpenSSL 3.0 REQUIRED)
add_library(openssl_headers INTERFACE)
target_include_directories(openssl_headers SYSTEM INTERFACE ${OPENSSL_INCLUDE_DIR})
# As a codec; libhiredis brings no CMake file of its own in every distribution.
find_path(HIREDIS_INCLUDE_DIRECTORY hiredis/hiredis.h REQUIRED)
find_library(HIREDIS_LIBRARY hiredis REQUIRED)
add_library(hiredis INTERFACE)
target_include_directories(hiredis SYSTEM INTERFACE ${HIREDIS_INCLUDE_DIRECTORY})
target_link_libraries(hiredis INTERFACE ${HIREDIS_LIBRARY})
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
# Neither comes with a description for CMake on every distribution. Of both a little is used: linked in, the rest
# takes no memory.
function(tinychat_library name header library)
  find_path(${name}_include ${header} REQUIRED)
  find_library(${name}_library NAMES lib${library}.a ${library} REQUIRED)
  add_library(${name} INTERFACE IMPORTED)
  target_include_directories(${name} INTERFACE ${${name}_include})
  target_link_libraries(${name} INTERFACE ${${name}_library})
endfunction()
tinychat_library(sodium sodium.h sodium)
tinychat_library(cmark_gfm cmark-gfm.h cmark-gfm)
find_library(TINYCHAT_URING uring REQUIRED)
# Looked for at every configuring: the unit tests are a target where it is installed, and only there.
find_package(GTest QUIET)
