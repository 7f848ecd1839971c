// SPDX-License-Identifier: Apache-2.0
#include "daemon/console/cursor.hpp"

#include <fmt/format.h>

#include <array>

#include "libdomain/console/frames.hpp"
#include "libdomain/console/recent.hpp"

namespace zeroth::daemon::console {
namespace {

constexpr std::size_t kPiece = 4096;
/// Notices to one who does not read them are not collected without end.
constexpr std::size_t kMostPending = 8192;

}  // namespace

void Cursor::move_to(std::uint64_t position) {
    position_ = position;
    pending_.clear();
    done_ = 0;
}

void Cursor::notice(std::string_view text) {
    if (form_ == Form::kBare || pending_.size() - done_ > kMostPending) return;
    if (form_ == Form::kFrames) {
        zeroth::console::append_frame(pending_, zeroth::console::FrameKind::kNotice, text);
    } else {
        pending_ += fmt::format("\r\n[xld: {}]\r\n", text);
    }
}

void Cursor::skip_to(std::uint64_t position) {
    if (position <= position_) return;
    const std::uint64_t count = position - position_;
    position_ = position;
    dropped_ += count;
    notice(fmt::format("{} bytes dropped", count));
}

std::string_view Cursor::next() {
    if (done_ < pending_.size()) return std::string_view{pending_}.substr(done_);
    pending_.clear();
    done_ = 0;
    const std::uint64_t end = log_->end();
    if (position_ >= end) return {};
    if (end - position_ > patience_) skip_to(log_->back(zeroth::console::Recent::kReplay));
    std::array<char, kPiece> copy;
    const auto piece = log_->read(position_, copy);
    skip_to(piece.position);
    const std::string_view bytes{copy.data(), piece.size};
    if (form_ == Form::kFrames && !bytes.empty()) {
        zeroth::console::append_frame(pending_, zeroth::console::FrameKind::kOutput, bytes);
    } else {
        pending_ += bytes;
    }
    position_ += bytes.size();
    return pending_;
}

}  // namespace zeroth::daemon::console
