// SPDX-License-Identifier: Apache-2.0
#include "xenstore/tree/children.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <new>
#include <span>
#include <utility>

#include "xenstore/tree/node.hpp"
#include "xenstore/tree/words.hpp"

namespace zeroth::xenstored {
namespace {

constexpr unsigned kBits = 3;
constexpr std::size_t kFanOut = 1U << kBits;
constexpr unsigned kDeepest = 21;
constexpr std::uint32_t kBucketSize = 16;

std::size_t branch_index(std::size_t hash, unsigned depth) {
    return hash >> (depth * kBits) & (kFanOut - 1);
}

/// What of the hash lies beside the pointer; its top, which no branch looks at before the deepest.
std::uint8_t tag_of(std::size_t hash) {
    return static_cast<std::uint8_t>(hash >> (sizeof hash * 8 - 8));
}

std::size_t hash_of(std::string_view name) { return hash_of_text(name); }

}  // namespace

struct Children::Part {
    enum class Kind : std::uint32_t { kBranch, kBucket };
    std::uint32_t references = 1;
    Kind kind;
};

struct Children::Branch : Part {
    std::array<Part*, kFanOut> parts{};
};

/// Up to kBucketSize nodes (more only at the deepest level), then their tags.
struct Children::Bucket : Part {
    std::uint32_t count = 0;
    std::uint32_t capacity = 0;

    Ref<Node>* nodes() { return reinterpret_cast<Ref<Node>*>(this + 1); }
    const Ref<Node>* nodes() const { return reinterpret_cast<const Ref<Node>*>(this + 1); }
    std::uint8_t* tags() { return reinterpret_cast<std::uint8_t*>(nodes() + capacity); }
    /// Their order is that of the names' hashes: no cache has foreseen it.
    void prefetch() const {
        for (std::uint32_t i = 0; i < count; ++i) __builtin_prefetch(nodes()[i].get());
    }
    const std::uint8_t* tags() const {
        return reinterpret_cast<const std::uint8_t*>(nodes() + capacity);
    }

    const char* tag_text() const { return reinterpret_cast<const char*>(tags()); }

