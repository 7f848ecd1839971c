// SPDX-License-Identifier: Apache-2.0
#include "daemon/metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/append.hpp"

namespace zeroth::daemon {
namespace {

std::string escaped(std::string_view text, bool quotes) {
    std::string out;
    for (const char c : text) {
        if (c == '\\') {
            out += "\\\\";
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '"' && quotes) {
            out += "\\\"";
        } else {
            out += c;
        }
    }
    return out;
}

std::string number(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
    return fmt::format("{}", value);
}

}  // namespace

void MetricsPage::family(const std::string& name, Kind kind, const std::string& help) {
    constexpr const char* kTypes[]{"counter", "gauge", "histogram"};
    const auto [place, is_new] = families_.try_emplace(name);
    now_ = place;
    if (!is_new) return;
    now_->second.head = fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, escaped(help, false),
                                    name, kTypes[static_cast<std::size_t>(kind)]);
}

void MetricsPage::sample(const Labels& labels, double value) { sample("", labels, value); }

void MetricsPage::sample(const std::string& suffix, const Labels& labels, double value) {
    std::string& out = now_->second.samples;
    out += now_->first + suffix;
    const char* before = "{";
    for (const auto& [name, text] : labels) {
        append(out, "{}{}=\"{}\"", std::exchange(before, ","), name, escaped(text, true));
    }
    append(out, "{} {}\n", labels.empty() ? "" : "}", number(value));
}

std::string MetricsPage::text() const {
    std::string out;
    for (const auto& [name, family] : families_) out += family.head + family.samples;
    return out;
}

Metrics::Histogram::Histogram(std::vector<double> bounds)
    : bounds_{std::move(bounds)}, counts_(bounds_.size() + 1) {}

void Metrics::Histogram::observe(double value) {
    const auto bucket = std::ranges::lower_bound(bounds_, value) - bounds_.begin();
    const std::lock_guard lock{mutex_};
    ++counts_[static_cast<std::size_t>(bucket)];
    sum_ += value;
}

void Metrics::Histogram::write(MetricsPage& page, const Labels& labels) const {
    const std::lock_guard lock{mutex_};
    std::uint64_t so_far = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
        so_far += counts_[i];
        Labels with_bound = labels;
        with_bound.emplace_back("le", i < bounds_.size() ? number(bounds_[i]) : "+Inf");
        page.sample("_bucket", with_bound, static_cast<double>(so_far));
    }
    page.sample("_sum", labels, sum_);
    page.sample("_count", labels, static_cast<double>(so_far));
}

template <class T>
struct Metrics::Family {
    std::string help;
    std::map<Labels, std::unique_ptr<T>> members;
};

Metrics::Metrics()
    : counters_{std::make_unique<Families<Counter>>()},
      gauges_{std::make_unique<Families<Gauge>>()},
      histograms_{std::make_unique<Families<Histogram>>()} {}
Metrics::~Metrics() = default;

namespace {

template <class T, class Families, class... Args>
T& find_or_make(std::mutex& mutex, Families& families, const std::string& name,
                const std::string& help, const Labels& labels, const Args&... args) {
    const std::lock_guard lock{mutex};
    auto& family = families[name];
    if (family.help.empty()) family.help = help;
    auto& member = family.members[labels];
    if (!member) member = std::make_unique<T>(args...);
    return *member;
}

template <class Families>
void write_values(MetricsPage& page, const Families& families, MetricsPage::Kind kind) {
    for (const auto& [name, family] : families) {
        page.family(name, kind, family.help);
        for (const auto& [labels, member] : family.members) page.sample(labels, member->value());
    }
}

}  // namespace

Metrics::Counter& Metrics::counter(const std::string& name, const std::string& help,
                                   const Labels& labels) {
    return find_or_make<Counter>(mutex_, *counters_, name, help, labels);
}

Metrics::Gauge& Metrics::gauge(const std::string& name, const std::string& help,
                               const Labels& labels) {
    return find_or_make<Gauge>(mutex_, *gauges_, name, help, labels);
}

Metrics::Histogram& Metrics::histogram(const std::string& name, const std::string& help,
                                       const std::vector<double>& bounds, const Labels& labels) {
    return find_or_make<Histogram>(mutex_, *histograms_, name, help, labels, bounds);
}

void Metrics::collect(std::function<void(MetricsPage&)> collector) {
    const std::lock_guard lock{mutex_};
    collectors_.push_back(std::move(collector));
}

std::string Metrics::text() const {
    MetricsPage page;
    std::vector<std::function<void(MetricsPage&)>> collectors;
    {
        const std::lock_guard lock{mutex_};
        collectors = collectors_;
        write_values(page, *counters_, MetricsPage::Kind::kCounter);
        write_values(page, *gauges_, MetricsPage::Kind::kGauge);
        for (const auto& [name, family] : *histograms_) {
            page.family(name, MetricsPage::Kind::kHistogram, family.help);
            for (const auto& [labels, member] : family.members) member->write(page, labels);
        }
    }
    for (const auto& collector : collectors) collector(page);
    return page.text();
}

}  // namespace zeroth::daemon
