// SPDX-License-Identifier: Apache-2.0
#include "libdomain/plan/partial_tree.hpp"

#include <fmt/format.h>
#include <libfdt.h>

#include <cstdint>
#include <map>
#include <set>
#include <string_view>

#include "libdomain/plan/fdt_check.hpp"

namespace zeroth::plan {
namespace {

constexpr int kDeepest = 32;
/// First of the phandles the guest's own tree uses (65000 and 65001).
constexpr std::uint32_t kFirstReservedPhandle = 65000, kLastReservedPhandle = 65001;

std::unexpected<Error> broken(std::string what) {
    return fail(Error::message(EINVAL, "device_tree: " + std::move(what)));
}

class Copier {
public:
    Copier(const void* blob, FdtWriter& tree) : blob_{blob}, tree_{&tree} {}

    Result<> copy_node(int node, int depth) {
        int length = 0;
        const char* name = ::fdt_get_name(blob_, node, &length);
        if (name == nullptr) return broken(::fdt_strerror(length));
        if (depth > kDeepest)
            return broken(fmt::format("nodes lie more than {} deep in one another", kDeepest));
        const FdtNode copy{*tree_, name};
        ZEROTH_CHECK(copy_properties(node, name));
        int child = 0;
        fdt_for_each_subnode(child, blob_, node) ZEROTH_CHECK(copy_node(child, depth + 1));
        return {};
    }

private:
    Result<> copy_properties(int node, const char* node_name) {
        int property = 0;
        std::set<std::string_view> names;
        fdt_for_each_property_offset(property, blob_, node) {
            const char* name = nullptr;
            int length = 0;
            const void* value = ::fdt_getprop_by_offset(blob_, property, &name, &length);
            if (value == nullptr || name == nullptr) return broken(::fdt_strerror(length));
            if (!names.insert(name).second)
                return broken(
                    fmt::format("node \"{}\" has property \"{}\" twice", node_name, name));
            const std::span bytes{static_cast<const std::byte*>(value),
                                  static_cast<std::size_t>(length)};
            const std::string_view word{name};
            if (word == "phandle" || word == "linux,phandle")
                ZEROTH_CHECK(check_phandle(node, node_name, bytes));
            tree_->property(name, bytes);
        }
        return {};
    }

    Result<> check_phandle(int node, const char* node_name, std::span<const std::byte> value) {
        if (value.size() != sizeof(std::uint32_t))
            return broken(fmt::format("the phandle of node \"{}\" has {} bytes instead of 4",
                                      node_name, value.size()));
        const auto phandle = ::fdt32_ld(reinterpret_cast<const fdt32_t*>(value.data()));
        if (phandle >= kFirstReservedPhandle && phandle <= kLastReservedPhandle)
            return broken(
                fmt::format("node \"{}\" has phandle {}, which the guest's own interrupt "
                            "controller or IOMMU uses",
                            node_name, phandle));
        // Both spellings may stand in one node; two nodes must differ.
        const auto [owner, is_new] = owners_.emplace(phandle, node);
        if (!is_new && owner->second != node)
            return broken(fmt::format("phandle {} is used twice, by node \"{}\" the second time",
                                      phandle, node_name));
        return {};
    }

    const void* blob_;
    FdtWriter* tree_;
    std::map<std::uint32_t, int> owners_;
};

}  // namespace

Result<> copy_partial_tree(std::span<const std::byte> blob, FdtWriter& tree) {
    if (auto sound = check_device_tree(blob); !sound)
        return fail(std::move(sound).error().within("device_tree"));
    // libfdt wants eight-byte alignment, which a caller's buffer need not have.
    const std::vector<std::byte> aligned{blob.begin(), blob.end()};
    if (const int error = ::fdt_check_full(aligned.data(), aligned.size()); error != 0)
        return broken(::fdt_strerror(error));
    Copier copier{aligned.data(), tree};
    const int passthrough = ::fdt_path_offset(aligned.data(), "/passthrough");
    if (passthrough < 0) return broken("the file has no node /passthrough");
    ZEROTH_CHECK(copier.copy_node(passthrough, 0));
    const int aliases = ::fdt_path_offset(aligned.data(), "/aliases");
    if (aliases >= 0) ZEROTH_CHECK(copier.copy_node(aliases, 0));
    return {};
}

}  // namespace zeroth::plan
