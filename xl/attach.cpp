// SPDX-License-Identifier: Apache-2.0
#include "xl/attach.hpp"

#include <fcntl.h>
#include <termios.h>
#include <time.h>

#include <chrono>

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

/// Asks until the console has a pty or the time is up. A reply of status 404 is the caller's.
Result<Reply> await_console(Context& context, std::string_view domain, const ConsoleChoice& choice,
                            api::Console& console) {
    const auto deadline = std::chrono::steady_clock::now() + kWait;
    for (;;) {
        ZEROTH_TRY(Reply reply, call_domain(context, domain, query_of(choice)));
        if (reply.status == 404) return reply;
        ZEROTH_TRY(console, decoded<api::Console>(reply));
        if (console.type != choice.type || console.number != choice.number)
            return fail(fmt::format("xld has no {} console {} for `{}'", choice.type, choice.number,
                                    domain));
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

}  // namespace

Result<int> attach_console(Context& context, std::string_view domain, const ConsoleChoice& choice) {
    api::Console console;
    ZEROTH_TRY(const Reply reply, await_console(context, domain, choice, console));
    if (reply.status == 404) return no_such_domain(context, domain);
    if (console.tty.empty())
        return fail(Error::message(fmt::format("the console of domain {} is not offered by any "
                                               "console service",
                                               console.domid))
                        .with_hint("is xenconsoled running?"));
    ZEROTH_TRY(const UniqueFd lock, lock_console(context.lock_folder, console.domid));
    ZEROTH_TRY(const UniqueFd pty, open_pty(console.tty));
    ZEROTH_CHECK(context.out.flush());
    ZEROTH_TRY(const RelayEnd end, relay(context.input, context.out, pty.get(), choice.escape));
    if (end == RelayEnd::kSignal) repeat_last_signal();
    return kSuccess;
}

}  // namespace zeroth::xl
