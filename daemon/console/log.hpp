// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/unique_fd.hpp"
#include "daemon/console/happening.hpp"
#include "daemon/console/marks.hpp"
#include "libdomain/console/recent.hpp"
#include "libdomain/console/rotation.hpp"

namespace zeroth::daemon::console {

class LogFolder;

/// All that a console printed, in its log file: the log, and the memory of who attaches later. Its
/// bytes have positions that go on when the file is rotated. While the file cannot be written to,
/// the last bytes are kept in memory, and the log says afterwards how many it lacks.
class Log {
public:
    /// Goes on with the file that is there. One that cannot be opened is tried again later. `mark`
    /// is nullptr, or outlives this.
    Log(std::shared_ptr<LogFolder> folder, std::string name, Mark* mark);
    /// In memory only, for what is nobody's to keep.
    Log();
    ~Log();
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;

    void append(std::string_view bytes);
    /// The same for bytes of a ring, the first of which has this index there: they leave it when
    /// this is done.
    void append_from(std::uint32_t consumer, std::string_view bytes);
    /// How many bytes from this index of the ring on were logged by an xld that was killed before
    /// it took them out.
    std::uint64_t logged_from(std::uint32_t consumer) const;
    /// A line of our own between those of the guest.
    void note(std::string_view text);
    /// After somebody else moved the file away.
    void reopen();

    std::uint64_t end() const;
    /// Nobody is shown what is before it: a former domain of the same name printed that.
    void begin_here();
    /// The domain has ended: nothing is appended any more.
    void forget_mark() { mark_ = nullptr; }
    /// Where to begin so that `count` bytes follow, or as many as there are.
    std::uint64_t back(std::uint64_t count) const;

    struct Piece {
        std::uint64_t position = 0;
        std::size_t size = 0;
    };
    /// Copies from `position` on, or from the first byte after it that is still to be had.
    Piece read(std::uint64_t position, std::span<char> copy) const;

    /// The domain is called otherwise from now on, and so is the log, with those before it. Where
    /// there is another of that name, it goes on behind that one's last byte, and the notes in both
    /// tell where the rest is.
    void rename(const std::string& name);

    /// Bytes that are in no file any more, or never were.
    Dropped dropped() const;
    const std::string& path() const { return path_; }

private:
    using Clock = std::chrono::steady_clock;
    struct File {
        UniqueFd fd;
        /// The position of its first byte.
        std::uint64_t base = 0, size = 0;
        std::uint64_t end() const { return base + size; }
    };

    void open(std::uint64_t end);
    void remember();
    void recall(const Mark& former);
    void make_room(std::size_t count);
    void rotate();
    void start_over();
    bool move_files(const std::string& path) const;
    void go_on_in(const std::string& path);
    void tell_of_rotation(std::uint64_t bytes);
    void write(std::string_view bytes);
    void fall_back(std::string_view unwritten, int errno_value);
    void recover();
    std::uint64_t lost() const { return memory_ ? memory_->begin() - now_.end() : 0; }

    std::shared_ptr<LogFolder> folder_;
    Mark* mark_ = nullptr;
    std::string name_, path_;
    /// What is written to, and the one before it.
    File now_, before_;
    std::uint64_t first_ = 0;
    /// What comes after the file, as long as that cannot be written to.
    std::optional<zeroth::console::Recent> memory_;
    int errno_ = 0;
    Clock::time_point retry_at_{};
    Dropped dropped_;
    std::uint64_t left_over_ = 0;
    std::uint32_t left_over_from_ = 0;
};

}  // namespace zeroth::daemon::console
