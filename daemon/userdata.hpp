// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "core/ids.hpp"
#include "core/result.hpp"
#include "core/uuid.hpp"

/// The files that the reference keeps beside each domain, `userdata-<d|n>.<domid>.<uuid>.<what>`:
/// its tools read them for our domains as ours do for theirs.
namespace zeroth::daemon {

/// Where the config's JSON is kept; `domid` is text so that a plan can name it before it is known.
std::string userdata_path(const std::string& directory, const std::string& domid, const Uuid& uuid);
std::optional<std::string> read_userdata(const std::string& directory, DomainId id,
                                         const Uuid& uuid, const char* kind = "libxl-json");
/// The config's JSON with another name in it. Nothing happens where there is none that we can read.
void set_userdata_name(const std::string& directory, DomainId id, const Uuid& uuid,
                       const std::string& name);
/// A file of another kind, such as "xl": the text of the config that the next life is made from.
Result<> write_userdata(const std::string& directory, DomainId id, const Uuid& uuid,
                        const std::string& kind, const std::string& text);
/// The domain has another UUID from now on: its files are named by that.
void move_userdata(const std::string& directory, DomainId id, const Uuid& from, const Uuid& to);
/// Every file of the domain, whatever wrote it.
void remove_userdata(const std::string& directory, DomainId id, const Uuid& uuid);

}  // namespace zeroth::daemon
