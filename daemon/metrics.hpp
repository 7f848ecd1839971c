// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace zeroth::daemon {

using Labels = std::vector<std::pair<std::string, std::string>>;

/// What is being written for a scrape, in Prometheus' text format 0.0.4.
class MetricsPage {
public:
    enum class Kind { kCounter, kGauge, kHistogram };
    /// The family that the samples after it belong to. Its samples may come in several parts.
    void family(const std::string& name, Kind kind, const std::string& help);
    void sample(const Labels& labels, double value);
    /// A sample under the family's name with a suffix, as histograms have them.
    void sample(const std::string& suffix, const Labels& labels, double value);
    /// All families, sorted by name.
    std::string text() const;

private:
    struct Family {
        std::string head, samples;
    };
    std::map<std::string, Family> families_;
    std::map<std::string, Family>::iterator now_ = families_.end();
};

/// What xld counts, and what it asks for when it is asked. Any part of xld may add to it, from any
/// thread; a metric that was got once is there for as long as the Metrics are.
///
///     metrics.counter("xld_console_bytes_total", "Bytes that guests printed.").add(count);
class Metrics {
public:
    class Counter {
    public:
        void add(double amount = 1) { value_.fetch_add(amount, std::memory_order_relaxed); }
        double value() const { return value_.load(std::memory_order_relaxed); }

    private:
        std::atomic<double> value_ = 0;
    };
    class Gauge {
    public:
        void set(double value) { value_.store(value, std::memory_order_relaxed); }
        void add(double amount) { value_.fetch_add(amount, std::memory_order_relaxed); }
        double value() const { return value_.load(std::memory_order_relaxed); }

    private:
        std::atomic<double> value_ = 0;
    };
    class Histogram {
    public:
        /// Upper bounds, rising; +Inf is added.
        explicit Histogram(std::vector<double> bounds);
        void observe(double value);
        void write(MetricsPage& page, const Labels& labels) const;

    private:
        std::vector<double> bounds_;
        mutable std::mutex mutex_;
        std::vector<std::uint64_t> counts_;
        double sum_ = 0;
    };

    Metrics();
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    /// The one with this name and these labels, made at the first call.
    Counter& counter(const std::string& name, const std::string& help, const Labels& labels = {});
    Gauge& gauge(const std::string& name, const std::string& help, const Labels& labels = {});
    Histogram& histogram(const std::string& name, const std::string& help,
                         const std::vector<double>& bounds, const Labels& labels = {});

    /// Called for each scrape, on a worker.
    void collect(std::function<void(MetricsPage&)> collector);

    std::string text() const;

private:
    template <class T>
    struct Family;
    template <class T>
    using Families = std::map<std::string, Family<T>>;

    mutable std::mutex mutex_;
    std::unique_ptr<Families<Counter>> counters_;
    std::unique_ptr<Families<Gauge>> gauges_;
    std::unique_ptr<Families<Histogram>> histograms_;
    std::vector<std::function<void(MetricsPage&)>> collectors_;
};

}  // namespace zeroth::daemon
