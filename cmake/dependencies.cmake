# Everything comes from the distribution. Boost is used as headers only.
find_package(Threads REQUIRED)
find_package(Boost 1.81 CONFIG REQUIRED COMPONENTS headers)
find_package(SQLite3 REQUIRED)
find_package(SQLiteCpp REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
# As a codec; libhiredis brings no CMake file of its own in every distribution.
find_path(HIREDIS_INCLUDE_DIRECTORY hiredis/hiredis.h REQUIRED)
find_library(HIREDIS_LIBRARY hiredis REQUIRED)
add_library(hiredis INTERFACE)
target_include_directories(hiredis SYSTEM INTERFACE ${HIREDIS_INCLUDE_DIRECTORY})
target_link_libraries(hiredis INTERFACE ${HIREDIS_LIBRARY})
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_library(TINYCHAT_URING uring REQUIRED)
# Looked for at every configuring: the unit tests are a target where it is installed, and only there.
find_package(GTest QUIET)
