// SPDX-License-Identifier: Apache-2.0
#include "xenstore/tree/words.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace zeroth::xenstored {
namespace {

constexpr std::size_t kLongest = 40;

/// Ends where its memory does, so that a sanitizer sees who reads on.
std::vector<char> exactly(const std::string& text) { return {text.begin(), text.end()}; }
std::string_view view(const std::vector<char>& text) { return {text.data(), text.size()}; }

std::string of_size(std::size_t size) {
    std::string text;
    while (text.size() < size) text += static_cast<char>('a' + text.size() % 23);
    return text;
}

TEST(Words, TellsTextsApartByEachByteAndTheirLength) {
    for (std::size_t size = 0; size <= kLongest; ++size) {
        const auto text = of_size(size);
        const auto a = exactly(text), b = exactly(text);
        EXPECT_TRUE(same_text(view(a), view(b))) << size;
        EXPECT_EQ(hash_of_text(view(a)), hash_of_text(view(b))) << size;
        EXPECT_FALSE(same_text(view(a), view(exactly(text + '\0')))) << size;
        EXPECT_NE(hash_of_text(view(a)), hash_of_text(view(exactly(text + '\0')))) << size;
        for (std::size_t at = 0; at < size; ++at) {
            auto other = b;
            other[at] = '\x80';
            EXPECT_FALSE(same_text(view(a), view(other))) << size << ' ' << at;
            EXPECT_NE(hash_of_text(view(a)), hash_of_text(view(other))) << size << ' ' << at;
        }
    }
}

TEST(Words, FindsTheFirstSlash) {
    for (std::size_t size = 0; size <= kLongest; ++size) {
        auto text = of_size(size);
        EXPECT_EQ(place_in(view(exactly(text)), '/'), size);
        for (std::size_t at = size; at-- > 0;) {
            // The bytes beside '/' in the table, and what differs from it in the top bit alone.
            text[at] = '.';
            EXPECT_EQ(place_in(view(exactly(text)), '/'), std::min(text.find('/'), size));
            text[at] = '0';
            EXPECT_EQ(place_in(view(exactly(text)), '/'), std::min(text.find('/'), size));
            text[at] = '\xAF';
            EXPECT_EQ(place_in(view(exactly(text)), '/'), std::min(text.find('/'), size));
            text[at] = '/';
            EXPECT_EQ(place_in(view(exactly(text)), '/'), at) << size;
        }
    }
}

TEST(Words, SpreadsTheHashesOfNamesOverAllBits) {
    std::set<std::size_t> low, high;
    for (int i = 0; i < 64; ++i) {
        const auto hash = hash_of_text(std::to_string(i));
        low.insert(hash & 63);
        high.insert(hash >> (sizeof hash * 8 - 6));
    }
    // Of 64 thrown at random into 64, some 40 places are taken.
    EXPECT_GT(low.size(), 30U);
    EXPECT_GT(high.size(), 30U);
}

}  // namespace
}  // namespace zeroth::xenstored
