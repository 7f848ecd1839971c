// SPDX-License-Identifier: Apache-2.0
// expect: style
#include <boost/asio.hpp>    // expect: includes
#include <gtest/gtest.h>     // expect: includes
#include <libxl.h>           // expect: includes
#include <vector>
#include <xenctrl.h>         // expect: includes
#include <yajl/yajl_tree.h>  // expect: includes

#include "good.hpp"       // expect: includes
#include "plan/good.hpp"  // expect: includes
#  include "plan/good.hpp"  // expect: includes
