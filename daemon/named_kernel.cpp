// SPDX-License-Identifier: Apache-2.0
#include "daemon/named_kernel.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "core/unique_fd.hpp"

namespace zeroth::daemon {
namespace {

constexpr std::string_view kPrefix = "sim:";

/// Whole or not at all, under its name: several creates may want it at once.
Result<> write_whole(const std::string& path, const std::vector<std::byte>& bytes) {
    std::string draft = path + ".XXXXXX";
    const UniqueFd fd{::mkostemp(draft.data(), O_CLOEXEC)};
    if (!fd) return errno_error("make " + draft);
    const auto written = ::write(fd.get(), bytes.data(), bytes.size());
    if (written != std::ssize(bytes) || ::rename(draft.c_str(), path.c_str()) != 0) {
        auto error = errno_error("write " + path);
        ::unlink(draft.c_str());
        return error;
    }
    return {};
}

}  // namespace

Result<std::string> kernel_file(const std::string& kernel, const NamedKernels& named,
                                const std::string& folder) {
    if (!kernel.starts_with(kPrefix)) return kernel;
    const auto name = std::string_view{kernel}.substr(kPrefix.size());
    if (!named) {
        return fail(Error::message(ENOENT, fmt::format("kernel {}: this is the name of a simulated "
                                                       "guest, and this machine is real",
                                                       kernel))
                        .with_hint("Name a kernel's file, or run xld with --hypervisor=sim."));
    }
    auto bytes = named(name);
    if (!bytes) return fail(std::move(bytes).error().within(fmt::format("kernel {}", kernel)));
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    auto path = fmt::format("{}/{}", folder, kernel);
    // One that is there is left alone: it may be being read, and must not change then.
    struct stat status {};
    if (::stat(path.c_str(), &status) == 0 && status.st_size == std::ssize(*bytes)) return path;
    ZEROTH_CHECK(write_whole(path, *bytes));
    return path;
}

}  // namespace zeroth::daemon
