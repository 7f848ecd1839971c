// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <atomic>

#include "tests/unit/daemon/http_door.hpp"

/// The door as strangers find it: real sockets, and what may come over them.
namespace zeroth::daemon::http {
namespace {

using testing::Client;
using testing::Door;
using namespace std::chrono_literals;

Reply text(std::string body) { return {200, "text/plain", std::move(body), {}}; }

std::vector<Route> routes() {
    const auto echo = [](const Request& request) { return text(request.body); };
    return {{"GET", "/v1/hello", Access::kRead, [](const Request&) { return text("hello"); }},
            {"POST", "/v1/echo", Access::kChange, echo},
            {"POST", "/v1/text", Access::kRead, echo, Lane::kShort, Takes::kText},
            {"GET", "/v1/tree/{path...}", Access::kRead, [](const Request& request) {
                 return text(fmt::format("{}", fmt::join(request.arguments, "|")));
             }}};
}

std::string post(std::string_view path, std::string_view body, std::string_view fields = "") {
    return fmt::format("POST {} HTTP/1.1\r\nHost: x\r\n{}Content-Length: {}\r\n\r\n{}", path,
                       fields, body.size(), body);
}

std::string status(const std::string& reply) { return reply.substr(0, reply.find("\r\n")); }
std::string status_of(Door& door, std::string_view request) { return status(door.ask(request)); }

Limits hasty() {
    Limits limits;
    limits.idle = 100ms;
    limits.header = 100ms;
    limits.body = 100ms;
    limits.write = 100ms;
    limits.heartbeat = 50ms;
    return limits;
}

TEST(Session, AnswersAndKeepsTheConnection) {
    Door door{routes()};
    auto client = door.connect();
    for (int turn = 0; turn < 3; ++turn) {
        client.say("GET /v1/hello HTTP/1.1\r\n\r\n");
        EXPECT_EQ(status(client.hear_until("hello")), "HTTP/1.1 200 OK");
    }
    client.say("GET /v1/hello HTTP/1.1\r\nConnection: close\r\n\r\n");
    EXPECT_NE(client.hear_all().find("Connection: close"), std::string::npos);
}

TEST(Session, AnswersRequestsThatCameAtOnceInTheirOrder) {
    Door door{routes()};
    std::string many;
    for (int i = 0; i < 50; ++i) many += post("/v1/echo", fmt::format("<{}>", i));
    auto client = door.connect();
    client.say(many);
    for (int i = 0; i < 50; ++i) {
        EXPECT_NE(client.hear_until(fmt::format("<{}>", i)).find("200 OK"), std::string::npos);
    }
}

TEST(Session, SpeaksHttp10) {
    Door door{routes()};
    const auto reply = door.ask("GET /v1/hello HTTP/1.0\r\n\r\n");
    EXPECT_EQ(status(reply), "HTTP/1.0 200 OK");
    EXPECT_TRUE(reply.ends_with("hello"));
}

TEST(Session, AnswersHeadAndOptions) {
    Door door{routes()};
    const auto head = door.ask("HEAD /v1/hello HTTP/1.1\r\n\r\n");
    EXPECT_NE(head.find("Content-Length: 5\r\n"), std::string::npos);
    EXPECT_TRUE(head.ends_with("\r\n\r\n"));
    const auto options = door.ask("OPTIONS /v1/hello HTTP/1.1\r\n\r\n");
    EXPECT_EQ(status(options), "HTTP/1.1 204 No Content");
    EXPECT_NE(options.find("Allow: GET, HEAD, OPTIONS\r\n"), std::string::npos);
    EXPECT_EQ(status_of(door, "OPTIONS * HTTP/1.1\r\n\r\n"), "HTTP/1.1 204 No Content");
    const auto refused = door.ask("PATCH /v1/hello HTTP/1.1\r\n\r\n");
    EXPECT_EQ(status(refused), "HTTP/1.1 405 Method Not Allowed");
    EXPECT_NE(refused.find("Allow: GET, HEAD, OPTIONS\r\n"), std::string::npos);
}

TEST(Session, SaysGoOnToThoseWhoAsk) {
    Door door{routes()};
    auto client = door.connect();
    client.say("POST /v1/echo HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
    EXPECT_EQ(client.hear_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    client.say("body");
    EXPECT_NE(client.hear_until("body").find("200 OK"), std::string::npos);
    EXPECT_EQ(status_of(door, "POST /v1/echo HTTP/1.1\r\nExpect: tea\r\n\r\n"),
              "HTTP/1.1 417 Expectation Failed");
    // No body is asked for that would be thrown away.
    EXPECT_EQ(status_of(door,
                        "POST /nowhere HTTP/1.1\r\nExpect: 100-continue\r\n"
                        "Content-Length: 4\r\n\r\n"),
              "HTTP/1.1 404 Not Found");
}

TEST(Session, RefusesWhatIsNotHttp) {
    Door door{routes()};
    for (const auto* request :
         {"\r\n\r\n\r\n", "hello\r\n\r\n", "GET\r\n\r\n", "GET /v1/hello HTTP/9.9\r\n\r\n",
          "GET /v1/hello HTTP/1.1\r\nno colon\r\n\r\n", "\x16\x03\x01\x02",
          "POST /v1/echo HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
          "POST /v1/echo HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
          "POST /v1/echo HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
          "POST /v1/echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc",
          "POST /v1/echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"}) {
        EXPECT_EQ(status_of(door, request), "HTTP/1.1 400 Bad Request") << request;
    }
}

TEST(Session, RefusesPathsThatCouldBeOthers) {
    Door door{routes()};
    for (const auto* path : {"/v1/../hello", "/v1/%2e%2e/hello", "/v1/./hello", "/v1/%00",
                             "/v1/%ff", "/v1/%c0%af", "/%zz", "hello", "http://x/v1/hello"}) {
        EXPECT_EQ(status_of(door, fmt::format("GET {} HTTP/1.1\r\n\r\n", path)),
                  "HTTP/1.1 400 Bad Request")
            << path;
    }
    EXPECT_EQ(status_of(door, "GET /v1/\xff HTTP/1.1\r\n\r\n"), "HTTP/1.1 400 Bad Request");
    EXPECT_TRUE(door.ask("GET /v1/tree/a/b%20c HTTP/1.1\r\n\r\n").ends_with("a|b c"));
}

TEST(Session, RefusesALargeBodyWithoutReadingIt) {
    Door door{routes()};
    const auto reply = door.ask("POST /v1/echo HTTP/1.1\r\nContent-Length: 104857600\r\n\r\n");
    EXPECT_EQ(status(reply), "HTTP/1.1 413 Payload Too Large");
    EXPECT_NE(reply.find("at most 4096 KiB"), std::string::npos);
}

TEST(Session, RefusesALargeBodyThatDoesNotSayHowLargeItIs) {
    Door door{routes()};
    auto client = door.connect();
    client.say("POST /v1/echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
    const std::string chunk = fmt::format("{:x}\r\n{}\r\n", 1U << 20, std::string(1U << 20, 'x'));
    for (int i = 0; i < 100; ++i) client.say(chunk);
    EXPECT_EQ(status(client.hear_all()), "HTTP/1.1 413 Payload Too Large");
}

TEST(Session, RefusesALargeHeader) {
    Door door{routes()};
    const auto fields = fmt::format("X: {}\r\n", std::string(20'000, 'x'));
    EXPECT_EQ(status_of(door, "GET /v1/hello HTTP/1.1\r\n" + fields + "\r\n"),
              "HTTP/1.1 431 Request Header Fields Too Large");
    EXPECT_EQ(status_of(door, "GET /" + std::string(20'000, 'x') + " HTTP/1.1\r\n\r\n"),
              "HTTP/1.1 431 Request Header Fields Too Large");
}

TEST(Session, DoesNotWaitForeverForTheRestOfARequest) {
    Door door{routes(), hasty()};
    for (const auto* beginning :
         {"GET /v1/he", "GET /v1/hello HTTP/1.1\r\nHost:",
          "POST /v1/echo HTTP/1.1\r\nContent-Length: 10\r\n\r\nhalf",
          "POST /v1/echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nha"}) {
        auto client = door.connect();
        client.say(beginning);
        EXPECT_EQ(status(client.hear_all()), "HTTP/1.1 408 Request Timeout") << beginning;
    }
    auto idle = door.connect();
    EXPECT_EQ(idle.hear_all(), "");
}

TEST(Session, AnswersARequestThatStopsHalfWay) {
    Door door{routes()};
    for (const auto* beginning :
         {"GET /v1/he", "POST /v1/echo HTTP/1.1\r\nContent-Length: 10\r\n\r\nhalf"}) {
        EXPECT_EQ(status_of(door, beginning), "HTTP/1.1 400 Bad Request") << beginning;
    }
}

TEST(Session, DropsAClientThatReadsNothing) {
    const std::string large(8U << 20, 'x');
    Door door{{{"GET", "/large", Access::kRead, [&](const Request&) { return text(large); }}},
              hasty()};
    auto client = door.connect();
    client.say("GET /large HTTP/1.1\r\n\r\n");
    // What the socket had room for comes, and then the end.
    std::this_thread::sleep_for(400ms);
    EXPECT_LT(client.hear_all().size(), large.size());
}

TEST(Session, WantsTheRightKindOfContent) {
    Door door{routes()};
    const auto with = [&](std::string_view path, std::string_view type) {
        return status_of(door, post(path, "{}", fmt::format("Content-Type: {}\r\n", type)));
    };
    EXPECT_EQ(with("/v1/echo", "application/json"), "HTTP/1.1 200 OK");
    EXPECT_EQ(with("/v1/echo", "Application/JSON; charset=utf-8"), "HTTP/1.1 200 OK");
    EXPECT_EQ(with("/v1/echo", "text/plain"), "HTTP/1.1 415 Unsupported Media Type");
    EXPECT_EQ(with("/v1/text", "text/plain"), "HTTP/1.1 200 OK");
    EXPECT_EQ(with("/v1/text", "application/json"), "HTTP/1.1 415 Unsupported Media Type");
    EXPECT_EQ(status_of(door, post("/v1/echo", "{}")), "HTTP/1.1 200 OK");
}

TEST(Session, KnowsWhoMayWhat) {
    Door door{routes()};
    const auto as = [&](Peer peer, std::string_view request) {
        auto client = door.connect(peer);
        client.say(request);
        client.shut_for_writing();
        return status(client.hear_all());
    };
    const std::string get = "GET /v1/hello HTTP/1.1\r\n\r\n";
    EXPECT_EQ(as({true, false}, get), "HTTP/1.1 200 OK");
    EXPECT_EQ(as({true, false}, post("/v1/echo", "{}")), "HTTP/1.1 403 Forbidden");
    EXPECT_EQ(as({false, false}, get), "HTTP/1.1 403 Forbidden");
}

TEST(Session, KeepsShortRequestsGoingBesideLongOnes) {
    std::atomic<bool> go = false;
    const auto wait = [&](const Request&) {
        while (!go) std::this_thread::sleep_for(1ms);
        return text("long");
    };
    auto all = routes();
    all.push_back({"GET", "/long", Access::kRead, wait, Lane::kLong});
    Door door{std::move(all)};
    std::vector<Client> waiting;
    for (int i = 0; i < 20; ++i) {
        waiting.push_back(door.connect());
        waiting.back().say("GET /long HTTP/1.1\r\n\r\n");
    }
    EXPECT_EQ(status_of(door, "GET /v1/hello HTTP/1.1\r\n\r\n"), "HTTP/1.1 200 OK");
    go = true;
    for (auto& client : waiting) {
        EXPECT_NE(client.hear_until("long").find("200 OK"), std::string::npos);
    }
}

TEST(Session, HasNoPlaceForMoreThanItsLimits) {
    Limits limits;
    limits.connections = 20;
    limits.per_user = 5;
    limits.users = 8;
    limits.grace = 1h;
    Door door{routes(), limits};
    std::vector<Client> kept;
    const auto fill = [&](unsigned user) {
        int count = 0;
        for (int i = 0; i < 30; ++i) {
            if (auto client = door.try_connect(user)) {
                kept.push_back(*std::move(client));
                ++count;
            }
        }
        return count;
    };
    EXPECT_EQ(fill(1000), 5);
    EXPECT_EQ(fill(1001), 3);
    EXPECT_EQ(fill(1002), 0);
    EXPECT_EQ(fill(0), 12);
}

TEST(Session, LetsTheOneThatWasIdleForLongestGo) {
    Limits limits;
    limits.connections = 2;
    limits.grace = 0ms;
    Door door{routes(), limits};
    auto first = door.connect(), second = door.connect();
    auto third = door.try_connect();
    ASSERT_TRUE(third);
    EXPECT_EQ(first.hear_all(), "");
    third->say("GET /v1/hello HTTP/1.1\r\n\r\n");
    third->hear_until("hello");
    second.say("GET /v1/hello HTTP/1.1\r\n\r\n");
    second.hear_until("hello");
}

}  // namespace
}  // namespace zeroth::daemon::http
