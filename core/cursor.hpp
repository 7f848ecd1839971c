// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

namespace zeroth {

/// Reads fixed-size fields from untrusted bytes. The first read past the end poisons it: every
/// later read gives zero, and only `ok()` tells, so that a decoder reads as a flat list of fields.
class ByteReader {
public:
    explicit ByteReader(std::span<const std::byte> bytes) : bytes_{bytes} {}
    explicit ByteReader(std::string_view text) : bytes_{std::as_bytes(std::span{text})} {}

    template <std::integral T>
    T little() {
        T value{};
        copy_to(&value, sizeof value);
        if constexpr (std::endian::native == std::endian::big) value = std::byteswap(value);
        return value;
    }
    template <std::integral T>
    T big() {
        const T value = little<T>();
        return std::byteswap(value);
    }
    void skip(std::size_t count) { take(count); }
    std::span<const std::byte> take(std::size_t count) {
        if (!ok_ || count > bytes_.size() - position_) {
            ok_ = false;
            return {};
        }
        const auto taken = bytes_.subspan(position_, count);
        position_ += count;
        return taken;
    }

    bool ok() const { return ok_; }
    std::size_t position() const { return position_; }
    std::size_t remaining() const { return ok_ ? bytes_.size() - position_ : 0; }

private:
    void copy_to(void* out, std::size_t size) {
        const auto from = take(size);
        if (ok_) std::memcpy(out, from.data(), size);
    }

    std::span<const std::byte> bytes_;
    std::size_t position_ = 0;
    bool ok_ = true;
};

}  // namespace zeroth
