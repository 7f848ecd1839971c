// SPDX-License-Identifier: Apache-2.0
#include "daemon/events.hpp"

#include <fcntl.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>

#include "core/log.hpp"
#include "core/uuid.hpp"
#include "daemon/api/json.hpp"

namespace zeroth::daemon {
namespace {

constexpr const char* kName = "log";

std::int64_t now_ms() {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count();
}

std::string line_of(const api::Event& event) {
    return boost::json::serialize(api::encode(event)) + '\n';
}

/// The first line of the file.
std::string head_of(const std::string& name) {
    return boost::json::serialize(boost::json::object{{kName, name}}) + '\n';
}

/// The log's name, where this is the first line; empty for others.
std::string name_in(const boost::json::value& line) {
    const auto* const object = line.if_object();
    const auto* const name = object != nullptr ? object->if_contains(kName) : nullptr;
    const bool is_head = name != nullptr && name->is_string() && object->size() == 1;
    return is_head ? std::string{name->get_string()} : std::string{};
}

/// All of it or nothing counts: a line cut short by a full disk is no event when it is read again.
bool write_all(int fd, const std::string& text) {
    const auto written = ::write(fd, text.data(), text.size());
    if (written >= 0 && written < static_cast<ssize_t>(text.size())) errno = ENOSPC;
    return written == static_cast<ssize_t>(text.size());
}

}  // namespace

EventLog::EventLog(std::string path) : path_{std::move(path)} {
    std::error_code made;
    std::filesystem::create_directories(std::filesystem::path{path_}.parent_path(), made);
    load();
    if (name_.empty()) name_ = Uuid::random().text().substr(0, 8);
    // Also begins a new line behind one that was cut short.
    if (!compact()) give_up_file();
}

void EventLog::load() {
    std::ifstream file{path_};
    for (std::string line; std::getline(file, line);) {
        const auto value = api::parse_json(line);
        if (!value) continue;
        if (const auto name = name_in(*value); !name.empty()) {
            name_ = name;
            continue;
        }
        auto event = api::decode<api::Event>(*value);
        if (!event || event->id <= newest_) continue;
        newest_ = event->id;
        kept_.push_back(*std::move(event));
        if (kept_.size() > kKept) kept_.pop_front();
    }
}

void EventLog::append(api::Event event) {
    add(std::move(event));
    const std::lock_guard lock{readers_->mutex};
    for (const auto& [key, wake] : readers_->wakes) wake();
}

void EventLog::add(api::Event event) {
    const std::lock_guard lock{mutex_};
    event.id = ++newest_;
    if (event.time_ms == 0) event.time_ms = now_ms();
    const auto line = line_of(event);
    kept_.push_back(std::move(event));
    if (kept_.size() > kKept) kept_.pop_front();
    write(line);
}

void EventLog::write(const std::string& line) {
    if (!file_) {
        if (std::chrono::steady_clock::now() < retry_at_) return;
        retry_at_ = std::chrono::steady_clock::now() + kRetry;
        if (compact()) log::info("events are written to {} again", path_);
        return;
    }
    ++lines_in_file_;
    const bool too_long = lines_in_file_ > 2 * kKept;
    if (too_long ? !compact() : !write_all(file_.get(), line)) give_up_file();
}

/// A file that lacks the newest events would have the next xld give their ids to others.
void EventLog::give_up_file() {
    log::warning("{}",
                 errno_error("events are kept in memory only: write " + path_).error().text());
    ::unlink(path_.c_str());
    file_ = UniqueFd{};
    retry_at_ = std::chrono::steady_clock::now() + kRetry;
}

/// Writes what is kept to a new file in place of the old one.
bool EventLog::compact() {
    const std::string next = path_ + ".new";
    UniqueFd file{::open(next.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600)};
    auto text = head_of(name_);
    for (const auto& event : kept_) text += line_of(event);
    if (!file || !write_all(file.get(), text) || ::rename(next.c_str(), path_.c_str()) != 0) {
        const int why = errno;
        ::unlink(next.c_str());
        errno = why;
        return false;
    }
    file_ = std::move(file);
    lines_in_file_ = kept_.size();
    return true;
}

EventLog::Page EventLog::since(std::uint64_t after, std::size_t most) const {
    const std::lock_guard lock{mutex_};
    const auto first = std::ranges::upper_bound(kept_, after, {}, &api::Event::id);
    const auto left = static_cast<std::size_t>(kept_.end() - first);
    Page page;
    page.gap = first == kept_.begin() && !kept_.empty() && kept_.front().id > after + 1;
    page.events.assign(first, first + static_cast<std::ptrdiff_t>(std::min(left, most)));
    return page;
}

std::uint64_t EventLog::newest() const {
    const std::lock_guard lock{mutex_};
    return newest_;
}

EventLog::Subscription EventLog::subscribe(std::function<void()> wake) {
    const std::lock_guard lock{readers_->mutex};
    const auto key = readers_->next++;
    readers_->wakes.emplace(key, std::move(wake));
    return {readers_, key};
}

EventLog::Subscription::~Subscription() {
    if (!readers_) return;
    const std::lock_guard lock{readers_->mutex};
    readers_->wakes.erase(key_);
}

}  // namespace zeroth::daemon
