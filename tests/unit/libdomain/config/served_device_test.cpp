// SPDX-License-Identifier: Apache-2.0
#include "libdomain/config/served_device.hpp"

#include <gtest/gtest.h>

#include "tests/unit/libdomain/config/helpers.hpp"

namespace zeroth::config {
namespace {

std::optional<ServedDevice> served_of(const OtherDevice& device) {
    return parse_served(device).device;
}

using Values = ServedDevice::Values;

ServedDevice served(const char* key, const char* text) {
    return served_of({key, text}).value_or(ServedDevice{});
}

TEST(ServedDevice, AKeyboardOfLinuxHasAnId) {
    const auto device =
        served("vkb", "backend-type=linux,unique-id=kbd0,feature-abs-pointer=1,width=1920");
    EXPECT_EQ(device.kind, "vinput");
    EXPECT_EQ(device.back,
              (Values{{"unique-id", "kbd0"}, {"feature-abs-pointer", "1"}, {"width", "1920"}}));
    EXPECT_EQ(served("vkb", "backend-type=qemu").kind, "vkbd");
    EXPECT_EQ(served("vkb", "backend-type=qemu").by, ServedDevice::By::kQemu);
    for (const char* bad : {"", "backend-type=linux", "backend-type=x", "backend-type=qemu,depth=1",
                            "backend-type=qemu,width=wide"})
        EXPECT_EQ(served_of({"vkb", bad}), std::nullopt) << bad;
}

TEST(ServedDevice, ADisplayHasConnectors) {
    const auto device = served("vdispl", "be-alloc=1,connectors=a:1920x1080;b:800x600,backend=gpu");
    EXPECT_EQ(device.read_only, (Values{{"be-alloc", "1"},
                                        {"0/resolution", "1920x1080"},
                                        {"0/unique-id", "a"},
                                        {"1/resolution", "800x600"},
                                        {"1/unique-id", "b"}}));
    EXPECT_EQ(device.backend, "gpu");
    for (const char* bad : {"", "connectors=a", "connectors=a:0x1", "connectors=:1x1",
                            "connectors=a:1x1;;", "connectors=a:x"})
        EXPECT_EQ(served_of({"vdispl", bad}), std::nullopt) << bad;
}

TEST(ServedDevice, AFileSystemIsServedByOneOfTwoPrograms) {
    const auto ours = served("p9", "type=xen_9pfsd,security_model=none,max-files=5");
    EXPECT_EQ(ours.kind, "xen_9pfs");
    EXPECT_EQ(ours.front, (Values{{"tag", "Xen"}}));
    EXPECT_EQ(ours.back, (Values{{"path", ""},
                                 {"security_model", "none"},
                                 {"max-space", "0"},
                                 {"max-files", "5"},
                                 {"max-open-files", "0"},
                                 {"auto-delete", "0"}}));
    EXPECT_EQ(served("p9", "tag=a,path=/srv,security_model=none").kind, "9pfs");
    for (const char* bad :
         {"tag=a,path=/srv", "path=/srv,security_model=none", "type=x,security_model=none",
          "tag=a,path=/srv,security_model=none,max-files=1"})
        EXPECT_EQ(served_of({"p9", bad}), std::nullopt) << bad;
}

TEST(ServedDevice, ASoundCardIsAListFlatOrNested) {
    const Values expected{{"short-name", "Main"}, {"sample-rates", "8000,44100"},
                          {"0/name", "first"},    {"0/0/unique-id", "0"},
                          {"0/0/type", "p"},      {"0/1/unique-id", "1"},
                          {"0/1/type", "c"},      {"0/1/channels-max", "2"},
                          {"1/name", "second"},   {"1/0/unique-id", "2"},
                          {"1/0/type", "p"},      {"1/0/sample-formats", "s8,u8"}};
    EXPECT_EQ(
        served("vsnd",
               "[ \"CARD, short-name=Main, sample-rates=8000;44100\", \"pcm, name=first\", "
               "\"stream, unique-id=0, type=p\", \"stream, unique-id=1, type=C, channels-max=2\", "
               "\"PCM, name=second\", \"stream, unique-id=2, type=P, sample-formats=s8;u8\" ]")
            .front,
        expected);
    EXPECT_TRUE(
        served_of({"vsnd", "[ \"card\", [ \"pcm\", [ \"stream, unique-id=a, type=p\" ] ] ]"}));
    for (const char* bad :
         {"[]", "[ \"card\" ]", "[ \"pcm, name=a\" ]",
          "[ \"card\", \"stream, unique-id=a, type=p\" ]", "[ \"card\", \"card\", \"pcm\" ]",
          "[ \"card\", \"pcm\", \"stream, type=p\" ]", "[ \"card, sample-formats=mp3\", \"pcm\" ]",
          "[ \"card, buffer-size=1;2\", \"pcm\" ]", "[ \"name=a\", \"pcm\" ]", "card", ""})
        EXPECT_EQ(served_of({"vsnd", bad}), std::nullopt) << bad;
}

TEST(ServedDevice, WhatIsWrongIsSaidWhereItStands) {
    EXPECT_EQ(summary(parse_with("vkb = [ 'backend-type=mouse' ]")),
              "error 4:23+5 vkb: `mouse` is no backend-type\n");
}

}  // namespace
}  // namespace zeroth::config
