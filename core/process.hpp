// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

#include "core/result.hpp"
#include "core/unique_fd.hpp"

/// What a daemon does about its own process.
namespace zeroth {

/// From now on nothing of this process lies in huge pages, nor of those that it starts: Linux would
/// put one, of 2 MB, under any thread's stack that reaches so far, and fill the heap up with
/// them.
void use_small_pages();

/// A process that goes on in the background: who started it waits until it is ready, or has failed.
class Background {
public:
    /// Forks. The parent does not return: it ends with 0 once `ready` is called in the child, else
    /// with the child's status.
    static Result<Background> enter();
    /// Lets the parent go. From here on the log goes to `log_file`, or nowhere if that cannot be.
    void ready(const std::string& log_file);

private:
    explicit Background(UniqueFd parent) : parent_{std::move(parent)} {}

    UniqueFd parent_;
};

/// A file that holds our process id, and goes with this object.
class PidFile {
public:
    static Result<PidFile> create(std::string path);
    PidFile(PidFile&& other) noexcept : path_{std::exchange(other.path_, {})} {}
    PidFile& operator=(PidFile&&) = delete;
    ~PidFile();

private:
    explicit PidFile(std::string path) : path_{std::move(path)} {}

    std::string path_;
};

}  // namespace zeroth
