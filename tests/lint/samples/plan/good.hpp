// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <libfdt.h>

#include "core/good.hpp"
// #include "plan/deep/good.hpp"
