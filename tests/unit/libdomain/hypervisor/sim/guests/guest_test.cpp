// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/sim/guests/guest.hpp"

#include <gtest/gtest.h>

#include <cstring>

#include "libdomain/hypervisor/sim/guests/byte_ring.hpp"
#include "tests/unit/libdomain/hypervisor/sim/simulated.hpp"
#include "xenstore/wire/frame.hpp"

namespace zeroth::hyper::sim {
namespace {

using namespace std::chrono_literals;

constexpr GuestFrame kConsole{0x39000}, kRam{0x40000};

/// A domain with a console page, and a guest in it whose XenStore is the test.
class GuestTest : public ::testing::Test {
protected:
    explicit GuestTest(const char* program = "linux")
        : guest_{id_, *parse_program(program), Guest::StoreBy::kCarrier} {
        EXPECT_TRUE(world_.xen->populate_physmap(id_, kConsole, 1, 0));
        EXPECT_TRUE(world_.xen->populate_physmap(id_, kRam, 1024, 0));
        EXPECT_TRUE(world_.xen->set_param(id_, HvmParam::kConsolePfn, kConsole.raw()));
        EXPECT_TRUE(world_.xen->unpause(id_));
    }

    void run(Guest::Time now = Guest::Time{}) {
        auto cpu = world_.machine->run(id_);
        ASSERT_TRUE(cpu);
        next_ = guest_.run(*cpu, now);
    }
    /// What the console has been given since, as its backend would read it.
    std::string printed() {
        const auto page = *world_.xen->seam().map(id_, std::array{kConsole});
        return ByteRing{page.bytes().subspan(1024, 2048), page.bytes().subspan(3080)}.take();
    }
    void type(std::string_view text) {
        const auto page = *world_.xen->seam().map(id_, std::array{kConsole});
        ByteRing{page.bytes().first(1024), page.bytes().subspan(3072)}.put(text);
    }
    /// What it asked of XenStore since.
    std::vector<xs::Message> asked() {
        xs::FrameReader reader;
        reader.feed(std::exchange(guest_.store().output(), {}));
        std::vector<xs::Message> all;
        while (auto message = *reader.next()) all.push_back(*std::move(message));
        return all;
    }
    void answer(const xs::Message& request, std::string_view payload) {
        std::string bytes;
        xs::encode(xs::Frame{request.type, request.request_id, 0, payload}, bytes);
        guest_.store().reader().feed(bytes);
    }
    /// The watch of the path fires, and the guest, which then reads it, finds the value.
    void changed(const std::string& path, std::string_view value) {
        const auto whole = home_ + path;
        std::string bytes;
        xs::encode(
            xs::Frame{xs::MessageType::kWatchEvent, 0, 0, whole + '\0' + tokens_.at(whole) + '\0'},
            bytes);
        guest_.store().reader().feed(bytes);
        run();
        const auto requests = asked();
        ASSERT_EQ(requests.size(), 1U);
        EXPECT_EQ(requests[0].type, xs::MessageType::kRead);
        answer(requests[0], value);
        run();
    }
    void boot() {
        run();
        for (const auto& request : asked()) {
            if (request.type != xs::MessageType::kWatch) continue;
            const auto end = request.payload.find('\0');
            tokens_[request.payload.substr(0, end)] =
                request.payload.substr(end + 1, request.payload.size() - end - 2);
        }
        printed();
    }
    DomainInfo info() { return *world_.xen->domain(id_); }

