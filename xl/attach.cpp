// SPDX-License-Identifier: Apache-2.0
#include "xl/attach.hpp"

#include <fcntl.h>
#include <termios.h>
#include <time.h>

#include <chrono>

#include "daemon/api/console_stream.hpp"
#include "libdomain/console/frames.hpp"
#include "xl/relay.hpp"
#include "xl/remote.hpp"

namespace zeroth::xl {
namespace {

constexpr std::chrono::seconds kWait{5};
constexpr timespec kPoll{.tv_sec = 0, .tv_nsec = 50'000'000};

std::string query_of(const ConsoleChoice& choice) {
    if (choice.type == "pv" && choice.number == 0) return "/console";
    return fmt::format("/console?type={}&number={}", choice.type, choice.number);
}

/// An xld that does not know the kind answers about another.
Result<api::Console> console_of(const Reply& reply, std::string_view domain,
                                const ConsoleChoice& choice) {
    ZEROTH_TRY(auto console, decoded<api::Console>(reply));
    if (console.type == choice.type && console.number == choice.number) return console;
    return fail(
        fmt::format("xld has no {} console {} for `{}'", choice.type, choice.number, domain));
}

/// Asks until the console has a pty or the time is up. A reply of status 404 is the caller's.
Result<Reply> await_console(Context& context, std::string_view domain, const ConsoleChoice& choice,
                            api::Console& console) {
    const auto deadline = std::chrono::steady_clock::now() + kWait;
    for (;;) {
        ZEROTH_TRY(Reply reply, call_domain(context, domain, query_of(choice)));
        if (reply.status == 404) return reply;
        ZEROTH_TRY(console, console_of(reply, domain, choice));
        if (!console.tty.empty() || std::chrono::steady_clock::now() >= deadline) return reply;
        ::nanosleep(&kPoll, nullptr);
    }
}

Result<UniqueFd> open_pty(const std::string& path) {
    UniqueFd fd{::open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)};
    if (!fd) return errno_error(fmt::format("cannot open the console's terminal {}", path));
    // The guest's terminal driver edits and echoes; a second one on the way would do it twice.
    termios settings{};
    if (::tcgetattr(fd.get(), &settings) != 0)
        return errno_error(fmt::format("{} is no terminal", path));
    ::cfmakeraw(&settings);
    ::tcsetattr(fd.get(), TCSANOW, &settings);
    return fd;
}

/// As if xld were asked: how long it may be away when it is restarted.
constexpr std::chrono::seconds kAbsence{20};

std::string stream_target(std::string_view domain, const ConsoleChoice& choice, bool write,
                          std::optional<std::uint64_t> from) {
    auto target = domain_target(domain, fmt::format("/console/stream?type={}&number={}&frames=1",
                                                    choice.type, choice.number));
    if (write) target += "&write=1";
    if (from) target += fmt::format("&from={}", *from);
    return target;
}

/// The one who is no root may still watch.
Result<Client::SwitchReply> open_stream(Context& context, std::string_view domain,
                                        const ConsoleChoice& choice,
                                        std::optional<std::uint64_t> from) {
    Client client{context.socket};
    Request request;
    request.target = stream_target(domain, choice, true, from);
    ZEROTH_TRY(auto opened, client.switch_protocol(request, api::kConsoleProtocol));
    if (opened.reply.status != 403) return opened;
    request.target = stream_target(domain, choice, false, from);
    return client.switch_protocol(request, api::kConsoleProtocol);
}

bool is_missing_domain(const Reply& reply) {
    return reply.status == 404 && problem_of(reply).is(ESRCH);
}

/// After the stream ended: that of the xld that comes next, or none when the domain has gone.
Result<std::optional<Switched>> reopen_stream(Context& context, std::string_view domain,
                                              const ConsoleChoice& choice, std::uint64_t from) {
    const auto deadline = std::chrono::steady_clock::now() + kAbsence;
    for (;;) {
        auto opened = open_stream(context, domain, choice, from);
        if (opened && opened->switched) return std::move(opened->switched);
        if (opened && is_missing_domain(opened->reply)) return std::nullopt;
        if (std::chrono::steady_clock::now() >= deadline) {
            if (!opened) return fail(std::move(opened).error());
            return fail(problem_of(opened->reply));
        }
        ::nanosleep(&kPoll, nullptr);
    }
}

Result<int> use_stream(Context& context, std::string_view domain, const ConsoleChoice& choice,
                       Switched stream) {
    ZEROTH_CHECK(context.out.flush());
    std::string greeting;
    if (choice.force) console::append_frame(greeting, console::FrameKind::kTakePen, {});
    for (std::uint64_t position = stream.position;;) {
        ZEROTH_TRY(const RelayEnd end, relay({.input = context.input,
                                              .out = context.out,
                                              .err = context.err,
                                              .console = stream.socket.get(),
                                              .escape = choice.escape,
                                              .form = RelayEnds::Form::kFrames,
                                              .first = std::move(stream.first),
                                              .greeting = std::exchange(greeting, {})},
                                             position));
        if (end == RelayEnd::kSignal) repeat_last_signal();
        if (end != RelayEnd::kHangup) return kSuccess;
        ZEROTH_TRY(auto next, reopen_stream(context, domain, choice, position));
        if (!next) return kSuccess;
        if (next->position > position) {
            context.err.print("\r\n[xl: {} bytes missed while xld was restarted]\r\n",
                              next->position - position);
            ZEROTH_CHECK(context.err.flush());
        }
        position = next->position;
        stream = *std::move(next);
    }
}

Result<int> use_pty(Context& context, std::string_view domain, const ConsoleChoice& choice) {
    api::Console console;
    ZEROTH_TRY(const Reply reply, await_console(context, domain, choice, console));
    if (reply.status == 404) return no_such_domain(context, domain);
    if (console.tty.empty())
        return fail(
            Error::message(fmt::format("nobody serves the console of domain {}", console.domid)));
    ZEROTH_TRY(const UniqueFd lock, lock_console(context.lock_folder, console.domid));
    ZEROTH_TRY(const UniqueFd pty, open_pty(console.tty));
    ZEROTH_CHECK(context.out.flush());
    std::uint64_t received = 0;
    ZEROTH_TRY(const RelayEnd end, relay({.input = context.input,
                                          .out = context.out,
                                          .err = context.err,
                                          .console = pty.get(),
                                          .escape = choice.escape},
                                         received));
    if (end == RelayEnd::kSignal) repeat_last_signal();
    return kSuccess;
}

}  // namespace

Result<int> attach_console(Context& context, std::string_view domain, const ConsoleChoice& choice) {
    // An emulated UART of a device model has a pty and nothing else.
    if (choice.type == "serial") return use_pty(context, domain, choice);
    ZEROTH_TRY(const Reply reply, call_domain(context, domain, query_of(choice)));
    if (reply.status == 404) return no_such_domain(context, domain);
    ZEROTH_TRY(const auto console, console_of(reply, domain, choice));
    // Of this domain, not of one that is made later with its name.
    const auto domid = fmt::to_string(console.domid);
    ZEROTH_TRY(auto opened, open_stream(context, domid, choice, std::nullopt));
    if (opened.switched) return use_stream(context, domid, choice, *std::move(opened.switched));
    // Somebody else serves it, or nobody does.
    if (opened.reply.status == 404) return use_pty(context, domain, choice);
    return fail(problem_of(opened.reply));
}

}  // namespace zeroth::xl
