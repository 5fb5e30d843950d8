# Compiler settings shared by every target.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

option(POACL_TESTS "Build the tests" ON)
option(POACL_FUZZ "Build the libFuzzer targets (clang)" OFF)
set(POACL_SANITIZE "" CACHE STRING "Comma list for -fsanitize=")

# Whether there are files for single instruction sets (poacl_layer).
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64|i[3-6]86)$")
  set(POACL_X86 ON)
else()
  set(POACL_X86 OFF)
endif()

add_compile_options(-Wall -Wextra -Wshadow -Wnon-virtual-dtor $<$<COMPILE_LANGUAGE:C>:-Wno-non-virtual-dtor>)
if(POACL_SANITIZE)
  add_compile_options(-fsanitize=${POACL_SANITIZE} -fno-omit-frame-pointer -g1)
  add_link_options(-fsanitize=${POACL_SANITIZE})
endif()

# ccache can only keep objects built with a precompiled header if it may ignore its time stamp.
find_program(POACL_CCACHE ccache)
if(POACL_CCACHE)
  set(launcher ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${POACL_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    add_compile_options("$<$<COMPILE_LANGUAGE:CXX>:SHELL:-Xclang -fno-pch-timestamp>")
  endif()
endif()
