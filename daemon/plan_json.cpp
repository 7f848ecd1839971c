// SPDX-License-Identifier: Apache-2.0
#include "daemon/plan_json.hpp"

#include <boost/beast/core/detail/base64.hpp>
#include <boost/json.hpp>

namespace zeroth::daemon {
namespace {

namespace json = boost::json;
namespace base64 = boost::beast::detail::base64;

json::string encode_base64(const std::vector<std::byte>& bytes) {
    std::string text(base64::encoded_size(bytes.size()), '\0');
    text.resize(base64::encode(text.data(), bytes.data(), bytes.size()));
    return json::string{text};
}

std::string text_of(const std::vector<plan::Permission>& permissions) {
    std::string text;
    for (const auto& permission : permissions) {
        text += text.empty() ? "" : ",";
        text += plan::text(permission);
    }
    return text;
}

json::array nodes_of(const plan::BuildPlan& plan) {
    json::array nodes;
    const auto add = [&nodes](const std::vector<plan::Node>& written) {
        for (const auto& node : written) {
            nodes.push_back({{"path", node.path},
                             {"value", node.value},
                             {"permissions", text_of(node.permissions)}});
        }
    };
    for (const auto& step : plan.steps) {
        if (const auto* write = std::get_if<plan::WriteNodes>(&step)) add(write->nodes);
        if (const auto* attach = std::get_if<plan::AttachDevice>(&step)) add(attach->device.nodes);
    }
    return nodes;
}

}  // namespace

json::value to_json(const plan::BuildPlan& plan) {
    json::array map, steps;
    for (const auto& range : plan.memory_map) {
        map.push_back({{"what", range.what}, {"start", range.start.raw()}, {"size", range.size}});
    }
    for (const auto& step : plan.steps) {
        steps.push_back({{"kind", plan::kind(step)}, {"what", plan::describe(step)}});
    }
    return {{"name", plan.name},
            {"uuid", plan.uuid.text()},
            {"max_vcpus", plan.max_vcpus},
            {"memory_kib", plan.memory.raw()},
            {"memory_map", std::move(map)},
            {"device_tree", encode_base64(plan.device_tree)},
            {"nodes", nodes_of(plan)},
            {"steps", std::move(steps)}};
}

}  // namespace zeroth::daemon
