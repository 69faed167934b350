# Everything comes from the distribution. Boost is used as headers only.
find_package(Threads REQUIRED)
find_package(Boost 1.81 CONFIG REQUIRED COMPONENTS headers)
find_package(SQLite3 REQUIRED)
find_package(SQLiteCpp REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_library(TINYCHAT_URING uring REQUIRED)
# Looked for at every configuring: the unit tests are a target where it is installed, and only there.
find_package(GTest QUIET)
