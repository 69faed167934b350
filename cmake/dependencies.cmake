# Everything comes from the distribution. Boost is used as headers only.
find_package(Threads REQUIRED)
find_package(Boost 1.81 CONFIG REQUIRED COMPONENTS headers)
find_package(SQLite3 REQUIRED)
find_package(SQLiteCpp REQUIRED)
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
