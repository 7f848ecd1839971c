// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/xen/buffer_pool.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "core/units.hpp"
#include "libdomain/hypervisor/xen/xen_headers.hpp"

namespace zeroth::hyper {
namespace {

std::size_t class_of(std::size_t pages) {
    return static_cast<std::size_t>(std::countr_zero(std::bit_ceil(pages)));
}

}  // namespace

BufferPool::~BufferPool() {
    for (std::size_t i = 0; i < kClasses; ++i) {
        for (void* const buffer : idle_[i]) {
            xencall_free_buffer_pages(call_, buffer, std::size_t{1} << i);
        }
    }
}

std::span<std::byte> BufferPool::take(std::size_t size) {
    const auto needed =
        std::max<std::size_t>(static_cast<std::size_t>(align_up(size, kPageSize) >> kPageShift), 1);
    const auto wanted = class_of(needed);
    const auto pages = wanted < kClasses ? std::size_t{1} << wanted : needed;
    void* buffer = nullptr;
    if (wanted < kClasses) {
        const std::scoped_lock lock{mutex_};
        auto& idle = idle_[wanted];
        if (!idle.empty()) {
            buffer = idle.back();
            idle.pop_back();
        }
    }
    if (buffer != nullptr) {
        // Whole pages stay behind; only what the caller asked for has to be clean.
        std::memset(buffer, 0, size);
    } else {
        buffer = xencall_alloc_buffer_pages(call_, pages);
    }
    if (buffer == nullptr) return {};
    return {static_cast<std::byte*>(buffer), pages << kPageShift};
}

void BufferPool::give(std::span<std::byte> buffer) {
    const auto pages = buffer.size() >> kPageShift;
    const auto kind = class_of(pages);
    if (kind < kClasses) {
        const std::scoped_lock lock{mutex_};
        if (idle_[kind].size() < kKept) {
            idle_[kind].push_back(buffer.data());
            return;
        }
    }
    xencall_free_buffer_pages(call_, buffer.data(), pages);
}

}  // namespace zeroth::hyper
