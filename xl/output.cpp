// SPDX-License-Identifier: Apache-2.0
#include "xl/output.hpp"

#include <unistd.h>

namespace zeroth::xl {

void Output::write(std::string_view text) {
    buffer_ += text;
    settle();
}

void Output::settle() {
    // What could not be written is told at the end, by whoever asks flush().
    if (mode_ == Mode::kAtOnce) static_cast<void>(flush());
}

Result<> Output::flush() {
    if (fd_ < 0) return {};
    std::string_view rest = buffer_;
    while (!rest.empty() && failure_ == 0) {
        const ssize_t written = ::write(fd_, rest.data(), rest.size());
        if (written >= 0) {
            rest.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno != EINTR) {
            failure_ = errno;
        }
    }
    buffer_.clear();
    if (failure_ != 0) return fail(failure_, "cannot write the output");
    return {};
}

bool Output::is_terminal() const { return fd_ >= 0 && ::isatty(fd_) != 0; }

}  // namespace zeroth::xl
