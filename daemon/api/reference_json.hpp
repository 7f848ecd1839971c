// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "libdomain/config/domain_config.hpp"

/// The JSON that scripts know: what `xl create -n` and `xl list -l` print, and what lies beside
/// each domain as userdata (reference A.5).
namespace zeroth::api {

/// The config as libxl's types have it, defaults left out, members in the reference's order.
/// `uuid` is used where the config names none. `node_of[cpu]` is each CPU's NUMA node; without it
/// the affinity members are written only for lists that name CPUs by number.
boost::json::value reference_json(const config::DomainConfig& config, const Uuid& uuid,
                                  const std::vector<std::uint32_t>& node_of = {});

/// The same as it is kept beside a domain that exists: the reference adds what its own creation
/// had filled in by then.
boost::json::value stored_reference_json(const config::DomainConfig& config, const Uuid& uuid,
                                         const std::vector<std::uint32_t>& node_of = {});

/// dom0, which nobody configured, as `xl list -l` shows it.
boost::json::value domain0_reference_json(std::uint64_t max_kib, std::uint64_t target_kib);

/// What `xl list -l` shows in `sched_params` beyond what was asked for: the scheduler at work and
/// the domain's share of it.
void set_scheduler(boost::json::value& config, std::string_view scheduler, std::uint32_t weight,
                   std::uint32_t cap);

/// Printed as yajl does: four spaces, `"key": value`, an empty line inside an empty object, and a
/// newline at the end.
std::string print_reference(const boost::json::value& value);

/// Where the reference keeps a domain's config; its tools read it for our domains as ours do for
/// theirs. The file holds print_reference's text and a NUL byte.
std::string userdata_path(std::uint32_t domid, const Uuid& uuid);
std::string userdata_text(const boost::json::value& config);
Result<boost::json::value> parse_userdata(std::string_view text);

}  // namespace zeroth::api
