// SPDX-License-Identifier: Apache-2.0
#include "plan/deep/good.hpp"  // expect: includes
