// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/privcmd.hpp"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <utility>

namespace zeroth::hyper {

HypercallBuffer::HypercallBuffer(HypercallBuffer&& other) noexcept
    : owner_{other.owner_}, bytes_{std::exchange(other.bytes_, {})} {}

HypercallBuffer& HypercallBuffer::operator=(HypercallBuffer&& other) noexcept {
    std::swap(owner_, other.owner_);
    std::swap(bytes_, other.bytes_);
    return *this;
}

HypercallBuffer::~HypercallBuffer() {
    if (!bytes_.empty()) owner_->release(bytes_);
}

std::uint64_t HypercallBuffer::address() const {
    return std::bit_cast<std::uintptr_t>(bytes_.data());
}

Mapping::Mapping(Mapping&& other) noexcept
    : owner_{other.owner_},
      bytes_{std::exchange(other.bytes_, {})},
      token_{std::exchange(other.token_, nullptr)} {}

Mapping& Mapping::operator=(Mapping&& other) noexcept {
    std::swap(owner_, other.owner_);
    std::swap(bytes_, other.bytes_);
    std::swap(token_, other.token_);
    return *this;
}

Mapping::~Mapping() {
    if (!bytes_.empty()) owner_->unmap(bytes_, token_);
}

namespace {

/// All at once where they are all there, else each half on its own.
Result<> read_halves(Privcmd& privcmd, DomainId domain, std::span<const GuestFrame> frames,
                     std::span<std::byte> to, std::size_t at, std::vector<bool>& present) {
    const auto mapping = privcmd.map(domain, frames);
    if (mapping) {
        std::ranges::copy(mapping->bytes(), to.begin());
        std::fill_n(present.begin() + static_cast<std::ptrdiff_t>(at), frames.size(), true);
        return {};
    }
    if (!mapping.error().is(EINVAL)) return fail(mapping.error());
    if (frames.size() <= 1) return {};
    const auto half = frames.size() / 2;
    ZEROTH_CHECK(read_halves(privcmd, domain, frames.first(half), to, at, present));
    return read_halves(privcmd, domain, frames.subspan(half), to.subspan(half * kPageSize),
                       at + half, present);
}

}  // namespace

Result<std::vector<bool>> Privcmd::read_frames(DomainId domain, std::span<const GuestFrame> frames,
                                               std::span<std::byte> to) {
    std::vector<bool> present(frames.size());
    if (!frames.empty()) ZEROTH_CHECK(read_halves(*this, domain, frames, to, 0, present));
    return present;
}

}  // namespace zeroth::hyper
