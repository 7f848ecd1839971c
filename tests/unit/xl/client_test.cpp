// SPDX-License-Identifier: Apache-2.0
#include "xl/client.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "tests/unit/xl/fake_xld.hpp"
#include "xl/json_lines.hpp"
#include "xl/output.hpp"

namespace zeroth::xl {
namespace {

using namespace testing;

TEST(XlClient, KeepsItsConnection) {
    FakeXld xld;
    xld.answer("GET /a", "one");
    xld.answer("GET /b", std::string(100000, 'x'));
    Client client{xld.socket()};
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(client.call({.target = "/a", .body = {}})->body, "one");
        EXPECT_EQ(client.call({.target = "/b", .body = {}})->body.size(), 100000U);
    }
    EXPECT_EQ(xld.connections(), 1);
}

TEST(XlClient, ConnectsAgainWhenXldClosesAfterAnAnswer) {
    FakeXld xld;
    xld.answer_raw("GET /a", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nto the end");
    Client client{xld.socket()};
    EXPECT_EQ(client.call({.target = "/a", .body = {}})->body, "to the end");
    EXPECT_EQ(client.call({.target = "/a", .body = {}})->body, "to the end");
    EXPECT_EQ(xld.connections(), 2);
}

TEST(XlClient, HandsOverAStreamAsItComes) {
    FakeXld xld;
    xld.answer_raw("GET /s",
                   "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                   "5\r\nfirst\r\n6\r\nsecond\r\n0\r\n\r\n");
    Client client{xld.socket()};
    std::string all;
    const auto reply =
        client.stream({.target = "/s", .body = {}}, [&](std::string_view piece) -> Result<> {
            all += piece;
            return {};
        });
    ASSERT_TRUE(reply) << reply.error().text();
    EXPECT_EQ(all, "firstsecond");
    EXPECT_EQ(reply->body, "");
}

TEST(XlClient, ABadStatusKeepsItsBodyAwayFromTheStream) {
    FakeXld xld;
    xld.answer("GET /s", "why", 500);
    Client client{xld.socket()};
    const auto reply =
        client.stream({.target = "/s", .body = {}}, [&](std::string_view) -> Result<> {
            ADD_FAILURE();
            return {};
        });
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 500U);
    EXPECT_EQ(reply->body, "why");
}

TEST(XlClient, BrokenAnswersAreNamed) {
    const std::pair<const char*, const char*> rows[] = {
        {"", "xl: xld closed the connection before its answer was complete\n"},
        {"HTTP/1.1 200 OK\r\nContent-Le",
         "xl: xld closed the connection before its answer was complete\n"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[]",
         "xl: xld closed the connection before its answer was complete\n"},
        {"SSH-2.0-OpenSSH_9.2\r\n\r\n", "xl: what answers is not xld: bad version\n"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[}",
         "xl: xld's answer: not JSON: syntax error at byte 1\n"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "xl: xld's answer: expected an array\n"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n[{}]",
         "xl: xld's answer: [0].domid: missing\n"},
        {"HTTP/1.1 500 No\r\nContent-Length: 3\r\n\r\nwhy",
         "xl: xld answered with HTTP status 500 and no description of the problem\n"},
    };
    for (const auto& [bytes, err] : rows) {
        FakeXld xld;
        xld.answer_raw("GET /v1/domains", bytes);
        const auto outcome = run({"list"}, xld);
        EXPECT_EQ(outcome.err, err) << bytes;
        EXPECT_EQ(outcome.out, "");
        EXPECT_EQ(outcome.status, 1);
    }
}

TEST(XlClient, SocketsThatNobodyServesAreNamed) {
    const auto missing = run({"list"});
    EXPECT_EQ(missing.status, 1);
    EXPECT_EQ(missing.err,
              "xl: xld is not running (no answer on /nonexistent/xld.sock): start it with `xld &` "
              "or /etc/init.d/xencommons start\n");
    EXPECT_TRUE(run({"list"}, std::string(200, 'x')).err.find("cannot be the path") !=
                std::string::npos);
    // A socket whose server died, and a file that is none.
    FakeXld dead;
    const std::string left = dead.folder() + "/left.sock";
    {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, left.c_str(), left.size() + 1);
        const UniqueFd fd{::socket(AF_UNIX, SOCK_STREAM, 0)};
        ASSERT_EQ(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    }
    EXPECT_NE(run({"list"}, left).err.find("xld is not running"), std::string::npos);
}

TEST(XlClient, PatienceEnds) {
    FakeXld xld;
    // The header promises a body that never comes, on a connection that stays open.
    xld.answer("GET /slow", "");
    Client client{xld.socket()};
    ASSERT_TRUE(client.call({.target = "/slow", .body = {}}));
    const UniqueFd silent{::socket(AF_UNIX, SOCK_STREAM, 0)};
    const std::string path = xld.folder() + "/silent.sock";
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    ASSERT_EQ(::bind(silent.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    ASSERT_EQ(::listen(silent.get(), 1), 0);
    Client waiting{path};
    const auto reply =
        waiting.call({.target = "/", .body = {}, .patience = std::chrono::seconds{1}});
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().text(), "xld did not answer for 1 seconds");
}

TEST(XlClient, EscapesWhatAPathCannotHold) {
    EXPECT_EQ(escape("g1-_.~"), "g1-_.~");
    EXPECT_EQ(escape("a/b?c#d %"), "a%2Fb%3Fc%23d%20%25");
    EXPECT_EQ(escape("\r\n\xff"), "%0D%0A%FF");
}

TEST(XlJsonLines, LinesComeWholeFromAnyPieces) {
    const std::string text = "{\"a\":1}\n\r\n{\"b\":\"x\\ny\"}\n[3]\n";
    for (std::size_t size = 1; size <= text.size(); ++size) {
        JsonLines lines;
        int count = 0;
        for (std::size_t at = 0; at < text.size(); at += size) {
            const auto fed = lines.feed(std::string_view{text}.substr(at, size),
                                        [&](const boost::json::value&) -> Result<> {
                                            ++count;
                                            return {};
                                        });
            ASSERT_TRUE(fed) << fed.error().text();
        }
        EXPECT_EQ(count, 3) << size;
    }
}

TEST(XlOutput, AFailedWriteIsRemembered) {
    const UniqueFd full{::open("/dev/full", O_WRONLY | O_CLOEXEC)};
    ASSERT_TRUE(full);
    Output out{full.get(), Output::Mode::kWhole};
    EXPECT_TRUE(out.flush());
    out.write("text");
    ASSERT_FALSE(out.flush());
    EXPECT_EQ(out.flush().error().text(), "cannot write the output: No space left on device");
}

}  // namespace
}  // namespace zeroth::xl
