# SPDX-License-Identifier: Apache-2.0
# Shared by the toolchain files beside it, which say which machine: ZEROTH_CROSS_TRIPLE (Debian's
# name of the compiler and of the library folders) and ZEROTH_CROSS_ARCH (dpkg's name).
#
# The C and C++ libraries come with Debian's cross compiler. Everything else is in the unpacked
# packages of cmake/sysroot.sh, so CMake searches there and nowhere else, and there is no --sysroot.

set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_C_COMPILER ${ZEROTH_CROSS_TRIPLE}-gcc)
set(CMAKE_CXX_COMPILER ${ZEROTH_CROSS_TRIPLE}-g++)
set(CMAKE_LIBRARY_ARCHITECTURE ${ZEROTH_CROSS_TRIPLE})

# CMake reads this file again for every trial compilation: the sysroot is looked after once.
if(NOT DEFINED ENV{ZEROTH_SYSROOT_${ZEROTH_CROSS_ARCH}})
    execute_process(
        COMMAND ${CMAKE_CURRENT_LIST_DIR}/../sysroot.sh ${ZEROTH_CROSS_ARCH}
        OUTPUT_VARIABLE sysroot
        OUTPUT_STRIP_TRAILING_WHITESPACE
        RESULT_VARIABLE failed)
    if(failed)
        message(FATAL_ERROR "no libraries to link with for ${ZEROTH_CROSS_ARCH} (see above)")
    endif()
    set(ENV{ZEROTH_SYSROOT_${ZEROTH_CROSS_ARCH}} ${sysroot})
endif()

set(CMAKE_FIND_ROOT_PATH $ENV{ZEROTH_SYSROOT_${ZEROTH_CROSS_ARCH}})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
