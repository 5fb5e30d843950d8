# The install layout (docs/DESIGN.md). Everything is relative to the prefix - links, run paths -
# so that the folder can be moved or packed after the install. The programs, the library, the
# headers and the Python module are installed where they are built (tools, src/capi, python/acl).
set(CMAKE_INSTALL_MESSAGE LAZY)

# poacl_product: what an install needs, without the tests.
add_custom_target(poacl_product)
foreach(target ascendcl atc npu-smi msame poacl-om acl_python)
  if(TARGET ${target})
    add_dependencies(poacl_product ${target})
  endif()
endforeach()

# The module is also reached through python/site-packages, one folder deeper.
if(TARGET acl_python)
  set_target_properties(acl_python PROPERTIES INSTALL_RPATH "$ORIGIN/../lib:$ORIGIN/../../lib")
endif()

install(PROGRAMS scripts/set_env.sh DESTINATION .)
install(FILES LICENSE README.md CHANGELOG.md DESTINATION share/poacl)

# Links by which build files and scripts written for the real toolkit find the parts. Folders of
# links rather than links to "." keep the tree free of loops.
set(links
  lib64=lib
  runtime/include=../include
  acllib=runtime
  python/site-packages/acl.abi3.so=../acl.abi3.so
  python/site-packages/acl.pyi=../acl.pyi
  latest/bin=../bin
  latest/include=../include
  latest/lib64=../lib
  latest/lib=../lib
  latest/python=../python
  latest/runtime=../runtime
  latest/acllib=../runtime
  latest/set_env.sh=../set_env.sh
  bin/setenv.bash=../set_env.sh
  ${CMAKE_SYSTEM_PROCESSOR}-linux/include=../include
  ${CMAKE_SYSTEM_PROCESSOR}-linux/lib64=../lib)
foreach(library ${POACL_LIBRARY_LINKS})
  list(APPEND links lib/lib${library}.so=libascendcl.so)
endforeach()
foreach(library ascendcl ${POACL_LIBRARY_LINKS})
  list(APPEND links runtime/lib64/lib${library}.so=../../lib/lib${library}.so
       runtime/lib64/stub/lib${library}.so=../../../lib/lib${library}.so)
endforeach()
foreach(entry ${links})
  string(REPLACE "=" ";" pair ${entry})
  list(GET pair 0 link)
  list(GET pair 1 target)
  get_filename_component(folder ${link} DIRECTORY)
  install(CODE "
    set(prefix \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}\")
    file(MAKE_DIRECTORY \"\${prefix}/${folder}\")
    file(REMOVE \"\${prefix}/${link}\")
    file(CREATE_LINK \"${target}\" \"\${prefix}/${link}\" SYMBOLIC)")
endforeach()
