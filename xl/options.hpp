// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace zeroth::xl {

/// One option of a command, as data: parsed from it and shown in the help from it.
struct Option {
    /// The letter, or a number above 255 for an option that has only a name.
    int key;
    /// nullptr where there is only a letter.
    const char* name;
    /// What to call its argument; nullptr for a flag.
    const char* value;
    const char* help;
};

inline constexpr int kJsonKey = 256;
inline constexpr Option kJson{kJsonKey, "json", nullptr, "print the data as JSON"};

/// What stood on the command line after the command's name.
class Arguments {
public:
    bool has(int key) const;
    /// How often it was given.
    std::size_t count(int key) const;
    /// The last one's argument.
    std::optional<std::string_view> value(int key) const;
    /// Of every time it was given, in that order.
    std::vector<std::string_view> values(int key) const;
    const std::vector<std::string_view>& words() const { return words_; }

    /// Empty when all is well, else the line to show before ending with kUsage.
    static std::string parse(std::span<const Option> options, const std::vector<const char*>& argv,
                             Arguments& out);

private:
    std::vector<std::pair<int, std::string_view>> given_;
    std::vector<std::string_view> words_;
};

}  // namespace zeroth::xl
