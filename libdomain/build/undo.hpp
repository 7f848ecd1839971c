// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/result.hpp"

namespace zeroth::build {

/// The inverses of what was done so far, newest last. Unless kept, destruction carries them out,
/// newest first; one that fails does not stop the others.
class UndoStack {
public:
    UndoStack() = default;
    UndoStack(const UndoStack&) = delete;
    UndoStack& operator=(const UndoStack&) = delete;
    ~UndoStack() { unwind(); }

    /// `what` completes the sentence "could not ...".
    void push(std::string what, std::function<Result<>()> inverse);
    /// Carries out all inverses; what could not be undone, a sentence each.
    std::vector<std::string> unwind();
    /// The work stays: forgets every inverse.
    void keep() { inverses_.clear(); }

private:
    struct Inverse {
        std::string what;
        std::function<Result<>()> run;
    };
    std::vector<Inverse> inverses_;
};

}  // namespace zeroth::build
