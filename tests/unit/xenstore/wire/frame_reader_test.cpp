// SPDX-License-Identifier: Apache-2.0
#include "xenstore/wire/frame_reader.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace zeroth::xs {
namespace {

using namespace std::string_view_literals;

const std::vector<Message> kMessages{
    {MessageType::kRead, 1, 0, std::string{"/local/domain/0/name\0"sv}},
    {MessageType::kWrite, 2, 7, std::string{"/a\0value"sv}},
    {MessageType::kTransactionEnd, 3, 7, std::string{"T\0"sv}},
    {MessageType::kWatchEvent, 0, 0, ""},
};

std::string all_bytes() {
    std::string bytes;
    for (const auto& message : kMessages) encode(message, bytes);
    return bytes;
}

std::vector<Message> drain(FrameReader& reader) {
    std::vector<Message> out;
    for (;;) {
        auto message = reader.next();
        EXPECT_TRUE(message);
        if (!message || !*message) return out;
        out.push_back(**std::move(message));
    }
}

TEST(Message, HasTheHeaderOfXsWire) {
    std::string bytes;
    encode(kMessages[1], bytes);
    EXPECT_EQ(bytes, "\x0b\0\0\0\x02\0\0\0\x07\0\0\0\x08\0\0\0/a\0value"sv);
}

TEST(FrameReader, GivesTheSameMessagesForEverySplit) {
    const std::string bytes = all_bytes();
    for (std::size_t split = 0; split <= bytes.size(); ++split) {
        FrameReader reader;
        reader.feed(std::string_view{bytes}.substr(0, split));
        auto messages = drain(reader);
        reader.feed(std::string_view{bytes}.substr(split));
        for (auto& message : drain(reader)) messages.push_back(std::move(message));
        EXPECT_EQ(messages, kMessages) << "split at " << split;
    }
}

TEST(FrameReader, GivesTheSameMessagesOneByteAtATime) {
    FrameReader reader;
    std::vector<Message> messages;
    for (const char byte : all_bytes()) {
        reader.feed({&byte, 1});
        for (auto& message : drain(reader)) messages.push_back(std::move(message));
    }
    EXPECT_EQ(messages, kMessages);
}

TEST(FrameReader, TakesTheLongestPayloadAndNoLonger) {
    FrameReader reader;
    std::string bytes;
    encode({MessageType::kRead, 1, 0, std::string(kMaxPayload, 'x')}, bytes);
    reader.feed(bytes);
    EXPECT_EQ(drain(reader).size(), 1U);
    reader.feed("\x02\0\0\0\x01\0\0\0\0\0\0\0\x01\x10\0\0"sv);  // length 4097
    const auto broken = reader.next();
    ASSERT_FALSE(broken);
    EXPECT_TRUE(broken.error().is(EPROTO));
}

TEST(ErrnoOf, KnowsTheProtocolsNames) {
    EXPECT_EQ(errno_of("EAGAIN"), EAGAIN);
    EXPECT_EQ(errno_of("nonsense"), EIO);
}

}  // namespace
}  // namespace zeroth::xs
