// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/ids.hpp"
#include "core/result.hpp"
#include "core/uuid.hpp"

/// What xld has to know of domains that Xen made, beside their records: a file each in the state
/// folder, named by the UUID that the domain has, or is to have.
namespace zeroth::daemon {

struct AdoptNote {
    Uuid uuid;
    /// Of the life that Xen made: a later one is as any other.
    DomainId domid;
    enum class State { kAdopting, kHasStore, kHasNoStore };
    State state = State::kAdopting;
    std::string name;

    friend bool operator==(const AdoptNote&, const AdoptNote&) = default;
};

std::vector<AdoptNote> read_adopt_notes(const std::string& state_dir);
/// Of the domain's present life, if Xen made it.
std::optional<AdoptNote> find_adopt_note(const std::string& state_dir, const Uuid& uuid,
                                         DomainId domid);
Result<> write_adopt_note(const std::string& state_dir, const AdoptNote& note);
void remove_adopt_note(const std::string& state_dir, const Uuid& uuid);

/// EOPNOTSUPP, and where to look, for a domain that Xen made: its consoles are Xen's.
Result<> check_own_console(const std::string& state_dir, const Uuid& uuid, DomainId domid);
/// EOPNOTSUPP for one that Xen made without XenStore: nothing can be asked of it.
Result<> check_own_store(const std::string& state_dir, const Uuid& uuid, DomainId domid);

}  // namespace zeroth::daemon
