// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "libdomain/config/draft.hpp"

/// The one table of all keys. Reading, suggestions for misspelt keys and the test that every key is
/// documented all walk it.
namespace zeroth::config {

struct KeySpec {
    enum class Takes { kText, kNumber, kBool, kWord, kList, kTextOrList, kAnything };
    enum class OnArm {
        kYes,
        kPart,  ///< works in part, or on some hosts only
        kNo,    ///< belongs to x86: noted, and left alone
    };
    enum class Effect {
        kNow,
        kLater,  ///< read, checked and kept; create refuses what it would have to honour
        kNone,   ///< accepted, so that a config may keep it
    };

    std::string_view name;
    Takes takes = Takes::kText;
    OnArm on_arm = OnArm::kYes;
    Effect effect = Effect::kNow;
    void (*apply)(Draft&, const KeySpec&, const Setting&) = nullptr;
    std::string_view doc;
    Bounds bounds = {};
};

std::span<const KeySpec> key_table();
const KeySpec* find_key(std::string_view name);

/// Reads every setting into the draft's config.
void read_settings(Draft& draft);

}  // namespace zeroth::config
