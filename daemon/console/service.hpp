// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "daemon/console/finder.hpp"
#include "daemon/console/hub.hpp"

/// xld's console service: rings and event channels on one side, terminals, logs and streams on the
/// other. Everything in this room runs on xld's io thread; Service is its door for other threads.
namespace zeroth::daemon::console {

class Service {
public:
    /// All of them outlive it.
    struct Parts {
        boost::asio::io_context& io;
        const hyper::Hypervisor& xen;
        hyper::GrantTable& grants;
        hyper::EventChannels& channels;
        xs::LastingClient& store;
        Tell tell = {};
    };
    Service(const Parts& parts, const Settings& settings);

    /// On the io thread, once.
    void start() { finder_.start(); }
    void reopen_logs() { hub_.reopen_logs(); }
    void apply(const Settings& settings) { hub_.apply(settings); }

    // On any other thread; each waits for the io thread.
    /// Sees to it that the consoles of a domain just made are served, before it runs. One that
    /// somebody else serves is no Error.
    Result<> attach(DomainId domain);

    /// Sees to it that all that a domain has printed is read, although it is about to end.
    Result<> hold(DomainId domain);

    /// A stream to be: where it begins, and what takes the socket once the client knows (on the io
    /// thread).
    struct Stream {
        std::uint64_t position = 0;
        std::function<void(Viewer::Socket socket, std::string first)> take;
    };
    /// ENOENT: the console is not served here.
    Result<Stream> open(const Key& key, const Console::Wish& wish);

    /// The domain is called otherwise: its logs are too.
    Result<> rename(DomainId domain, const std::string& name);

    struct Served {
        Key key;
        Owner owner;
        std::string tty, log;
        Console::Numbers numbers;
    };
    Result<std::vector<Served>> list();

private:
    Result<> look(DomainId domain, Finder::Age age);
    template <class Answer>
    Result<Answer> ask(std::function<Result<Answer>()> question);

    boost::asio::io_context& io_;
    Hub hub_;
    Finder finder_;
};

}  // namespace zeroth::daemon::console