    static Bucket* make(std::uint32_t capacity) {
        const auto size = sizeof(Bucket) + capacity * (sizeof(Ref<Node>) + 1);
        auto* bucket = new (::operator new(size)) Bucket;
        bucket->kind = Kind::kBucket;
        bucket->capacity = capacity;
        return bucket;
    }
    std::uint32_t position(std::string_view name, std::size_t hash) const {
        const auto tag = tag_of(hash);
        for (std::uint32_t from = 0; from < count; from += 8) {
            auto left = first_bytes(tag_text() + from, count - from);
            for (auto i = place_of(left, tag); i < 8; i = place_of(left, tag)) {
                if (from + i >= count) break;
                if (same_text(nodes()[from + i]->name(), name)) return from + i;
                left ^= std::uint64_t{0xFF} << i * 8;
            }
        }
        return count;
    }
    Ref<Node>& add(Ref<Node> node, std::uint8_t tag) {
        assert(count < capacity);
        tags()[count] = tag;
        return *new (nodes() + count++) Ref<Node>{std::move(node)};
    }
    Bucket* copy(std::uint32_t new_capacity) const {
        auto* bucket = make(new_capacity);
        for (std::uint32_t i = 0; i < count; ++i) bucket->add(nodes()[i], tags()[i]);
        return bucket;
    }
};

Ref<Children> Children::make() { return Ref<Children>::adopt(new Children); }

Ref<Children> Children::clone() const {
    auto copy = make();
    copy->size_ = size_;
    copy->names_size_ = names_size_;
    copy->generation_ = generation_;
    copy->root_ = root_;
    if (root_) ++root_->references;
    return copy;
}

Children::~Children() {
    if (root_) release(root_);
}

void Children::release(Part* part) {
    if (--part->references != 0) return;
    if (part->kind == Part::Kind::kBranch) {
        auto* branch = static_cast<Branch*>(part);
        for (auto* below : branch->parts) {
            if (below) release(below);
        }
        delete branch;
        return;
    }
    auto* bucket = static_cast<Bucket*>(part);
    std::destroy_n(bucket->nodes(), bucket->count);
    bucket->~Bucket();
    ::operator delete(bucket);
}

const Node* Children::find(std::string_view name) const {
    const auto hash = hash_of(name);
    const Part* part = root_;
    for (unsigned depth = 0; part && part->kind == Part::Kind::kBranch; ++depth) {
        part = static_cast<const Branch*>(part)->parts[branch_index(hash, depth)];
    }
    if (!part) return nullptr;
    const auto& bucket = static_cast<const Bucket&>(*part);
    const auto i = bucket.position(name, hash);
    return i == bucket.count ? nullptr : bucket.nodes()[i].get();
}

void Children::walk(const Part* part, void (*call)(const void* what, const Node& node),
                    const void* what) {
    if (!part) return;
    if (part->kind == Part::Kind::kBranch) {
        for (const auto* below : static_cast<const Branch*>(part)->parts) walk(below, call, what);
        return;
    }
    const auto& bucket = static_cast<const Bucket&>(*part);
    bucket.prefetch();
    for (std::uint32_t i = 0; i < bucket.count; ++i) call(what, *bucket.nodes()[i]);
}

std::vector<const Node*> Children::in_order() const {
    std::vector<const Node*> nodes;
    nodes.reserve(size_);
    for_each([&nodes](const Node& node) { nodes.push_back(&node); });
    std::ranges::sort(nodes, {}, &Node::sequence);
    return nodes;
}

/// Makes the part this version's own.
void Children::own(Part*& part) {
    if (part->references == 1) return;
    Part* copy = nullptr;
    if (part->kind == Part::Kind::kBranch) {
        auto* branch = new Branch{*static_cast<Branch*>(part)};
        branch->references = 1;
        for (auto* below : branch->parts) {
            if (below) ++below->references;
        }
        copy = branch;
    } else {
        const auto& bucket = static_cast<const Bucket&>(*part);
        copy = bucket.copy(bucket.capacity);
    }
    --part->references;
    part = copy;
}

Ref<Node>* Children::slot(std::string_view name) {
    const auto hash = hash_of(name);
    if (!root_) return nullptr;
    Part** part = &root_;
    own(*part);
    for (unsigned depth = 0; (*part)->kind == Part::Kind::kBranch; ++depth) {
        part = &static_cast<Branch*>(*part)->parts[branch_index(hash, depth)];
        if (!*part) return nullptr;
        own(*part);
    }
    auto& bucket = static_cast<Bucket&>(**part);
    const auto i = bucket.position(name, hash);
    return i == bucket.count ? nullptr : bucket.nodes() + i;
}

Ref<Node>& Children::insert(Ref<Node> node, std::uint64_t generation) {
    ++size_;
    names_size_ += node->name_size + 1U;
    generation_ = generation;
    const Place place{hash_of(node->name())};
    return insert_at(root_, std::move(node), place);
}

/// Makes a branch of a full bucket.
void Children::split(Part*& part, unsigned depth) {
    auto* branch = new Branch;
    branch->kind = Part::Kind::kBranch;
    const auto& bucket = static_cast<const Bucket&>(*part);
    Part* made = branch;
    for (std::uint32_t i = 0; i < bucket.count; ++i) {
        const auto& node = bucket.nodes()[i];
        insert_at(made, node, {hash_of(node->name()), depth});
    }
    release(std::exchange(part, made));
}

Ref<Node>& Children::insert_at(Part*& part, Ref<Node> node, Place place) {
    const auto tag = tag_of(place.hash);
    if (!part) {
        auto* bucket = Bucket::make(1);
        part = bucket;
        return bucket->add(std::move(node), tag);
    }
    if (part->kind == Part::Kind::kBucket) {
        const auto& bucket = static_cast<const Bucket&>(*part);
        if (bucket.count >= kBucketSize && place.depth < kDeepest) {
            split(part, place.depth);
        } else {
            if (bucket.count == bucket.capacity) {
                const auto step = bucket.count < kBucketSize ? 4U - bucket.count % 4 : bucket.count;
                release(std::exchange(part, bucket.copy(bucket.count + step)));
            }
            own(part);
            return static_cast<Bucket*>(part)->add(std::move(node), tag);
        }
    }
    own(part);
    auto& below = static_cast<Branch*>(part)->parts[branch_index(place.hash, place.depth)];
    return insert_at(below, std::move(node), {place.hash, place.depth + 1});
}

Ref<Node> Children::erase(std::string_view name, std::uint64_t generation) {
    auto node = erase_at(root_, name, {hash_of(name)});
    if (node) {
        --size_;
        names_size_ -= node->name_size + 1U;
        generation_ = generation;
    }
    return node;
}

Ref<Node> Children::erase_at(Part*& part, std::string_view name, Place place) {
    if (!part) return {};
    own(part);
    if (part->kind == Part::Kind::kBranch) {
        auto& parts = static_cast<Branch*>(part)->parts;
        auto node = erase_at(parts[branch_index(place.hash, place.depth)], name,
                             {place.hash, place.depth + 1});
        const auto empty = [](const Part* below) { return below == nullptr; };
        if (std::ranges::all_of(parts, empty)) release(std::exchange(part, nullptr));
        return node;
    }
    auto& bucket = static_cast<Bucket&>(*part);
    const auto i = bucket.position(name, place.hash);
    if (i == bucket.count) return {};
    auto* const last = bucket.nodes() + --bucket.count;
    auto node = std::move(bucket.nodes()[i]);
    if (i != bucket.count) {
        bucket.nodes()[i] = std::move(*last);
        bucket.tags()[i] = bucket.tags()[bucket.count];
    }
    std::destroy_at(last);
    if (bucket.count == 0) {
        release(std::exchange(part, nullptr));
    } else if (bucket.count + 8 <= bucket.capacity) {
        release(std::exchange(part, bucket.copy(bucket.count)));
    }
    return node;
}

std::size_t Children::shed(std::vector<Ref<Node>>& parents) {
    return root_ ? shed_from(root_, parents) : 0;
}

/// One bucket, or a part that is another version's as well.
std::size_t Children::shed_from(Part*& part, std::vector<Ref<Node>>& parents) {
    if (part->references == 1 && part->kind == Part::Kind::kBranch) {
        for (auto*& below : static_cast<Branch*>(part)->parts) {
            if (below) return shed_from(below, parents);
        }
    }
    std::size_t count = 1;
    if (part->references == 1 && part->kind == Part::Kind::kBucket) {
        auto& bucket = static_cast<Bucket&>(*part);
        bucket.prefetch();
        for (auto& node : std::span{bucket.nodes(), bucket.count}) {
            if (node->children) parents.push_back(std::move(node));
        }
        count = bucket.count;
    }
    release(std::exchange(part, nullptr));
    return count;
}

}  // namespace zeroth::xenstored
