// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

/// What a console is without its I/O: the ring, what is kept and for how long, how much is let
/// through, and how bytes and notices share a stream.
namespace zeroth::console {

/// The page that a guest shares with who serves its console (xen/include/public/io/console.h,
/// xencons_interface). The guest may write anything to any of it at any time: an index is read
/// once, and our own positions are taken from the page to begin with and never again, unless the
/// guest's own index has stopped making sense.
class Ring {
public:
    static constexpr std::uint32_t kInputSize = 1024, kOutputSize = 2048;

    /// A page, aligned, that outlives this or its next `move_to`.
    explicit Ring(std::span<std::byte> page);

    /// The page is mapped elsewhere from now on; an empty one: nowhere, and until it is again,
    /// nothing is asked of this but `consumer` and `lies`.
    void move_to(std::span<std::byte> page) { page_ = page; }

    /// Tells a guest that asks (connection, 4.19 and later) that somebody serves its console.
    void mark_connected();

    /// Copies the oldest of what the guest printed and we have not taken, as much as fits.
    std::string_view peek(std::span<char> copy);
    /// Says that the oldest `count` bytes were taken: the guest may overwrite them.
    void consume(std::uint32_t count);
    bool has_output() const;
    /// The index of the next byte to take.
    std::uint32_t consumer() const { return consumer_; }

    /// Gives the guest what there is room for, and tells how much that was.
    std::uint32_t put(std::string_view bytes);

    /// How often the guest's indexes made no sense.
    std::uint64_t lies() const { return lies_; }

private:
    std::uint32_t load(std::size_t offset) const;
    void store(std::size_t offset, std::uint32_t value);
    std::uint32_t unread();

    std::span<std::byte> page_;
    std::uint32_t consumer_, producer_;
    std::uint64_t lies_ = 0;
};

}  // namespace zeroth::console
