// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/contract/checks.hpp"
#include "tests/contract/hypervisor_contract.hpp"

namespace zeroth::testing {

/// What is asked of a domain beside making it: claims, nodes, triggers, registers, an end from
/// outside.
void check_adjustments(const ContractSubject& subject, Checks& checks);

}  // namespace zeroth::testing
