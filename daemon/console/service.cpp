// SPDX-License-Identifier: Apache-2.0
#include "daemon/console/service.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <future>

namespace zeroth::daemon::console {
namespace {

namespace asio = boost::asio;

/// How long XenStore may take to say what there is to serve.
constexpr std::chrono::seconds kPatience{10};

using Done = std::shared_ptr<std::promise<Result<>>>;

/// No longer than the caller waits: the coroutine may outlast it.
asio::awaitable<void> look(Finder& finder, DomainId domain, Finder::Age age, Done done) {
    auto looked = co_await finder.look(domain, age);
    done->set_value(std::move(looked));
}

}  // namespace

Service::Service(const Parts& parts, const Settings& settings)
    : io_{parts.io},
      hub_{parts.io, parts.xen.seam(), parts.grants, parts.channels, settings, parts.tell},
      finder_{parts.io, hub_, parts.xen, parts.store} {}

Result<> Service::look(DomainId domain, Finder::Age age) {
    const auto done = std::make_shared<std::promise<Result<>>>();
    auto looked = done->get_future();
    asio::co_spawn(io_, console::look(finder_, domain, age, done), asio::detached);
    if (looked.wait_for(kPatience) != std::future_status::ready)
        return fail(ETIMEDOUT, "find the consoles of the domain in XenStore");
    return looked.get();
}

Result<> Service::attach(DomainId domain) { return look(domain, Finder::Age::kNew); }

/// Runs it on the io thread and waits for what it gives; not for ever, since the loop may end.
template <class Answer>
Result<Answer> Service::ask(std::function<Result<Answer>()> question) {
    const auto given = std::make_shared<std::promise<Result<Answer>>>();
    auto answer = given->get_future();
    asio::post(io_, [given, question = std::move(question)] { given->set_value(question()); });
    if (answer.wait_for(kPatience) != std::future_status::ready)
        return fail(ETIMEDOUT, "ask the console service");
    return answer.get();
}

Result<Service::Stream> Service::open(const Key& key, const Console::Wish& wish) {
    const auto try_once = [this, key, wish]() -> Result<Stream> {
        const auto console = hub_.find(key);
        if (!console) return fail(Error::message(ENOENT, key.text() + " is not served by xld"));
        const auto position = console->start_of(wish);
        auto take = [this, key, wish, position](Viewer::Socket socket, std::string first) {
            auto exact = wish;
            exact.from = position;
            // It may have ended meanwhile: then the stream ends at once.
            if (const auto found = hub_.find(key))
                found->add_viewer(std::move(socket), exact, std::move(first));
        };
        return Stream{position, std::move(take)};
    };
    auto opened = ask<Stream>(try_once);
    if (opened || !opened.error().is(ENOENT)) return opened;
    // Whoever served it may have gone.
    ZEROTH_CHECK(look(key.domain, Finder::Age::kUnknown));
    return ask<Stream>(try_once);
}

Result<> Service::hold(DomainId domain) {
    ZEROTH_CHECK(ask<bool>([this, domain]() -> Result<bool> {
        hub_.hold(domain);
        return true;
    }));
    return {};
}

Result<> Service::rename(DomainId domain, const std::string& name) {
    ZEROTH_CHECK(ask<bool>([this, domain, name]() -> Result<bool> {
        hub_.rename(domain, name);
        return true;
    }));
    return {};
}

Result<std::vector<Service::Served>> Service::list() {
    return ask<std::vector<Served>>([this]() -> Result<std::vector<Served>> {
        std::vector<Served> all;
        for (const auto domain : hub_.domains()) {
            for (const auto& console : hub_.of(domain)) {
                all.push_back({console->key(), console->owner(), console->tty(),
                               console->log()->path(), console->numbers()});
            }
        }
        return all;
    });
}

}  // namespace zeroth::daemon::console
