// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <array>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <cstdlib>
#include <ctime>
#include <thread>

#include "xl/commands/commands.hpp"
#include "xl/remote.hpp"
#include "xl/screen.hpp"
#include "xl/top_table.hpp"

namespace zeroth::xl {
namespace {

constexpr Option kOptions[]{
    {'b', "batch", nullptr, "print one table after another instead of a screen"},
    {'d', "delay", "SECONDS", "how long between two looks (default: 3)"},
    {'i', "iterations", "NUMBER", "end after so many looks"},
    {kJsonKey, "json", nullptr, "print a JSON object per look; in batches"},
};

/// Rows of the screen that are not domains.
constexpr unsigned kHeadRows = 5;

std::string time_of_day() {
    const std::time_t now = std::time(nullptr);
    std::tm broken_down{};
    std::array<char, 16> text{};
    if (::localtime_r(&now, &broken_down) != nullptr)
        std::strftime(text.data(), text.size(), "%H:%M:%S", &broken_down);
    return text.data();
}

std::int64_t wall_ms() {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count();
}

struct Wishes {
    std::chrono::milliseconds delay{3000};
    std::optional<unsigned> looks;
    bool batch = false, as_json = false;
};

/// The Error says which option is wrong.
Result<Wishes> parse(const Context& context, const Arguments& arguments) {
    Wishes wishes;
    wishes.as_json = arguments.has(kJsonKey);
    wishes.batch = arguments.has('b') || wishes.as_json || !context.out.is_terminal() ||
                   ::isatty(context.input) == 0;
    if (const auto delay = arguments.value('d')) {
        const std::string text{*delay};
        char* end = nullptr;
        const double seconds = std::strtod(text.c_str(), &end);
        if (text.empty() || *end != '\0' || !(seconds >= 0.1 && seconds <= 86400))
            return fail(fmt::format("`{}' is no delay: seconds from 0.1 to 86400", text));
        wishes.delay = std::chrono::milliseconds{static_cast<std::int64_t>(seconds * 1000)};
    }
    if (const auto looks = arguments.value('i')) {
        const char* end = looks->data() + looks->size();
        const auto [rest, error] = std::from_chars(looks->data(), end, wishes.looks.emplace());
        if (error != std::errc{} || rest != end || *wishes.looks == 0)
            return fail(fmt::format("`{}' is no number of looks", *looks));
    }
    return wishes;
}

Result<TopSample> look(Context& context) {
    TopSample sample;
    ZEROTH_TRY(const Reply domains, call(context, {.target = "/v1/domains", .body = {}}));
    sample.when = std::chrono::steady_clock::now();
    ZEROTH_TRY(sample.domains, decoded<std::vector<api::Domain>>(domains));
    ZEROTH_TRY(const Reply host, call(context, {.target = "/v1/host", .body = {}}));
    ZEROTH_TRY(sample.host, decoded<api::Host>(host));
    return sample;
}

Result<int> run_batch(Context& context, const Wishes& wishes) {
    std::optional<TopSample> before;
    for (unsigned done = 0; !wishes.looks || done < *wishes.looks; ++done) {
        if (done > 0) std::this_thread::sleep_for(wishes.delay);
        ZEROTH_TRY(TopSample now, look(context));
        const TopSample* last = before ? &*before : nullptr;
        if (wishes.as_json) {
            context.out.print("{}\n", boost::json::serialize(top_json(now, last, wall_ms())));
        } else {
            TopView view;
            view.sort = TopSort::kId;
            view.time_of_day = time_of_day();
            context.out.write(top_text(now, last, view));
            context.out.write("\n");
        }
        ZEROTH_CHECK(context.out.flush());
        before = std::move(now);
    }
    return kSuccess;
}

/// The picture that changes with time and keys.
class Top {
public:
    Top(Context& context, const Wishes& wishes)
        : context_{context}, wishes_{wishes}, screen_{context.input, context.out} {}

    Result<> run() {
        for (unsigned done = 0; !over_ && (!wishes_.looks || done < *wishes_.looks); ++done) {
            ZEROTH_TRY(TopSample now, look(context_));
            before_ = std::exchange(now_, std::move(now));
            ZEROTH_CHECK(show_until_next());
        }
        return {};
    }
    void end() { screen_.end(); }

private:
    Result<> show_until_next() {
        const auto next = std::chrono::steady_clock::now() + wishes_.delay;
        while (!over_) {
            ZEROTH_CHECK(draw());
            const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
                next - std::chrono::steady_clock::now());
            if (left.count() <= 0) return {};
            take(screen_.wait(left));
        }
        return {};
    }

    Result<> draw() {
        const auto rows = screen_.size().rows;
        view_.rows = rows > kHeadRows + 1 ? rows - kHeadRows : 1;
        view_.time_of_day = time_of_day();
        std::string text = top_text(*now_, before_ ? &*before_ : nullptr, view_);
        text += "q quit  s sort  up/down scroll";
        return screen_.draw(text);
    }

    void take(const Screen::Event& event) {
        over_ = event.over || (event.key == Screen::Key::kOther && event.letter == 'q');
        if (event.key == Screen::Key::kOther && event.letter == 's')
            view_.sort = static_cast<TopSort>((static_cast<int>(view_.sort) + 1) % kTopSorts);
        if (event.key == Screen::Key::kUp && view_.first > 0) --view_.first;
        if (event.key == Screen::Key::kDown && view_.first + 1 < now_->domains.size())
            ++view_.first;
    }

    Context& context_;
    const Wishes& wishes_;
    Screen screen_;
    std::optional<TopSample> now_, before_;
    TopView view_;
    bool over_ = false;
};

Result<int> run(Context& context, const Arguments& arguments) {
    const auto wishes = parse(context, arguments);
    if (!wishes) {
        context.err.print("xl: {}\n", wishes.error().text());
        return kUsage;
    }
    if (wishes->batch) return run_batch(context, *wishes);
    // Before the screen is taken: what goes wrong is to be read.
    ZEROTH_CHECK(look(context));
    Top top{context, *wishes};
    const auto ended = top.run();
    top.end();
    if (!ended) return fail(ended.error());
    return kSuccess;
}

}  // namespace

constinit const Command kTop{.name = "top",
                             .usage = "[options]",
                             .summary = "Watch what the domains use",
                             .can_dry_run = false,
                             .changes_host = false,
                             .least_words = 0,
                             .most_words = 0,
                             .options = kOptions,
                             .run = run};

}  // namespace zeroth::xl
