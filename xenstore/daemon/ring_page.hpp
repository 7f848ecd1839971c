// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace zeroth::xenstored {

/// The page that a domain shares with us (xen/include/public/io/xs_wire.h,
/// xenstore_domain_interface). The domain may write anything to any of it at any time: nothing is
/// read twice, and our own positions are never taken from it but to begin with.
class RingPage {
public:
    static constexpr std::uint32_t kRingSize = 1024;
    /// What a domain is told when we give its ring up.
    enum class Fault : std::uint32_t { kNone = 0, kCommunication = 1, kIndex = 2, kProtocol = 3 };

    /// A page, aligned, that outlives this or its next `move_to`.
    explicit RingPage(std::span<std::byte> page);
    /// It is mapped elsewhere from now on; an empty one: nowhere, and until it is again, nothing
    /// may be asked of this.
    void move_to(std::span<std::byte> page) { page_ = page; }

    /// The indexes that are ours to move: req_cons and rsp_prod.
    struct Positions {
        std::uint32_t consumer = 0, producer = 0;
    };
    Positions positions() const;
    void set_positions(Positions positions);

    /// Copies what the domain put after `consumer`; nullopt: its index makes no sense.
    std::optional<std::string_view> requests(std::uint32_t consumer,
                                             std::span<char, kRingSize> copy) const;
    bool has_requests(std::uint32_t consumer) const;
    /// Says that everything before `consumer` was taken.
    void publish_consumer(std::uint32_t consumer);

    /// How many bytes may be put after `producer`; nullopt: the domain's index makes no sense.
    std::optional<std::uint32_t> room(std::uint32_t producer) const;
    /// Puts bytes, for which there is room, after `producer`, and publishes them.
    void put(std::uint32_t producer, std::string_view bytes);

    /// Whether the domain waits for both rings to be emptied and to begin anew.
    bool wants_reconnect() const;
    /// Both rings begin at 0; the last thing that the domain sees of it is that it may go on.
    void reconnect();
    /// Ends a reconnection that was wanted, with the indexes as they are; whether there was one.
    bool accept_reconnect();

    void offer_features(std::uint32_t features);
    void set_fault(Fault fault);
    Fault fault() const;
    /// The port that the domain wants to be bound to; 0: it leaves that to who introduces it.
    std::uint32_t event_port() const;

private:
    std::uint32_t load(std::size_t offset) const;
    void store(std::size_t offset, std::uint32_t value);

    std::span<std::byte> page_;
};

}  // namespace zeroth::xenstored
