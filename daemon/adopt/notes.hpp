// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/ids.hpp"
#include "core/result.hpp"
#include "core/uuid.hpp"
#include "daemon/lives/record.hpp"

/// What xld has to know of domains that Xen made, beside their records: a file each in the state
/// folder, named by the UUID that the domain has, or is to have.
namespace zeroth::daemon {

struct AdoptNote {
    Uuid uuid;
    /// Of the life that Xen made: a later one is as any other.
    DomainId domid;
    /// When it was found: its record's created_ms.
    std::int64_t found_ms = 0;
    enum class State { kAdopting, kHasStore, kHasNoStore };
    State state = State::kAdopting;
    std::string name;

    friend bool operator==(const AdoptNote&, const AdoptNote&) = default;
};

std::vector<AdoptNote> read_adopt_notes(const std::string& state_dir);
std::optional<AdoptNote> find_adopt_note(const std::string& state_dir, const Uuid& uuid);
/// Of the record's present life, if Xen made it. Neither UUID nor number tells lives apart: Xen
/// gives the numbers of those that it made again.
std::optional<AdoptNote> find_adopt_note(const std::string& state_dir, const lives::Record& record);
Result<> write_adopt_note(const std::string& state_dir, const AdoptNote& note);
void remove_adopt_note(const std::string& state_dir, const Uuid& uuid);

/// EOPNOTSUPP, and where to look, for a domain that Xen made: its consoles are Xen's.
Result<> check_own_console(const std::string& state_dir,
                           const std::optional<lives::Record>& record);
/// EOPNOTSUPP for one that Xen made without XenStore: nothing can be asked of it.
Result<> check_own_store(const std::string& state_dir, const std::optional<lives::Record>& record);

}  // namespace zeroth::daemon
