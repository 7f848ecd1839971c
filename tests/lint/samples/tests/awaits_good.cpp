// SPDX-License-Identifier: Apache-2.0
template <class T = int, class = void>
asio::awaitable<Result<T>> good(std::string name, Stream stream) {
    const Request request{.name = name, .tries = 3};
    const auto reply = co_await client.send(request);
    const std::string text{"braces: {co_await}"};
    auto handler = [name] { return name; };
    auto [error, size] = co_await stream.async_read(asio::buffer(chunk), token);
    co_await visit(handler, [&] { return size; }, [this](int) { ++count_; });
    ZEROTH_CO_TRY(auto value, co_await parse(text[size]));
    if (auto ready = co_await wait(map[error]); !ready) {
        co_return Reply{name, 1};
    }
    for (const auto& [key, entry] : co_await entries()) {
        use(Pair{key, entry});
    }
    for (Index i{0}; co_await more(i); i = next({i, 1})) use(i);
    switch (co_await kind()) {
        case Kind::kOne: {
            const Point point{1, 2};
            break;
        }
        default: break;
    }
    // A coroutine inside an expression that does not await it.
    asio::co_spawn(io, [name]() -> asio::awaitable<void> { co_await send(name); }, detached);
    asio::co_spawn(io, serve(Session{name}), detached);
    co_return Reply{.text = R"(co_await f(Agg{1}))"};
}
struct Waiter : Base<int> {
    Waiter() : value_{1}, name_{"x"} { start(Options{1}); }
    bool operator==(const Waiter&) const = default;
    asio::awaitable<void> run() override { co_await tick(); }
    auto later() -> asio::awaitable<int> { co_return co_await tick(); }
    Point origin_{0, 0};
};
