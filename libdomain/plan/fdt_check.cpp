// SPDX-License-Identifier: Apache-2.0
#include "libdomain/plan/fdt_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "core/cursor.hpp"
#include "core/units.hpp"

// Devicetree Specification, chapter 5.
namespace zeroth::plan {
namespace {

using Bytes = std::span<const std::byte>;

enum Tag : std::uint32_t { kBeginNode = 1, kEndNode = 2, kProperty = 3, kNop = 4, kEnd = 9 };

std::unexpected<Error> unsound(std::string what) {
    return fail(Error::message(EINVAL, "this is no sound device tree blob: " + std::move(what)));
}

struct Header {
    std::uint32_t magic = 0, total = 0, structure = 0, strings = 0, reservations = 0, version = 0,
                  last_compatible = 0, strings_size = 0, structure_size = 0;
};

Header read_header(ByteReader& reader) {
    Header header;
    for (auto* field : {&header.magic, &header.total, &header.structure, &header.strings,
                        &header.reservations, &header.version, &header.last_compatible})
        *field = reader.big<std::uint32_t>();
    reader.skip(4);
    header.strings_size = reader.big<std::uint32_t>();
    header.structure_size = reader.big<std::uint32_t>();
    return header;
}

bool inside(std::uint32_t start, std::uint32_t size, std::uint32_t total) {
    return start <= total && size <= total - start;
}

Result<> check_header(const Header& header, std::size_t size) {
    if (header.magic != 0xD00DFEED) return unsound("it does not begin with 0xd00dfeed");
    if (header.version < 17 || header.last_compatible > 17)
        return unsound(fmt::format("its format is version {}, where 17 is wanted", header.version));
    if (header.total > size)
        return unsound(fmt::format("it has {} bytes, and its header says {}: is it truncated?",
                                   size, header.total));
    if (header.structure % 4 != 0 || header.reservations % 8 != 0 ||
        !inside(header.structure, header.structure_size, header.total) ||
        !inside(header.strings, header.strings_size, header.total))
        return unsound("its blocks do not lie within it");
    return {};
}

Result<> check_reservations(Bytes blob, std::uint32_t offset) {
    ByteReader reader{blob};
    reader.skip(offset);
    while (true) {
        const auto address = reader.big<std::uint64_t>();
        const auto size = reader.big<std::uint64_t>();
        if (!reader.ok()) return unsound("its memory reservations do not end");
        if (address == 0 && size == 0) return {};
        // libfdt takes such a one for the end.
        if (size == 0) return unsound("a memory reservation has no size");
    }
}

/// The string of a block at an offset, or nothing if it does not end there.
bool ends_in(Bytes block, std::size_t offset) {
    return offset < block.size() &&
           std::ranges::find(block.subspan(offset), std::byte{0}) != block.end();
}

class Walker {
public:
    Walker(Bytes structure, Bytes strings)
        : structure_{structure}, strings_{strings}, reader_{structure} {}

    Result<> walk() {
        while (true) {
            const auto tag = reader_.big<std::uint32_t>();
            if (!reader_.ok()) return unsound("it ends within its nodes");
            if (tag == kNop) continue;
            if (tag == kEnd) {
                if (depth_ == 0 && roots_ == 1) return {};
                return unsound("it ends before its root node does");
            }
            ZEROTH_CHECK(step(tag));
        }
    }

private:
    Result<> step(std::uint32_t tag) {
        switch (tag) {
            case kBeginNode:
                return begin_node();
            case kProperty:
                return property();
            case kEndNode:
                if (depth_ == 0) return unsound("a node ends that did not begin");
                --depth_;
                properties_allowed_ = false;
                return {};
            default:
                return unsound(fmt::format("it has an unknown tag {:#x}", tag));
        }
    }

    Result<> begin_node() {
        if (depth_ == 0 && ++roots_ > 1) return unsound("it has two root nodes");
        const auto start = reader_.position();
        const auto rest = structure_.subspan(start);
        const auto end = std::ranges::find(rest, std::byte{0});
        if (end == rest.end()) return unsound("a node's name does not end");
        skip_words(static_cast<std::size_t>(end - rest.begin()) + 1);
        ++depth_;
        properties_allowed_ = true;
        return {};
    }

    Result<> property() {
        const auto size = reader_.big<std::uint32_t>();
        const auto name = reader_.big<std::uint32_t>();
        if (depth_ == 0 || !properties_allowed_)
            return unsound("a property lies outside its node, or behind a node within");
        if (size > reader_.remaining()) return unsound("a property goes beyond its end");
        if (!ends_in(strings_, name)) return unsound("a property has no name");
        skip_words(size);
        return {};
    }

    /// Past that many bytes, and what is left of the last word.
    void skip_words(std::size_t size) { reader_.skip(static_cast<std::size_t>(align_up(size, 4))); }

    Bytes structure_, strings_;
    ByteReader reader_;
    std::uint64_t depth_ = 0;
    int roots_ = 0;
    bool properties_allowed_ = false;
};

}  // namespace

Result<> check_device_tree(Bytes blob) {
    ByteReader reader{blob};
    const auto header = read_header(reader);
    if (!reader.ok()) return unsound("it is shorter than a header");
    ZEROTH_CHECK(check_header(header, blob.size()));
    blob = blob.first(header.total);
    ZEROTH_CHECK(check_reservations(blob, header.reservations));
    return Walker{blob.subspan(header.structure, header.structure_size),
                  blob.subspan(header.strings, header.strings_size)}
        .walk();
}

}  // namespace zeroth::plan
