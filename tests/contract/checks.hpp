// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

#include "core/result.hpp"

namespace zeroth::testing {

/// Counts and tells checks.
class Checks {
public:
    using Print = std::function<void(std::string_view line)>;
    explicit Checks(Print print) : print_{std::move(print)} {}

    unsigned failed() const { return failed_; }

    bool that(bool fact, std::string_view name, std::string_view otherwise = "it is not so") {
        if (fact) {
            print_(fmt::format("ok - {}", name));
        } else {
            ++failed_;
            print_(fmt::format("not ok - {}: {}", name, otherwise));
        }
        return fact;
    }
    template <class A, class B>
    bool equal(const A& actual, const B& expected, std::string_view name) {
        return that(actual == expected, name, fmt::format("{} instead of {}", actual, expected));
    }
    template <class T>
    bool works(const Result<T>& result, std::string_view name) {
        return that(result.has_value(), name, result ? "" : result.error().text());
    }
    template <class T>
    bool fails(const Result<T>& result, int errno_value, std::string_view name) {
        if (result) return that(false, name, "it worked");
        return that(result.error().is(errno_value), name, result.error().text());
    }
    /// For what Xen finishes a moment later; an emulated board with much to do takes its time.
    template <class Predicate>
    bool soon(Predicate predicate, std::string_view name) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{60};
        while (!predicate()) {
            if (std::chrono::steady_clock::now() > end) return that(false, name, "not in 60 s");
            std::this_thread::sleep_for(std::chrono::milliseconds{2});
        }
        return that(true, name);
    }

private:
    Print print_;
    unsigned failed_ = 0;
};

}  // namespace zeroth::testing
