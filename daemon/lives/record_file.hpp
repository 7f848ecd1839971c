// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "core/unique_fd.hpp"
#include "core/uuid.hpp"

namespace zeroth::daemon::lives {

/// One line of text for each of many domains, in one file that outlives the process: in /run a file
/// of its own would cost each a page and an inode. Not synced, since /run does not outlive the
/// kernel that holds it.
///
/// A line is appended, and then the former one of the same domain is crossed out: its first byte
/// becomes a blank. So after a SIGKILL at any time one of them is there, and crossing out needs no
/// room in a full file system. What is crossed out is swept when it is much.
class RecordFile {
public:
    explicit RecordFile(std::string path) : path_{std::move(path)} {}

    /// Whose a line is; nullopt where it says nonsense.
    using Owner = std::function<std::optional<Uuid>(std::string_view line)>;
    /// Reads the file that a former process left, once and before all else. Of two lines of one
    /// domain the later counts. A file with nonsense in it, or that cannot be read, is put aside as
    /// `<path>.bad`, and the log says so.
    void load(const Owner& owner);

    /// `line` has no line feed and does not begin with a blank. After an Error the former one
    /// counts.
    Result<> write(const Uuid& uuid, std::string_view line);
    Result<std::string> read(const Uuid& uuid) const;
    void erase(const Uuid& uuid);

private:
    /// Of a line with its line feed.
    struct Place {
        std::uint64_t begin;
        std::size_t size;
    };

    Result<> open();
    /// What could not be read is not written over.
    void put_aside();
    /// Whether all of the text makes sense.
    bool take(std::string_view text, const Owner& owner);
    void cross_out(const Place& place);
    void sweep_if_much();
    Result<> sweep();

    std::string path_;
    UniqueFd file_;
    std::map<Uuid, Place> places_;
    /// Where the next line goes, and how many bytes before it count.
    std::uint64_t end_ = 0, used_ = 0;
};

}  // namespace zeroth::daemon::lives
