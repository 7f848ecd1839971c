// SPDX-License-Identifier: Apache-2.0
// fmt comes with core.
#include <fmt/format.h>
