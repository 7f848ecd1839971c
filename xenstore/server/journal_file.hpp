// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "core/result.hpp"
#include "core/unique_fd.hpp"
#include "core/uuid.hpp"

namespace zeroth::xenstored {

/// A part of a file in memory.
class FileMapping {
public:
    enum class Access { kRead, kWrite };

    FileMapping() = default;
    static Result<FileMapping> create(const UniqueFd& file, std::uint64_t begin, std::size_t size,
                                      Access access);
    FileMapping(FileMapping&& other) noexcept : FileMapping{} { swap(other); }
    FileMapping& operator=(FileMapping&& other) noexcept {
        swap(other);
        return *this;
    }
    ~FileMapping();

    std::uint64_t begin() const { return begin_; }
    std::uint64_t end() const { return begin_ + bytes_.size(); }
    std::span<std::byte> bytes() const { return bytes_; }

private:
    void swap(FileMapping& other) noexcept {
        std::swap(begin_, other.begin_);
        std::swap(bytes_, other.bytes_);
        std::swap(before_, other.before_);
    }

    std::uint64_t begin_ = 0;
    std::span<std::byte> bytes_;
    /// What is mapped before `begin`, from the page's beginning.
    std::size_t before_ = 0;
};

/// A journal being written: whole records behind one another, through a window of it that is
/// mapped. Its space is reserved before it is written, since a mapped page that the file system has
/// no room for is a SIGBUS.
class JournalFile {
public:
    /// A new one, with its header, in place of what is at the path.
    static Result<JournalFile> create(std::string path, const Uuid& boot);
    /// One that is there, to go on behind its last record; what lies behind that is cleared.
    static Result<JournalFile> open(std::string path, std::uint64_t end);

    const std::string& path() const { return path_; }
    std::uint64_t end() const { return end_; }
    /// Makes sure that as many bytes of records can be appended.
    Result<> reserve(std::uint64_t bytes);
    /// Gives back to the file system what is reserved.
    Result<> give_back();
    Result<> append(std::string_view payload);
    /// Records as they lie in another journal, whole at least when the last of their bytes is
    /// appended.
    Result<> append_records(std::span<const std::byte> records);
    /// A part of it that is before `end`, for reading.
    Result<FileMapping> map(std::uint64_t begin, std::size_t size) const;
    Result<> rename(const std::string& path);

private:
    JournalFile(std::string path, UniqueFd file, std::uint64_t end)
        : path_{std::move(path)}, file_{std::move(file)}, end_{end}, reserved_{end} {}
    /// The bytes from `end` on, reserved and mapped.
    Result<std::byte*> room(std::uint64_t bytes);
    Result<> move_window(std::uint64_t bytes);

    std::string path_;
    UniqueFd file_;
    std::uint64_t end_;
    std::uint64_t reserved_;
    FileMapping window_;
};

}  // namespace zeroth::xenstored
