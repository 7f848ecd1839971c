// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/ids.hpp"
#include "core/result.hpp"
#include "core/unique_fd.hpp"
#include "libdomain/hypervisor/types.hpp"

namespace zeroth::build {

/// What a core file holds beside memory.
struct CoreFacts {
    hyper::XenVersion xen;
    /// Of the vCPUs that were started, in order.
    std::vector<hyper::VcpuState> vcpus;
    /// Empty, or the page that the guest and Xen share.
    std::vector<std::byte> shared_info;
};

/// A core file being written: first pages, in any order and number, then what describes them. It
/// has its name only once it is finished; before, it has none, or one that goes with the object
/// where the file system knows no files without names.
class CoreFile {
public:
    static Result<CoreFile> create(std::string path, CoreFacts facts);
    CoreFile(CoreFile&& other) noexcept;
    ~CoreFile();

    /// `bytes` are pages, one for each frame; those whose flag is false are left out.
    Result<> add(GuestFrame first, const std::vector<bool>& present,
                 std::span<const std::byte> bytes);
    std::uint64_t pages() const { return frames_.size(); }
    Result<> finish();

private:
    CoreFile(std::string path, std::string growing, UniqueFd fd, CoreFacts facts);
    Result<> give_name();
    Result<> put(std::span<const std::byte> bytes, std::uint64_t at);
    std::vector<std::byte> head() const;

    std::string path_, growing_;
    UniqueFd fd_;
    CoreFacts facts_;
    std::uint64_t pages_at_ = 0;
    std::vector<std::uint64_t> frames_;
};

}  // namespace zeroth::build
