// SPDX-License-Identifier: Apache-2.0
#include "xenstore/daemon/clients.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cstdlib>
#include <filesystem>

#include "tests/unit/xenstore/daemon/guest.hpp"
#include "xenstore/daemon/hosts.hpp"
#include "xenstore/daemon/listener.hpp"
#include "xenstore/daemon/server.hpp"

namespace zeroth::xenstored {
namespace {

using xs::MessageType;
using namespace std::string_literals;

class Folder {
public:
    Folder() {
        if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error{"mkdtemp"};
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    std::string file(const std::string& name) const { return path_ + '/' + name; }

private:
    std::string path_ = "/tmp/zeroth-test-XXXXXX";
};

UniqueFd connect_to(const std::string& path) {
    UniqueFd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0)};
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, path.size());
    const void* const generic = &address;
    EXPECT_EQ(::connect(fd.get(), static_cast<const sockaddr*>(generic), sizeof address), 0);
    return fd;
}

TEST(Listener, IsForItsOwnerAlone) {
    const Folder folder;
    const auto socket = listen_at(folder.file("s"));
    ASSERT_TRUE(socket.has_value());
    struct stat found {};
    ASSERT_EQ(::stat(folder.file("s").c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 07777U, 0600U);
}

TEST(Listener, ReplacesASocketThatNobodyListensOn) {
    const Folder folder;
    { const auto gone = listen_at(folder.file("s")); }
    EXPECT_TRUE(listen_at(folder.file("s")).has_value());
}

TEST(Listener, LeavesWhatIsInUse) {
    const Folder folder;
    const auto first = listen_at(folder.file("s"));
    ASSERT_TRUE(first.has_value());
    const auto second = listen_at(folder.file("s"));
    ASSERT_FALSE(second.has_value());
    EXPECT_TRUE(second.error().is(EADDRINUSE));
    connect_to(folder.file("s"));
}

TEST(Listener, LeavesAFileThatIsNoSocket) {
    const Folder folder;
    const UniqueFd file{::open(folder.file("s").c_str(), O_CREAT | O_WRONLY, 0600)};
    EXPECT_FALSE(listen_at(folder.file("s")).has_value());
    EXPECT_TRUE(std::filesystem::is_regular_file(folder.file("s")));
}

TEST(Listener, NeedsAPathThatFits) {
    EXPECT_FALSE(listen_at("").has_value());
    EXPECT_FALSE(listen_at("/tmp/" + std::string(200, 'x')).has_value());
    EXPECT_FALSE(listen_at("/nonexistent/folder/s").has_value());
}

class ClientsTest : public testing::Test {
protected:
    void turns(int count = 10) {
        for (int i = 0; i < count; ++i) {
            ASSERT_TRUE(loop->turn(0).has_value());
            clients->resume();
            for (const ConnectionId id : store.take_ready()) clients->flush(id);
            clients->finish();
        }
    }
    UniqueFd connect() {
        UniqueFd fd = connect_to(folder.file("s"));
        turns(1);
        return fd;
    }
    static void send(const UniqueFd& fd, std::string_view bytes) {
        ASSERT_EQ(::send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL), std::ssize(bytes));
    }
    static std::string receive(const UniqueFd& fd) {
        std::string all(1 << 20, '\0');
        const auto got = ::recv(fd.get(), all.data(), all.size(), 0);
        all.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        return all;
    }
    static bool closed(const UniqueFd& fd) {
        char byte = 0;
        return ::recv(fd.get(), &byte, 1, 0) == 0;
    }
    bool serves(const UniqueFd& fd) {
        send(fd, message(MessageType::kGetDomainPath, 5, "3\0"s));
        turns(2);
        return receive(fd) == message(MessageType::kGetDomainPath, 5, "/local/domain/3\0"s);
    }

    Folder folder;
    Trace trace;
    NoXen host;
    NoJournal journal;
    Store store{StoreOptions{}, host, journal};
    std::unique_ptr<EventLoop> loop = *EventLoop::create();
    std::unique_ptr<Clients> clients =
        *Clients::create(*loop, store, trace, *listen_at(folder.file("s")));
};

TEST_F(ClientsTest, AreAnsweredHoweverTheirBytesCome) {
    const auto fd = connect();
    const std::string request = message(MessageType::kGetDomainPath, 1, "7\0"s);
    const std::string reply = message(MessageType::kGetDomainPath, 1, "/local/domain/7\0"s);
    for (const char byte : request) {
        EXPECT_EQ(receive(fd), "");
        send(fd, {&byte, 1});
        turns(1);
    }
    EXPECT_EQ(receive(fd), reply);
    send(fd, request + request + request.substr(0, 17));
    turns(1);
    EXPECT_EQ(receive(fd), reply + reply);
    send(fd, request.substr(17));
    turns(1);
    EXPECT_EQ(receive(fd), reply);
}

TEST_F(ClientsTest, AreClosedAtALengthThatCannotBe) {
    const auto quiet = connect(), fd = connect();
    std::string bad = message(MessageType::kRead, 1, "/\0"s);
    bad[13] = 0x11;
    send(fd, message(MessageType::kGetDomainPath, 5, "3\0"s) + bad);
    turns();
    EXPECT_EQ(receive(fd), message(MessageType::kGetDomainPath, 5, "/local/domain/3\0"s))
        << "what was asked before is answered";
    EXPECT_TRUE(closed(fd));
    EXPECT_TRUE(serves(quiet));
}

