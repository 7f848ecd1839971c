# SPDX-License-Identifier: Apache-2.0
set(CMAKE_SYSTEM_PROCESSOR armv7l)
set(ZEROTH_CROSS_TRIPLE arm-linux-gnueabihf)
set(ZEROTH_CROSS_ARCH armhf)
include(${CMAKE_CURRENT_LIST_DIR}/debian-cross.cmake)
