// SPDX-License-Identifier: Apache-2.0
#include "core/service_manager.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <string>

#include "core/unique_fd.hpp"

namespace zeroth::service_manager {
namespace {

/// Sits at the other end of $NOTIFY_SOCKET, under a name in no file system.
class Manager {
public:
    Manager() : socket_{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)} {
        const std::string name = "@zeroth-test-" + std::to_string(::getpid());
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path + 1, name.data() + 1, name.size() - 1);
        const void* const generic = &address;
        EXPECT_EQ(::bind(socket_.get(), static_cast<const sockaddr*>(generic),
                         static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size())),
                  0);
        ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
    }
    ~Manager() {
        for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"})
            ::unsetenv(name);
    }
    Manager(const Manager&) = delete;
    Manager& operator=(const Manager&) = delete;

    std::string heard() const {
        std::array<char, 256> text{};
        const auto got = ::recv(socket_.get(), text.data(), text.size(), 0);
        return got < 0 ? "" : std::string{text.data(), static_cast<std::size_t>(got)};
    }

private:
    UniqueFd socket_;
};

TEST(ServiceManager, HearsWhatItIsTold) {
    const Manager manager;
    notify("READY=1");
    EXPECT_EQ(manager.heard(), "READY=1");
    notify_reloading();
    EXPECT_TRUE(manager.heard().starts_with("RELOADING=1\nMONOTONIC_USEC="));
}

TEST(ServiceManager, NobodyIsToldWhereThereIsNone) {
    ::unsetenv("NOTIFY_SOCKET");
    notify("READY=1");
}

TEST(Heartbeat, BeatsOncePerHalfPeriod) {
    const Manager manager;
    ::setenv("WATCHDOG_USEC", "60000000", 1);
    Heartbeat heart;
    EXPECT_EQ(heart.left()->count(), 0);
    heart.beat();
    heart.beat();
    EXPECT_EQ(manager.heard(), "WATCHDOG=1");
    EXPECT_EQ(manager.heard(), "");
    EXPECT_GT(heart.left()->count(), 29000);
}

TEST(Heartbeat, StaysSilentUnlessItIsMeant) {
    const Manager manager;
    EXPECT_FALSE(Heartbeat{}.left());
    ::setenv("WATCHDOG_USEC", "60000000", 1);
    ::setenv("WATCHDOG_PID", "1", 1);
    EXPECT_FALSE(Heartbeat{}.left());
    ::unsetenv("WATCHDOG_PID");
    ::setenv("WATCHDOG_USEC", "soon", 1);
    EXPECT_FALSE(Heartbeat{}.left());
}

}  // namespace
}  // namespace zeroth::service_manager
