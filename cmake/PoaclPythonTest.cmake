# poacl_python_test(NAME PATH LABEL label [TIMEOUT seconds] [ENVIRONMENT VARIABLE=VALUE ...]): a
# ctest that runs pytest over PATH against the programs and the acl module of this build. Nothing
# under ThreadSanitizer, whose module a plain interpreter cannot load, and in cross builds, which
# have no module.
function(poacl_python_test name path)
  cmake_parse_arguments(ARG "" "LABEL;TIMEOUT" "ENVIRONMENT" ${ARGN})
  if(POACL_SANITIZE MATCHES "thread" OR CMAKE_CROSSCOMPILING)
    return()
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 600)
  endif()
  set(environment POACL_BUILD=${CMAKE_BINARY_DIR} PYTHONPATH=${CMAKE_BINARY_DIR}/python
      POACL_API_DIR=${POACL_API_DIR} PYTHONDONTWRITEBYTECODE=1 ${ARG_ENVIRONMENT})
  if(POACL_SANITIZE)
    list(APPEND environment POACL_SANITIZED=${POACL_SANITIZE})
  endif()
  if(POACL_SANITIZE MATCHES "address")
    # The interpreter is not built with the sanitizer, the module is: its runtime has to come first.
    # What the interpreter itself keeps until its end is not ours to report.
    execute_process(COMMAND ${CMAKE_CXX_COMPILER}
                    -print-file-name=libclang_rt.asan-${CMAKE_SYSTEM_PROCESSOR}.so
                    OUTPUT_VARIABLE asan_runtime OUTPUT_STRIP_TRAILING_WHITESPACE)
    list(APPEND environment LD_PRELOAD=${asan_runtime}
         ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1)
  endif()
  add_test(NAME ${name} COMMAND /usr/bin/python3 -m pytest -q -p no:cacheprovider ${path})
  set_tests_properties(${name} PROPERTIES ENVIRONMENT "${environment}" TIMEOUT ${ARG_TIMEOUT}
                       LABELS ${ARG_LABEL})
endfunction()
