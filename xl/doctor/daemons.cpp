// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "core/unique_fd.hpp"
#include "xenstore/client/client.hpp"
#include "xl/doctor/checks.hpp"
#include "xl/remote.hpp"

namespace zeroth::xl::doctor {
namespace {

constexpr const char* kStart = "/etc/init.d/xencommons start, or systemctl start xencommons";
/// Whoever takes longer does not answer.
constexpr std::chrono::seconds kPatience{5};

/// Who listens on a socket, by the kernel's word; an errno if nobody does.
std::expected<pid_t, int> listener_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) return std::unexpected{ENAMETOOLONG};
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    const UniqueFd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    const void* const generic = &address;
    if (!fd || ::connect(fd.get(), static_cast<const sockaddr*>(generic), sizeof address) != 0)
        return std::unexpected{errno};
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(fd.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
        return std::unexpected{errno};
    return peer.pid;
}

std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/') + 1); }

/// The program of a process; "" if that cannot be seen.
std::string program_of(pid_t process) {
    return Root{""}.target(fmt::format("/proc/{}/exe", process)).value_or("");
}

/// Whether the program lies beside this one.
bool is_ours(const std::string& program) {
    const auto self = Root{""}.target("/proc/self/exe");
    return self && folder_of(program) == folder_of(*self);
}

Finding silent(const char* subject, int why) {
    if (why == EACCES) return missing(subject, "its socket is not for this user", "ask as root");
    return missing(subject, "not running", kStart);
}

Finding xenstored(const Root& root) {
    const std::string path =
        root.is_host() ? xs::Client::default_path() : root.path("/run/xenstored/socket");
    const auto process = listener_of(path);
    if (!process) return silent("xenstored", process.error());
    const xs::Patience patience{.reply = kPatience, .absence = {}};
    auto client = xs::Client::connect(path, patience);
    const auto name =
        client ? (*client)->value("/local/domain/0/name") : fail(std::move(client).error());
    if (!name && !name.error().is(ENOENT))
        return missing("xenstored", "does not answer: " + name.error().text(), kStart);
    const std::string program = program_of(*process);
    constexpr std::string_view kDeleted = " (deleted)";
    if (!name)
        return warning("xenstored", "answers, but domain 0 has no name in it",
                       "xld writes it when it starts");
    if (program.ends_with(kDeleted))
        return warning("xenstored", "answers, but its program was replaced since it started",
                       "/etc/init.d/xencommons restart, or systemctl restart xenstored");
    if (!program.empty() && !is_ours(program))
        return ok("xenstored", fmt::format("answers; it is {}", program));
    return ok("xenstored", "answers");
}

Finding xld(const Root& root, Context& context) {
    if (!root.is_host()) context.socket = root.path("/run/zeroth/xld.sock");
    Request request{.target = "/v1/host", .body = {}};
    request.patience = kPatience;
    const auto reply = call(context, request);
    if (!reply && reply.error().is(ECONNREFUSED)) return missing("xld", "not running", kStart);
    if (!reply) return missing("xld", reply.error().text(), reply.error().hint());
    const auto host = decoded<api::Host>(*reply);
    if (!host) return missing("xld", host.error().text(), "/etc/init.d/xencommons restart");
    if (host->xld_version != ZEROTH_VERSION)
        return warning(
            "xld", fmt::format("answers; it is {}, and xl {}", host->xld_version, ZEROTH_VERSION),
            "/etc/init.d/xencommons restart, or systemctl restart xld");
    if (host->simulated) return warning("xld", "answers, for a model of Xen", "see xld(8)");
    return ok("xld", fmt::format("answers; {}, as xl", host->xld_version));
}

bool runs(const Root& root, std::string_view program) {
    return std::ranges::any_of(root.names("/proc"), [&](const std::string& name) {
        return name.front() >= '1' && name.front() <= '9' &&
               root.text(fmt::format("/proc/{}/comm", name)) == program;
    });
}

}  // namespace

void check_daemons(const Root& root, Context& context, Findings& findings) {
    findings.push_back(xenstored(root));
    findings.push_back(xld(root, context));
    if (runs(root, "xenconsoled"))
        findings.push_back(warning("consoles", "xenconsoled runs beside xld",
                                   "xld serves the consoles of guests: stop xenconsoled"));
}

}  // namespace zeroth::xl::doctor