    Simulated world_;
    DomainId id_ = world_.domain();
    Guest guest_;
    std::optional<Guest::Time> next_;
    std::string home_ = "/local/domain/" + std::to_string(id_.raw()) + '/';
    std::map<std::string, std::string> tokens_;
};

TEST_F(GuestTest, PrintsThatItIsUp) {
    run();
    EXPECT_NE(printed().find("zeroth simulated guest is up: linux\r\n"), std::string::npos);
}

TEST_F(GuestTest, EchoesWhatIsTypedAndAnswersLines) {
    boot();
    type("helo\x7fx\r");
    run();
    EXPECT_EQ(printed(), "helo\b \bx\r\nyou typed: helx\r\n");
}

TEST_F(GuestTest, PrintsMoreThanTheConsoleHoldsWithoutLosingALine) {
    boot();
    type("seq 1000\r");
    std::string all;
    for (int i = 0; i < 10; ++i) {
        run();
        all += printed();
    }
    std::string expected = "seq 1000\r\n";
    for (int i = 1; i <= 1000; ++i) expected += std::to_string(i) + "\r\n";
    EXPECT_EQ(all, expected);
}

TEST_F(GuestTest, ClearsTheWishBeforeItObeys) {
    boot();
    changed("control/shutdown", "reboot");
    EXPECT_FALSE(info().shutdown);
    const auto requests = asked();
    ASSERT_EQ(requests.size(), 1U);
    EXPECT_EQ(requests[0].payload, home_ + "control/shutdown" + '\0');
    answer(requests[0], "OK");
    run();
    EXPECT_TRUE(info().shutdown);
    EXPECT_EQ(info().shutdown_code, static_cast<std::uint8_t>(ShutdownReason::kReboot));
}

TEST_F(GuestTest, EndsAlsoWhenNobodyReadsItsLastWords) {
    boot();
    type("seq 1000\rcrash\r");
    run();
    EXPECT_FALSE(info().shutdown);
    ASSERT_TRUE(next_);
    run(*next_);
    EXPECT_TRUE(info().shutdown);
}

TEST_F(GuestTest, BalloonsToItsTarget) {
    boot();
    const auto free = world_.machine->free_pages();
    // 1025 pages, of which the console's is not counted.
    changed("memory/target", "4096");
    EXPECT_EQ(info().tot_pages, 1025U);
    changed("memory/target", "1024");
    EXPECT_EQ(info().tot_pages, 257U);
    EXPECT_EQ(world_.machine->free_pages(), free + 768);
    changed("memory/target", "4096");
    EXPECT_EQ(info().tot_pages, 1025U);
    EXPECT_EQ(world_.machine->free_pages(), free);
}

TEST_F(GuestTest, WhatIsMappedElsewhereStaysOutOfTheBalloon) {
    boot();
    const auto held = *world_.xen->seam().map(id_, std::array{kRam + 1023, kRam + 1000});
    changed("memory/target", "4096");
    changed("memory/target", "16");
    EXPECT_EQ(info().tot_pages, 5U);
    EXPECT_TRUE(world_.xen->seam().map(id_, std::array{kRam + 1023}));
    EXPECT_FALSE(world_.xen->seam().map(id_, std::array{kRam + 1022}));
}

TEST_F(GuestTest, DoesNotRunWhilePaused) {
    boot();
    ASSERT_TRUE(world_.xen->pause(id_));
    EXPECT_FALSE(world_.machine->run(id_));
    ASSERT_TRUE(world_.xen->unpause(id_));
    EXPECT_TRUE(world_.machine->run(id_));
}

class ChatterTest : public GuestTest {
protected:
    ChatterTest() : GuestTest{"chatter,rate=10"} {}
};

TEST_F(ChatterTest, PrintsSoManyLinesASecond) {
    boot();
    run(Guest::Time{} + 1s);
    const auto text = printed();
    EXPECT_NE(text.find("line 10\r\n"), std::string::npos);
    EXPECT_EQ(text.find("line 11\r\n"), std::string::npos);
    ASSERT_TRUE(next_);
    EXPECT_EQ(*next_, Guest::Time{} + 1100ms);
}

class CrashTest : public GuestTest {
protected:
    CrashTest() : GuestTest{"crash,after=50"} {}
};

TEST_F(CrashTest, CrashesWhenItIsTime) {
    boot();
    ASSERT_EQ(next_, Guest::Time{} + 50ms);
    run(*next_);
    EXPECT_TRUE(info().shutdown);
    EXPECT_EQ(info().shutdown_code, static_cast<std::uint8_t>(ShutdownReason::kCrash));
}

}  // namespace
}  // namespace zeroth::hyper::sim
