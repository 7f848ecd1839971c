// SPDX-License-Identifier: Apache-2.0
#include "tests/golden/golden.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "libdomain/config/parse.hpp"

/// Configs beside what is said of them, and good ones beside the same in the other form.
namespace zeroth::config {
namespace {

using testing::expect_golden;
using testing::golden_dir;
using testing::read_file;

std::vector<std::filesystem::path> configs_in(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> out;
    for (const auto& entry : std::filesystem::directory_iterator{folder}) {
        const auto extension = entry.path().extension();
        if (extension == ".cfg" || extension == ".toml") out.push_back(entry.path());
    }
    std::sort(out.begin(), out.end());
    return out;
}

std::vector<std::filesystem::path> good_configs() {
    std::vector<std::filesystem::path> out = configs_in(golden_dir() / "config/good");
    const auto examples = configs_in(golden_dir() / "../../etc/examples");
    out.insert(out.end(), examples.begin(), examples.end());
    return out;
}

Source source_of(const std::filesystem::path& path) {
    return {.name = path.filename().string(), .text = read_file(path)};
}

std::string said_of(const Source& source, const Parsed& parsed) {
    return render(source, parsed.diagnostics, Colour::kNo) +
           (parsed.config ? "accepted\n" : "refused\n");
}

std::string name_of(const ::testing::TestParamInfo<std::filesystem::path>& info) {
    std::string name = info.param.filename().string();
    std::replace_if(
        name.begin(), name.end(), [](char c) { return std::isalnum(c) == 0; }, '_');
    return name;
}

class Diagnostics : public ::testing::TestWithParam<std::filesystem::path> {};

TEST_P(Diagnostics, AreAsWritten) {
    const Source source = source_of(GetParam());
    const Parsed parsed = parse(source, form_of(source.name));
    EXPECT_NE(parsed.config.has_value(), has_errors(parsed.diagnostics));
    expect_golden("config/diagnostics/" + source.name + ".txt", said_of(source, parsed));
}

INSTANTIATE_TEST_SUITE_P(Config, Diagnostics,
                         ::testing::ValuesIn(configs_in(golden_dir() / "config/diagnostics")),
                         name_of);

class Good : public ::testing::TestWithParam<std::filesystem::path> {};

TEST_P(Good, IsAccepted) {
    const Source source = source_of(GetParam());
    const Parsed parsed = parse(source, form_of(source.name));
    ASSERT_TRUE(parsed.config) << said_of(source, parsed);
    expect_golden("config/good/" + source.name + ".txt", said_of(source, parsed));
}

TEST_P(Good, ReadsTheSameInBothForms) {
    const Source source = source_of(GetParam());
    const Parsed parsed = parse(source, form_of(source.name));
    ASSERT_TRUE(parsed.config) << said_of(source, parsed);
    const Source xl{.name = "written.cfg", .text = to_xl(*parsed.config)};
    const Source toml{.name = "written.toml", .text = to_toml(*parsed.config)};
    const Parsed again = parse(xl, Form::kXl), from_toml = parse(toml, Form::kToml);
    ASSERT_TRUE(again.config) << said_of(xl, again) << xl.text;
    ASSERT_TRUE(from_toml.config) << said_of(toml, from_toml) << toml.text;
    EXPECT_TRUE(*again.config == *parsed.config) << xl.text;
    EXPECT_TRUE(*from_toml.config == *parsed.config) << toml.text;
    EXPECT_EQ(to_xl(*again.config), xl.text);
    EXPECT_EQ(to_toml(*from_toml.config), toml.text);
}

TEST_P(Good, IsWrittenInBothForms) {
    const Source source = source_of(GetParam());
    const Parsed parsed = parse(source, form_of(source.name));
    ASSERT_TRUE(parsed.config) << said_of(source, parsed);
    expect_golden("config/good/" + source.name + ".to_toml", to_toml(*parsed.config));
    expect_golden("config/good/" + source.name + ".to_xl", to_xl(*parsed.config));
}

INSTANTIATE_TEST_SUITE_P(Config, Good, ::testing::ValuesIn(good_configs()), name_of);

}  // namespace
}  // namespace zeroth::config
