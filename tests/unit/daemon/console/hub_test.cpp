// SPDX-License-Identifier: Apache-2.0
#include "daemon/console/hub.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/unit/daemon/console/hub_world.hpp"

namespace zeroth::daemon::console {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;
namespace fs = std::filesystem;
using namespace std::chrono_literals;

TEST_F(HubTest, WhatAGuestPrintsIsLoggedAndLeavesTheRing) {
    Guest guest{sim_};
    guest.print("before anybody came\n");
    ASSERT_TRUE(hub_->attach(guest.description()));
    guest.print("hello\n");
    run();
    EXPECT_EQ(log_of(guest), "before anybody came\nhello\n");
    EXPECT_EQ(guest.consumed(), 26U);
}

TEST_F(HubTest, WhoWatchesSeesWhatWasAndWhatComes) {
    Guest guest{sim_};
    ASSERT_TRUE(hub_->attach(guest.description()));
    guest.print("one ");
    run();
    const auto first = watch(guest), second = watch(guest);
    guest.print("two");
    EXPECT_EQ(shown(first), "one two");
    EXPECT_EQ(shown(second), "one two");
    Console::Wish nothing_old{.replay = 0, .from = {}};
    EXPECT_EQ(shown(watch(guest, nothing_old)), "");
}

TEST_F(HubTest, TheFirstToTypeHoldsThePenUntilItLeaves) {
    Guest guest{sim_};
    ASSERT_TRUE(hub_->attach(guest.description()));
    auto first = watch(guest, kTyping);
    const auto second = watch(guest, kTyping);
    type(first, "ls\n");
    run();
    EXPECT_EQ(guest.read(), "ls\n");
    type(second, "rm\n");
    EXPECT_THAT(shown(second), HasSubstr("is typing here"));
    EXPECT_EQ(guest.read(), "");
    first = UniqueFd{};
    run();
    type(second, "pwd\n");
    run();
    EXPECT_EQ(guest.read(), "pwd\n");
}

TEST_F(HubTest, ThePenCanBeTaken) {
    Guest guest{sim_};
    ASSERT_TRUE(hub_->attach(guest.description()));
    const auto first = watch(guest, kTyping);
    type(first, "ls\n");
    run();
    Console::Wish framed = kTyping;
    framed.form = Cursor::Form::kFrames;
    const auto second = watch(guest, framed);
    std::string frames;
    zeroth::console::append_frame(frames, zeroth::console::FrameKind::kTakePen, {});
    zeroth::console::append_frame(frames, zeroth::console::FrameKind::kInput, "mine\n");
    type(second, frames);
    run();
    EXPECT_EQ(guest.read(), "ls\nmine\n");
    EXPECT_THAT(shown(first), HasSubstr("took over"));
    type(first, "lost");
    run();
    EXPECT_EQ(guest.read(), "");
}

TEST_F(HubTest, WhoMayOnlyWatchIsToldSo) {
    Guest guest{sim_};
    ASSERT_TRUE(hub_->attach(guest.description()));
    const auto viewer = watch(guest);
    type(viewer, "reboot\n");
    EXPECT_THAT(shown(viewer), HasSubstr("you may watch"));
    EXPECT_EQ(guest.read(), "");
}

TEST_F(HubTest, WhatIsPastedWaitsForTheGuestAndIsWhole) {
    Guest guest{sim_};
    ASSERT_TRUE(hub_->attach(guest.description()));
    const auto viewer = watch(guest, kTyping);
    std::string pasted, taken;
    for (int i = 0; pasted.size() < 30'000; ++i) pasted += std::to_string(i) + ' ';
    type(viewer, pasted);
    for (int turn = 0; turn < 100 && taken.size() < pasted.size(); ++turn) {
        run();
        taken += guest.read();
    }
    EXPECT_EQ(taken, pasted);
}

TEST_F(HubTest, OneWhoDoesNotReadHoldsUpNobodyAndIsToldWhatItMissed) {
    Guest guest{sim_};
    auto description = guest.description();
    description.patience = 0;  // as little as there can be
    ASSERT_TRUE(hub_->attach(description));
    const auto slow = watch(guest);
    std::size_t printed = 0;
    // More than a socket's buffer and the patience together.
    for (int i = 0; i < 300; ++i) {
        printed += guest.print(std::string(2000, static_cast<char>('a' + i % 26)));
        run();
    }
    EXPECT_EQ(printed, 600'000U);
    EXPECT_EQ(log_of(guest).size(), printed);
    EXPECT_THAT(shown(slow), HasSubstr("bytes dropped]"));
}

TEST_F(HubTest, AFloodWaitsInItsRingAndOthersDoNot) {
    settings_.limits = {.rate = 1000, .burst = 4096};
    kill();
    start();
    Guest loud{sim_}, quiet{sim_};
    ASSERT_TRUE(hub_->attach(loud.description()));
    ASSERT_TRUE(hub_->attach(quiet.description()));
    std::size_t printed = 0;
    for (int i = 0; i < 20; ++i) {
        printed += loud.print(std::string(2048, 'x'));
        run();
    }
    // The burst, what a few milliseconds allow, and what waits in the ring.
    EXPECT_LT(printed, 3 * 4096U);
    quiet.print("still here");
    run();
    EXPECT_EQ(log_of(quiet), "still here");
    EXPECT_GT(hub_->find(loud.description().key)->numbers().held_up, 0U);
}

TEST_F(HubTest, ALogIsRotatedAndSaysWhatItLost) {
    settings_.logs = {.size = 10'000, .files = 3};
    kill();
    start();
    Guest guest{sim_};
    const auto name = "guest-" + guest.description().domain_name + ".log";
    ASSERT_TRUE(hub_->attach(guest.description()));
    for (int i = 0; i < 50; ++i) {
        guest.print(std::string(1000, static_cast<char>('a' + i % 26)));
        run();
    }
    EXPECT_LE(file(name).size(), 10'000U);
    EXPECT_GT(file(name + ".1").size(), 8'000U);
    EXPECT_GT(file(name + ".2").size(), 8'000U);
    EXPECT_FALSE(fs::exists(folder_ / "log" / (name + ".3")));
    EXPECT_THAT(file(name), StartsWith("[xld: "));
    // Told of once in a minute, and of the rest when the domain ends.
    EXPECT_EQ(told(Happening::What::kDropped), 1U);
    const auto dropped = hub_->find(guest.description().key)->numbers().dropped;
    EXPECT_GT(dropped.rotated, 20'000U);
    EXPECT_EQ(dropped.unwritten, 0U);
    // Who comes now is shown what is before the rotation too.
    EXPECT_GT(shown(watch(guest)).size(), 10'000U);
    hub_->detach(guest.id());
    EXPECT_EQ(told(Happening::What::kDropped), 2U);
    EXPECT_EQ(told_.back().what, Happening::What::kDetached);
}

TEST_F(HubTest, WhoKeepsARecordIsToldOnceOfEachConsole) {
    Guest guest{sim_};
    ASSERT_TRUE(hub_->attach(guest.description()));
    ASSERT_EQ(told_.size(), 1U);
    EXPECT_EQ(told_[0].what, Happening::What::kAttached);
    EXPECT_EQ(told_[0].owner.uuid, guest.description().uuid);
    EXPECT_EQ(told_[0].owner.name, guest.description().domain_name);
    EXPECT_EQ(told_[0].detail, hub_->find(guest.description().key)->tty());
    // An xld that comes after a SIGKILL serves what the one before told of.
    kill();
    start();
    ASSERT_TRUE(hub_->attach(guest.description()));
    EXPECT_EQ(told_.size(), 1U);
    hub_->detach(guest.id());
    EXPECT_EQ(told_.size(), 2U);
}

TEST_F(HubTest, ALogFollowsItsDomainsName) {
    settings_.logs = {.size = 10'000, .files = 3};
    kill();
    start();
    Guest guest{sim_};
    ASSERT_TRUE(hub_->attach(guest.description()));
    for (int i = 0; i < 15; ++i) {
        guest.print(std::string(1000, 'a'));
        run();
    }
    hub_->rename(guest.id(), "other");
    guest.print("after\n");
    run();
    EXPECT_EQ(log_of(guest), "");
    EXPECT_THAT(file("guest-other.log"), EndsWith("aafter\n"));
    EXPECT_GT(file("guest-other.log.1").size(), 8'000U);
    EXPECT_THAT(shown(watch(guest)), EndsWith("aafter\n"));
    // The mark goes with the file: a SIGKILL loses nothing and repeats nothing.
    kill();
    guest.print("later\n");
    start();
    auto description = guest.description();
    description.domain_name = "other";
    ASSERT_TRUE(hub_->attach(description));
    run();
    EXPECT_THAT(file("guest-other.log"), EndsWith("aafter\nlater\n"));
}

TEST_F(HubTest, ALogGoesOnBehindThatOfAFormerDomainOfTheName) {
    Guest former{sim_}, guest{sim_};
    ASSERT_TRUE(hub_->attach(former.description()));
    former.print("former\n");
    run();
    hub_->detach(former.id());
    ASSERT_TRUE(hub_->attach(guest.description()));
    guest.print("before\n");
    run();
    hub_->rename(guest.id(), former.description().domain_name);
    guest.print("after\n");
    run();
    EXPECT_THAT(log_of(former), StartsWith("former\n[xld: what it printed before is in "));
    EXPECT_THAT(log_of(former), EndsWith("]\r\nafter\n"));
    EXPECT_THAT(log_of(guest), StartsWith("before\n[xld: the domain has another name: "));
    const auto seen = shown(watch(guest));
    EXPECT_THAT(seen, EndsWith("after\n"));
    EXPECT_THAT(seen, ::testing::Not(HasSubstr("former\n")));
}

TEST_F(HubTest, ALogThatCannotBeWrittenIsCompletedLater) {
    Guest guest{sim_};
    ASSERT_TRUE(hub_->attach(guest.description()));
    guest.print("one ");
    run();
    // What happens to a file on a disk that is full, near enough.
    const auto log = hub_->find(guest.description().key)->log();
    fs::remove_all(folder_ / "log");
    std::ofstream{folder_ / "log"} << "in the way";
    log->reopen();
    guest.print("two ");
    run();
    EXPECT_EQ(shown(watch(guest)), "one two ");
    EXPECT_EQ(hub_->find(guest.description().key)->numbers().dropped.total(), 0U);
    fs::remove(folder_ / "log");
    fs::create_directory(folder_ / "log");
    log->reopen();
    guest.print("three");
    run();
    EXPECT_EQ(log_of(guest), "two three");
}

TEST_F(HubTest, AfterASigkillNothingIsLostAndNothingLoggedTwice) {
    Guest guest{sim_};
    ASSERT_TRUE(hub_->attach(guest.description()));
    guest.print("one ");
    run();
    kill();
    guest.print("two ");
    start();
    ASSERT_TRUE(hub_->attach(guest.description()));
    guest.print("three");
    run();
    EXPECT_EQ(log_of(guest), "one two three");
}

TEST_F(HubTest, ASigkillBetweenLogAndRingLogsNothingTwice) {
    Guest guest{sim_};
    ASSERT_TRUE(hub_->attach(guest.description()));
    guest.print("one ");
    run();
    guest.print("two ");
    // As take_output does it, and no further.
    hub_->find(guest.description().key)->log()->append_from(4, "two ");
    kill();
    start();
    ASSERT_TRUE(hub_->attach(guest.description()));
    guest.print("three");
    run();
    EXPECT_EQ(log_of(guest), "one two three");
    EXPECT_EQ(guest.consumed(), 13U);
}

TEST_F(HubTest, WhoWatchedGoesOnWhereItWas) {
    Guest guest{sim_};
    ASSERT_TRUE(hub_->attach(guest.description()));
    guest.print("one ");
    run();
    const auto position = hub_->find(guest.description().key)->log()->end();
    kill();
    guest.print("two ");
    start();
    ASSERT_TRUE(hub_->attach(guest.description()));
    run();
    Console::Wish resume;
    resume.from = position;
    EXPECT_EQ(shown(watch(guest, resume)), "two ");
}

TEST_F(HubTest, AnotherDomainOfTheNameBeginsAnew) {
    Guest former{sim_}, later{sim_};
    ASSERT_TRUE(hub_->attach(former.description()));
    former.print("former\n");
    run();
    hub_->detach(former.id());
    auto description = later.description();
    description.domain_name = former.description().domain_name;
    ASSERT_TRUE(hub_->attach(description));
    later.print("later\n");
    run();
    EXPECT_EQ(log_of(former), "former\nlater\n");
    EXPECT_EQ(shown(watch(later)), "later\n");
}

TEST_F(HubTest, TheLastWordsOfADomainAreTakenAndItsViewersLetGo) {
    Guest guest{sim_};
    ASSERT_TRUE(hub_->attach(guest.description()));
    run();
    const auto viewer = watch(guest);
    guest.print("panic");
    hub_->detach(guest.id());
    EXPECT_EQ(shown(viewer), "panic");
    pollfd entry{.fd = viewer.get(), .events = 0, .revents = 0};
    EXPECT_EQ(::poll(&entry, 1, 1000), 1);
    EXPECT_TRUE(entry.revents & POLLHUP);
    EXPECT_EQ(log_of(guest), "panic");
    EXPECT_EQ(sim_.machine->live_mappings(), 0U);
    EXPECT_EQ(sim_.machine->live_ports(), 0U);
}

TEST_F(HubTest, AConsoleOfSomebodyElseIsLeftAlone) {
    Guest guest{sim_};
    auto others = *sim_.machine->event_channels();
    ASSERT_TRUE(others->bind_interdomain(guest.id(), guest.description().port));
    const auto attached = hub_->attach(guest.description());
    ASSERT_FALSE(attached);
    EXPECT_TRUE(attached.error().is(EBUSY)) << attached.error().text();
    EXPECT_EQ(sim_.machine->live_mappings(), 0U);
}

TEST_F(HubTest, ATerminalShowsTheLastAndTakesWhatIsTyped) {
    Guest guest{sim_};
    const auto console = hub_->attach(guest.description());
    ASSERT_TRUE(console);
    guest.print("login: ");
    run();
    const UniqueFd tty{::open((*console)->tty().c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK)};
    ASSERT_TRUE(tty) << (*console)->tty();
    termios settings{};
    ASSERT_EQ(::tcgetattr(tty.get(), &settings), 0);
    EXPECT_EQ(settings.c_lflag & (ECHO | ICANON | ISIG), 0U) << "raw for the first who opens it";
    run();
    std::array<char, 64> text{};
    EXPECT_EQ(::read(tty.get(), text.data(), text.size()), 7);
    EXPECT_EQ(::write(tty.get(), "root\n", 5), 5);
    run();
    EXPECT_EQ(guest.read(), "root\n");
}

TEST_F(HubTest, WhoTypedAtATerminalAndHasGoneHoldsNoPen) {
    Guest guest{sim_};
    const auto console = hub_->attach(guest.description());
    ASSERT_TRUE(console);
    run();
    {
        // As `echo >/dev/pts/3` does: it has come and gone when it is noticed.
        const UniqueFd terminal{::open((*console)->tty().c_str(), O_WRONLY | O_NOCTTY)};
        ASSERT_EQ(::write(terminal.get(), "quick\n", 6), 6);
    }
    run();
    EXPECT_EQ(guest.read(), "quick\n");
    const auto viewer = watch(guest, kTyping);
    type(viewer, "slow");
    run();
    EXPECT_EQ(guest.read(), "slow");
}

TEST_F(HubTest, ATerminalIsSentMoreThanItHolds) {
    Guest guest{sim_};
    const auto console = hub_->attach(guest.description());
    ASSERT_TRUE(console);
    std::string printed;
    const auto print = [&](int count) {
        for (int i = 0; i < count; ++i) {
            const auto line = std::to_string(printed.size()) + std::string(1000, '.') + '\n';
            printed += line;
            guest.print(line);
            run();
        }
    };
    print(40);
    const UniqueFd tty{::open((*console)->tty().c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK)};
    std::string seen;
    const auto read = [&] {
        std::array<char, 512> piece{};
        for (int quiet = 0; quiet < 3; ++quiet) {
            run();
            for (;;) {
                const auto got = ::read(tty.get(), piece.data(), piece.size());
                if (got <= 0) break;
                seen.append(piece.data(), static_cast<std::size_t>(got));
                quiet = 0;
            }
        }
    };
    read();
    EXPECT_EQ(seen.size(), printed.size());
    print(30);
    read();
    EXPECT_EQ(seen, printed);
}

TEST_F(HubTest, ATerminalKeepsNothingForWhoComesLater) {
    Guest guest{sim_};
    const auto console = hub_->attach(guest.description());
    ASSERT_TRUE(console);
    const auto open_tty = [&] {
        UniqueFd tty{::open((*console)->tty().c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK)};
        run();
        return tty;
    };
    guest.print("one");
    run();
    (void)open_tty();
    run();
    const auto tty = open_tty();
    std::array<char, 64> text{};
    EXPECT_EQ(::read(tty.get(), text.data(), text.size()), 3);
    EXPECT_EQ(::read(tty.get(), text.data(), text.size()), -1);
    // Nobody has to have it open for a line to be typed.
    std::ofstream{(*console)->tty()} << "reboot\n" << std::flush;
    run();
    EXPECT_EQ(guest.read(), "reboot\n");
}

}  // namespace
}  // namespace zeroth::daemon::console
