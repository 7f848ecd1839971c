// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <span>

#include "core/result.hpp"
#include "core/unique_fd.hpp"

namespace zeroth::hyper::sim {

/// Memory that a client and the machine share, for the arguments of hypercalls.
class Arena {
public:
    static Result<Arena> create();
    Arena(Arena&& other) noexcept;
    ~Arena();

    int fd() const { return fd_.get(); }
    std::span<std::byte> bytes() const { return bytes_; }

    /// Zeroed pages; empty when there are no more. Any thread may ask.
    std::span<std::byte> take(std::size_t size);
    void give(std::span<std::byte> pages);

private:
    Arena(UniqueFd fd, std::span<std::byte> bytes);

    UniqueFd fd_;
    std::span<std::byte> bytes_;
    std::mutex mutex_;
    /// First byte → how many; none adjoin.
    std::map<std::size_t, std::size_t> free_;
};

}  // namespace zeroth::hyper::sim
