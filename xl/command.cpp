// SPDX-License-Identifier: Apache-2.0
#include "xl/command.hpp"

#include <unistd.h>

#include <array>
#include <ctime>

#include "xl/client.hpp"

namespace zeroth::xl {

Context::Context(Output out_to, Output err_to) : out{std::move(out_to)}, err{std::move(err_to)} {}
Context::~Context() = default;

void Context::progress(std::string_view text) {
    if (verbosity == 0) return;
    std::string line;
    if (timestamps) {
        const std::time_t now = std::time(nullptr);
        std::tm broken_down{};
        std::array<char, 32> stamp{};
        if (::localtime_r(&now, &broken_down) != nullptr)
            std::strftime(stamp.data(), stamp.size(), "%Y-%m-%d %H:%M:%S", &broken_down);
        line = fmt::format("{} [{}] ", stamp.data(), ::getpid());
    }
    err.print("{}{}{}", line, text, carriage_return ? '\r' : '\n');
}

void print_error(Context& context, const Error& error) {
    context.err.print("xl: {}\n", error.text());
    std::string_view rest = error.details();
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        context.err.print("    {}\n", rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (!error.hint().empty()) context.err.print("hint: {}\n", error.hint());
}

}  // namespace zeroth::xl
