// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "xl/commands/commands.hpp"

namespace zeroth::xl {

std::span<const Command* const> commands() {
    static constexpr std::array kTable{
        &kBlockAttach,   &kBlockDetach,  &kBlockList, &kChannelList, &kClaims,    &kConfigCheck,
        &kConfigConvert, &kConfigUpdate, &kConsole,   &kCreate,      &kDebugKeys, &kDestroy,
        &kDmesg,         &kDoctor,       &kDomid,     &kDomname,     &kDumpCore,  &kEvents,
        &kHelp,          &kInfo,         &kList,      &kMemMax,      &kMemSet,    &kNetworkAttach,
        &kNetworkDetach, &kNetworkList,  &kPause,     &kPlan,        &kReboot,    &kRename,
        &kShutdown,      &kSysrq,        &kTop,       &kTrigger,     &kUnpause,   &kUptime,
        &kVcpuList,      &kVcpuPin,      &kVcpuSet,
    };
    return kTable;
}

}  // namespace zeroth::xl
