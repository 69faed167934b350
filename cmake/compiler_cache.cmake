# A second build of the same source costs a look-up where ccache is installed.
find_program(TINYCHAT_CCACHE ccache)
mark_as_advanced(TINYCHAT_CCACHE)
if(TINYCHAT_CCACHE)
  # The sloppiness is what ccache asks for where headers are precompiled.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${TINYCHAT_CCACHE})
endif()
