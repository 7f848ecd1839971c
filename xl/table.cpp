// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "xl/commands/commands.hpp"

namespace zeroth::xl {

std::span<const Command* const> commands() {
    static constexpr std::array kTable{
        &kConfigCheck, &kConfigConvert, &kConsole, &kCreate,   &kDebugKeys, &kDestroy, &kDmesg,
        &kDoctor,      &kDomid,         &kDomname, &kHelp,     &kInfo,      &kList,    &kPause,
        &kPlan,        &kUnpause,       &kUptime,  &kVcpuList, &kVcpuPin,
    };
    return kTable;
}

}  // namespace zeroth::xl
