// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "daemon/settings/load.hpp"
#include "daemon/settings/reload.hpp"
#include "daemon/settings/table.hpp"
#include "tests/golden/golden.hpp"

namespace zeroth::daemon {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// What is printed about a text.
std::string told(const std::string& text, Settings* into = nullptr) {
    Settings settings;
    const config::Source source{"xld.toml", text};
    const auto diagnostics = read_settings(source, settings);
    if (into != nullptr) *into = settings;
    return config::render(source, diagnostics, config::Colour::kNo);
}

std::string words_told(const SettingWords& words, Settings& settings) {
    const auto source = source_of(words);
    return config::render(source, read_words(words, source, settings), config::Colour::kNo);
}

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

const std::filesystem::path kEtc = std::filesystem::path{ZEROTH_GOLDEN_DIR} / "../../etc";

TEST(Settings, AreReadFromToml) {
    Settings settings;
    EXPECT_EQ(told("socket = \"/tmp/x\"\nlog_level = 'debug' # loud\n", &settings), "");
    EXPECT_EQ(settings.socket, "/tmp/x");
    EXPECT_EQ(settings.log_level, log::Level::kDebug);
}

TEST(Settings, WhatIsWrongWithThemIsGolden) {
    zeroth::testing::expect_golden(
        "daemon/settings.txt",
        told("sokcet = \"/tmp/x\"\nlog_level = \"loud\"\nstate_dir = \"run\"\n"
             "group = [1]\nuserdata_dir = 3.5\n") +
            told("socket \"/tmp/x\"\n") + told(std::string(16, '\0')) +
            told("[socket]\npath = \"/tmp\"\n"));
}

TEST(Settings, WordsOfTheCommandLineWin) {
    Settings settings;
    EXPECT_EQ(told("log_level = \"error\"\n", &settings), "");
    EXPECT_EQ(words_told({{"log_level", "warning"}, {"state_dir", "here"}}, settings), "");
    EXPECT_EQ(settings.log_level, log::Level::kWarning);
    EXPECT_EQ(settings.state_dir, "here");
}

TEST(Settings, WrongWordsAreShownAsTheyWereTyped) {
    Settings settings;
    EXPECT_EQ(words_told({{"log_level", "loud"}}, settings),
              "<command line>:1:13: error: log_level is none of its words\n"
              "    1 | --log-level=loud\n"
              "      |             ^~~~\n"
              "      = help: one of error, warning, info, debug\n");
}

TEST(Settings, TheExampleHasEveryOneWithItsDefault) {
    std::string text = read_file(kEtc / "xen/xld.toml");
    Settings untouched;
    EXPECT_EQ(told(text, &untouched), "");
    for (std::size_t at = 0; (at = text.find("\n#", at)) != std::string::npos; ++at)
        if (text[at + 2] != ' ' && text[at + 2] != '\n') text.erase(at + 1, 1);
    Settings settings;
    EXPECT_EQ(told(text, &settings), "");
    for (const SettingRow& row : setting_rows()) {
        EXPECT_EQ(row.show(settings), row.show(Settings{})) << row.name;
        const auto key = row.name.substr(row.name.rfind('.') + 1);
        EXPECT_THAT(text, HasSubstr("\n" + std::string{key} + " = ")) << row.name;
    }
}

TEST(Settings, TheManPageHasEveryOne) {
    const std::string page = read_file(kEtc / "man/xld.toml.5.md");
    for (const SettingRow& row : setting_rows())
        EXPECT_THAT(page, HasSubstr("\n**" + std::string{row.name} + "** = ")) << row.name;
}

TEST(SettingsFile, MayLackUnlessItIsNamed) {
    SettingSources sources;
    sources.file = "/nonexistent/xld.toml";
    EXPECT_TRUE(load_settings(sources, config::Colour::kNo)->settings.has_value());
    sources.presence = SettingSources::File::kMustBe;
    EXPECT_EQ(load_settings(sources, config::Colour::kNo).error().text(),
              "read the settings in /nonexistent/xld.toml: No such file or directory");
}

TEST(SettingsFile, ThatIsAFolderIsAnError) {
    SettingSources sources;
    sources.file = "/";
    EXPECT_THAT(load_settings(sources, config::Colour::kNo).error().text(),
                HasSubstr("Is a directory"));
}

TEST(SettingsFile, WithErrorsGivesNoSettings) {
    SettingSources sources;
    sources.file = "/nonexistent";
    sources.words = {{"log_level", "loud"}};
    const auto loaded = load_settings(sources, config::Colour::kNo);
    ASSERT_TRUE(loaded);
    EXPECT_FALSE(loaded->settings.has_value());
    EXPECT_THAT(loaded->messages, HasSubstr("one of error"));
}

TEST(SettingsReload, TakesWhatCanChangeAndNamesTheRest) {
    Settings read;
    read.log_level = log::Level::kDebug;
    read.socket = "/other";
    const auto change = change_settings(Settings{}, read);
    EXPECT_THAT(change.taken, ElementsAre("log_level"));
    EXPECT_THAT(change.waiting, ElementsAre("socket"));
    EXPECT_EQ(change.settings.log_level, log::Level::kDebug);
    EXPECT_EQ(change.settings.socket, Settings{}.socket);
}

TEST(SettingsReload, OfTheSameChangesNothing) {
    const auto change = change_settings(Settings{}, Settings{});
    EXPECT_THAT(change.taken, IsEmpty());
    EXPECT_THAT(change.waiting, IsEmpty());
}

}  // namespace
}  // namespace zeroth::daemon
