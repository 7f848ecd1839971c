// SPDX-License-Identifier: Apache-2.0
#include "libdomain/plan/passthrough.hpp"

#include <cerrno>
#include <fstream>
#include <iterator>
#include <string>

#include "libdomain/plan/dts.hpp"
#include "xl/commands/commands.hpp"

namespace zeroth::xl {
namespace {

constexpr const char* kHostTree = "/sys/firmware/fdt";
/// Device trees of boards have up to a few hundred KiB.
constexpr std::size_t kLargestTree = 8U << 20;
constexpr int kFromKey = 257, kDtbKey = 258;

constexpr Option kOptions[]{
    {kFromKey, "from", "FILE", "the host's device tree (default: /sys/firmware/fdt, this host's)"},
    {kDtbKey, "dtb", "FILE", "write the guest's partial device tree to FILE instead of showing it"},
};

Result<std::string> read_tree(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    if (!file) return errno_error("read the device tree " + path);
    std::string blob{std::istreambuf_iterator<char>{file}, {}};
    if (file.bad()) return errno_error("read the device tree " + path);
    if (blob.size() > kLargestTree) return fail(EFBIG, "read the device tree " + path);
    return blob;
}

Result<> write_tree(const std::string& path, std::span<const std::byte> blob) {
    std::ofstream file{path, std::ios::binary | std::ios::trunc};
    if (!file) return errno_error("create " + path);
    file.write(reinterpret_cast<const char*>(blob.data()),
               static_cast<std::streamsize>(blob.size()));
    file.close();
    if (!file) return errno_error("write " + path);
    return {};
}

Result<int> run(Context& context, const Arguments& arguments) {
    const std::string from{arguments.value(kFromKey).value_or(kHostTree)};
    const std::string to{arguments.value(kDtbKey).value_or("")};
    const std::string node{arguments.words().front()};
    ZEROTH_TRY(const auto blob, read_tree(from));
    auto device = plan::plan_passthrough(std::as_bytes(std::span{blob}), node);
    if (!device) return fail(std::move(device).error().within(from));
    if (!to.empty()) {
        ZEROTH_CHECK(write_tree(to, device->device_tree));
        context.out.write(plan::to_config(*device, to));
        return kSuccess;
    }
    ZEROTH_TRY(const auto source, plan::print_device_tree(device->device_tree));
    context.out.write(plan::to_config(*device, "") + "\n" + source);
    return kSuccess;
}

}  // namespace

constinit const Command kPassthrough{
    .name = "passthrough",
    .usage = "[options] <Node>",
    .summary = "Show what it takes to give a guest a device of the host",
    .can_dry_run = false,
    .changes_host = false,
    .least_words = 1,
    .most_words = 1,
    .options = kOptions,
    .run = run,
    .reads_conf = false};

}  // namespace zeroth::xl
