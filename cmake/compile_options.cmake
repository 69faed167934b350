# What every translation unit of the project is compiled with. Warnings are errors.
add_library(tinychat_options INTERFACE)
target_include_directories(tinychat_options INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_compile_definitions(tinychat_options INTERFACE TINYCHAT_VERSION="${PROJECT_VERSION}")
target_compile_options(tinychat_options INTERFACE
  -Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-align -Wimplicit-fallthrough -Wnull-dereference
  -fno-omit-frame-pointer)

set(CMAKE_CXX_FLAGS_RELEASE "-O2")
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g")
# -O1 keeps the sanitized suites quick; line tables are enough for their reports.
set(CMAKE_CXX_FLAGS_SANITIZE "-O1 -g1")

if(TINYCHAT_SANITIZE)
  # GCC 12 sees uninitialised uses in the standard library once a sanitizer has rewritten it.
  target_compile_options(tinychat_options INTERFACE
    -fsanitize=${TINYCHAT_SANITIZE} -fno-sanitize-recover=all -Wno-maybe-uninitialized -Wno-null-dereference)
  target_link_options(tinychat_options INTERFACE -fsanitize=${TINYCHAT_SANITIZE})
endif()
