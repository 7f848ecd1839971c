// SPDX-License-Identifier: Apache-2.0
#include "libdomain/plan/fdt_writer.hpp"

#include <fmt/format.h>
#include <libfdt.h>

#include <bit>

namespace zeroth::plan {
namespace {

constexpr std::size_t kFirstSize = 4096;
/// Linux maps at most 2 MiB of device tree while it boots.
constexpr std::size_t kLargestSize = 2 << 20;

template <class T>
void append_big_endian(std::vector<std::byte>& out, T value) {
    const T swapped = std::endian::native == std::endian::little ? std::byteswap(value) : value;
    const auto bytes = std::as_bytes(std::span{&swapped, 1});
    out.insert(out.end(), bytes.begin(), bytes.end());
}

void append_string(std::vector<std::byte>& out, std::string_view text) {
    const auto bytes = std::as_bytes(std::span{text});
    out.insert(out.end(), bytes.begin(), bytes.end());
    out.push_back(std::byte{0});
}

}  // namespace

FdtWriter::FdtWriter() : buffer_(kFirstSize) {
    error_ = ::fdt_create(buffer_.data(), static_cast<int>(buffer_.size()));
    attempt([](void* tree) { return ::fdt_finish_reservemap(tree); });
}

template <class Function>
void FdtWriter::attempt(Function function) {
    while (error_ == 0) {
        const int result = function(buffer_.data());
        if (result != -FDT_ERR_NOSPACE) {
            error_ = result;
            return;
        }
        grow();
    }
}

void FdtWriter::grow() {
    if (buffer_.size() * 2 > kLargestSize) {
        error_ = -FDT_ERR_NOSPACE;
        return;
    }
    std::vector<std::byte> larger(buffer_.size() * 2);
    error_ = ::fdt_resize(buffer_.data(), larger.data(), static_cast<int>(larger.size()));
    buffer_ = std::move(larger);
}

void FdtWriter::begin_node(const std::string& name) {
    attempt([&](void* tree) { return ::fdt_begin_node(tree, name.c_str()); });
}

void FdtWriter::end_node() {
    attempt([](void* tree) { return ::fdt_end_node(tree); });
}

void FdtWriter::property(const char* name, std::span<const std::byte> value) {
    attempt([&](void* tree) {
        return ::fdt_property(tree, name, value.data(), static_cast<int>(value.size()));
    });
}

void FdtWriter::empty(const char* name) { property(name, {}); }

void FdtWriter::cells(const char* name, std::span<const std::uint32_t> values) {
    std::vector<std::byte> bytes;
    for (const auto value : values) append_big_endian(bytes, value);
    property(name, bytes);
}

void FdtWriter::cells(const char* name, std::initializer_list<std::uint32_t> values) {
    cells(name, std::span{values.begin(), values.size()});
}

void FdtWriter::u64(const char* name, std::uint64_t value) {
    std::vector<std::byte> bytes;
    append_big_endian(bytes, value);
    property(name, bytes);
}

void FdtWriter::string(const char* name, std::string_view value) {
    std::vector<std::byte> bytes;
    append_string(bytes, value);
    property(name, bytes);
}

void FdtWriter::strings(const char* name, std::initializer_list<std::string> values) {
    std::vector<std::byte> bytes;
    for (const auto& value : values) append_string(bytes, value);
    property(name, bytes);
}

Result<std::vector<std::byte>> FdtWriter::finish() {
    attempt([](void* tree) { return ::fdt_finish(tree); });
    if (error_ == -FDT_ERR_NOSPACE)
        return fail(
            fmt::format("the guest's device tree would be larger than {} KiB", kLargestSize >> 10));
    if (error_ != 0)
        return fail(
            fmt::format("the guest's device tree cannot be written: {}", ::fdt_strerror(error_)));
    buffer_.resize(fdt_totalsize(buffer_.data()));
    return std::move(buffer_);
}

}  // namespace zeroth::plan
