// SPDX-License-Identifier: Apache-2.0
// A program's main may include what the program links.
#include <CLI/CLI.hpp>

#include "core/good.hpp"
#include "plan/deep/good.hpp"
