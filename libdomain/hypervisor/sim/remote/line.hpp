// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/unique_fd.hpp"

/// A machine in another process: what its clients and it say to each other over a Unix socket.
/// Both are built from one tree and run on one computer, so words are as memory has them.
namespace zeroth::hyper::sim {

/// What a connection stands for; the first message says so.
enum class Role : std::uint64_t { kPrivcmd, kEventChannels, kGrantTable, kCommands };

enum class Request : std::uint64_t {
    kHello,
    // /dev/xen/privcmd
    kCall,
    kMap,
    kMapResource,
    kUnmap,
    // /dev/xen/evtchn
    kBindInterdomain,
    kBindVirq,
    kUnbind,
    kNotify,
    kPending,
    kUnmask,
    // /dev/xen/gntdev; unmap as above
    kMapGrant,
    kCopyToGrants,
    // xen-sim's own
    kCommand,
};

/// A request, or the reply to one: its `code` is then an errno, 0 when all is well, and the text
/// says what went wrong.
struct Packet {
    std::uint64_t code = 0;
    std::vector<std::uint64_t> words;
    std::string text;
};

/// Appends the packet's bytes.
void encode(const Packet& packet, std::string& out);
/// Takes the first packet off `bytes`; nullopt while it is not all there. An Error: no packet could
/// be that large.
Result<std::optional<Packet>> decode(std::string& bytes);

/// The client's end: one request at a time, each with its reply.
class Line {
public:
    struct Opened;
    /// `shared` is sent along; `words` follow the role.
    static Result<Opened> open(const std::string& path, Role role, std::vector<std::uint64_t> words,
                               int shared = -1);

    Line(Line&& other) noexcept : fd_{std::move(other.fd_)} {}

    /// The reply's words; its Error has the errno and the text.
    Result<std::vector<std::uint64_t>> ask(Request request, std::vector<std::uint64_t> words);
    Result<std::string> command(std::string text);

private:
    explicit Line(UniqueFd fd) : fd_{std::move(fd)} {}
    Result<Packet> exchange(const Packet& packet, int shared, UniqueFd* received);

    UniqueFd fd_;
    std::mutex mutex_;
    std::string arrived_;
};

struct Line::Opened {
    Line line;
    std::vector<std::uint64_t> words;
    /// Of the machine's memory, or what says that a port has fired.
    UniqueFd fd;
};

/// Sends all of `bytes`, and `fd` along unless it is negative.
Result<> send_with(int socket, std::string_view bytes, int fd);
/// What is there, appended; and the descriptor that came along, if one did. 0: the other has gone.
Result<std::size_t> receive_with(int socket, std::string& bytes, UniqueFd& fd);

}  // namespace zeroth::hyper::sim
