// SPDX-License-Identifier: Apache-2.0
#include "xenstore/daemon/trace.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <array>
#include <ctime>
#include <string_view>
#include <utility>

#include "core/log.hpp"

namespace zeroth::xenstored {
namespace {

constexpr std::array<std::string_view, 27> kNames{
    "CONTROL",
    "DIRECTORY",
    "READ",
    "GET_PERMS",
    "WATCH",
    "UNWATCH",
    "TRANSACTION_START",
    "TRANSACTION_END",
    "INTRODUCE",
    "RELEASE",
    "GET_DOMAIN_PATH",
    "WRITE",
    "MKDIR",
    "RM",
    "SET_PERMS",
    "WATCH_EVENT",
    "ERROR",
    "IS_DOMAIN_INTRODUCED",
    "RESUME",
    "SET_TARGET",
    "20",
    "RESET_WATCHES",
    "DIRECTORY_PART",
    "GET_FEATURE",
    "SET_FEATURE",
    "GET_QUOTA",
    "SET_QUOTA",
};

Result<UniqueFd> open_file(const std::string& path) {
    UniqueFd file{::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY,
                         S_IRUSR | S_IWUSR)};
    if (!file) return errno_error("trace file " + path);
    return file;
}

std::string name_of(xs::MessageType type) {
    const auto number = std::to_underlying(type);
    return number < kNames.size() ? std::string{kNames[number]} : fmt::format("{}", number);
}

/// One line whatever the bytes are; NUL, which ends a word, is shown as a blank.
void append_printable(std::string_view bytes, std::string& out) {
    for (const char byte : bytes) {
        const auto value = static_cast<unsigned char>(byte);
        if (value == 0) {
            out += ' ';
        } else if (value >= 0x20 && value < 0x7f) {
            out += byte;
        } else {
            out += fmt::format("\\x{:02x}", value);
        }
    }
}

std::string now() {
    timespec time{};
    ::clock_gettime(CLOCK_REALTIME, &time);
    tm parts{};
    ::localtime_r(&time.tv_sec, &parts);
    std::array<char, 32> text{};
    const auto size = std::strftime(text.data(), text.size(), "%Y%m%d %H:%M:%S", &parts);
    return fmt::format("{}.{:06}", std::string_view{text.data(), size}, time.tv_nsec / 1000);
}

}  // namespace

Result<Trace> Trace::open(std::string path) {
    ZEROTH_TRY(auto file, open_file(path));
    return Trace{std::move(path), std::move(file)};
}

Result<bool> Trace::turn_on() {
    if (path_.empty()) return false;
    if (!on()) {
        ZEROTH_TRY(file_, open_file(path_));
    }
    return true;
}

/// Where it cannot go, it stays where it is.
Result<> Trace::go_to(std::string_view file) {
    std::string path{file};
    ZEROTH_TRY(auto opened, open_file(path));
    path_ = std::move(path);
    file_ = std::move(opened);
    return {};
}

Result<> Trace::append(std::string_view file, std::string_view text) {
    ZEROTH_TRY(const auto opened, open_file(std::string{file}));
    if (::write(opened.get(), text.data(), text.size()) == std::ssize(text)) return {};
    return errno_error(fmt::format("write to {}", file));
}

void Trace::reopen() {
    if (!on()) return;
    if (auto file = open_file(path_)) {
        file_ = *std::move(file);
    } else {
        log::warning("{}", file.error().text());
    }
}

void Trace::stream(Direction direction, std::string_view who, std::string_view bytes,
                   std::string& left) {
    if (!on()) return;
    left += bytes;
    std::size_t done = 0;
    for (;;) {
        const auto frame = xs::parse_frame(std::string_view{left}.substr(done));
        if (!frame) return left.clear();
        if (!*frame) break;
        message(direction, who, **frame);
        done += (*frame)->size();
    }
    left.erase(0, done);
}

void Trace::note(std::string_view who, std::string_view event) {
    if (!on()) return;
    const std::string text = fmt::format("{} {} {}\n", now(), who, event);
    [[maybe_unused]] const auto written = ::write(file_.get(), text.data(), text.size());
}

void Trace::message(Direction direction, std::string_view who, const xs::Frame& frame) {
    if (!on()) return;
    std::string text = fmt::format("{} {} {} {} id={} tx={} (", now(), who,
                                   direction == Direction::kIn ? "IN" : "OUT", name_of(frame.type),
                                   frame.request_id, frame.transaction_id);
    append_printable(frame.payload, text);
    text += ")\n";
    // A trace that cannot be written is not worth stopping for.
    [[maybe_unused]] const auto written = ::write(file_.get(), text.data(), text.size());
}

}  // namespace zeroth::xenstored
