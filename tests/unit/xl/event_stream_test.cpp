// SPDX-License-Identifier: Apache-2.0
#include "xl/event_stream.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace zeroth::xl {
namespace {

constexpr std::string_view kText =
    ": behind this\nid: 4\n\n"
    "id: 5\nevent: domain.created\ndata: {\"a\":1}\n\n"
    "data: one\ndata:two\n\n"
    "id: 9\n\n"
    "id: 10\nevent: cut\ndata: sho";

TEST(EventStream, GivesTheSameForAnySplit) {
    for (std::size_t size = 1; size <= kText.size(); ++size) {
        EventStream stream;
        std::vector<std::string> seen;
        for (std::size_t at = 0; at < kText.size(); at += size) {
            const auto fed =
                stream.feed(kText.substr(at, size), [&](const auto& message) -> Result<> {
                    seen.push_back(message.name + "|" + message.data);
                    return {};
                });
            ASSERT_TRUE(fed);
        }
        EXPECT_EQ(seen, (std::vector<std::string>{"domain.created|{\"a\":1}", "|one\ntwo"}))
            << size;
        EXPECT_EQ(stream.last_id(), "9");
    }
}

TEST(EventStream, ForgetsWhatWasCutShort) {
    EventStream stream;
    std::string seen;
    const auto note = [&](const EventStream::Message& message) -> Result<> {
        seen += message.data;
        return {};
    };
    ASSERT_TRUE(stream.feed(kText, [](const auto&) -> Result<> { return {}; }));
    stream.cut();
    ASSERT_TRUE(stream.feed("data: new\n\n", note));
    EXPECT_EQ(seen, "new");
    EXPECT_EQ(stream.last_id(), "9");
}

TEST(EventStream, StopsAtAnErrorAndAtALineWithoutEnd) {
    EventStream stream;
    EXPECT_FALSE(
        stream.feed("data: x\n\n", [](const auto&) -> Result<> { return fail("no more"); }));
    EventStream endless;
    EXPECT_FALSE(
        endless.feed(std::string(2U << 20, 'x'), [](const auto&) -> Result<> { return {}; }));
}

}  // namespace
}  // namespace zeroth::xl
