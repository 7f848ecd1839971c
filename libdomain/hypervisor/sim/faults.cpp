// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/sim/faults.hpp"

#include <fmt/format.h>

#include <system_error>

namespace zeroth::hyper::sim {
namespace {

constexpr std::size_t kLines = 1U << 16;

}  // namespace

int Faults::enter(std::string_view operation) {
    ++calls_;
    if (calls_ == failing_call_) return nth_errno_;
    const auto named = failing_.find(operation);
    return named == failing_.end() ? 0 : named->second;
}

void Faults::tell(std::string_view operation, std::string_view subject, long result) {
    auto line = std::string{operation};
    if (!subject.empty()) line += fmt::format(" {}", subject);
    if (result < 0) {
        const auto code = std::error_code{static_cast<int>(-result), std::generic_category()};
        line += fmt::format(" failed: {}", code.message());
    }
    transcript.push_back(std::move(line));
    if (transcript.size() > kLines) transcript.pop_front();
}

void Faults::fail_nth(std::uint64_t n, int errno_value) {
    failing_call_ = calls_ + n;
    nth_errno_ = errno_value;
}

void Faults::fail(std::string_view operation, int errno_value) {
    failing_.insert_or_assign(std::string{operation}, errno_value);
}

void Faults::clear() {
    failing_call_ = 0;
    failing_.clear();
}

}  // namespace zeroth::hyper::sim
