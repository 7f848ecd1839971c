// SPDX-License-Identifier: Apache-2.0
#include "libdomain/console/frames.hpp"

#include <gtest/gtest.h>

#include <string>

namespace zeroth::console {
namespace {

TEST(Frames, AnySplitOfTheStreamGivesTheSame) {
    std::string stream;
    append_frame(stream, FrameKind::kOutput, "hello");
    append_frame(stream, FrameKind::kTakePen, {});
    append_frame(stream, FrameKind::kNotice, std::string("\0\xFF", 2));
    for (std::size_t size = 1; size <= stream.size(); ++size) {
        FrameReader reader;
        std::string seen;
        for (std::size_t at = 0; at < stream.size(); at += size) {
            reader.feed(std::string_view{stream}.substr(at, size));
            for (;;) {
                const auto frame = reader.next();
                ASSERT_TRUE(frame);
                if (!*frame) break;
                seen += static_cast<char>((*frame)->kind) + (*frame)->payload + '|';
            }
        }
        EXPECT_EQ(seen, std::string("Ohello|T|N\0\xFF|", 13)) << size;
    }
}

TEST(Frames, ALongPayloadBecomesSeveral) {
    std::string stream;
    append_frame(stream, FrameKind::kInput, std::string(100'000, 'x'));
    FrameReader reader;
    reader.feed(stream);
    std::size_t total = 0, count = 0;
    for (auto frame = reader.next(); frame && *frame; frame = reader.next()) {
        total += (*frame)->payload.size();
        ++count;
    }
    EXPECT_EQ(total, 100'000U);
    EXPECT_EQ(count, 2U);
}

TEST(Frames, WhatIsNoFrameIsRefused) {
    FrameReader reader;
    reader.feed("GET / HTTP/1.1");
    const auto frame = reader.next();
    ASSERT_FALSE(frame);
    EXPECT_TRUE(frame.error().is(EPROTO));
}

}  // namespace
}  // namespace zeroth::console
