// SPDX-License-Identifier: Apache-2.0
#include "xl/relay.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <boost/json/serialize.hpp>
#include <csignal>
#include <cstdlib>
#include <thread>

#include "libdomain/console/frames.hpp"
#include "tests/unit/xl/fake_xld.hpp"
#include "tests/unit/xl/samples.hpp"
#include "xl/attach.hpp"
#include "xl/client.hpp"

namespace zeroth::xl {
namespace {

using namespace testing;

struct Pty {
    UniqueFd master, slave;
    std::string path;
};

Pty make_pty() {
    Pty pty;
    pty.master = UniqueFd{::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)};
    EXPECT_EQ(::grantpt(pty.master.get()), 0);
    EXPECT_EQ(::unlockpt(pty.master.get()), 0);
    pty.path = ::ptsname(pty.master.get());
    pty.slave = UniqueFd{::open(pty.path.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC)};
    termios raw{};
    EXPECT_EQ(::tcgetattr(pty.slave.get(), &raw), 0);
    ::cfmakeraw(&raw);
    ::tcsetattr(pty.slave.get(), TCSANOW, &raw);
    return pty;
}

struct Pipe {
    UniqueFd read, write;
};
Pipe make_pipe() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    return {UniqueFd{ends[0]}, UniqueFd{ends[1]}};
}

void send(int fd, std::string_view text) {
    ASSERT_EQ(::write(fd, text.data(), text.size()), static_cast<ssize_t>(text.size()));
}

/// What arrives within ten seconds, until there is `size` of it.
std::string receive(int fd, std::size_t size) {
    std::string text;
    pollfd entry{.fd = fd, .events = POLLIN, .revents = 0};
    while (text.size() < size && ::poll(&entry, 1, 10000) > 0) {
        std::array<char, 256> piece;
        const ssize_t got = ::read(fd, piece.data(), piece.size());
        if (got <= 0) break;
        text.append(piece.data(), static_cast<std::size_t>(got));
    }
    return text;
}

constexpr const char* kStream =
    "GET /v1/domains/1/console/stream?type=pv&number=0&frames=1&write=1";

std::string problem(int errno_value) {
    api::Problem problem;
    problem.status = 404;
    problem.detail = "not here";
    problem.errno_value = errno_value;
    return boost::json::serialize(api::encode(problem));
}

Result<RelayEnd> relay_raw(int input, Output& out, int console) {
    std::uint64_t received = 0;
    return relay({.input = input, .out = out, .err = out, .console = console, .escape = '\x1d'},
                 received);
}

TEST(XlRelay, CarriesBothWaysUntilTheEscape) {
    Pty pty = make_pty();
    Pipe input = make_pipe();
    Pipe output = make_pipe();
    Output out{output.write.get(), Output::Mode::kWhole};
    std::optional<RelayEnd> end;
    std::thread relaying{[&] {
        const auto result = relay_raw(input.read.get(), out, pty.slave.get());
        if (result) end = *result;
    }};
    send(input.write.get(), "uname\n");
    EXPECT_EQ(receive(pty.master.get(), 6), "uname\n");
    send(pty.master.get(), "Linux\r\n");
    EXPECT_EQ(receive(output.read.get(), 7), "Linux\r\n");
    send(input.write.get(), "exit\x1dnever");
    relaying.join();
    EXPECT_EQ(end, RelayEnd::kEscape);
    EXPECT_EQ(receive(pty.master.get(), 4), "exit");
}

TEST(XlRelay, OutputGoesOnAfterTheInputsEndUntilThePtyHangsUp) {
    Pty pty = make_pty();
    Pipe input = make_pipe();
    Pipe output = make_pipe();
    Output out{output.write.get(), Output::Mode::kWhole};
    std::optional<RelayEnd> end;
    send(input.write.get(), "halt\n");
    input.write = UniqueFd{};
    std::thread relaying{[&] {
        const auto result = relay_raw(input.read.get(), out, pty.slave.get());
        if (result) end = *result;
    }};
    EXPECT_EQ(receive(pty.master.get(), 5), "halt\n");
    send(pty.master.get(), "Power down\r\n");
    // A pty throws away what its reader has not taken when its master closes.
    EXPECT_EQ(receive(output.read.get(), 12), "Power down\r\n");
    pty.master = UniqueFd{};
    relaying.join();
    EXPECT_EQ(end, RelayEnd::kHangup);
}

TEST(XlRelay, ATerminalIsRawMeanwhileAndPutBackBySignalsToo) {
    Pty console = make_pty();
    Pty user;
    user.master = UniqueFd{::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)};
    ::grantpt(user.master.get());
    ::unlockpt(user.master.get());
    user.slave = UniqueFd{::open(::ptsname(user.master.get()), O_RDWR | O_NOCTTY | O_CLOEXEC)};
    const pid_t child = ::fork();
    if (child == 0) {
        Output out{user.slave.get(), Output::Mode::kWhole};
        const auto end = relay_raw(user.slave.get(), out, console.slave.get());
        if (!end || *end != RelayEnd::kSignal) ::_exit(1);
        repeat_last_signal();
        ::_exit(2);
    }
    send(console.master.get(), "hello");
    EXPECT_EQ(receive(user.master.get(), 5), "hello");
    termios settings{};
    ::tcgetattr(user.slave.get(), &settings);
    EXPECT_EQ(settings.c_lflag & (ICANON | ECHO | ISIG), 0U);
    ::kill(child, SIGTERM);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM) << status;
    ::tcgetattr(user.slave.get(), &settings);
    EXPECT_NE(settings.c_lflag & ICANON, 0U);
    EXPECT_NE(settings.c_lflag & ECHO, 0U);
}

