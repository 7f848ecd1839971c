// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <signal.h>
#include <termios.h>

#include <chrono>
#include <string>

#include "core/unique_fd.hpp"
#include "xl/output.hpp"

namespace zeroth::xl {

/// A terminal that is ours as a whole for as long as this lives: without echo, on its second
/// screen. However it ends, by a key, an error or a signal, the terminal is as it was before.
class Screen {
public:
    Screen(int input, Output& out);
    ~Screen();
    Screen(const Screen&) = delete;
    Screen& operator=(const Screen&) = delete;

    enum class Key { kNone, kUp, kDown, kLeft, kRight, kOther };
    struct Event {
        Key key = Key::kNone;
        /// For kOther.
        char letter = 0;
        /// Nobody is there any more, or a signal said to end: `end()` does as it says.
        bool over = false;
    };
    /// Waits for a key or until the time is up, and looks after signals meanwhile. A window that
    /// changed its size is a key of no kind.
    Event wait(std::chrono::milliseconds time);

    struct Size {
        unsigned rows = 24, columns = 80;
    };
    Size size() const;
    /// The whole picture, drawn over the one before.
    Result<> draw(const std::string& picture);

    /// Gives the terminal back and dies of the signal that said so, if one did.
    void end();

private:
    void enter();
    void leave();
    Event read_key();
    Event next_key();
    Event take_signal();

    int input_;
    Output& out_;
    /// On the second screen; and the terminal's settings are to be put back.
    bool there_ = false, ours_ = false;
    termios before_{};
    sigset_t mask_{};
    UniqueFd signals_;
    int ending_ = 0;
    /// Keys that came together with the one that was told last.
    std::string typed_;
};

}  // namespace zeroth::xl
