# poacl_layer(NAME [LIBS ...]): a static library from every .cc below the current folder, and one
# test program test_<NAME> from every *_test.cc there. Adding a file needs no edit here.
#
# A file whose name ends in _avx2.cc, _avx512.cc, _vnni.cc (AVX-512 with VNNI and VBMI) or _bf16.cc
# (AVX-512 with BF16) is built for that instruction set; nothing but the kernel lists may call into
# it. Other processors than x86 leave these files out (src/base/x86.h).
function(poacl_layer name)
  cmake_parse_arguments(ARG "" "" "LIBS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS *.cc)
  file(GLOB_RECURSE tests CONFIGURE_DEPENDS *_test.cc)
  file(GLOB_RECURSE fuzzers CONFIGURE_DEPENDS *_fuzz.cc)
  if(tests)
    list(REMOVE_ITEM sources ${tests})
  endif()
  if(fuzzers)
    list(REMOVE_ITEM sources ${fuzzers})
  endif()
  if(NOT POACL_X86)
    list(FILTER sources EXCLUDE REGEX "_(avx2|avx512|vnni|bf16)\\.cc$")
  endif()
  foreach(source ${sources})
    if(source MATCHES "_vnni\\.cc$")
      set_source_files_properties(${source} PROPERTIES SKIP_PRECOMPILE_HEADERS ON COMPILE_OPTIONS
        "-mavx2;-mfma;-mf16c;-mavx512f;-mavx512bw;-mavx512dq;-mavx512vl;-mavx512vnni;-mavx512vbmi")
    elseif(source MATCHES "_bf16\\.cc$")
      set_source_files_properties(${source} PROPERTIES SKIP_PRECOMPILE_HEADERS ON COMPILE_OPTIONS
        "-mavx2;-mfma;-mf16c;-mavx512f;-mavx512bw;-mavx512dq;-mavx512vl;-mavx512bf16;-ffp-contract=fast")
    elseif(source MATCHES "_avx512\\.cc$")
      set_source_files_properties(${source} PROPERTIES SKIP_PRECOMPILE_HEADERS ON COMPILE_OPTIONS
        "-mavx2;-mfma;-mf16c;-mavx512f;-mavx512bw;-mavx512dq;-mavx512vl;-ffp-contract=fast")
    elseif(source MATCHES "_avx2\\.cc$")
      set_source_files_properties(${source} PROPERTIES SKIP_PRECOMPILE_HEADERS ON COMPILE_OPTIONS
        "-mavx2;-mfma;-mf16c;-ffp-contract=fast")
    endif()
  endforeach()
  add_library(poacl_${name} STATIC ${sources})
  target_include_directories(poacl_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src
                             ${PROJECT_SOURCE_DIR}/include)
  target_link_libraries(poacl_${name} PUBLIC fmt::fmt Threads::Threads ${ARG_LIBS})
  target_precompile_headers(poacl_${name} PRIVATE
    "$<$<COMPILE_LANGUAGE:CXX>:<algorithm$<ANGLE-R>>"
    "$<$<COMPILE_LANGUAGE:CXX>:<functional$<ANGLE-R>>"
    "$<$<COMPILE_LANGUAGE:CXX>:<map$<ANGLE-R>>"
    "$<$<COMPILE_LANGUAGE:CXX>:<memory$<ANGLE-R>>"
    "$<$<COMPILE_LANGUAGE:CXX>:<string$<ANGLE-R>>"
    "$<$<COMPILE_LANGUAGE:CXX>:<variant$<ANGLE-R>>"
    "$<$<COMPILE_LANGUAGE:CXX>:<vector$<ANGLE-R>>")
  if(POACL_TESTS AND tests)
    find_package(GTest REQUIRED)
    include(GoogleTest)
    add_executable(test_${name} ${tests})
    target_link_libraries(test_${name} PRIVATE poacl_${name} GTest::gtest_main)
    gtest_discover_tests(test_${name} TEST_PREFIX ${name}. DISCOVERY_TIMEOUT 60)
  endif()
  if(POACL_FUZZ)
    foreach(fuzzer ${fuzzers})
      get_filename_component(fuzz_name ${fuzzer} NAME_WE)
      add_executable(${fuzz_name} ${fuzzer})
      target_link_libraries(${fuzz_name} PRIVATE poacl_${name})
      target_link_options(${fuzz_name} PRIVATE -fsanitize=fuzzer)
    endforeach()
  endif()
endfunction()
