// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/xl/fake_xld.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <thread>
#include <vector>

#include "xl/client.hpp"
#include "xl/dispatch.hpp"

namespace zeroth::xl::testing {

FakeXld::FakeXld() {
    std::string pattern = (std::filesystem::temp_directory_path() / "fake-xld-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error{"mkdtemp"};
    folder_ = pattern;
    socket_ = folder_ + "/xld.sock";
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, socket_.c_str(), socket_.size() + 1);
    listener_ = UniqueFd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener_.get(), 8) != 0)
        throw std::runtime_error{"bind"};
    thread_ = std::thread{[this] { serve(); }};
}

FakeXld::~FakeXld() {
    ::shutdown(listener_.get(), SHUT_RDWR);  // ends accept()
    thread_.join();
    std::filesystem::remove_all(folder_);
}

void FakeXld::answer(const std::string& request, const std::string& body, unsigned status) {
    const std::scoped_lock lock{mutex_};
    answers_[request].push_back(
        {fmt::format("HTTP/1.1 {} Some Reason\r\nContent-Type: application/json\r\n"
                     "Content-Length: {}\r\n\r\n{}",
                     status, body.size(), body),
         false});
}

void FakeXld::answer_raw(const std::string& request, const std::string& bytes) {
    const std::scoped_lock lock{mutex_};
    answers_[request].push_back({bytes, true});
}

void FakeXld::forget() {
    const std::scoped_lock lock{mutex_};
    answers_.clear();
}

std::vector<std::string> FakeXld::requests() const {
    const std::scoped_lock lock{mutex_};
    return requests_;
}

int FakeXld::connections() const {
    const std::scoped_lock lock{mutex_};
    return connections_;
}

void FakeXld::serve() {
    // A console's stream is a second connection beside the first. All end with their clients.
    std::vector<std::jthread> threads;
    for (;;) {
        UniqueFd connection{::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)};
        if (!connection) return;
        {
            const std::scoped_lock lock{mutex_};
            ++connections_;
        }
        threads.emplace_back([this, fd = std::move(connection)] { serve_connection(fd.get()); });
    }
}

FakeXld::Answer FakeXld::take_answer(const std::string& request) {
    auto& queue = answers_[request];
    if (queue.empty()) {
        const std::string body =
            R"({"status":404,"title":"not found","detail":"no answer prepared"})";
        return {fmt::format("HTTP/1.1 404 Not Found\r\nContent-Length: {}\r\n\r\n{}", body.size(),
                            body),
                false};
    }
    Answer answer = queue.front();
    if (queue.size() > 1) queue.erase(queue.begin());
    return answer;
}

void FakeXld::serve_connection(int fd) {
    std::string received;
    for (;;) {
        std::size_t header_end = 0;
        std::size_t body_size = 0;
        for (;;) {
            header_end = received.find("\r\n\r\n");
            if (header_end != std::string::npos) {
                const std::size_t at = received.find("Content-Length: ");
                body_size =
                    at < header_end ? std::strtoul(received.c_str() + at + 16, nullptr, 10) : 0;
                if (received.size() >= header_end + 4 + body_size) break;
            }
            std::array<char, 4096> piece;
            const ssize_t got = ::recv(fd, piece.data(), piece.size(), 0);
            if (got <= 0) return;
            received.append(piece.data(), static_cast<std::size_t>(got));
        }
        const std::string request = received.substr(0, received.find(" HTTP/1.1\r\n"));
        const std::string body = received.substr(header_end + 4, body_size);
        received.erase(0, header_end + 4 + body_size);
        Answer answer;
        {
            const std::scoped_lock lock{mutex_};
            requests_.push_back(body.empty() ? request : request + " " + body);
            answer = take_answer(request);
        }
        // Pieces of odd sizes: a reader must not count on getting a line whole.
        for (std::size_t at = 0; at < answer.bytes.size(); at += 37) {
            const std::string_view piece = std::string_view{answer.bytes}.substr(at, 37);
            if (::send(fd, piece.data(), piece.size(), MSG_NOSIGNAL) < 0) return;
        }
        if (answer.close) return;
    }
}

Outcome run(const std::vector<const char*>& words, const std::string& socket) {
    Context context{Output::capture(), Output::capture()};
    context.socket = socket;
    Outcome outcome;
    outcome.status = dispatch(context, words);
    outcome.out = context.out.captured();
    outcome.err = context.err.captured();
    return outcome;
}

Outcome run(const std::vector<const char*>& words, const FakeXld& xld) {
    return run(words, xld.socket());
}

}  // namespace zeroth::xl::testing
