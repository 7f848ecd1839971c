// SPDX-License-Identifier: Apache-2.0
#include "xenstore/client/endpoint.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "core/cursor.hpp"
#include "xenstore/wire/message.hpp"

namespace zeroth::xs {
namespace {

constexpr auto kHint = "is xenstored running?";
constexpr auto kDevice = "/dev/xen/xenbus";

bool in_domain0() {
    std::ifstream file{"/proc/xen/capabilities"};
    std::string words;
    return std::getline(file, words) && words.find("control_d") != std::string::npos;
}

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr ? value : "";
}

Result<Endpoint> cannot(std::string what) {
    return fail(std::move(errno_error(std::move(what)).error()).with_hint(kHint));
}

Result<Endpoint> open_device(const std::string& path) {
    UniqueFd fd{::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK)};
    if (!fd) return cannot("connect to XenStore at " + path);
    return Endpoint{std::move(fd), Endpoint::Kind::kDevice};
}

Result<Endpoint> open_socket(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) {
        return fail(ENAMETOOLONG, "XenStore's socket " + path);
    }
    std::memcpy(address.sun_path, path.data(), path.size());
    UniqueFd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (!fd) return errno_error("open a socket for XenStore");
    if (::connect(fd.get(), static_cast<const sockaddr*>(static_cast<const void*>(&address)),
                  sizeof address) != 0) {
        return cannot("connect to XenStore at " + path);
    }
    // Connecting waits for the server, as it should; every later call polls.
    ::fcntl(fd.get(), F_SETFL, O_NONBLOCK);
    return Endpoint{std::move(fd), Endpoint::Kind::kSocket};
}

/// Of the request that `bytes` begins with.
std::size_t frame_size(std::string_view bytes) {
    ByteReader reader{bytes};
    reader.skip(kHeaderSize - sizeof(std::uint32_t));
    return kHeaderSize + reader.little<std::uint32_t>();
}

}  // namespace

Result<> Endpoint::send(std::string_view& unsent) const {
    while (!unsent.empty()) {
        const auto sent = kind == Kind::kSocket
                              ? ::send(fd.get(), unsent.data(), unsent.size(), MSG_NOSIGNAL)
                              : ::write(fd.get(), unsent.data(), frame_size(unsent));
        if (sent >= 0) {
            unsent.remove_prefix(static_cast<std::size_t>(sent));
            if (kind == Kind::kDevice) return {};
        } else if (errno == EAGAIN || errno == EPIPE || errno == ECONNRESET) {
            return {};
        } else if (errno != EINTR) {
            return errno_error("send to XenStore");
        }
    }
    return {};
}

Result<> Endpoint::receive(FrameReader& reader) const {
    std::array<char, 16384> chunk;
    const auto count = ::read(fd.get(), chunk.data(), chunk.size());
    if (count == 0) return fail(ECONNRESET, "XenStore closed the connection");
    if (count < 0 && errno != EAGAIN && errno != EINTR) return errno_error("read from XenStore");
    if (count > 0) reader.feed({chunk.data(), static_cast<std::size_t>(count)});
    return {};
}

std::string default_endpoint() {
    if (auto path = variable("XENSTORED_PATH"); !path.empty()) return path;
    auto folder = variable("XENSTORED_RUNDIR");
    if (folder.empty()) folder = "/var/run/xenstored";
    auto socket = folder + "/socket";
    // Domain 0's device leads to the same server, but waits for ever while there is none.
    const bool device =
        ::access(socket.c_str(), F_OK) != 0 && ::access(kDevice, F_OK) == 0 && !in_domain0();
    return device ? kDevice : socket;
}

Result<Endpoint> open_endpoint(const std::string& path) {
    struct stat status {};
    const bool device = ::stat(path.c_str(), &status) == 0 && S_ISCHR(status.st_mode);
    return device ? open_device(path) : open_socket(path);
}

}  // namespace zeroth::xs
