// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "core/unique_fd.hpp"
#include "core/uuid.hpp"
#include "daemon/console/key.hpp"

namespace zeroth::daemon::console {

/// What outlives a SIGKILL of a console beside its log and its ring: which bytes were on their way
/// from the one to the other, so that none is lost and none is logged twice, and the positions in
/// the log, so that who watches can go on where they were.
struct Mark {
    static constexpr std::uint64_t kNothing = ~std::uint64_t{0};

    std::uint32_t used;
    std::uint16_t domain;
    std::uint8_t kind, spare;
    std::uint32_t number;
    /// The ring's index of the first byte on its way.
    std::uint32_t consumer;
    std::array<std::uint8_t, 16> uuid;
    /// The log file's inode, the position of its first byte, and its size before the bytes that are
    /// on their way; kNothing when they are not the ring's.
    std::uint64_t file, base, size;
    /// Where this domain's output begins.
    std::uint64_t first;
};
static_assert(sizeof(Mark) == 64);

/// All marks, in one file that is mapped: setting one is no system call.
class Marks {
public:
    /// Where the file cannot be had, marks are kept in memory and end with this process.
    explicit Marks(const std::string& path);
    ~Marks();
    Marks(const Marks&) = delete;
    Marks& operator=(const Marks&) = delete;

    struct Found {
        /// nullptr when there are too many.
        Mark* mark = nullptr;
        /// A former xld served this very console.
        bool known = false;
    };
    Found find(const Key& key, const Uuid& uuid);
    static void release(Mark* mark);
    /// Of domains that went while there was no xld.
    template <class IsServed>
    void release_others(IsServed is_served) {
        for (auto& mark : used_part()) {
            if (mark.used != 0 && !is_served(key_of(mark))) mark.used = 0;
        }
    }

private:
    static Key key_of(const Mark& mark);
    std::span<Mark> used_part();
    /// Makes sure that the file has room for these: a page of a full file system is a SIGBUS.
    bool reserve(std::size_t places);

    /// None where the marks are in memory.
    UniqueFd file_;
    std::span<Mark> marks_;
};

}  // namespace zeroth::daemon::console
