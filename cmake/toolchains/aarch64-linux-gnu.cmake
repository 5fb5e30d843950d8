# 64-bit Arm from another Debian 12 machine (scripts/bootstrap arm64): clang, with the libraries of
# the GNU cross compiler and the packages of Debian's architecture arm64. Those stand beside the
# machine's own, so there is no separate root; qemu-user runs the result.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(triple aarch64-linux-gnu)

set(CMAKE_C_COMPILER clang)
set(CMAKE_CXX_COMPILER clang++)
set(CMAKE_C_COMPILER_TARGET ${triple})
set(CMAKE_CXX_COMPILER_TARGET ${triple})
set(CMAKE_LIBRARY_ARCHITECTURE ${triple})

# The machine's own libraries and their descriptions must not be found.
set(CMAKE_SYSTEM_IGNORE_PATH /lib/x86_64-linux-gnu /usr/lib/x86_64-linux-gnu)
set(ENV{PKG_CONFIG_PATH} "")
set(ENV{PKG_CONFIG_LIBDIR} /usr/lib/${triple}/pkgconfig:/usr/share/pkgconfig)

find_program(POACL_QEMU qemu-aarch64 REQUIRED)
set(CMAKE_CROSSCOMPILING_EMULATOR ${POACL_QEMU} -L /)
