// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/sim/remote/remote.hpp"

#include "libdomain/hypervisor/sim/remote/line.hpp"

namespace zeroth::hyper::sim {

Result<std::string> tell_machine(const std::string& path, const std::string& command) {
    ZEROTH_TRY(auto opened, Line::open(path, Role::kCommands, {}));
    return opened.line.command(command);
}

}  // namespace zeroth::hyper::sim
