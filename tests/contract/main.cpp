// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "libdomain/hypervisor/sim/machine.hpp"
#include "libdomain/hypervisor/sim/remote/remote.hpp"
#include "libdomain/hypervisor/sim/server/server.hpp"
#include "libdomain/hypervisor/xen/xen.hpp"
#include "tests/contract/hypervisor_contract.hpp"

namespace zeroth::testing {
namespace {

constexpr std::string_view kUsage =
    "usage: hypervisor-contract --sim RELEASE\n"
    "       hypervisor-contract --remote RELEASE\n"
    "       hypervisor-contract --xen [MFN COUNT]\n"
    "Checks what is relied on below the hypervisor seam: of the model of Xen 4.17 to 4.22, here or "
    "by way\n"
    "of another process' seam, or of "
    "the\n"
    "hypervisor that this machine runs on. MFN and COUNT are frames of an unused device "
    "(hexadecimal).\n";

void print(std::string_view line) {
    fmt::print("{}\n", line);
    std::fflush(stdout);
}

int finish(unsigned failed) {
    print(failed == 0 ? std::string{"all is as agreed"} : fmt::format("{} checks failed", failed));
    return failed == 0 ? 0 : 1;
}

int broken(const Error& error) {
    fmt::print(stderr, "hypervisor-contract: {}\n", error.text());
    if (!error.hint().empty()) fmt::print(stderr, "hint: {}\n", error.hint());
    return 2;
}

Result<int> check_sim(std::string_view release) {
    hyper::sim::SimOptions options;
    options.release = release;
    ZEROTH_TRY(auto machine, hyper::sim::Machine::create(options));
    ZEROTH_TRY(auto xen, hyper::Hypervisor::open(*machine));
    ZEROTH_TRY(auto channels, machine->event_channels());
    ZEROTH_TRY(auto grants, machine->grant_table());
    return finish(
        run_hypervisor_contract({xen, *channels, *grants, [&] { return machine->event_channels(); },
                                 MachineFrame{0x9000}, 100},
                                print));
}

/// The machine, and the thread that lets others use it.
class Served {
public:
    static Result<std::unique_ptr<Served>> create(const hyper::sim::SimOptions& options,
                                                  const std::string& path) {
        ZEROTH_TRY(auto machine, hyper::sim::Machine::create(options));
        ZEROTH_TRY(auto server, hyper::sim::Server::create(*machine, path));
        return std::unique_ptr<Served>{new Served{std::move(machine), std::move(server)}};
    }
    ~Served() {
        server_->stop();
        thread_.join();
    }

private:
    Served(std::unique_ptr<hyper::sim::Machine> machine, std::unique_ptr<hyper::sim::Server> server)
        : machine_{std::move(machine)}, server_{std::move(server)}, thread_{[this] {
              server_->run();
          }} {}

    std::unique_ptr<hyper::sim::Machine> machine_;
    std::unique_ptr<hyper::sim::Server> server_;
    std::thread thread_;
};

Result<int> check_remote(std::string_view release) {
    hyper::sim::SimOptions options;
    options.release = release;
    const auto path = fmt::format("/tmp/hypervisor-contract.{}", ::getpid());
    ZEROTH_TRY(const auto served, Served::create(options, path));
    ZEROTH_TRY(const auto privcmd, hyper::sim::open_remote_privcmd(path));
    ZEROTH_TRY(auto xen, hyper::Hypervisor::open(*privcmd));
    ZEROTH_TRY(const auto channels, hyper::sim::open_remote_event_channels(path));
    ZEROTH_TRY(const auto grants, hyper::sim::open_remote_grant_table(path));
    return finish(run_hypervisor_contract(
        {xen, *channels, *grants, [&] { return hyper::sim::open_remote_event_channels(path); },
         MachineFrame{0x9000}, 100},
        print));
}

Result<int> check_xen(std::optional<MachineFrame> device, std::uint64_t frames) {
    ZEROTH_TRY(auto privcmd, hyper::open_privcmd());
    ZEROTH_TRY(auto xen, hyper::Hypervisor::open(*privcmd));
    ZEROTH_TRY(auto channels, hyper::open_event_channels());
    ZEROTH_TRY(auto grants, hyper::open_grant_table());
    print(fmt::format("Xen {}.{}{}: domctl {:#x}, sysctl {:#x}", xen.version().major,
                      xen.version().minor, xen.version().extra, xen.version().domctl,
                      xen.version().sysctl));
    return finish(run_hypervisor_contract(
        {xen, *channels, *grants, &hyper::open_event_channels, device, frames}, print));
}

std::optional<std::uint64_t> hexadecimal(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

int run(const std::vector<std::string_view>& arguments) {
    std::optional<Result<int>> result;
    if (arguments.size() == 2 && arguments[0] == "--sim") {
        result = check_sim(arguments[1]);
    } else if (arguments.size() == 2 && arguments[0] == "--remote") {
        result = check_remote(arguments[1]);
    } else if (arguments.size() == 1 && arguments[0] == "--xen") {
        result = check_xen(std::nullopt, 0);
    } else if (arguments.size() == 3 && arguments[0] == "--xen") {
        const auto frame = hexadecimal(arguments[1]), count = hexadecimal(arguments[2]);
        if (frame && count) result = check_xen(MachineFrame{*frame}, *count);
    }
    if (!result) {
        fmt::print(stderr, "{}", kUsage);
        return 2;
    }
    return *result ? **result : broken(result->error());
}

}  // namespace
}  // namespace zeroth::testing

int main(int argc, char** argv) { return zeroth::testing::run({argv + 1, argv + argc}); }
