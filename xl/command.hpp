// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "xl/options.hpp"
#include "xl/output.hpp"
#include "xl/xl_conf.hpp"

namespace zeroth::xl {

class Client;

/// Exit statuses, the reference's.
inline constexpr int kSuccess = 0, kFailure = 1, kUsage = 2, kCreateFailed = 3, kNoConfig = 6;

/// All that a command may touch, and what was said before its name.
struct Context {
    Context(Output out_to, Output err_to);
    ~Context();

    Output out, err;
    int input = 0;
    std::string socket;
    /// Where a console's lock file goes.
    std::string lock_folder = "/var/lock";
    /// xl.conf; empty: none is read.
    std::string conf_file;
    XlConf conf;
    /// What was noticed in it, for those whom it concerns.
    std::string conf_notes;
    unsigned verbosity = 0;
    bool dry_run = false, timestamps = false, carriage_return = false;

    /// The connection to xld, made at its first use and kept.
    std::unique_ptr<Client> client;

    /// Progress, for those who said -v.
    void progress(std::string_view text);
};

/// For `most_words`.
inline constexpr std::size_t kAnyNumber = static_cast<std::size_t>(-1);

/// A row of the table. Help is printed from it, and arguments are checked against it.
struct Command {
    const char* name;
    const char* usage;
    /// A phrase without a period at its end.
    const char* summary;
    /// -N is understood; something changes on the host.
    bool can_dry_run, changes_host;
    std::size_t least_words, most_words;
    std::span<const Option> options;
    /// The exit status; an Error is printed and ends in kFailure.
    Result<int> (*run)(Context&, const Arguments&);
    /// Whether an error in xl.conf keeps it from running.
    bool reads_conf = true;
};

/// Every command, sorted by name.
std::span<const Command* const> commands();

/// `xl help NAME`.
void print_help(Output& out, const Command& command);
void print_general_help(Output& out);

/// The story of an error on stderr: what, hint, further lines.
void print_error(Context& context, const Error& error);

}  // namespace zeroth::xl
