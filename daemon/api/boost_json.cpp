// SPDX-License-Identifier: Apache-2.0
// Boost.JSON's own code, compiled here once: Debian's shared library of it would tie us to one
// Boost.
#include <boost/json/src.hpp>
