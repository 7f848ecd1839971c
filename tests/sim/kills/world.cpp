// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/kills/world.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>

#include "libdomain/hypervisor/sim/remote/remote.hpp"

namespace zeroth::testing {

Result<Process> Process::start(const std::vector<std::string>& words,
                               const std::vector<std::string>& environment,
                               const std::string& log) {
    const auto pointers = [](const std::vector<std::string>& from) {
        std::vector<char*> to;
        for (const auto& word : from) to.push_back(const_cast<char*>(word.c_str()));
        to.push_back(nullptr);
        return to;
    };
    const auto argv = pointers(words), envp = pointers(environment);
    const UniqueFd out{::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)};
    const pid_t pid = ::vfork();
    if (pid < 0) return errno_error("start " + words[0]);
    if (pid == 0) {
        ::dup2(out.get(), STDOUT_FILENO);
        ::dup2(out.get(), STDERR_FILENO);
        ::execve(argv[0], argv.data(), envp.data());
        ::_exit(127);
    }
    return Process{pid};
}

Process::~Process() {
    if (pid_ == 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

bool Process::runs() {
    if (pid_ != 0 && ::waitpid(pid_, nullptr, WNOHANG) == pid_) pid_ = 0;
    return pid_ != 0;
}

Result<std::unique_ptr<World>> World::create(const std::string& programs,
                                             const Settings& settings) {
    std::unique_ptr<World> world{new World};
    std::string folder = "/tmp/xld-kills.XXXXXX";
    if (::mkdtemp(folder.data()) == nullptr) return errno_error("make a folder for a test");
    world->folder_ = folder;
    world->programs_ = programs;
    world->settings_ = settings;
    std::filesystem::create_directory(world->path("userdata"));
    hyper::sim::SimOptions options;
    options.memory = settings.memory;
    options.dom0_memory = mib(256);
    ZEROTH_TRY(world->machine_, hyper::sim::Machine::create(options));
    ZEROTH_TRY(world->guests_,
               hyper::sim::Guests::start(*world->machine_, std::nullopt, world->path("store")));
    ZEROTH_TRY(world->server_,
               hyper::sim::Server::create(*world->machine_, world->path("machine")));
    world->serving_ = std::thread{[server = world->server_.get()] { server->run(); }};
    const auto store = world->path("store");
    ZEROTH_TRY(world->xenstored_, Process::start({programs + "/xenstored", "-N", "--socket", store,
                                                  "--hypervisor=sim@" + world->path("machine")},
                                                 {}, world->path("xenstored.log")));
    const bool answers = soon([&] {
        auto client = xs::Client::connect(store);
        if (client) world->store_ = *std::move(client);
        return world->store_ != nullptr || !world->xenstored_.runs();
    });
    if (!answers || !world->store_) return fail("xenstored does not answer");
    ZEROTH_TRY(world->proxy_, StoreProxy::create(world->path("proxy"), store));
    return world;
}

World::~World() {
    xld_ = {};
    proxy_.reset();
    store_.reset();
    xenstored_ = {};
    if (serving_.joinable()) {
        server_->stop();
        serving_.join();
    }
    guests_.reset();
    std::error_code error;
    std::filesystem::remove_all(folder_, error);
}

Result<> World::start_xld() {
    const auto store = path(settings_.through == Through::kProxy ? "proxy" : "store");
    ZEROTH_TRY(xld_, Process::start({programs_ + "/xld", "--hypervisor=sim@" + path("machine"),
                                     "--socket=" + path("xld"), "--state-dir=" + path("state"),
                                     "--userdata-dir=" + path("userdata"),
                                     "--console-log-dir=" + path("consoles")},
                                    {"XENSTORED_PATH=" + store}, path("xld.log")));
    const bool answers = soon([&] {
        const auto reply = ask("GET", "/v1/host");
        return (reply && reply->ok()) || !xld_runs();
    });
    if (answers && xld_runs()) return {};
    return fail("xld does not start again");
}

Result<> World::wait_for_end_of_xld() {
    if (soon([this] { return !xld_runs(); })) return {};
    return fail("xld goes on, though it should have been killed");
}

Result<std::string> World::tell_machine(const std::string& command) const {
    return hyper::sim::tell_machine(path("machine"), command);
}

Result<xl::Reply> World::ask(const char* method, const std::string& target, std::string body) {
    xl::Client client{path("xld")};
    xl::Request request;
    request.method = method;
    request.target = target;
    request.body = std::move(body);
    return client.call(request);
}

}  // namespace zeroth::testing
