// SPDX-License-Identifier: Apache-2.0
#include "tests/guests/rtos/console.hpp"

#include "tests/guests/rtos/timer.hpp"

namespace zeroth::rtos {

/// xen/include/public/io/console.h
struct Console::Ring {
    char in[1024];
    char out[2048];
    std::uint32_t in_consumer, in_producer, out_consumer, out_producer;
};

void Console::open() {
    const auto ring = xen::ring_of(xen::Param::kConsolePage, xen::Param::kConsolePort);
    if (ring.page == 0) return;
    ring_ = reinterpret_cast<volatile Ring*>(ring.page);
    port_ = ring.port;
    xen::unmask(port_);
}

void Console::open_uart(const Tree& tree) {
    const auto uart = tree.find("arm,sbsa-uart");
    if (ring_ == nullptr && uart && uart->count > 0)
        uart_ = static_cast<std::uintptr_t>(uart->regions[0].start);
}

/// Server Base System Architecture, appendix B.
void Console::put_uart(char letter) const {
    constexpr std::uintptr_t kData = 0, kFlags = 0x18;
    constexpr std::uint32_t kFull = 1U << 5;
    while ((cpu::read32(uart_ + kFlags) & kFull) != 0) cpu::barrier();
    cpu::write32(uart_ + kData, static_cast<std::uint8_t>(letter));
}

void Console::put(char letter) {
    if (ring_ == nullptr) return put_uart(letter);

    const auto producer = read_shared(ring_->out_producer);
    const Deadline deadline{2000};
    while (producer - read_shared(ring_->out_consumer) >= sizeof(Ring::out)) {
        if (deadline.passed()) return;
        xen::notify(port_);
    }
    write_shared(ring_->out[producer % sizeof(Ring::out)], letter);
    write_shared(ring_->out_producer, producer + 1);
}

void Console::print_line(std::string_view text) {
    if (ring_ == nullptr && uart_ == 0) return;
    for (const char letter : text) put(letter);
    put('\r');
    put('\n');
    if (ring_ != nullptr) xen::notify(port_);
}

std::optional<std::string_view> Console::read_line() {
    if (ring_ == nullptr) return std::nullopt;
    auto consumer = read_shared(ring_->in_consumer);
    const auto before = consumer;
    bool whole = false;
    while (!whole && consumer != read_shared(ring_->in_producer)) {
        const char letter = read_shared(ring_->in[consumer++ % sizeof(Ring::in)]);
        whole = letter == '\n' || letter == '\r';
        if (!whole && typed_size_ < typed_.size()) typed_[typed_size_++] = letter;
    }
    if (consumer == before) return std::nullopt;
    write_shared(ring_->in_consumer, consumer);
    xen::notify(port_);
    if (!whole) return std::nullopt;
    const std::string_view line{typed_.data(), typed_size_};
    typed_size_ = 0;
    return line;
}

}  // namespace zeroth::rtos
