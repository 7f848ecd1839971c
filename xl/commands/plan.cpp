// SPDX-License-Identifier: Apache-2.0
#include <boost/json/serialize.hpp>

#include "daemon/api/reference_json.hpp"
#include "xl/commands/commands.hpp"
#include "xl/config_file.hpp"
#include "xl/remote.hpp"

namespace zeroth::xl {
namespace {

constexpr Option kOptions[]{
    {'q', "quiet", nullptr, "do not tell which file is read"},
    kJson,
};

Result<int> run(Context& context, const Arguments& arguments) {
    const auto words = sort_words(arguments.words(), "");
    if (!words) {
        print_error(context, words.error());
        print_help(context.out, kPlan);
        return kUsage;
    }
    int status = kSuccess;
    auto config = load_config(context, *words, arguments.has('q'), status);
    if (!config) return status;
    make_paths_absolute(*config);
    api::CreateRequest request;
    request.config = *std::move(config);
    ZEROTH_TRY(const Reply reply,
               call(context, {.method = "POST",
                              .target = "/v1/plan",
                              .body = boost::json::serialize(api::encode(request))}));
    ZEROTH_TRY(const api::PlanReply plan, decoded<api::PlanReply>(reply));
    if (!arguments.has(kJsonKey)) {
        context.out.write(plan.text);
        return kSuccess;
    }
    ZEROTH_TRY(const boost::json::value value, api::parse_json(plan.json));
    context.out.write(api::print_reference(value));
    return kSuccess;
}

}  // namespace

constinit const Command kPlan{.name = "plan",
                              .usage = "<ConfigFile> [options] [key=value, ...]",
                              .summary = "Show what creating a domain would do, and do nothing",
                              .can_dry_run = false,
                              .changes_host = false,
                              .least_words = 1,
                              .most_words = kAnyNumber,
                              .options = kOptions,
                              .run = run};

}  // namespace zeroth::xl
