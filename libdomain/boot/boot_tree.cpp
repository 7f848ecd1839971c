// SPDX-License-Identifier: Apache-2.0
#include "libdomain/boot/boot_tree.hpp"

#include <fmt/format.h>
#include <libfdt.h>

#include <algorithm>
#include <initializer_list>
#include <string_view>

#include "libdomain/plan/fdt_check.hpp"

namespace zeroth::boot {
namespace {

/// Edits a tree in place; the first failure sticks.
class Editor {
public:
    explicit Editor(std::span<const std::byte> blob, std::size_t room) : tree_(blob.size() + room) {
        attempt([&] {
            return ::fdt_open_into(blob.data(), tree_.data(), static_cast<int>(tree_.size()));
        });
    }

    int node(int parent, const std::string& name) {
        if (error_ < 0) return error_;
        int found = ::fdt_subnode_offset(tree_.data(), parent, name.c_str());
        if (found == -FDT_ERR_NOTFOUND)
            found = ::fdt_add_subnode(tree_.data(), parent, name.c_str());
        if (found < 0) error_ = found;
        return found;
    }
    void remove_children(int parent, std::string_view prefix) {
        if (error_ < 0) return;
        int child = ::fdt_first_subnode(tree_.data(), parent);
        while (child >= 0) {
            const char* const name = ::fdt_get_name(tree_.data(), child, nullptr);
            if (name == nullptr || !std::string_view{name}.starts_with(prefix)) {
                child = ::fdt_next_subnode(tree_.data(), child);
                continue;
            }
            attempt([&] { return ::fdt_del_node(tree_.data(), child); });
            if (error_ < 0) return;
            child = ::fdt_first_subnode(tree_.data(), parent);
        }
    }
    void cells(int node, const char* name, std::initializer_list<std::uint32_t> values) {
        std::vector<fdt32_t> raw;
        for (const auto value : values) raw.push_back(::cpu_to_fdt32(value));
        set(node, name, raw.data(), raw.size() * sizeof(fdt32_t));
    }
    void string(int node, const char* name, const std::string& text) {
        set(node, name, text.c_str(), text.size() + 1);
    }
    void strings(int node, const char* name, const std::vector<std::string>& texts) {
        std::string raw;
        for (const auto& text : texts) raw += text + '\0';
        set(node, name, raw.data(), raw.size());
    }

    Result<std::vector<std::byte>> finish() {
        attempt([&] { return ::fdt_pack(tree_.data()); });
        if (error_ < 0)
            return fail(
                Error::message(EINVAL, fmt::format("the device tree: {}", ::fdt_strerror(error_))));
        tree_.resize(fdt_totalsize(tree_.data()));
        return std::move(tree_);
    }

private:
    template <class Function>
    void attempt(Function function) {
        if (error_ == 0) error_ = std::min(0, function());
    }
    void set(int node, const char* name, const void* value, std::size_t size) {
        attempt(
            [&] { return ::fdt_setprop(tree_.data(), node, name, value, static_cast<int>(size)); });
    }

    std::vector<std::byte> tree_;
    int error_ = 0;
};

constexpr std::uint32_t high(std::uint64_t value) {
    return static_cast<std::uint32_t>(value >> 32);
}
constexpr std::uint32_t low(std::uint64_t value) { return static_cast<std::uint32_t>(value); }

}  // namespace

std::string Module::node() const { return fmt::format("module@{:x}", start); }

Result<std::vector<std::byte>> with_modules(std::span<const std::byte> blob,
                                            const std::string& xen_arguments,
                                            const std::vector<Module>& modules) {
    constexpr std::size_t kRoomEach = 512;
    ZEROTH_CHECK(plan::check_device_tree(blob));
    auto room = 2 * kRoomEach + xen_arguments.size();
    for (const auto& module : modules) room += kRoomEach + module.arguments.size();
    Editor tree{blob, room};
    const int chosen = tree.node(0, "chosen");
    tree.remove_children(chosen, "module@");
    tree.cells(chosen, "#address-cells", {2});
    tree.cells(chosen, "#size-cells", {2});
    tree.string(chosen, "xen,xen-bootargs", xen_arguments);
    for (const auto& module : modules) {
        const int node = tree.node(chosen, module.node());
        tree.strings(node, "compatible", module.compatible());
        tree.cells(node, "reg",
                   {high(module.start), low(module.start), high(module.size), low(module.size)});
        if (!module.arguments.empty()) tree.string(node, "bootargs", module.arguments);
    }
    return tree.finish();
}

}  // namespace zeroth::boot
