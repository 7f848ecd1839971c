// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "xl/commands/commands.hpp"

namespace zeroth::xl {
namespace {

constexpr std::array kTable{
    &kBlockAttach,
    &kBlockDetach,
    &kBlockList,
    &kBootScript,
    &kChannelList,
    &kClaims,
    &kConfigCheck,
    &kConfigConvert,
    &kConfigUpdate,
    &kConsole,
    &kCpupoolCpuAdd,
    &kCpupoolCpuRemove,
    &kCpupoolCreate,
    &kCpupoolDestroy,
    &kCpupoolList,
    &kCpupoolMigrate,
    &kCpupoolNumaSplit,
    &kCpupoolRename,
    &kCreate,
    &kDebugKeys,
    &kDestroy,
    &kDevd,
    &kDmesg,
    &kDoctor,
    &kDomid,
    &kDomname,
    &kDumpCore,
    &kEvents,
    &kHelp,
    &kInfo,
    &kList,
    &kMemMax,
    &kMemSet,
    &kNetworkAttach,
    &kNetworkDetach,
    &kNetworkList,
    &kPassthrough,
    &kPause,
    &kPlan,
    &kReboot,
    &kRename,
    &kSchedCredit,
    &kSchedCredit2,
    &kSchedRtds,
    &kSetParameters,
    &kShutdown,
    &kSysrq,
    &kTop,
    &kTrigger,
    &kUnpause,
    &kUptime,
    &kVcpuList,
    &kVcpuPin,
    &kVcpuSet,
    &kVdisplAttach,
    &kVdisplDetach,
    &kVdisplList,
    &kVkbAttach,
    &kVkbDetach,
    &kVkbList,
    &kVmList,
    &kVsndAttach,
    &kVsndDetach,
    &kVsndList,
};

}  // namespace

std::span<const Command* const> commands() { return kTable; }

}  // namespace zeroth::xl
