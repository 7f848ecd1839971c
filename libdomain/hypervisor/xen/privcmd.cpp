// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <vector>

#include "libdomain/hypervisor/xen/buffer_pool.hpp"
#include "libdomain/hypervisor/xen/open_error.hpp"
#include "libdomain/hypervisor/xen/quiet_logger.hpp"
#include "libdomain/hypervisor/xen/xen.hpp"
#include "libdomain/hypervisor/xen/xen_headers.hpp"

namespace zeroth::hyper {
namespace {

struct CallClose {
    void operator()(xencall_handle* handle) const { xencall_close(handle); }
};
struct MemoryClose {
    void operator()(xenforeignmemory_handle* handle) const { xenforeignmemory_close(handle); }
};
using CallHandle = std::unique_ptr<xencall_handle, CallClose>;
using MemoryHandle = std::unique_ptr<xenforeignmemory_handle, MemoryClose>;

class XenPrivcmd final : public Privcmd {
public:
    XenPrivcmd(CallHandle call, MemoryHandle memory)
        : call_{std::move(call)}, memory_{std::move(memory)}, pool_{call_.get()} {}

    Result<HypercallBuffer> allocate(std::size_t size) override;
    Result<std::int64_t> call(const Hypercall& call) override;
    Result<Mapping> map(DomainId domain, std::span<const GuestFrame> frames) override;
    Result<std::vector<bool>> read_frames(DomainId domain, std::span<const GuestFrame> frames,
                                          std::span<std::byte> to) override;
    Result<Mapping> map_resource(DomainId domain, std::uint32_t type, std::uint32_t id,
                                 std::uint64_t first, std::uint64_t count) override;

private:
    void release(std::span<std::byte> buffer) override { pool_.give(buffer); }
    void unmap(std::span<std::byte> bytes, void* token) override;

    CallHandle call_;
    MemoryHandle memory_;
    BufferPool pool_;
};

/// The frame numbers as the library takes them: the same 64-bit words.
const xen_pfn_t* frame_numbers(std::span<const GuestFrame> frames,
                               std::vector<xen_pfn_t>& storage) {
    storage.reserve(frames.size());
    for (const auto frame : frames) storage.push_back(static_cast<xen_pfn_t>(frame.raw()));
    return storage.data();
}

/// The first frame that failed, and how.
std::optional<std::pair<GuestFrame, int>> first_failure(std::span<const GuestFrame> frames,
                                                        std::span<const int> errors) {
    const auto found = std::ranges::find_if(errors, [](int error) { return error != 0; });
    if (found == errors.end()) return std::nullopt;
    return std::pair{frames[static_cast<std::size_t>(found - errors.begin())], std::abs(*found)};
}

Error map_error(int errno_value, GuestFrame frame, DomainId domain) {
    auto what = fmt::format("gfn {:#x} of domain {}", frame.raw(), domain.raw());
    if (errno_value == ESRCH) return Error::message(ESRCH, what + ": no such domain");
    Error error{errno_value, std::move(what)};
    if (errno_value == EINVAL) return std::move(error).with_hint("the domain has no memory there");
    if (errno_value == ENOMEM) {
        return std::move(error).with_hint(
            "dom0 has too little memory, or address space, to map it");
    }
    return error;
}

Result<HypercallBuffer> XenPrivcmd::allocate(std::size_t size) {
    const auto bytes = pool_.take(size);
    if (bytes.empty()) return errno_error("");
    return HypercallBuffer{*this, bytes};
}

Result<std::int64_t> XenPrivcmd::call(const Hypercall& call) {
    const auto& arguments = call.arguments;
    const int result = xencall5(call_.get(), static_cast<unsigned>(call.op), arguments[0],
                                arguments[1], arguments[2], arguments[3], arguments[4]);
    if (result < 0) return errno_error("");
    return result;
}

Result<Mapping> XenPrivcmd::map(DomainId domain, std::span<const GuestFrame> frames) {
    if (frames.empty()) return fail(EINVAL, fmt::format("no frames of domain {}", domain.raw()));
    std::vector<xen_pfn_t> numbers;
    std::vector<int> errors(frames.size());
    void* const base =
        xenforeignmemory_map(memory_.get(), domain.raw(), PROT_READ | PROT_WRITE, frames.size(),
                             frame_numbers(frames, numbers), errors.data());
    if (base == nullptr) return fail(map_error(errno, frames.front(), domain));
    if (const auto failed = first_failure(frames, errors)) {
        xenforeignmemory_unmap(memory_.get(), base, frames.size());
        return fail(map_error(failed->second, failed->first, domain));
    }
    return Mapping{*this, {static_cast<std::byte*>(base), frames.size() << kPageShift}, nullptr};
}

Result<std::vector<bool>> XenPrivcmd::read_frames(DomainId domain,
                                                  std::span<const GuestFrame> frames,
                                                  std::span<std::byte> to) {
    std::vector<bool> present(frames.size());
    if (frames.empty()) return present;
    std::vector<xen_pfn_t> numbers;
    std::vector<int> errors(frames.size());
    void* const base = xenforeignmemory_map(memory_.get(), domain.raw(), PROT_READ, frames.size(),
                                            frame_numbers(frames, numbers), errors.data());
    if (base == nullptr) return fail(map_error(errno, frames.front(), domain));
    const auto* const from = static_cast<const std::byte*>(base);
    for (std::size_t i = 0; i < frames.size(); ++i) {
        present[i] = errors[i] == 0;
        if (present[i]) std::memcpy(&to[i * kPageSize], from + i * kPageSize, kPageSize);
    }
    xenforeignmemory_unmap(memory_.get(), base, frames.size());
    return present;
}

Result<Mapping> XenPrivcmd::map_resource(DomainId domain, std::uint32_t type, std::uint32_t id,
                                         std::uint64_t first, std::uint64_t count) {
    void* base = nullptr;
    auto* const resource = xenforeignmemory_map_resource(
        memory_.get(), domain.raw(), type, id, static_cast<unsigned long>(first),
        static_cast<unsigned long>(count), &base, PROT_READ | PROT_WRITE, 0);
    if (resource == nullptr) {
        auto what = fmt::format("resource {} of domain {}", type, domain.raw());
        if (errno == ESRCH) return fail(Error::message(ESRCH, what + ": no such domain"));
        return errno_error(std::move(what));
    }
    return Mapping{*this,
                   {static_cast<std::byte*>(base), static_cast<std::size_t>(count << kPageShift)},
                   resource};
}

void XenPrivcmd::unmap(std::span<std::byte> bytes, void* token) {
    if (token != nullptr) {
        xenforeignmemory_unmap_resource(memory_.get(),
                                        static_cast<xenforeignmemory_resource_handle*>(token));
    } else {
        xenforeignmemory_unmap(memory_.get(), bytes.data(), bytes.size() >> kPageShift);
    }
}

}  // namespace

Result<std::unique_ptr<Privcmd>> open_privcmd() {
    CallHandle call{xencall_open(quiet_logger(), 0)};
    if (!call) return open_error("/dev/xen/privcmd", "xen-privcmd");
    MemoryHandle memory{xenforeignmemory_open(quiet_logger(), 0)};
    if (!memory) return open_error("/dev/xen/privcmd", "xen-privcmd");
    return std::make_unique<XenPrivcmd>(std::move(call), std::move(memory));
}

}  // namespace zeroth::hyper
