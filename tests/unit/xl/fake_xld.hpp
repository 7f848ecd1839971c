// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/unique_fd.hpp"
#include "xl/command.hpp"

namespace zeroth::xl::testing {

/// What stands in for xld: a Unix socket in a folder of its own that gives the answers it was told
/// to give and remembers what it was asked.
class FakeXld {
public:
    FakeXld();
    ~FakeXld();
    FakeXld(const FakeXld&) = delete;
    FakeXld& operator=(const FakeXld&) = delete;

    /// `request` is "GET /v1/host". A later answer to the same request follows the earlier; the
    /// last one is repeated.
    void answer(const std::string& request, const std::string& body, unsigned status = 200);
    /// Bytes as they are, after which the connection is closed.
    void answer_raw(const std::string& request, const std::string& bytes);

    /// Drops all answers given so far.
    void forget();

    const std::string& socket() const { return socket_; }
    const std::string& folder() const { return folder_; }
    /// "POST /v1/domains {body}" each.
    std::vector<std::string> requests() const;
    int connections() const;

private:
    struct Answer {
        std::string bytes;
        bool close = false;
    };
    void serve();
    void serve_connection(int fd);
    Answer take_answer(const std::string& request);

    std::string folder_, socket_;
    UniqueFd listener_;
    mutable std::mutex mutex_;
    std::map<std::string, std::vector<Answer>> answers_;
    std::vector<std::string> requests_;
    int connections_ = 0;
    std::thread thread_;
};

/// A command line carried out in this process.
struct Outcome {
    int status = 0;
    std::string out, err;
};
Outcome run(const std::vector<const char*>& words,
            const std::string& socket = "/nonexistent/xld.sock");
Outcome run(const std::vector<const char*>& words, const FakeXld& xld);

}  // namespace zeroth::xl::testing
