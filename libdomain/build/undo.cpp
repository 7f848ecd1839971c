// SPDX-License-Identifier: Apache-2.0
#include "libdomain/build/undo.hpp"

#include <fmt/format.h>

namespace zeroth::build {

void UndoStack::push(std::string what, std::function<Result<>()> inverse) {
    inverses_.push_back({std::move(what), std::move(inverse)});
}

std::vector<std::string> UndoStack::unwind() {
    std::vector<std::string> failures;
    while (!inverses_.empty()) {
        const Inverse inverse = std::move(inverses_.back());
        inverses_.pop_back();
        if (auto done = inverse.run(); !done) {
            failures.push_back(fmt::format("could not {}: {}", inverse.what, done.error().text()));
        }
    }
    return failures;
}

}  // namespace zeroth::build
