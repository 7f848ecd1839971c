// SPDX-License-Identifier: Apache-2.0
#include "xenstore/server/change_codec.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

namespace zeroth::xenstored {
namespace {

using namespace std::string_view_literals;

constexpr DomainId kFive{5};
constexpr std::array kPermissions{Permission{kFive, Access::kNone},
                                  Permission{DomainId{0x1234}, Access::kBoth}};

struct Row {
    Change change;
    std::string_view bytes;
};
/// The journal's format: what is here is read by later versions.
const std::array kRows{
    Row{WriteNode{"/a", "v\0w"sv, std::nullopt}, "\x01\x02\0\0\0/a\x03\0\0\0v\0w\0"sv},
    Row{WriteNode{"/a", "", kFive}, "\x01\x02\0\0\0/a\0\0\0\0\x01\x05\0"sv},
    Row{SetNodePermissions{"/", kPermissions}, "\x02\x01\0\0\0/\x02\0\0\0\x05\0\x00\x34\x12\x03"sv},
    Row{RemoveNode{"/a"}, "\x03\x02\0\0\0/a"sv},
    Row{IntroduceDomain{kFive, GuestFrame{0x0102030405}, Port{7}},
        "\x04\x05\0\x05\x04\x03\x02\x01\0\0\0\x07\0\0\0"sv},
    Row{ForgetDomain{kFive}, "\x05\x05\0"sv},
    Row{SetDomainTarget{kFive, DomainId{6}}, "\x06\x05\0\x06\0"sv},
    Row{SetDomainFeatures{kFive, 3}, "\x07\x05\0\x03\0\0\0"sv},
    Row{SetQuotaLimit{std::nullopt, "nodes", 9}, "\x08\0\x05\0\0\0nodes\x09\0\0\0"sv},
    Row{SetQuotaLimit{kFive, "nodes", 9}, "\x08\x01\x05\0\x05\0\0\0nodes\x09\0\0\0"sv},
    Row{AddWatch{kFive, "/a", "t", std::nullopt}, "\x09\x05\0\x02\0\0\0/a\x01\0\0\0t\0"sv},
    Row{AddWatch{kFive, "/a", "t", 2}, "\x09\x05\0\x02\0\0\0/a\x01\0\0\0t\x01\x02\0\0\0"sv},
    Row{RemoveWatch{kFive, "/a", "t"}, "\x0a\x05\0\x02\0\0\0/a\x01\0\0\0t"sv},
    Row{OpenTransaction{kFive, 8}, "\x0b\x05\0\x08\0\0\0"sv},
    Row{CloseTransaction{kFive, 8}, "\x0c\x05\0\x08\0\0\0"sv},
    Row{ResetConnection{kFive}, "\x0d\x05\0"sv},
    Row{RingInput{kFive, 0xfffffffe, "part"}, "\x0e\x05\0\xfe\xff\xff\xff\x04\0\0\0part"sv},
    Row{RingOutput{kFive, "out"}, "\x0f\x05\0\x03\0\0\0out"sv},
    Row{RingOutputStart{kFive, 4}, "\x10\x05\0\x04\0\0\0"sv},
};

std::string encoded(const Change& change) {
    std::string out;
    encode(change, out);
    return out;
}

ChangeReader reader_of(std::string_view bytes) {
    return ChangeReader{std::as_bytes(std::span{bytes})};
}

TEST(ChangeCodec, HasTheBytesOfEveryKind) {
    std::vector<bool> seen(std::variant_size_v<Change>);
    for (const Row& row : kRows) {
        EXPECT_EQ(encoded(row.change), row.bytes) << row.change.index();
        seen[row.change.index()] = true;
    }
    EXPECT_EQ(std::ranges::count(seen, true), std::ssize(seen));
}

TEST(ChangeCodec, ReadsWhatItWrote) {
    std::string all;
    for (const Row& row : kRows) all += row.bytes;
    auto reader = reader_of(all);
    for (const Row& row : kRows) {
        const auto change = reader.next();
        ASSERT_TRUE(change && *change) << row.change.index();
        EXPECT_EQ((*change)->index(), row.change.index());
        EXPECT_EQ(encoded(**change), row.bytes);
    }
    const auto end = reader.next();
    EXPECT_TRUE(end && !*end);
}

TEST(ChangeCodec, RefusesAChangeThatIsCutShort) {
    for (const Row& row : kRows) {
        for (std::size_t size = 1; size < row.bytes.size(); ++size) {
            auto reader = reader_of(row.bytes.substr(0, size));
            EXPECT_FALSE(reader.next()) << row.change.index() << " at " << size;
            EXPECT_FALSE(reader.next()) << "an error is the end";
        }
    }
}

TEST(ChangeCodec, RefusesWhatCannotHaveBeenWritten) {
    const std::array kBad{
        "\0"sv,                                       // no kind
        "\x11\x05\0"sv,                               // one too many
        "\xff"sv,                                     //
        "\x01\xff\xff\xff\xff/a\0\0\0\0\0"sv,         // a path longer than there is
        "\x01\x02\0\0\0/a\xff\xff\xff\x7f\0"sv,       // a value, too
        "\x01\x02\0\0\0/a\0\0\0\0\x02\x05\0"sv,       // an owner neither there nor not
        "\x02\x01\0\0\0/\xff\xff\xff\xff\x05\0\0"sv,  // more permissions than there are
        "\x02\x01\0\0\0/\x01\0\0\0\x05\0\x04"sv,      // an access that is none
    };
    for (const auto bytes : kBad) EXPECT_FALSE(reader_of(bytes).next()) << bytes;
}

TEST(ChangeCodec, SaysWhereAChangeIsNotWhole) {
    auto reader = reader_of("\x05\x05\0\x05\x05"sv);
    ASSERT_TRUE(reader.next());
    const auto bad = reader.next();
    ASSERT_FALSE(bad);
    EXPECT_EQ(bad.error().text(), "a change of kind 5 is not whole, at byte 3");
}

}  // namespace
}  // namespace zeroth::xenstored
