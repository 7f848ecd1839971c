// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/unit/libdomain/config/helpers.hpp"

namespace zeroth::config {
namespace {

Source overridden(std::string text, const std::vector<std::string>& words,
                  std::string name = "t.cfg") {
    return append_overrides(Source{.name = std::move(name), .text = std::move(text)}, words);
}

TEST(Overrides, WinWithoutANote) {
    for (const std::string end : {"", "\n", "#x", "\r\n"}) {
        const Source source = overridden("name='g'\nkernel='/k'\nmemory=64" + end,
                                         {"memory=128", "vcpus=2;extra='x'"});
        const Parsed parsed = parse(source, Form::kXl);
        ASSERT_TRUE(parsed.config) << render(source, parsed.diagnostics, Colour::kNo);
        EXPECT_TRUE(parsed.diagnostics.empty());
        EXPECT_EQ(parsed.config->memory, mib(128));
        EXPECT_EQ(parsed.config->vcpus, 2U);
        EXPECT_EQ(parsed.config->cmdline, "x");
    }
}

TEST(Overrides, MayBeAllThereIs) {
    const Source source = overridden("", {"name='g'", "kernel='/k'", "memory=1"});
    EXPECT_EQ(source.first_override, 1U);
    EXPECT_TRUE(parse(source, Form::kXl).config);
    EXPECT_EQ(overridden("x", {}).first_override, 0U);
}

TEST(Overrides, AddToWhatTheFileSays) {
    const Source source = overridden(std::string{kNeeded} + "extra='a'", {"extra += ' b'"});
    EXPECT_EQ(parse(source, Form::kXl).config.value().cmdline, "a b");
}

TEST(Overrides, AreBlamedOnTheCommandLine) {
    const Source source = overridden(std::string{kNeeded} + "frob = 1", {"vcpus=2", "memory=x"});
    const Parsed parsed = parse(source, Form::kXl);
    EXPECT_EQ(render(source, parsed.diagnostics, Colour::kNo),
              "t.cfg:4:1: warning: unknown key `frob`\n"
              "    4 | frob = 1\n"
              "      | ^~~~\n"
              "      = help: it is ignored\n"
              "<command line>:2:8: error: `memory` takes a number\n"
              "    2 | memory=x\n"
              "      |        ^\n");
}

TEST(Overrides, AreNotSwallowedByAnOpenList) {
    const Source source =
        overridden(std::string{kNeeded} + "vif = [ 'bridge=br0',\n", {"vcpus = 0"});
    EXPECT_EQ(summary(parse(source, Form::kXl)),
              "error 4:7+1 this list is never closed\n"
              "error 5:9+1 `vcpus` is 0: at least 1 vCPU\n");
}

TEST(Overrides, SpeakXlToTomlFilesToo) {
    const Source source = overridden("name='g'\nkernel='/k'\nmemory=64\n[[vif]]\nbridge='br0'",
                                     {"memory=0x80", "extra='x'"}, "t.toml");
    const Parsed parsed = parse(source, Form::kToml);
    ASSERT_TRUE(parsed.config) << summary(parsed);
    EXPECT_EQ(parsed.config->memory, mib(128));
    EXPECT_EQ(parsed.config->cmdline, "x");
    EXPECT_EQ(parsed.config->vif.at(0).bridge, "br0");
}

TEST(Overrides, AsTextAreALineEach) {
    EXPECT_EQ(append_overrides(std::string{"a=1"}, {"b=2", "c=3"}), "a=1\nb=2\nc=3\n");
    EXPECT_EQ(append_overrides(std::string{"a=1\n"}, {"b=2"}), "a=1\nb=2\n");
    EXPECT_EQ(append_overrides(std::string{"a=1"}, {}), "a=1");
}

TEST(Forms, AreToldByTheName) {
    EXPECT_EQ(form_of("guest.toml"), Form::kToml);
    EXPECT_EQ(form_of("/etc/xen/guest.cfg"), Form::kXl);
    EXPECT_EQ(form_of("toml"), Form::kXl);
}

}  // namespace
}  // namespace zeroth::config
