// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/contract/checks.hpp"
#include "tests/contract/hypervisor_contract.hpp"

namespace zeroth::testing {

/// Domains made, used and destroyed, and free memory as before.
void check_guests(const ContractSubject& subject, Checks& checks);

}  // namespace zeroth::testing
