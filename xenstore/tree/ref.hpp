// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

namespace zeroth::xenstored {

/// A counted reference to a T, which counts in `references` and ends itself in `T::destroy`. For
/// one thread. What only one reference is to may be changed in place; else it must be copied.
template <class T>
class Ref {
public:
    Ref() = default;
    /// Takes over the reference that a new T is born with.
    static Ref adopt(T* object) {
        Ref ref;
        ref.object_ = object;
        return ref;
    }
    /// Another reference to an object that has some.
    static Ref share(const T* object) {
        ++const_cast<T*>(object)->references;
        return adopt(const_cast<T*>(object));
    }
    Ref(const Ref& other) : object_{other.object_} {
        if (object_) ++object_->references;
    }
    Ref(Ref&& other) noexcept : object_{std::exchange(other.object_, nullptr)} {}
    Ref& operator=(Ref other) noexcept {
        std::swap(object_, other.object_);
        return *this;
    }
    ~Ref() {
        if (object_ && --object_->references == 0) T::destroy(object_);
    }

    T* get() const { return object_; }
    T& operator*() const { return *object_; }
    T* operator->() const { return object_; }
    explicit operator bool() const { return object_ != nullptr; }
    bool shared() const { return object_->references > 1; }
    friend bool operator==(const Ref&, const Ref&) = default;

private:
    T* object_ = nullptr;
};

}  // namespace zeroth::xenstored
