// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/xenstore/toolstack.hpp"

#include <charconv>

namespace zeroth::bench {

using xs::MessageType;

void Toolstack::create(Style style, std::size_t last, Meter& meter, Clock::duration time) {
    const auto start = Clock::now();
    for (auto now = start; domains_ < last && now - start < time; now = Clock::now()) {
        const DomainNodes nodes{++domains_};
        const auto began = Clock::now();
        create_one(nodes, style);
        meter.done(began);
    }
}

void Toolstack::create_one(const DomainNodes& nodes, Style style) {
    connection_.ask(MessageType::kTransactionStart, 0, {""});
    const std::string_view text = connection_.call().payload;
    std::uint32_t transaction = 0;
    std::from_chars(text.data(), text.data() + text.size(), transaction);
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        nodes.ask(connection_, i, transaction);
        if (style == Style::kOneByOne) connection_.call();
    }
    connection_.ask(MessageType::kTransactionEnd, transaction, {"T"});
    connection_.flush();
    const std::size_t due = style == Style::kOneByOne ? 1 : nodes.size() + 1;
    for (std::size_t i = 0; i < due; ++i) expect_good(connection_.next());
}

void Toolstack::remove_folder(std::string_view path) {
    connection_.ask(MessageType::kRm, 0, {path});
    connection_.call();
}

void Toolstack::remove(std::size_t last, Meter& meter) {
    while (domains_ > last) {
        const auto roots = DomainNodes{domains_--}.roots();
        const auto began = Clock::now();
        for (const std::string& root : roots) remove_folder(root);
        meter.done(began);
    }
}

void Toolstack::clear() {
    for (const auto* folder : {"/local", "/vm", "/libxl"}) remove_folder(folder);
    domains_ = 0;
}

}  // namespace zeroth::bench
