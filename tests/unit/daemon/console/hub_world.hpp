// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/console/hub.hpp"
#include "tests/unit/libdomain/hypervisor/sim/simulated.hpp"

namespace zeroth::daemon::console {

inline constexpr GuestFrame kPage{0x40000};

/// A guest of the model with a console page, and its side of it.
class Guest {
public:
    explicit Guest(hyper::Simulated& sim) : sim_{sim}, id_{sim.domain()} {
        EXPECT_EQ(sim.xen->populate_physmap(id_, kPage, 1, 0), 1U);
        const std::array seeds{hyper::Hypervisor::GrantSeed{GrantRef{0}, kDomain0, kPage}};
        EXPECT_TRUE(sim.xen->seed_grants(id_, seeds));
        port_ = sim.xen->alloc_unbound(id_, kDomain0).value();
    }
    DomainId id() const { return id_; }
    Description description() const {
        Description out;
        out.key = Key{id_, zeroth::console::Kind::kPv, 0};
        out.domain_name = "g" + std::to_string(id_.raw());
        out.uuid = sim_.xen->domain(id_)->handle;
        out.grant = GrantRef{0};
        out.frame = kPage;
        out.port = port_;
        out.fresh = true;
        return out;
    }
    /// As much as there is room for.
    std::size_t print(std::string_view text) {
        const auto consumer = word(3080);
        auto producer = word(3084);
        const auto count = std::min<std::size_t>(text.size(), 2048 - (producer - consumer));
        const auto first = std::min<std::size_t>(count, 2048 - producer % 2048);
        write(1024 + producer % 2048, text.data(), first);
        write(1024, text.data() + first, count - first);
        producer += static_cast<std::uint32_t>(count);
        write(3084, &producer, 4);
        EXPECT_TRUE(sim_.machine->guest_notify(id_, port_));
        return count;
    }
    std::string read() {
        std::string text;
        auto consumer = word(3072);
        for (const auto end = word(3076); consumer != end; ++consumer) {
            char c = 0;
            read(consumer % 1024, &c, 1);
            text += c;
        }
        write(3072, &consumer, 4);
        EXPECT_TRUE(sim_.machine->guest_notify(id_, port_));
        return text;
    }
    std::uint32_t consumed() { return word(3080); }

private:
    std::uint32_t word(std::uint64_t offset) {
        std::uint32_t value = 0;
        read(offset, &value, 4);
        return value;
    }
    void read(std::uint64_t offset, void* to, std::size_t size) {
        EXPECT_TRUE(sim_.machine->read_guest(id_, address_of(kPage) + offset,
                                             {static_cast<std::byte*>(to), size}));
    }
    void write(std::uint64_t offset, const void* from, std::size_t size) {
        EXPECT_TRUE(sim_.machine->write_guest(id_, address_of(kPage) + offset,
                                              {static_cast<const std::byte*>(from), size}));
    }

    hyper::Simulated& sim_;
    DomainId id_;
    Port port_;
};

class HubTest : public ::testing::Test {
protected:
    HubTest() {
        std::string pattern = std::filesystem::temp_directory_path() / "consoles-XXXXXX";
        folder_ = ::mkdtemp(pattern.data());
        settings_.log_folder = folder_ / "log";
        settings_.marks = folder_ / "marks";
        start();
    }
    ~HubTest() override {
        kill();
        std::filesystem::remove_all(folder_);
    }
    /// What an xld that starts has, and what is left of one that was killed.
    void start() {
        io_ = std::make_unique<boost::asio::io_context>(1);
        channels_ = *sim_.machine->event_channels();
        hub_ = std::make_unique<Hub>(
            *io_, *sim_.machine, *grants_, *channels_, settings_,
            [this](const Happening& happening) { told_.push_back(happening); });
    }
    void kill() {
        hub_.reset();
        io_.reset();
        channels_.reset();
    }
    /// Until nothing more happens.
    void run() {
        for (int idle = 0; idle < 2;) {
            io_->restart();
            idle = io_->run_for(std::chrono::milliseconds{1}) == 0 ? idle + 1 : 0;
        }
    }
    std::size_t told(Happening::What what) const {
        return static_cast<std::size_t>(std::ranges::count(told_, what, &Happening::what));
    }
    std::string file(const std::string& name) const {
        std::ifstream in{folder_ / "log" / name};
        return {std::istreambuf_iterator<char>{in}, {}};
    }
    std::string log_of(const Guest& guest) const {
        return file("guest-" + guest.description().domain_name + ".log");
    }
    /// The client's end of a stream.
    UniqueFd watch(const Guest& guest, Console::Wish wish = {}) {
        std::array<int, 2> ends{};
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
        Viewer::Socket socket{*io_, boost::asio::local::stream_protocol{}, ends[0]};
        hub_->find(guest.description().key)->add_viewer(std::move(socket), wish, {});
        return UniqueFd{ends[1]};
    }
    std::string shown(const UniqueFd& fd) {
        run();
        std::string text;
        std::array<char, 4096> piece;
        for (;;) {
            const auto got = ::recv(fd.get(), piece.data(), piece.size(), MSG_DONTWAIT);
            if (got <= 0) return text;
            text.append(piece.data(), static_cast<std::size_t>(got));
            run();
        }
    }
    static void type(const UniqueFd& fd, std::string_view text) {
        EXPECT_EQ(::send(fd.get(), text.data(), text.size(), MSG_NOSIGNAL),
                  static_cast<ssize_t>(text.size()));
    }
    static constexpr Console::Wish kTyping{.may = Viewer::May::kType, .from = {}};

    std::vector<Happening> told_;
    hyper::Simulated sim_;
    std::unique_ptr<hyper::GrantTable> grants_ = *sim_.machine->grant_table();
    std::filesystem::path folder_;
    Settings settings_;
    std::unique_ptr<boost::asio::io_context> io_;
    std::unique_ptr<hyper::EventChannels> channels_;
    std::unique_ptr<Hub> hub_;
};

}  // namespace zeroth::daemon::console
