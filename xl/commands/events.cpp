// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cctype>
#include <charconv>
#include <ctime>
#include <thread>

#include "xl/commands/commands.hpp"
#include "xl/event_stream.hpp"
#include "xl/remote.hpp"

namespace zeroth::xl {
namespace {

constexpr int kNoFollow = 300, kSince = 301, kKinds = 302;

constexpr Option kOptions[]{
    {'f', "follow", nullptr, "go on with what happens from now on (the default)"},
    {kNoFollow, "no-follow", nullptr, "print what xld remembers and end"},
    {kSince, "since", "ID|all", "begin behind this event, or with the oldest that xld remembers"},
    {kKinds, "kinds", "KIND,...", "only these, or whole families: domain, console, host"},
    kJson,
};

/// xld says something every 15 seconds.
constexpr std::chrono::seconds kSilence{45};
/// While xld restarts.
constexpr std::chrono::milliseconds kRetry{200};

std::string local_time(std::int64_t time_ms) {
    const auto seconds = static_cast<std::time_t>(time_ms / 1000);
    std::tm broken_down{};
    std::array<char, 32> text{};
    if (::localtime_r(&seconds, &broken_down) != nullptr)
        std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &broken_down);
    return text.data();
}

std::string domain_of(const api::Event& event) {
    if (!event.domid) return event.name.empty() ? "-" : event.name;
    return fmt::format("{} ({})", event.name.empty() ? "-" : event.name, *event.domid);
}

std::string story_of(const api::Event& event) {
    if (event.code.empty() || event.detail.empty()) return event.code + event.detail;
    return event.code + ": " + event.detail;
}

/// Prints what comes and remembers how far it came.
class Printer {
public:
    Printer(Context& context, bool as_json) : context_{context}, as_json_{as_json} {}

    Result<> print(const EventStream::Message& message) {
        ZEROTH_TRY(const boost::json::value value, api::parse_json(message.data));
        if (message.name == "gap") {
            ZEROTH_CHECK(print_gap(value));
        } else if (message.name == "reset") {
            ZEROTH_CHECK(print_reset(value));
        } else if (as_json_) {
            context_.out.print("{}\n", boost::json::serialize(value));
        } else {
            ZEROTH_TRY(const api::Event event, api::decode<api::Event>(value));
            print_row(event);
        }
        return context_.out.flush();
    }

private:
    Result<> print_gap(const boost::json::value& value) {
        ZEROTH_TRY(const api::EventGap gap, api::decode<api::EventGap>(value));
        if (as_json_) {
            print_object("gap", value);
        } else {
            context_.err.print("xl: events {} to {} are no longer kept\n", gap.first, gap.last);
        }
        return {};
    }

    Result<> print_reset(const boost::json::value& value) {
        ZEROTH_CHECK(api::decode<api::EventReset>(value));
        if (as_json_) {
            print_object("reset", value);
        } else {
            context_.err.print("xl: the host has booted since: its events begin anew\n");
        }
        return {};
    }

    /// What is no event, as a line among those that are.
    void print_object(const char* kind, const boost::json::value& value) {
        boost::json::object line{{"kind", kind}};
        line.insert(value.get_object().begin(), value.get_object().end());
        context_.out.print("{}\n", boost::json::serialize(line));
    }

    void print_row(const api::Event& event) {
        if (std::exchange(first_, false))
            context_.out.print("{:>6} {:<19} {:<24} {:<24} {}\n", "ID", "Time", "Event", "Domain",
                               "Detail");
        std::string row =
            fmt::format("{:>6} {:<19} {:<24} {:<24} {}", event.id, local_time(event.time_ms),
                        event.kind, domain_of(event), story_of(event));
        row.erase(row.find_last_not_of(' ') + 1);
        context_.out.print("{}\n", row);
    }

    Context& context_;
    bool as_json_, first_ = true;
};

/// xld's answers as they come, over as many connections as it takes.
class Reader {
public:
    Reader(Context& context, std::string query, Printer& printer)
        : context_{context}, query_{std::move(query)}, printer_{printer} {}

    /// One connection, to its end. An Error that is not `lost()` ends the command.
    Result<Reply> read(std::string_view after) {
        if (!stream_.last_id().empty()) after = stream_.last_id();
        Request get;
        get.target = "/v1/events?" + query_;
        if (!after.empty()) get.target += fmt::format("&after={}", after);
        get.patience = kSilence;
        stream_.cut();
        context_.client = std::make_unique<Client>(context_.socket);
        return context_.client->stream(get, [this](std::string_view piece) -> Result<> {
            begun_ = true;
            auto taken = stream_.feed(piece, [this](const EventStream::Message& message) {
                return printer_.print(message);
            });
            ours_ = !taken;
            return taken;
        });
    }
    /// The connection broke after it had worked, by no fault of ours: another may do better.
    bool lost() const { return begun_ && !ours_; }

private:
    Context& context_;
    std::string query_;
    Printer& printer_;
    EventStream stream_;
    bool begun_ = false, ours_ = false;
};

/// A number, or one with the log that it is of ("3f9a1c20.57"); nullopt for what is neither.
std::optional<std::string> parse_since(std::string_view text) {
    if (text == "all") return "0";
    const auto number = text.substr(text.find('.') + 1);
    const auto log = text.substr(0, text.find('.'));
    const auto in_hex = [](unsigned char c) { return std::isxdigit(c) != 0; };
    std::uint64_t id = 0;
    const auto [rest, error] = std::from_chars(number.data(), number.data() + number.size(), id);
    if (error != std::errc{} || rest != number.data() + number.size()) return std::nullopt;
    if (log.empty() || !std::ranges::all_of(log, in_hex)) return std::nullopt;
    return std::string{text};
}

Result<int> run(Context& context, const Arguments& arguments) {
    const bool follow = !arguments.has(kNoFollow);
    const auto since = arguments.value(kSince);
    std::string after = follow ? "" : "0";
    if (since) {
        const auto parsed = parse_since(*since);
        if (!parsed) {
            context.err.print("xl: `{}' is neither an event's id nor `all'\n", *since);
            return kUsage;
        }
        after = *parsed;
    }
    std::string query = follow ? "follow=true" : "follow=false";
    if (const auto kinds = arguments.value(kKinds))
        query += fmt::format("&kinds={}", escape(*kinds));
    if (!arguments.words().empty())
        query += fmt::format("&domain={}", escape(arguments.words()[0]));
    Printer printer{context, arguments.has(kJsonKey)};
    Reader reader{context, std::move(query), printer};
    for (;;) {
        const auto reply = reader.read(after);
        if (reply && !reply->ok()) return fail(problem_of(*reply));
        if (reply && !follow) return kSuccess;
        if (!reply && !reader.lost()) return fail(reply.error());
        std::this_thread::sleep_for(kRetry);
    }
}

}  // namespace

constinit const Command kEvents{.name = "events",
                                .usage = "[options] [Domain]",
                                .summary = "Print what happens to the domains, as it happens",
                                .can_dry_run = false,
                                .changes_host = false,
                                .least_words = 0,
                                .most_words = 1,
                                .options = kOptions,
                                .run = run};

}  // namespace zeroth::xl
