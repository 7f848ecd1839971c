// SPDX-License-Identifier: Apache-2.0
#include "libdomain/plan/dts.hpp"

#include <fmt/format.h>
#include <libfdt.h>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <vector>

#include "libdomain/plan/fdt_check.hpp"

namespace zeroth::plan {
namespace {

using Value = std::span<const std::byte>;

constexpr std::string_view kEscaped = "\a\b\t\n\v\f\r\\\"";
constexpr std::string_view kLetters = "abtnvfr\\\"";

bool is_string_char(unsigned char c) {
    return (c >= 0x20 && c < 0x7F) ||
           (c != 0 && kEscaped.find(static_cast<char>(c)) != kEscaped.npos);
}

/// Strings end in a zero byte, hold only characters a person writes, and are not mostly zeros.
bool looks_like_strings(Value value) {
    if (value.empty() || value.back() != std::byte{0}) return false;
    const auto zeros = static_cast<std::size_t>(std::ranges::count(value, std::byte{0}));
    if (zeros > value.size() - zeros) return false;
    return std::ranges::all_of(value, [](std::byte byte) {
        return byte == std::byte{0} || is_string_char(std::to_integer<unsigned char>(byte));
    });
}

std::string quoted(Value value) {
    std::string out = "\"";
    for (const auto byte : value.first(value.size() - 1)) {
        const auto c = static_cast<char>(byte);
        if (c == '\0')
            out += "\\0";
        else if (const auto at = kEscaped.find(c); at != kEscaped.npos)
            out += fmt::format("\\{}", kLetters[at]);
        else
            out += c;
    }
    return out + '"';
}

std::string cells(Value value) {
    std::vector<std::string> words;
    for (std::size_t i = 0; i < value.size(); i += sizeof(fdt32_t))
        words.push_back(fmt::format(
            "0x{:02x}", ::fdt32_ld(reinterpret_cast<const fdt32_t*>(value.data() + i))));
    return fmt::format("<{}>", fmt::join(words, " "));
}

std::string bytes(Value value) {
    std::vector<std::string> words;
    for (const auto byte : value)
        words.push_back(fmt::format("{:02x}", std::to_integer<unsigned>(byte)));
    return fmt::format("[{}]", fmt::join(words, " "));
}

std::string print_value(Value value) {
    if (looks_like_strings(value)) return quoted(value);
    return value.size() % sizeof(fdt32_t) == 0 ? cells(value) : bytes(value);
}

class Printer {
public:
    explicit Printer(const void* tree) : tree_{tree} {}

    Result<std::string> print() {
        out_ = "/dts-v1/;\n\n";
        ZEROTH_CHECK(node(0, 0));
        return std::move(out_);
    }

private:
    void indent(int depth) { out_.append(static_cast<std::size_t>(depth), '\t'); }

    Result<> node(int offset, int depth) {
        constexpr int kDeepest = 64;
        if (depth > kDeepest) return fail("the device tree is too deep to be printed");
        int length = 0;
        const char* name = ::fdt_get_name(tree_, offset, &length);
        if (name == nullptr) return fail(fmt::format("device tree: {}", ::fdt_strerror(length)));
        indent(depth);
        out_ += fmt::format("{} {{\n", depth == 0 ? "/" : name);
        ZEROTH_CHECK(properties(offset, depth + 1));
        int child = 0;
        fdt_for_each_subnode(child, tree_, offset) {
            out_ += '\n';
            ZEROTH_CHECK(node(child, depth + 1));
        }
        indent(depth);
        out_ += "};\n";
        return {};
    }

    Result<> properties(int offset, int depth) {
        int property = 0;
        fdt_for_each_property_offset(property, tree_, offset) {
            const char* name = nullptr;
            int length = 0;
            const void* data = ::fdt_getprop_by_offset(tree_, property, &name, &length);
            if (data == nullptr)
                return fail(fmt::format("device tree: {}", ::fdt_strerror(length)));
            const Value value{static_cast<const std::byte*>(data),
                              static_cast<std::size_t>(length)};
            indent(depth);
            out_ += value.empty() ? fmt::format("{};\n", name)
                                  : fmt::format("{} = {};\n", name, print_value(value));
        }
        return {};
    }

    const void* tree_;
    std::string out_;
};

}  // namespace

Result<std::string> print_device_tree(Value blob) {
    ZEROTH_CHECK(check_device_tree(blob));
    const std::vector<std::byte> aligned{blob.begin(), blob.end()};
    return Printer{aligned.data()}.print();
}

}  // namespace zeroth::plan
