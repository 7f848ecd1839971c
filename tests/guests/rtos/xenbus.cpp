// SPDX-License-Identifier: Apache-2.0
#include "tests/guests/rtos/xenbus.hpp"

#include <cstddef>
#include <cstring>

#include "tests/guests/rtos/panic.hpp"
#include "tests/guests/rtos/timer.hpp"

namespace zeroth::rtos {

/// xen/include/public/io/xs_wire.h
struct XenBus::Ring {
    char requests[1024];
    char replies[1024];
    std::uint32_t request_consumer, request_producer, reply_consumer, reply_producer;
    std::uint32_t features, connection;  // 0 once there is one
};

void XenBus::open() {
    while (xen::is_page_to_come(xen::Param::kStorePage)) cpu::wait_for_interrupt();
    const auto ring = xen::ring_of(xen::Param::kStorePage, xen::Param::kStorePort);
    if (ring.page == 0) panic("Xen's tools gave no page for XenStore");
    ring_ = reinterpret_cast<volatile Ring*>(ring.page);
    port_ = ring.port;
    xen::unmask(port_);
    static_assert(offsetof(Ring, connection) == 2068);
    while (read_shared(ring_->connection) != 0) cpu::wait_for_interrupt();
}

void XenBus::send(std::string_view bytes) {
    auto producer = read_shared(ring_->request_producer);
    for (const char byte : bytes) {
        while (producer - read_shared(ring_->request_consumer) >= sizeof(Ring::requests))
            xen::notify(port_);
        write_shared(ring_->requests[producer++ % sizeof(Ring::requests)], byte);
        write_shared(ring_->request_producer, producer);
    }
}

std::optional<XenBus::Header> XenBus::receive() {
    auto consumer = read_shared(ring_->reply_consumer);
    const auto before = consumer;
    bool whole = false;
    while (!whole && consumer != read_shared(ring_->reply_producer)) {
        const char byte = read_shared(ring_->replies[consumer++ % sizeof(Ring::replies)]);
        if (received_ < sizeof(Header))
            header_[received_] = byte;
        else
            payload_[received_ - sizeof(Header)] = byte;
        if (++received_ == sizeof(Header)) {
            std::memcpy(&incoming_, header_.data(), sizeof(Header));
            if (incoming_.size > kMostPayload) panic("XenStore sent more than its protocol allows");
        }
        whole = received_ >= sizeof(Header) && received_ == sizeof(Header) + incoming_.size;
    }
    if (consumer != before) {
        write_shared(ring_->reply_consumer, consumer);
        xen::notify(port_);
    }
    if (!whole) return std::nullopt;
    received_ = 0;
    return incoming_;
}

/// An event is a path and a token, each with its zero. One too many is dropped.
void XenBus::keep_event() {
    if (event_count_ == kMostEvents) return;
    auto& event = events_[(first_event_ + event_count_++) % kMostEvents];
    event.size = 0;
    while (event.size < incoming_.size && event.size < kMostPath && payload_[event.size] != '\0') {
        event.path[event.size] = payload_[event.size];
        ++event.size;
    }
}

XenBus::Reply XenBus::ask(Kind kind, std::string_view first, std::string_view second,
                          bool second_ends) {
    constexpr std::string_view kZero{"\0", 1};
    const bool has_second = kind != Kind::kRead;
    Header header{static_cast<std::uint32_t>(kind), ++request_, 0, 0};
    header.size = static_cast<std::uint32_t>(first.size() + 1 + second.size() + second_ends);
    send({reinterpret_cast<const char*>(&header), sizeof(header)});
    send(first);
    send(kZero);
    if (has_second) send(second);
    if (second_ends) send(kZero);
    xen::notify(port_);
    const Deadline deadline{10000};
    while (!deadline.passed()) {
        const auto reply = receive();
        if (!reply) {
            cpu::wait_for_interrupt();  // the timer's, at the latest
            continue;
        }
        if (reply->kind == static_cast<std::uint32_t>(Kind::kEvent)) keep_event();
        if (reply->request != header.request ||
            reply->kind == static_cast<std::uint32_t>(Kind::kEvent))
            continue;
        std::string_view text{payload_.data(), reply->size};
        const bool error = reply->kind == static_cast<std::uint32_t>(Kind::kError);
        while (kind != Kind::kRead && !error && !text.empty() && text.back() == '\0')
            text.remove_suffix(1);
        while (error && !text.empty() && text.back() == '\0') text.remove_suffix(1);
        return {!error, text};
    }
    return {false, "ETIMEDOUT"};
}

XenBus::Reply XenBus::read(std::string_view path) { return ask(Kind::kRead, path, {}, false); }

XenBus::Reply XenBus::write(std::string_view path, std::string_view value) {
    return ask(Kind::kWrite, path, value, false);
}

XenBus::Reply XenBus::watch(std::string_view path) { return ask(Kind::kWatch, path, "rtos", true); }

std::optional<std::string_view> XenBus::next_event() {
    while (const auto message = receive())
        if (message->kind == static_cast<std::uint32_t>(Kind::kEvent)) keep_event();
    if (event_count_ == 0) return std::nullopt;
    const auto& event = events_[first_event_];
    first_event_ = (first_event_ + 1) % kMostEvents;
    --event_count_;
    return std::string_view{event.path.data(), event.size};
}

}  // namespace zeroth::rtos
