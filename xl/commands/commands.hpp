// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "xl/command.hpp"

/// The commands: each row is defined in the file of its name.
namespace zeroth::xl {

extern const Command kClaims, kConfigCheck, kConfigConvert, kConfigUpdate, kConsole, kCreate,
    kDebugKeys, kDestroy, kDmesg, kDoctor, kDomid, kDomname, kDumpCore, kHelp, kInfo, kList,
    kMemMax, kMemSet, kPause, kPlan, kReboot, kRename, kShutdown, kSysrq, kTrigger, kUnpause,
    kUptime, kVcpuList, kVcpuPin, kVcpuSet;

}  // namespace zeroth::xl
