// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace zeroth::xl::doctor {

/// What was found out about one thing that a Xen host needs.
struct Finding {
    enum class Verdict {
        kOk,
        kWarning,  ///< guests run, but not all that there is will work
        kMissing,  ///< guests do not run
        kNote,     ///< as it is meant to be, and good to know
    };
    std::string subject;
    Verdict verdict = Verdict::kOk;
    std::string found;
    /// What to do about it; empty where all is well.
    std::string advice;
};
using Findings = std::vector<Finding>;

inline Finding ok(std::string subject, std::string found) {
    return {std::move(subject), Finding::Verdict::kOk, std::move(found), {}};
}
inline Finding note(std::string subject, std::string found, std::string advice) {
    return {std::move(subject), Finding::Verdict::kNote, std::move(found), std::move(advice)};
}
inline Finding warning(std::string subject, std::string found, std::string advice) {
    return {std::move(subject), Finding::Verdict::kWarning, std::move(found), std::move(advice)};
}
inline Finding missing(std::string subject, std::string found, std::string advice) {
    return {std::move(subject), Finding::Verdict::kMissing, std::move(found), std::move(advice)};
}

}  // namespace zeroth::xl::doctor
