// SPDX-License-Identifier: Apache-2.0
// What a used room may include is not handed on: fdt belongs to `plan`.
#include <libfdt.h>  // expect: includes
