// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/core.h>
#include <sys/mman.h>
#include <unistd.h>

#include <vector>
