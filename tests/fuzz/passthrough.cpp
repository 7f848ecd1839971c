// SPDX-License-Identifier: Apache-2.0
#include "libdomain/plan/passthrough.hpp"

#include <cstdint>
#include <cstdlib>
#include <vector>

#include "libdomain/plan/dts.hpp"
#include "libdomain/plan/host_nodes.hpp"
#include "libdomain/plan/host_tree.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace zeroth::plan;
    const auto* const bytes = reinterpret_cast<const std::byte*>(data);
    const std::vector<std::byte> blob{bytes, bytes + size};
    const auto host = HostNodes::create(blob);
    if (!host) return 0;
    [[maybe_unused]] const auto facts = read_host_tree(blob);
    constexpr std::size_t kMost = 12;
    for (std::size_t index = 0; index < host->all().size() && index < kMost; ++index) {
        const auto device = plan_passthrough(blob, host->path(index));
        // What is proposed makes a sound tree.
        if (device && !print_device_tree(device->device_tree)) std::abort();
        if (!device) continue;
        [[maybe_unused]] const auto text = to_config(*device, "a.dtb");
    }
    return 0;
}
