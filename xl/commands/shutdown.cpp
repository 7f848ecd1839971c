// SPDX-License-Identifier: Apache-2.0
#include <boost/json/serialize.hpp>
#include <charconv>

#include "xl/commands/commands.hpp"
#include "xl/json_lines.hpp"
#include "xl/remote.hpp"

namespace zeroth::xl {
namespace {

constexpr int kTimeoutKey = 257;
constexpr Option kOptions[]{
    {'a', "all", nullptr, "all guests"},
    {'w', "wait", nullptr, "until they have shut down; twice: until they are gone"},
    {'F', nullptr, nullptr, "taken, and without effect: guests on ARM have no ACPI buttons"},
    {kTimeoutKey, "timeout", "SECONDS", "do not wait for longer"},
    kJson,
};

/// libxl's codes: any failure, and a time that is up.
constexpr int kFailed = -3, kTimedOut = -9;

/// What differs between the two commands.
struct Words {
    const char *verb, *doing, *target;
};
constexpr Words kShutdownWords{"shutdown", "Shutting down", "shutdown"};
constexpr Words kRebootWords{"reboot", "Rebooting", "reboot"};

/// Tells each line of xld's story in the reference's words.
class Teller {
public:
    Teller(Context& context, const Words& words, const Arguments& arguments)
        : context_{context}, words_{words}, arguments_{arguments}, waits_{arguments.has('w')} {}

    Result<> tell(const boost::json::value& value) {
        ZEROTH_TRY(const auto event, api::decode<api::ShutdownEvent>(value));
        if (arguments_.has(kJsonKey)) {
            context_.out.print("{}\n", boost::json::serialize(value));
            ZEROTH_CHECK(context_.out.flush());
        }
        say(event);
        return {};
    }
    bool failed() const { return failed_; }

private:
    void say(const api::ShutdownEvent& event) {
        auto& err = context_.err;
        if (event.event == "asked") {
            err.print("{} domain {}\n", words_.doing, event.domid);
        } else if (event.event == "waiting") {
            if (waits_) err.print("Waiting for {} domains\n", event.count);
        } else if (event.event == "shutdown") {
            if (waits_)
                err.print("Domain {} has been shut down, reason code {}\n", event.domid,
                          event.code);
        } else if (event.event == "destroyed") {
            if (waits_) err.print("Domain {} has been destroyed\n", event.domid);
        } else if (event.event != "acknowledged") {
            fail_for(event);
        }
    }
    void fail_for(const api::ShutdownEvent& event) {
        failed_ = true;
        if (event.problem) {
            const auto& problem = *event.problem;
            print_error(context_, Error::message(problem.detail).with_hint(problem.hint));
        } else {
            const auto why = event.event == "unanswered"
                                 ? "the guest did not take note of the request, which is withdrawn"
                                 : "it is still there when the time is up";
            const auto* hint = arguments_.has('F') ? "`xl destroy' ends it at once; guests on ARM "
                                                     "have no ACPI button to fall back on."
                                                   : "`xl destroy' ends it at once.";
            print_error(
                context_,
                Error::message(fmt::format("domain {}: {}", event.domid, why)).with_hint(hint));
        }
        context_.err.print("{} failed (rc={})\n", words_.verb, event.problem ? kFailed : kTimedOut);
    }

    Context& context_;
    const Words& words_;
    const Arguments& arguments_;
    bool waits_, failed_ = false;
};

Result<std::string> query(const Arguments& arguments) {
    const auto waits = arguments.count('w');
    std::string query = waits == 0   ? "?until=acknowledged"
                        : waits == 1 ? "?until=shutdown"
                                     : "?until=destroyed";
    if (const auto text = arguments.value(kTimeoutKey)) {
        std::uint32_t seconds = 0;
        const auto [rest, error] =
            std::from_chars(text->data(), text->data() + text->size(), seconds);
        if (error != std::errc{} || rest != text->data() + text->size())
            return fail(fmt::format("--timeout takes a number of seconds, not '{}'", *text));
        query += fmt::format("&timeout={}", seconds);
    }
    return query;
}

/// The story ends when all are as far as was asked for, however long that takes: xld says now and
/// then that it is still there.
Result<int> follow(Context& context, const Words& words, const Arguments& arguments,
                   std::string target) {
    Teller teller{context, words, arguments};
    JsonLines lines;
    const Client::Sink sink = [&](std::string_view piece) {
        return lines.feed(piece,
                          [&](const boost::json::value& value) { return teller.tell(value); });
    };
    const Request post{
        .method = "POST", .target = std::move(target), .body = {}, .patience = kChangePatience};
    if (!context.client) context.client = std::make_unique<Client>(context.socket);
    ZEROTH_TRY(const Reply reply, context.client->stream(post, sink));
    if (reply.ok()) return teller.failed() ? kFailure : kSuccess;
    print_error(context, problem_of(reply));
    context.err.print("{} failed (rc={})\n", words.verb, kFailed);
    return kFailure;
}

Result<int> end(Context& context, const Words& words, const Arguments& arguments) {
    const bool all = arguments.has('a');
    if (!all && arguments.words().empty()) {
        context.err.write("You must specify -a or a domain id.\n\n");
        return kFailure;
    }
    if (all && !arguments.words().empty()) {
        context.err.print("xl: {} -a takes no domain\n", words.verb);
        return kUsage;
    }
    auto asked = query(arguments);
    if (!asked) {
        print_error(context, asked.error());
        return kUsage;
    }
    if (all)
        return follow(context, words, arguments, fmt::format("/v1/{}{}", words.target, *asked));
    const auto domain = arguments.words()[0];
    ZEROTH_TRY(const Reply found, call_domain(context, domain, ""));
    if (found.status == 404) return no_such_domain(context, domain);
    if (!found.ok()) return fail(problem_of(found));
    return follow(context, words, arguments,
                  domain_target(domain, fmt::format("/{}{}", words.target, *asked)));
}

Result<int> shutdown(Context& context, const Arguments& arguments) {
    return end(context, kShutdownWords, arguments);
}

Result<int> reboot(Context& context, const Arguments& arguments) {
    return end(context, kRebootWords, arguments);
}

}  // namespace

constinit const Command kShutdown{.name = "shutdown",
                                  .usage = "[options] <-a|Domain>",
                                  .summary = "Ask a domain to shut down",
                                  .can_dry_run = false,
                                  .changes_host = true,
                                  .least_words = 0,
                                  .most_words = 1,
                                  .options = kOptions,
                                  .run = shutdown};

constinit const Command kReboot{.name = "reboot",
                                .usage = "[options] <-a|Domain>",
                                .summary = "Ask a domain to reboot",
                                .can_dry_run = false,
                                .changes_host = true,
                                .least_words = 0,
                                .most_words = 1,
                                .options = kOptions,
                                .run = reboot};

}  // namespace zeroth::xl
