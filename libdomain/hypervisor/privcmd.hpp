// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "core/ids.hpp"
#include "core/result.hpp"

/// The seam to the hypervisor, as low as it can be: encoded hypercalls, mappings of other domains'
/// frames, event channels and grants. Below it is Xen (xen/) or a model of it (sim/).
namespace zeroth::hyper {

/// A hypercall as privcmd carries it: the number (xen/include/public/xen.h, __HYPERVISOR_*) and up
/// to five arguments; a pointer argument is the address of bytes inside a HypercallBuffer.
struct Hypercall {
    std::uint64_t op = 0;
    std::array<std::uint64_t, 5> arguments{};
};

class Privcmd;

/// Whoever made a Mapping: it alone knows how to undo it.
class MappingOwner {
public:
    virtual ~MappingOwner() = default;

private:
    friend class Mapping;
    virtual void unmap(std::span<std::byte> bytes, void* token) = 0;
};

/// Memory that hypercall arguments may point into: it does not move and is never swapped.
class HypercallBuffer {
public:
    HypercallBuffer(Privcmd& owner, std::span<std::byte> bytes) : owner_{&owner}, bytes_{bytes} {}
    HypercallBuffer(HypercallBuffer&& other) noexcept;
    HypercallBuffer& operator=(HypercallBuffer&& other) noexcept;
    ~HypercallBuffer();

    std::span<std::byte> bytes() const { return bytes_; }
    std::uint64_t address() const;

private:
    Privcmd* owner_;
    std::span<std::byte> bytes_;
};

/// Frames of another domain, or of a resource such as its grant table, mapped here until destroyed.
class Mapping {
public:
    Mapping(MappingOwner& owner, std::span<std::byte> bytes, void* token)
        : owner_{&owner}, bytes_{bytes}, token_{token} {}
    Mapping(Mapping&& other) noexcept;
    Mapping& operator=(Mapping&& other) noexcept;
    ~Mapping();

    std::span<std::byte> bytes() const { return bytes_; }

private:
    MappingOwner* owner_;
    std::span<std::byte> bytes_;
    void* token_;
};

/// Thread-safe: workers of one process share it.
class Privcmd : public MappingOwner {
public:
    /// Zeroed memory for arguments, at least `size` bytes, page-aligned. An Error has an errno and
    /// no words.
    virtual Result<HypercallBuffer> allocate(std::size_t size) = 0;
    /// What the hypervisor returned when not negative; otherwise an Error with its errno and no
    /// words about the call (the caller knows what it asked for).
    virtual Result<std::int64_t> call(const Hypercall& call) = 0;

    /// Maps frames of a domain, in the order given, contiguously and writable: all of them, or an
    /// Error that names the first frame that could not be.
    virtual Result<Mapping> map(DomainId domain, std::span<const GuestFrame> frames) = 0;
    /// Copies frames of a domain to `to`, one after the other; which of them there were. Where
    /// there is none, `to` is left as it is. Any number of holes is no error.
    virtual Result<std::vector<bool>> read_frames(DomainId domain,
                                                  std::span<const GuestFrame> frames,
                                                  std::span<std::byte> to);
    /// Maps frames of a resource (XENMEM_acquire_resource; type 1 is the grant table).
    virtual Result<Mapping> map_resource(DomainId domain, std::uint32_t type, std::uint32_t id,
                                         std::uint64_t first, std::uint64_t count) = 0;

private:
    friend class HypercallBuffer;
    virtual void release(std::span<std::byte> buffer) = 0;
};

/// Event channels of this domain (/dev/xen/evtchn). One object has one file descriptor, readable
/// when a bound port has fired.
class EventChannels {
public:
    virtual ~EventChannels() = default;
    virtual int fd() const = 0;
    virtual Result<Port> bind_interdomain(DomainId remote, Port remote_port) = 0;
    virtual Result<Port> bind_virq(std::uint32_t virq) = 0;
    virtual Result<> unbind(Port port) = 0;
    virtual Result<> notify(Port port) = 0;
    /// The next port that fired; it stays masked until unmask(). Does not wait: EAGAIN when none
    /// has. A port that fired before it was unbound may still come. Ask until there is none, or
    /// kAtOnce times: `fd` does not tell of what one read of the device has brought already.
    virtual Result<Port> pending() = 0;
    static constexpr int kAtOnce = 64;
    virtual Result<> unmask(Port port) = 0;
};

/// Bytes to be copied into a page that a domain granted; they end where the page does, or before.
struct GrantCopy {
    GrantRef ref;
    std::uint16_t offset = 0;
    std::span<const std::byte> bytes;
};

/// Pages that other domains granted to this one (/dev/xen/gntdev).
class GrantTable : public MappingOwner {
public:
    virtual Result<Mapping> map(DomainId domain, GrantRef ref) = 0;
    /// Copies without mapping: what costs two hypercalls a page when mapped costs a fraction of
    /// one.
    virtual Result<> copy_to(DomainId domain, std::span<const GrantCopy> pieces) = 0;
};

}  // namespace zeroth::hyper
