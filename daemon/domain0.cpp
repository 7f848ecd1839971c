// SPDX-License-Identifier: Apache-2.0
#include "daemon/domain0.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <vector>

#include "daemon/userdata.hpp"

namespace zeroth::daemon {
namespace {

constexpr std::uint64_t kKibPerPage = 4;
/// What the reference keeps for a domain of Linux on ARM that it did not make.
constexpr const char* kStubConfig =
    R"({ "c_info": { "type": "pvh", "name": "Domain-0" }, "b_info": { "type.pvh": {} } })";

std::vector<xs::Write> wanted_nodes(const hyper::DomainInfo& domain0,
                                    const std::vector<hyper::DomainInfo>& domains) {
    std::vector<xs::Write> nodes{
        {"/local/domain/0/domid", "0"},
        {"/local/domain/0/name", "Domain-0"},
        {"/local/domain/0/memory/target", fmt::format("{}", domain0.tot_pages * kKibPerPage)},
        {"/local/domain/0/memory/static-max", fmt::format("{}", domain0.max_pages * kKibPerPage)}};
    std::vector<std::uint32_t> pools;
    for (const auto& domain : domains) pools.push_back(domain.cpupool.raw());
    std::ranges::sort(pools);
    const auto doubles = std::ranges::unique(pools);
    pools.erase(doubles.begin(), doubles.end());
    for (const auto pool : pools)
        nodes.push_back({fmt::format("/local/pool/{}/name", pool), fmt::format("Pool-{}", pool)});
    return nodes;
}

void keep_config(const std::string& userdata_dir, const hyper::DomainInfo& domain0) {
    const auto path = userdata_path(userdata_dir, "0", domain0.handle);
    std::error_code ignored;
    if (std::filesystem::exists(path, ignored)) return;
    std::filesystem::create_directories(userdata_dir, ignored);
    // For the reference's tools alone: without it they list domain 0 in less detail.
    std::ofstream{path} << kStubConfig << '\n';
}

}  // namespace

Result<> set_up_domain0(const Ground& ground) {
    ZEROTH_TRY(const auto domains, ground.xen.domains());
    const auto domain0 = std::ranges::find(domains, kDomain0, &hyper::DomainInfo::id);
    if (domain0 == domains.end()) return fail("Xen does not show domain 0");
    const auto wanted = wanted_nodes(*domain0, domains);
    std::vector<std::string> paths;
    for (const auto& node : wanted) paths.push_back(node.path);
    ZEROTH_TRY(const auto store, ground.stores.lease());
    ZEROTH_TRY(const auto present, store->read(paths));
    std::vector<xs::Change> missing;
    for (std::size_t i = 0; i < wanted.size(); ++i)
        if (!present[i]) missing.emplace_back(wanted[i]);
    if (!missing.empty()) ZEROTH_CHECK(store->apply(missing));
    keep_config(ground.settings.userdata_dir, *domain0);
    return {};
}

}  // namespace zeroth::daemon
