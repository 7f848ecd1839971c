// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "xl/commands/commands.hpp"

namespace zeroth::xl {

std::span<const Command* const> commands() {
    static constexpr std::array kTable{
        &kClaims,    &kConfigCheck, &kConfigConvert, &kConfigUpdate, &kConsole,  &kCreate,
        &kDebugKeys, &kDestroy,     &kDmesg,         &kDoctor,       &kDomid,    &kDomname,
        &kDumpCore,  &kHelp,        &kInfo,          &kList,         &kMemMax,   &kMemSet,
        &kPause,     &kPlan,        &kReboot,        &kRename,       &kShutdown, &kSysrq,
        &kTrigger,   &kUnpause,     &kUptime,        &kVcpuList,     &kVcpuPin,  &kVcpuSet,
    };
    return kTable;
}

}  // namespace zeroth::xl
