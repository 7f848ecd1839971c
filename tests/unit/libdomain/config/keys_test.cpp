// SPDX-License-Identifier: Apache-2.0
#include "libdomain/config/keys.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <set>
#include <sstream>
#include <string>

#include "tests/golden/golden.hpp"
#include "tests/unit/libdomain/config/helpers.hpp"

namespace zeroth::config {
namespace {

TEST(Keys, AreUniqueAndExplained) {
    std::set<std::string_view> names;
    for (const KeySpec& spec : key_table()) {
        EXPECT_TRUE(names.insert(spec.name).second) << spec.name;
        EXPECT_NE(spec.apply, nullptr) << spec.name;
        EXPECT_FALSE(spec.doc.empty()) << spec.name;
        EXPECT_FALSE(spec.doc.ends_with('.')) << spec.name;
        EXPECT_LE(spec.bounds.most, std::numeric_limits<std::uint32_t>::max()) << spec.name;
        EXPECT_EQ(find_key(spec.name), &spec);
    }
    EXPECT_EQ(find_key("frob"), nullptr);
}

/// The paragraph of the manual that introduces a key, blanks and line ends made alike; it begins
/// with "**name**", perhaps after others. Empty where there is none.
std::string paragraph_of(const std::string& manual, std::string_view key) {
    const std::string name = "**" + std::string{key} + "**";
    for (std::size_t at = manual.find(name); at != std::string::npos;
         at = manual.find(name, at + 1)) {
        const std::size_t begin = manual.rfind("\n\n", at) + 2;
        if (manual.compare(begin, 2, "**") != 0) continue;
        std::istringstream words{manual.substr(begin, manual.find("\n\n", at) - begin)};
        std::string out, word;
        while (words >> word) out += word + ' ';
        return out;
    }
    return {};
}

TEST(Keys, AreAllInTheManualWithTheirEffect) {
    const std::string manual =
        testing::read_file(testing::golden_dir() / "../../etc/man/xl.cfg.5.md");
    for (const KeySpec& spec : key_table()) {
        const std::string paragraph = paragraph_of(manual, spec.name);
        EXPECT_FALSE(paragraph.empty()) << spec.name;
        const std::string_view effect = spec.effect == KeySpec::Effect::kNow     ? "now"
                                        : spec.effect == KeySpec::Effect::kLater ? "later"
                                                                                 : "none";
        // Keys of a kind share a sentence above their list, which says "none".
        const std::string said = "*Effect*: ";
        const std::size_t at = paragraph.find(said);
        const std::string_view written = at == std::string::npos
                                             ? std::string_view{"none"}
                                             : std::string_view{paragraph}.substr(at + said.size());
        EXPECT_TRUE(written.starts_with(effect)) << spec.name << ": " << paragraph;
    }
}

TEST(Keys, OfX86AreNotedAndNeverRead) {
    for (const KeySpec& spec : key_table()) {
        if (spec.on_arm != KeySpec::OnArm::kNo || spec.name == "vif2") continue;
        const Parsed parsed = parse_with(std::string{spec.name} + " = [ 'anything' ]");
        EXPECT_TRUE(parsed.config) << spec.name;
        ASSERT_EQ(parsed.diagnostics.size(), 1U) << spec.name;
        EXPECT_EQ(parsed.diagnostics[0].severity, Severity::kNote) << spec.name;
    }
}

TEST(Keys, RefuseWhatTheyCannotTake) {
    for (const KeySpec& spec : key_table()) {
        const bool single = spec.takes != KeySpec::Takes::kList &&
                            spec.takes != KeySpec::Takes::kTextOrList &&
                            spec.takes != KeySpec::Takes::kAnything;
        if (!single) continue;
        EXPECT_FALSE(parse_with(std::string{spec.name} + " = [ [] ]").config) << spec.name;
    }
}

TEST(Keys, MisspeltAreSuggested) {
    const auto help = [](std::string_view line) {
        const Parsed parsed = parse_with(line);
        return parsed.diagnostics.empty() ? "" : parsed.diagnostics.front().help;
    };
    EXPECT_EQ(help("vcpu = 1"), "did you mean `vcpus`?");
    EXPECT_EQ(help("cmd_line = 'x'"), "did you mean `cmdline`?");
    EXPECT_EQ(help("oncrash = 'x'"), "did you mean `on_crash`?");
    EXPECT_EQ(help("memroy = 1"), "did you mean `memory`?");
    EXPECT_EQ(help("quite_another = 1"), "it is ignored");
}

TEST(Keys, NameHasBounds) {
    const auto named = [](const std::string& name) {
        return parse_xl("name = \"" + name + "\"\nkernel = '/k'\nmemory = 1").config.has_value();
    };
    EXPECT_TRUE(named("g"));
    EXPECT_TRUE(named("web-1.example_x y"));
    EXPECT_TRUE(named("1a"));
    EXPECT_TRUE(named("größe"));
    EXPECT_TRUE(named(std::string(238, 'x')));
    EXPECT_FALSE(named(std::string(239, 'x')));
    EXPECT_FALSE(named(""));
    EXPECT_FALSE(named("007"));
    EXPECT_FALSE(named("a/b"));
    EXPECT_FALSE(named(".."));
    EXPECT_FALSE(named("a\\nb"));
}

TEST(Keys, EmptyTextOfAPathCountsAsNone) {
    EXPECT_EQ(accepted("ramdisk = ''").ramdisk, std::nullopt);
    EXPECT_EQ(summary(parse_xl("name = 'g'\nkernel = ''\nmemory = 1")),
              "error 0:0+0 Neither kernel nor bootloader specified\n");
}

TEST(Keys, CmdlineIsMadeOfRootAndExtra) {
    EXPECT_EQ(accepted("root = '/dev/xvda'").cmdline, "root=/dev/xvda");
    EXPECT_EQ(accepted("extra = 'ro'").cmdline, "ro");
    EXPECT_EQ(accepted("extra = 'ro'\nroot = '/dev/xvda'").cmdline, "root=/dev/xvda ro");
    EXPECT_EQ(accepted("cmdline = 'x'\nroot = '/dev/xvda'").cmdline, "x");
}

TEST(Keys, AffinityIsATextOrAListPerVcpu) {
    const DomainConfig one = accepted("cpus = '0-1'\nvcpus = 2");
    EXPECT_FALSE(one.cpus_is_list);
    ASSERT_EQ(one.cpus.size(), 1U);
    const DomainConfig each = accepted("cpus = [ 0, '1' ]\nvcpus = 2\ncpus_soft = 3");
    EXPECT_TRUE(each.cpus_is_list);
    ASSERT_EQ(each.cpus.size(), 2U);
    EXPECT_EQ(each.cpus[1].text(), "1");
    EXPECT_EQ(each.cpus_soft.at(0).text(), "3");
}

TEST(Keys, IomemIsInHexadecimal) {
    const DomainConfig config = accepted("iomem = [ '1c20,2', '0xA0000,10@80000' ]");
    ASSERT_EQ(config.iomem.size(), 2U);
    EXPECT_EQ(config.iomem[0], (IomemRange{MachineFrame{0x1c20}, 2, GuestFrame{0x1c20}}));
    EXPECT_EQ(config.iomem[1], (IomemRange{MachineFrame{0xA0000}, 0x10, GuestFrame{0x80000}}));
}

TEST(Keys, TypesOfGuestAreOne) {
    EXPECT_FALSE(accepted("type = 'pvh'").said_pv);
    EXPECT_TRUE(accepted("type = 'pv'").said_pv);
    EXPECT_FALSE(parse_with("type = 'p'").config);
    EXPECT_FALSE(parse_with("type = ''").config);
    EXPECT_FALSE(parse_with("type = 'hvm'").config);
    EXPECT_FALSE(parse_with("builder = 'hvm'").config);
}

TEST(Keys, SveIsAWordOrANumber) {
    EXPECT_EQ(accepted("sve = 'hw'").sve_bits, 0U);
    EXPECT_EQ(accepted("sve = 'disabled'").sve_bits, std::nullopt);
    EXPECT_EQ(accepted("sve = 256").sve_bits, 256U);
    EXPECT_EQ(accepted("sve = '2048'").sve_bits, 2048U);
    for (const char* bad : {"0", "100", "2176", "'x'"})
        EXPECT_FALSE(parse_with(std::string{"sve = "} + bad).config) << bad;
}

}  // namespace
}  // namespace zeroth::config
