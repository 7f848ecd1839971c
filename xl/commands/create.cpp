// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>

#include <boost/json/serialize.hpp>

#include "core/unique_fd.hpp"
#include "daemon/api/reference_json.hpp"
#include "xl/attach.hpp"
#include "xl/commands/commands.hpp"
#include "xl/config_file.hpp"
#include "xl/json_lines.hpp"
#include "xl/remote.hpp"
#include "xl/xl_conf_file.hpp"

namespace zeroth::xl {
namespace {

constexpr int kTraceKey = 300;

constexpr Option kOptions[]{
    {'p', nullptr, nullptr, "leave the domain paused"},
    {'c', nullptr, nullptr, "attach to the domain's console"},
    {'n', "dryrun", nullptr, "print the configuration as JSON and create nothing"},
    {'q', "quiet", nullptr, "do not tell which file is read"},
    {'f', "defconfig", "FILE", "read this file"},
    {'d', nullptr, nullptr, "print the configuration as JSON on stderr as well"},
    {'e', nullptr, nullptr, "accepted: no process waits in the background, xld does"},
    {'F', nullptr, nullptr, "accepted: no process waits in the background, xld does"},
    {'i', "ignore-global-affinity-masks", nullptr, "leave the CPU masks of xl.conf out of account"},
    {kTraceKey, "trace", "FILE",
     "write there where the time went, for Perfetto or chrome://tracing"},
    {'V', "vncviewer", nullptr, "refused: guests have no emulated display"},
    {'A', "vncviewer-autopass", nullptr, "refused: guests have no emulated display"},
    kJson,
};

/// What the stream has told so far.
struct Outcome {
    std::optional<std::uint32_t> domid;
    std::optional<std::uint64_t> trace;
    bool done = false;
    std::optional<Error> failure;
};

void take_event(Context& context, const api::CreateEvent& event, Outcome& outcome) {
    for (const std::string& warning : event.warnings) context.err.print("warning: {}\n", warning);
    if (event.domid) outcome.domid = event.domid;
    if (event.trace) outcome.trace = event.trace;
    if (event.event == "step") {
        context.progress(fmt::format("[{}/{}] {}", event.index, event.total, event.step));
    } else if (event.event == "done") {
        outcome.done = true;
    } else if (event.event == "failed") {
        const auto problem = event.problem.value_or(api::CreateEvent::ProblemText{
            .title = "xld says that it failed, but not why", .detail = {}, .hint = {}, .more = {}});
        outcome.failure = Error::message(problem.detail.empty() ? problem.title : problem.detail)
                              .with_hint(problem.hint)
                              .with_details(problem.more);
    }
}

/// The stream of a create, from the request to its last line.
Result<Outcome> follow(Context& context, const api::CreateRequest& request, bool as_json) {
    Outcome outcome;
    JsonLines lines;
    const Client::Sink sink = [&](std::string_view piece) -> Result<> {
        return lines.feed(piece, [&](const boost::json::value& value) -> Result<> {
            ZEROTH_TRY(const api::CreateEvent event, api::decode<api::CreateEvent>(value));
            take_event(context, event, outcome);
            if (!as_json) return {};
            context.out.print("{}\n", boost::json::serialize(value));
            return context.out.flush();
        });
    };
    const bool steps = as_json || context.verbosity > 0;
    Request post{.method = "POST",
                 .target = steps ? "/v1/domains?progress=true" : "/v1/domains",
                 .body = {},
                 .patience = kChangePatience};
    post.body = boost::json::serialize(api::encode(request));
    if (!context.client) context.client = std::make_unique<Client>(context.socket);
    ZEROTH_TRY(const Reply reply, context.client->stream(post, sink));
    if (!reply.ok()) {
        outcome.failure = problem_of(reply);
    } else if (!outcome.done && !outcome.failure) {
        return fail(Error::message("xld ended the story of the create before its end")
                        .with_hint("`xl list' shows whether the domain is there"));
    }
    return outcome;
}

/// What cannot be written is said, and no failure: the create is what was asked for.
void save_trace(Context& context, std::optional<std::uint64_t> trace, const std::string& path) {
    const auto save = [&]() -> Result<> {
        if (!trace) return fail("xld did not say under which number it keeps the trace");
        Request get;
        get.target = fmt::format("/v1/trace/{}", *trace);
        ZEROTH_TRY(const Reply reply, call(context, get));
        if (!reply.ok()) return fail(problem_of(reply));
        UniqueFd file{::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)};
        if (!file) return errno_error(path);
        Output out{file.get(), Output::Mode::kWhole};
        out.write(reply.body);
        return out.flush();
    };
    if (auto saved = save(); !saved) {
        print_error(context, std::move(saved).error().within("the trace is not written"));
    }
}

Result<int> create(Context& context, const Arguments& arguments, config::DomainConfig config) {
    make_paths_absolute(config);
    if (!arguments.has('i')) ZEROTH_CHECK(mask_cpus(context, config));
    api::CreateRequest request;
    request.config = std::move(config);
    request.paused = arguments.has('p');
    auto outcome = follow(context, request, arguments.has(kJsonKey));
    if (!outcome) {
        print_error(context, outcome.error());
        // Without xld nothing was begun, which is another thing than a create that failed.
        return outcome.error().is(ECONNREFUSED) ? kFailure : kCreateFailed;
    }
    if (const auto path = arguments.value(kTraceKey)) {
        save_trace(context, outcome->trace, std::string{*path});
    }
    if (outcome->failure) {
        print_error(context, *outcome->failure);
        return kCreateFailed;
    }
    if (!arguments.has('c')) return kSuccess;
    if (!outcome->domid) return fail("xld did not say which domain it created");
    return attach_console(context, fmt::to_string(*outcome->domid), ConsoleChoice{});
}

Result<int> run(Context& context, const Arguments& arguments) {
    if (arguments.has('V') || arguments.has('A')) {
        context.err.write("xl: guests on ARM have no emulated display: leave out -V and -A\n");
        return kUsage;
    }
    const auto words = sort_words(arguments.words(), arguments.value('f').value_or(""));
    if (!words) {
        print_error(context, words.error());
        print_help(context.out, kCreate);
        return kUsage;
    }
    if (words->file.empty() && words->settings.empty()) {
        context.err.write("Config file not specified and none in save file\n");
        return kNoConfig;
    }
    int status = kSuccess;
    auto config = load_config(context, *words, arguments.has('q'), status);
    if (!config) return status;
    use_xl_conf(context, *config);
    const bool dry = context.dry_run || arguments.has('n');
    if (dry || arguments.has('d')) {
        const auto json = api::reference_json(*config, config->uuid.value_or(Uuid::random()));
        (dry ? context.out : context.err).write(api::print_reference(json));
    }
    return dry ? kSuccess : create(context, arguments, *std::move(config));
}

}  // namespace

constinit const Command kCreate{.name = "create",
                                .usage = "<ConfigFile> [options] [key=value, ...]",
                                .summary = "Create a domain from a configuration file",
                                .can_dry_run = true,
                                .changes_host = true,
                                .least_words = 0,
                                .most_words = kAnyNumber,
                                .options = kOptions,
                                .run = run};

}  // namespace zeroth::xl
