// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "xenstore/tree/ref.hpp"

namespace zeroth::xenstored {

struct Node;

/// The children of a node by name: a hash trie whose parts are shared between versions, so that a
/// copy costs nothing and a change copies only the way to it.
class Children {
public:
    static Ref<Children> make();
    Ref<Children> clone() const;
    static void destroy(Children* children) { delete children; }
    ~Children();
    Children(const Children&) = delete;
    Children& operator=(const Children&) = delete;

    std::size_t size() const { return size_; }
    /// Bytes of all names, with a NUL behind each.
    std::size_t names_size() const { return names_size_; }
    /// Another for every set of names there ever was.
    std::uint64_t generation() const { return generation_; }

    const Node* find(std::string_view name) const;
    /// In the order they were made.
    std::vector<const Node*> in_order() const;
    template <class Visit>
    void for_each(const Visit& visit) const {
        const auto call = [](const void* what, const Node& node) {
            (*static_cast<const Visit*>(what))(node);
        };
        walk(root_, call, &visit);
    }

    // Changes; the trie's other versions do not see them.
    /// Where the child is held, alone in its place; nullptr if there is none.
    Ref<Node>* slot(std::string_view name);
    /// There must be none of its name.
    Ref<Node>& insert(Ref<Node> node, std::uint64_t generation);
    /// The child that was there, or nothing.
    Ref<Node> erase(std::string_view name, std::uint64_t generation);
    /// Frees a few children, for one who has no other use for them: those that have children in
    /// turn go to `parents` instead. How many it were; 0 once there are none.
    std::size_t shed(std::vector<Ref<Node>>& parents);

    std::uint32_t references = 1;

private:
    struct Part;
    struct Branch;
    struct Bucket;
    struct Place {
        std::size_t hash;
        unsigned depth = 0;
    };

    Children() = default;
    static void walk(const Part* part, void (*call)(const void* what, const Node& node),
                     const void* what);
    static void own(Part*& part);
    static void split(Part*& part, unsigned depth);
    static Ref<Node>& insert_at(Part*& part, Ref<Node> node, Place place);
    static Ref<Node> erase_at(Part*& part, std::string_view name, Place place);
    static std::size_t shed_from(Part*& part, std::vector<Ref<Node>>& parents);
    static void release(Part* part);

    std::uint32_t size_ = 0;
    std::uint32_t names_size_ = 0;
    std::uint64_t generation_ = 0;
    Part* root_ = nullptr;
};

}  // namespace zeroth::xenstored
