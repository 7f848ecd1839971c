// SPDX-License-Identifier: Apache-2.0
#include "xenstore/server/journal_lock.hpp"

#include <fcntl.h>

#include <cerrno>

namespace zeroth::xenstored {

Result<std::variant<JournalLock, JournalLock::Holder>> JournalLock::take(std::string path) {
    const std::string name = path + ".lock";
    UniqueFd file{::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (!file) return errno_error("open " + name);
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    // The holder may go between the two questions.
    while (::fcntl(file.get(), F_SETLK, &lock) != 0) {
        if (errno != EAGAIN && errno != EACCES) return errno_error("lock " + name);
        if (::fcntl(file.get(), F_GETLK, &lock) != 0) return errno_error("lock " + name);
        if (lock.l_type != F_UNLCK) return Holder{lock.l_pid};
        lock.l_type = F_WRLCK;
    }
    return JournalLock{std::move(path), std::move(file)};
}

}  // namespace zeroth::xenstored
