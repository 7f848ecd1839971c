# SPDX-License-Identifier: Apache-2.0
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(ZEROTH_CROSS_TRIPLE aarch64-linux-gnu)
set(ZEROTH_CROSS_ARCH arm64)
include(${CMAKE_CURRENT_LIST_DIR}/debian-cross.cmake)