TEST(XlRelay, EscapesAreOneCharacterOrControlled) {
    EXPECT_EQ(parse_escape("x"), 'x');
    EXPECT_EQ(parse_escape("^]"), '\x1d');
    EXPECT_EQ(parse_escape("^a"), '\x01');
    EXPECT_EQ(parse_escape("^A"), '\x01');
    EXPECT_EQ(parse_escape("^"), '^');
    EXPECT_FALSE(parse_escape(""));
    EXPECT_FALSE(parse_escape("ab"));
}

TEST(XlRelay, OneUserPerConsole) {
    FakeXld folder;
    const auto held = lock_console(folder.folder(), 3);
    ASSERT_TRUE(held) << held.error().text();
    // Locks of one process never meet each other: the second one must be.
    const pid_t child = ::fork();
    if (child == 0) {
        const auto second = lock_console(folder.folder(), 3);
        const std::string told =
            fmt::format("the console of domain 3 is in use by process {}", ::getppid());
        ::_exit(!second && second.error().text() == told && lock_console(folder.folder(), 4) ? 0
                                                                                             : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
}

TEST(XlRelay, ConsoleWaitsForItsTerminalAndEndsWithIt) {
    FakeXld xld;
    Pty pty = make_pty();
    api::Console console;
    console.domid = 1;
    xld.answer("GET /v1/domains/g1/console", boost::json::serialize(api::encode(console)));
    xld.answer(kStream, problem(ENOENT), 404);
    xld.answer("GET /v1/domains/1/console", boost::json::serialize(api::encode(console)));
    console.tty = pty.path;
    xld.answer("GET /v1/domains/1/console", boost::json::serialize(api::encode(console)));
    xld.answer("GET /v1/domains/g1/console", boost::json::serialize(api::encode(console)));
    Pipe input = make_pipe();
    send(input.write.get(), "ls\n\x1d");
    Context context{Output::capture(), Output::capture()};
    context.socket = xld.socket();
    context.lock_folder = xld.folder();
    context.input = input.read.get();
    const auto status = attach_console(context, "g1", ConsoleChoice{});
    ASSERT_TRUE(status) << status.error().text();
    EXPECT_EQ(*status, 0);
    EXPECT_EQ(receive(pty.master.get(), 3), "ls\n");
    EXPECT_GE(xld.requests().size(), 3U);
}

TEST(XlRelay, AStreamIsShownAndFoundAgainWhenXldIsRestarted) {
    FakeXld xld;
    api::Console asked;
    asked.domid = 1;
    xld.answer("GET /v1/domains/g1/console", boost::json::serialize(api::encode(asked)));
    const auto stream = [](std::uint64_t position, std::string_view text, std::string_view notice) {
        std::string bytes = fmt::format(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
            "Upgrade: zeroth-console\r\nZeroth-Console-Position: {}\r\n\r\n",
            position);
        console::append_frame(bytes, console::FrameKind::kOutput, text);
        if (!notice.empty()) console::append_frame(bytes, console::FrameKind::kNotice, notice);
        return bytes;
    };
    xld.answer_raw(kStream, stream(100, "one ", ""));
    const auto again = [](std::uint64_t from) { return fmt::format("{}&from={}", kStream, from); };
    xld.answer_raw(again(104), stream(104, "two ", "process 7 types here"));
    xld.answer_raw(again(108), stream(110, "three", ""));
    xld.answer(again(115), problem(ESRCH), 404);
    const auto outcome = run({"console", "g1"}, xld);
    EXPECT_EQ(outcome.status, 0);
    EXPECT_EQ(outcome.out, "one two three");
    EXPECT_EQ(outcome.err,
              "\r\n[xl: process 7 types here]\r\n"
              "\r\n[xl: 2 bytes missed while xld was restarted]\r\n");
}

TEST(XlRelay, AConsoleThatIsNotTheOneAskedForIsRefused) {
    FakeXld xld;
    api::Console console;
    console.domid = 1;
    console.tty = "/dev/null";
    xld.answer("GET /v1/domains/g1/console?type=vuart&number=0",
               boost::json::serialize(api::encode(console)));
    const auto outcome = run({"console", "-t", "vuart", "g1"}, xld);
    EXPECT_EQ(outcome.status, 1);
    EXPECT_EQ(outcome.err, "xl: xld has no vuart console 0 for `g1'\n");
}

}  // namespace
}  // namespace zeroth::xl
