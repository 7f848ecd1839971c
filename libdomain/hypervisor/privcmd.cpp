// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/privcmd.hpp"

#include <bit>
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

}  // namespace zeroth::hyper
