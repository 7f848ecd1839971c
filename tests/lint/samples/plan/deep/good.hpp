// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/good.hpp"
#include "plan/good.hpp"