TEST_F(ClientsTest, MayEndInTheMiddleOfARequest) {
    const auto quiet = connect();
    for (const std::size_t size : {1U, 15U, 16U, 17U}) {
        const auto fd = connect();
        send(fd, message(MessageType::kGetDomainPath, 5, "3\0"s).substr(0, size));
        turns(1);
    }
    turns();
    EXPECT_TRUE(serves(quiet));
}

TEST_F(ClientsTest, WhoDoNotReadAreNotReadFrom) {
    const auto quiet = connect(), fd = connect();
    send(fd, message(MessageType::kWrite, 1, "/tool/long\0"s + std::string(4000, 'x')));
    turns(2);
    receive(fd);
    std::string flood;
    for (int i = 0; i < 200; ++i) flood += message(MessageType::kRead, 2, "/tool/long\0"s);
    std::size_t asked = 0, got = 0;
    for (int i = 0; i < 2000; ++i) {
        const auto sent = ::send(fd.get(), flood.data(), flood.size(), MSG_NOSIGNAL);
        if (sent < 0) break;
        asked += static_cast<std::size_t>(sent);
        turns(1);
    }
    EXPECT_LT(asked, 16U << 20) << "the flood is not swallowed";
    EXPECT_TRUE(serves(quiet));
    // Once it reads, everything it asked for comes, and whole.
    std::string stream;
    std::size_t replies = 0;
    for (int empty = 0; empty < 5;) {
        turns(1);
        const std::string part = receive(fd);
        empty = part.empty() ? empty + 1 : 0;
        stream += part;
        got += part.size();
        for (const auto& reply : take_messages(stream))
            if (reply.payload.size() == 4000) ++replies;
    }
    const std::size_t request = message(MessageType::kRead, 2, "/tool/long\0"s).size();
    EXPECT_EQ(replies, asked / request);
    EXPECT_GT(got, 0U);
}

TEST_F(ClientsTest, WhoNeverReadTheirEventsAreClosed) {
    const auto quiet = connect(), fd = connect();
    for (int i = 0; i < 100; ++i) {
        send(fd, message(MessageType::kWatch, 1,
                         "/tool\0"s + std::string(1000, 'w') + std::to_string(i) + '\0'));
        turns(2);
    }
    bool cut = false;
    for (int i = 0; i < 20000 && !cut; ++i) {
        send(quiet, message(MessageType::kWrite, 1, "/tool/n" + std::to_string(i) + '\0'));
        turns(1);
        receive(quiet);
        // Its end shows at once, however much it has not read.
        pollfd end{fd.get(), 0, 0};
        cut = ::poll(&end, 1, 0) == 1 && (end.revents & POLLHUP) != 0;
    }
    EXPECT_TRUE(cut);
    EXPECT_TRUE(serves(quiet));
}

TEST_F(ClientsTest, AreNotKeptWaitingByOneWhoFloods) {
    const auto quiet = connect(), fd = connect();
    std::string flood;
    for (int i = 0; i < 2000; ++i) flood += message(MessageType::kGetDomainPath, 2, "3\0"s);
    for (int i = 0; i < 100; ++i) {
        [[maybe_unused]] const auto sent =
            ::send(fd.get(), flood.data(), flood.size(), MSG_NOSIGNAL);
        send(quiet, message(MessageType::kGetDomainPath, 5, "3\0"s));
        turns(1);
        EXPECT_NE(receive(quiet), "") << "in the same turn";
        receive(fd);
    }
}

TEST_F(ClientsTest, ShareATurnWhenManyFlood) {
    constexpr std::size_t kMany = 16;
    const auto request = message(MessageType::kGetDomainPath, 2, "3\0"s);
    const auto answer = message(MessageType::kGetDomainPath, 2, "/local/domain/3\0"s);
    std::string flood;
    for (int i = 0; i < 2000; ++i) flood += request;
    const auto alone = connect();
    send(alone, flood);
    turns(1);
    EXPECT_GT(receive(alone).size() / answer.size(), 400U) << "all of a turn";
    turns();
    receive(alone);

    std::vector<UniqueFd> many;
    for (std::size_t i = 0; i < kMany; ++i) many.push_back(connect());
    for (const auto& fd : many) send(fd, flood);
    turns(1);
    for (const auto& fd : many) receive(fd);
    turns(1);
    for (const auto& fd : many) {
        const auto answered = receive(fd).size() / answer.size();
        EXPECT_GT(answered, 40U);
        EXPECT_LT(answered, 70U);
    }
}

TEST_F(ClientsTest, WaitWhileThereAreNoDescriptors) {
    const auto first = connect();
    const auto newcomer = connect_to(folder.file("s"));
    rlimit limit{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
    const rlimit none{0, limit.rlim_max};
    // What UBSan makes of an object the first time takes descriptors: the error's words, here.
    EXPECT_EQ(Error(EMFILE, "open").text(), "open: Too many open files");
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
    turns(3);
    EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
    EXPECT_TRUE(clients->deadline().has_value());
    EXPECT_TRUE(serves(first));
    ASSERT_TRUE(loop->turn(clients->deadline()).has_value());
    turns(2);
    EXPECT_FALSE(clients->deadline().has_value());
    EXPECT_TRUE(serves(newcomer));
}

TEST_F(ClientsTest, CostNothingOnceTheyAreGone) {
    const auto before = connect();
    for (int i = 0; i < 500; ++i) connect();
    turns();
    EXPECT_TRUE(serves(before));
}

}  // namespace
}  // namespace zeroth::xenstored
