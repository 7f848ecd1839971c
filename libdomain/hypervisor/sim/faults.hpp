// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace zeroth::hyper::sim {

/// The fault switch and the transcript.
class Faults {
public:
    /// To be called once per use of the seam: 0, or the errno that it is to fail with.
    int enter(std::string_view operation);
    void tell(std::string_view operation, std::string_view subject, long result);

    void fail_nth(std::uint64_t n, int errno_value);
    void fail(std::string_view operation, int errno_value);
    void clear();

    std::uint64_t calls() const { return calls_; }
    /// The newest lines; older ones are forgotten, as a daemon may run on the model for days.
    std::deque<std::string> transcript;

private:
    std::uint64_t calls_ = 0, failing_call_ = 0;
    int nth_errno_ = 0;
    std::map<std::string, int, std::less<>> failing_;
};

}  // namespace zeroth::hyper::sim
