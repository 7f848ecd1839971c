// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace zeroth::plan {

/// Writes a flattened device tree from first to last. The buffer grows as needed; the first failure
/// sticks, and `finish` tells.
class FdtWriter {
public:
    FdtWriter();

    void begin_node(const std::string& name);
    void end_node();
    void property(const char* name, std::span<const std::byte> value);
    void empty(const char* name);
    void cells(const char* name, std::span<const std::uint32_t> values);
    void cells(const char* name, std::initializer_list<std::uint32_t> values);
    void u64(const char* name, std::uint64_t value);
    void string(const char* name, std::string_view value);
    void strings(const char* name, std::initializer_list<std::string> values);

    Result<std::vector<std::byte>> finish();

private:
    template <class Function>
    void attempt(Function function);
    void grow();

    std::vector<std::byte> buffer_;
    int error_ = 0;
};

/// Writes a node and takes care that it ends.
class FdtNode {
public:
    FdtNode(FdtWriter& writer, const std::string& name) : writer_{&writer} {
        writer_->begin_node(name);
    }
    FdtNode(const FdtNode&) = delete;
    FdtNode& operator=(const FdtNode&) = delete;
    ~FdtNode() { writer_->end_node(); }

private:
    FdtWriter* writer_;
};

}  // namespace zeroth::plan
