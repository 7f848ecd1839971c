// SPDX-License-Identifier: Apache-2.0
#include "daemon/lives/record.hpp"

#include <boost/json/serialize.hpp>
#include <chrono>

#include "daemon/api/codec.hpp"
#include "daemon/api/json.hpp"

namespace zeroth::api {

using namespace daemon::lives;

template <>
inline constexpr std::array kWords<Keeper>{"xld", "other"};
template <>
inline constexpr std::array kWords<Intent>{"none", "creating", "restarting", "destroying"};

template <>
inline constexpr auto kMembers<Policies> = std::tuple{
    required("on_poweroff", &Policies::on_poweroff),
    required("on_reboot", &Policies::on_reboot),
    required("on_watchdog", &Policies::on_watchdog),
    required("on_crash", &Policies::on_crash),
    required("on_soft_reset", &Policies::on_soft_reset),
};

template <>
inline constexpr auto kMembers<Record> = std::tuple{
    required("uuid", &Record::uuid),
    required("name", &Record::name),
    required("domid", &Record::domid),
    required("keeper", &Record::keeper),
    required("intent", &Record::intent),
    required("policies", &Record::policies),
    defaulted("paused", &Record::paused),
    required("created_ms", &Record::created_ms),
    required("born_ms", &Record::born_ms),
    required("lives", &Record::lives),
    defaulted("short_lives", &Record::short_lives),
    defaulted("died_ms", &Record::died_ms),
    defaulted("last_code", &Record::last_code),
    defaulted("not_before_ms", &Record::not_before_ms),
    defaulted("damping_told", &Record::damping_told),
    defaulted("retire_as", &Record::retire_as),
    defaulted("trouble", &Record::trouble),
    defaulted("preserved", &Record::preserved),
};

}  // namespace zeroth::api

namespace zeroth::daemon::lives {

std::int64_t now_ms() {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count();
}

Policies policies_of(const config::DomainConfig& config) {
    return {config.on_poweroff, config.on_reboot, config.on_watchdog, config.on_crash,
            config.on_soft_reset};
}

std::string to_text(const Record& record) {
    return boost::json::serialize(api::codec::to_json(record));
}

Result<Record> parse_record(std::string_view text) {
    ZEROTH_TRY(const auto value, api::parse_json(text));
    Record record;
    ZEROTH_CHECK(api::codec::from_json(value, record, api::codec::Path{}));
    return record;
}

}  // namespace zeroth::daemon::lives
