// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "xl/command.hpp"

/// The commands: each row is defined in the file of its name.
namespace zeroth::xl {

extern const Command kConfigCheck, kConfigConvert, kConsole, kCreate, kDebugKeys, kDestroy, kDmesg,
    kDoctor, kDomid, kDomname, kHelp, kInfo, kList, kPause, kPlan, kUnpause, kUptime, kVcpuList,
    kVcpuPin;

}  // namespace zeroth::xl
