// SPDX-License-Identifier: Apache-2.0
#include "xenstore/server/change_codec.hpp"

#include <fmt/format.h>

#include <concepts>
#include <cstdint>
#include <limits>
#include <tuple>
#include <type_traits>
#include <utility>

namespace zeroth::xenstored {
namespace {

/// A change's members, in order.
template <class C>
auto fields(C& change) {
    using T = std::remove_const_t<C>;
    if constexpr (requires { T{{}, {}, {}, {}}; }) {
        auto& [first, second, third, fourth] = change;
        return std::tie(first, second, third, fourth);
    } else if constexpr (requires { T{{}, {}, {}}; }) {
        auto& [first, second, third] = change;
        return std::tie(first, second, third);
    } else if constexpr (requires { T{{}, {}}; }) {
        auto& [first, second] = change;
        return std::tie(first, second);
    } else {
        auto& [only] = change;
        return std::tie(only);
    }
}

class Writer {
public:
    explicit Writer(std::string& out) : out_{out} {}

    template <std::unsigned_integral T>
    void put(T value) {
        for (std::size_t byte = 0; byte < sizeof value; ++byte) {
            out_.push_back(static_cast<char>(value >> (8 * byte)));
        }
    }
    template <class Tag, class Raw>
    void put(Strong<Tag, Raw> id) {
        put(id.raw());
    }
    template <class T>
    void put(const std::optional<T>& value) {
        put(static_cast<std::uint8_t>(value.has_value()));
        if (value) put(*value);
    }
    void put(std::string_view text) {
        put(static_cast<std::uint32_t>(text.size()));
        out_.append(text);
    }
    void put(std::span<const Permission> permissions) {
        put(static_cast<std::uint32_t>(permissions.size()));
        for (const Permission& permission : permissions) {
            put(permission.domain);
            put(std::to_underlying(permission.access));
        }
    }

private:
    std::string& out_;
};

/// Reads what a Writer put. What cannot have been put poisons the bytes, as their end does.
class Reader {
public:
    Reader(ByteReader& bytes, std::vector<Permission>& permissions)
        : bytes_{bytes}, permissions_{permissions} {}

    template <std::unsigned_integral T>
    void get(T& value) {
        value = bytes_.little<T>();
    }
    template <class Tag, class Raw>
    void get(Strong<Tag, Raw>& id) {
        id = Strong<Tag, Raw>{bytes_.little<Raw>()};
    }
    template <class T>
    void get(std::optional<T>& value) {
        const auto there = bytes_.little<std::uint8_t>();
        if (there > 1) return poison();
        if (there == 1) get(value.emplace());
    }
    void get(std::string_view& text) {
        const auto bytes = bytes_.take(bytes_.little<std::uint32_t>());
        text = {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }
    void get(std::span<const Permission>& permissions) {
        const auto count = bytes_.little<std::uint32_t>();
        permissions_.clear();
        for (std::uint32_t i = 0; i < count && bytes_.ok(); ++i) get(permissions_.emplace_back());
        permissions = permissions_;
    }
    void get(Permission& permission) {
        get(permission.domain);
        const auto access = bytes_.little<std::uint8_t>();
        if (access > std::to_underlying(Access::kBoth)) return poison();
        permission.access = static_cast<Access>(access);
    }

private:
    void poison() { bytes_.skip(std::numeric_limits<std::size_t>::max()); }

    ByteReader& bytes_;
    std::vector<Permission>& permissions_;
};

/// A change of the kind with this index in `Change`; no other kind's bytes are touched.
template <std::size_t... kIndex>
Change read_kind(std::size_t kind, Reader reader, std::index_sequence<kIndex...> /*all*/) {
    Change change;
    const auto read_if = [&]<std::size_t kThis>() {
        if (kind != kThis) return;
        auto& made = change.emplace<kThis>();
        std::apply([&](auto&... field) { (reader.get(field), ...); }, fields(made));
    };
    (read_if.template operator()<kIndex>(), ...);
    return change;
}

}  // namespace

// A kind's number is its place in `Change`, from 1: new kinds go at the end.
void encode(const Change& change, std::string& out) {
    Writer writer{out};
    writer.put(static_cast<std::uint8_t>(change.index() + 1));
    const auto put_all = [&](const auto& kind) {
        std::apply([&](const auto&... field) { (writer.put(field), ...); }, fields(kind));
    };
    std::visit(put_all, change);
}

Result<std::optional<Change>> ChangeReader::next() {
    if (bytes_.ok() && bytes_.remaining() == 0) return std::nullopt;
    const std::size_t position = bytes_.position();
    const auto kind = bytes_.little<std::uint8_t>();
    constexpr auto kKinds = std::variant_size_v<Change>;
    if (kind == 0 || kind > kKinds) {
        bytes_.skip(std::numeric_limits<std::size_t>::max());
        return fail(fmt::format("no change of kind {}, at byte {}", kind, position));
    }
    const Change change =
        read_kind(kind - 1U, Reader{bytes_, permissions_}, std::make_index_sequence<kKinds>{});
    if (!bytes_.ok()) {
        return fail(fmt::format("a change of kind {} is not whole, at byte {}", kind, position));
    }
    return change;
}

}  // namespace zeroth::xenstored
