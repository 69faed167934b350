# What every translation unit of the project is compiled with. Warnings are errors.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 12)
  message(FATAL_ERROR "tinychat needs GCC 12 or later; ${CMAKE_CXX_COMPILER} is ${CMAKE_CXX_COMPILER_VERSION}.")
endif()

add_library(tinychat_options INTERFACE)
target_include_directories(tinychat_options INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_compile_options(tinychat_options INTERFACE
  -Wall -Wextra -Wpedantic -Werror -Wconversion -Wsign-conversion -Wold-style-cast
  -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-align -Wimplicit-fallthrough
  -fno-omit-frame-pointer)

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Of local names alone: names of a namespace may be those of another file in the same translation unit.
  target_compile_options(tinychat_options INTERFACE -Wshadow=local)
  # These follow values through inlined library code and, differently in every version of GCC, see
  # what is not there: shown, but no errors.
  target_compile_options(tinychat_options INTERFACE
    -Wno-error=array-bounds -Wno-error=free-nonheap-object -Wno-error=maybe-uninitialized
    -Wno-error=null-dereference -Wno-error=stringop-overflow -Wno-error=stringop-overread)
  if(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # False for `"text" + std::string` and the like (GCC's bugs 105651 and 105329).
    target_compile_options(tinychat_options INTERFACE
      -Wno-restrict -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread)
  else()
    # False for functions that return a view they were handed.
    target_compile_options(tinychat_options INTERFACE -Wno-error=dangling-reference)
  endif()
endif()

if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # Clang takes the newest GCC it finds, which need not be one whose headers are there.
  execute_process(COMMAND g++ -print-libgcc-file-name
    OUTPUT_VARIABLE TINYCHAT_LIBGCC OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  get_filename_component(TINYCHAT_GCC ${TINYCHAT_LIBGCC} DIRECTORY)
  add_compile_options(--gcc-install-dir=${TINYCHAT_GCC})
  add_link_options(--gcc-install-dir=${TINYCHAT_GCC})
  # In libstdc++'s own headers.
  add_compile_options(-Wno-deprecated-declarations)
endif()

# Without -DNDEBUG: assertions stay on in what is shipped, the libraries' as well as ours.
set(CMAKE_CXX_FLAGS_RELEASE "-O2")
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g")
# -O1 keeps the sanitized suites quick; line tables are enough for their reports.
set(CMAKE_CXX_FLAGS_SANITIZE "-O1 -g1")

target_compile_definitions(tinychat_options INTERFACE TINYCHAT_VERSION="${PROJECT_VERSION}" _GLIBCXX_ASSERTIONS)
target_link_options(tinychat_options INTERFACE -Wl,-z,relro,-z,now)
# The latter asks for optimisation, which tests do not have.
target_compile_options(tinychat_options INTERFACE $<$<CONFIG:Release>:-fstack-protector-strong>
  $<$<AND:$<CONFIG:Release>,$<NOT:$<STREQUAL:$<TARGET_PROPERTY:NAME>,tinychat_tests>>>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=2>)

if(TINYCHAT_SANITIZE)
  target_compile_options(tinychat_options INTERFACE
    -fsanitize=${TINYCHAT_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(tinychat_options INTERFACE -fsanitize=${TINYCHAT_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC 12 sees uninitialised uses in the standard library once a sanitizer has rewritten it.
    target_compile_options(tinychat_options INTERFACE -Wno-maybe-uninitialized)
  endif()
endif()
