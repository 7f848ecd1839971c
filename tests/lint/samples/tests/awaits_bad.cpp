// SPDX-License-Identifier: Apache-2.0
asio::awaitable<Result<int>> bad(std::string name) {
    co_await send(Request{name, 1});                                // expect: coroutines
    co_await send({.name = name});                                  // expect: coroutines
    const auto reply = co_await send(Request<int>{name});           // expect: coroutines
    co_await visit([name] { return name; });                        // expect: coroutines
    co_await visit([=] { return name; });                           // expect: coroutines
    co_await visit([&name, copy = name]() mutable { use(copy); });  // expect: coroutines
    co_await [text = name]() -> asio::awaitable<void> {             // expect: coroutines
        co_return;
    }();
    co_await visit(
        name,
        Request{name});                                             // expect: coroutines
    ZEROTH_CO_TRY(auto value, co_await send(Request{name}));        // expect: coroutines
    if (co_await send(Request{name})) {                             // expect: coroutines
        run();
    }
    while (!done) co_await send({name, name});                      // expect: coroutines
    auto nested = [&]() -> asio::awaitable<void> {
        co_await send(Request{name});                               // expect: coroutines
    };
    const int size = ({ co_await read(); });                        // expect: coroutines
    const int other = ({ int n = co_await read(); n + 1; });        // expect: coroutines
    co_return Reply{co_await read()};                               // expect: coroutines
}
