// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <mutex>
#include <span>
#include <vector>

struct xencall_handle;

namespace zeroth::hyper {

/// Hypercall memory, kept for reuse: the library keeps single pages only, and gets and gives back
/// everything else with two system calls each time. Thread-safe.
class BufferPool {
public:
    explicit BufferPool(xencall_handle* call) : call_{call} {}
    BufferPool(const BufferPool&) = delete;
    BufferPool& operator=(const BufferPool&) = delete;
    ~BufferPool();

    /// At least `size` bytes, zeroed; empty, with errno, when there are none.
    std::span<std::byte> take(std::size_t size);
    void give(std::span<std::byte> buffer);

private:
    /// Buffers of 1, 2, 4, 8 and 16 pages; larger ones are not kept.
    static constexpr std::size_t kClasses = 5;
    static constexpr std::size_t kKept = 8;

    xencall_handle* call_;
    std::mutex mutex_;
    std::array<std::vector<void*>, kClasses> idle_;
};

}  // namespace zeroth::hyper
