// SPDX-License-Identifier: Apache-2.0
#include "xenstore/daemon/options.hpp"

#include <fmt/format.h>
#include <getopt.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <string_view>
#include <system_error>

namespace zeroth::xenstored {
namespace {

// Options that have only a name.
enum Key : int { kSocket = 256, kJournal, kNoXen, kReplace, kVersion, kTraceControl, kHypervisor };

struct Row {
    int key;
    const char* name;
    /// What to call its argument; nullptr for a flag.
    const char* value;
    const char* help;
};

constexpr std::array kRows{
    Row{'F', "pid-file", "FILE", "write the process's id there"},
    Row{'N', "no-fork", nullptr, "stay in the foreground, and log to stderr"},
    Row{'T', "trace-file", "FILE", "write a line per message there; SIGHUP opens it anew"},
    Row{kSocket, "socket", "PATH", "listen there (/var/run/xenstored/socket)"},
    Row{kJournal, "journal", "PATH", "keep the state there (beside the socket); `none`: nowhere"},
    Row{kNoXen, "no-xen", nullptr, "serve the socket alone; needs neither Xen nor root"},
    Row{kHypervisor, "hypervisor", "WHAT", "xen, or sim@PATH: the simulated machine there"},
    Row{kReplace, "replace", nullptr, "take over from the xenstored that is running"},
    Row{'E', "entry-nb", "N", "nodes a domain may own (1000)"},
    Row{'S', "entry-size", "BYTES", "size of a node (2048)"},
    Row{'W', "watch-nb", "N", "watches a domain may have (128)"},
    Row{'t', "transaction", "N", "transactions a domain may have open (10)"},
    Row{'A', "perm-nb", "N", "entries in a node's permissions (5)"},
    Row{'M', "path-max", "BYTES", "length of a path (2048)"},
    Row{'Q', "quota", "WHAT=N",
        "a limit for each domain, 0 for none: nodes, watches, transactions, outstanding, "
        "transaction-nodes, memory, node-permissions, path-length, node-size"},
    Row{'q', "quota-soft", "memory=N", "memory of a domain from which on a warning is logged"},
    Row{'K', "keep-orphans", nullptr, "leave the nodes of a domain that is gone"},
    Row{'U', "live-update", nullptr, "as --replace"},
    Row{'w', "timeout", "WHAT=S", "has no effect: no client is waited for"},
    Row{'m', "master-domid", "ID", "has no effect: domain 0 is the one that is asked"},
    Row{'p', "priv-domid", "ID", "let that domain do what domain 0 may"},
    Row{'e', "event", "PORT", "has no effect: the kernel says which port is its"},
    Row{kTraceControl, "trace-control", "WHAT", "has no effect: the trace holds messages"},
    Row{kVersion, "version", nullptr, "print the version"},
    Row{'H', "help", nullptr, "print this"},
};

/// getopt's two forms of the table.
struct Tables {
    std::string letters = ":";
    std::vector<option> names;

    Tables() {
        for (const Row& row : kRows) {
            if (row.key < 256) {
                letters += static_cast<char>(row.key);
                if (row.value != nullptr) letters += ':';
            }
            const int takes = row.value != nullptr ? required_argument : no_argument;
            names.push_back(option{row.name, takes, nullptr, row.key});
        }
        names.push_back(option{});
    }
};

std::string help() {
    std::string text =
        "Usage: xenstored [OPTION]...\nKeeps XenStore for the domains of this host.\n";
    for (const Row& row : kRows) {
        const std::string letter =
            row.key < 256 ? fmt::format("-{}, ", static_cast<char>(row.key)) : "    ";
        const std::string name = row.value != nullptr ? fmt::format("--{} {}", row.name, row.value)
                                                      : fmt::format("--{}", row.name);
        text += fmt::format("  {}{:<22} {}\n", letter, name, row.help);
    }
    return text;
}

Result<std::uint32_t> number(std::string_view option, std::string_view text) {
    std::uint32_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error == std::errc{} && stop == end) return value;
    return fail(fmt::format("{}: '{}' is not a number from 0 to 4294967295", option, text));
}

struct QuotaName {
    std::string_view name;
    std::uint32_t Quotas::*member;
};
constexpr std::array kQuotas{
    QuotaName{"nodes", &Quotas::nodes},
    QuotaName{"watches", &Quotas::watches},
    QuotaName{"transactions", &Quotas::transactions},
    QuotaName{"outstanding", &Quotas::outstanding},
    QuotaName{"transaction-nodes", &Quotas::transaction_nodes},
    QuotaName{"memory", &Quotas::memory_hard},
    QuotaName{"node-permissions", &Quotas::node_permissions},
    QuotaName{"path-length", &Quotas::path_length},
    QuotaName{"node-size", &Quotas::node_size},
};
constexpr std::array kSoftQuotas{QuotaName{"memory", &Quotas::memory_soft}};

/// "what=n"
Result<> set_quota(std::string_view option, std::string_view text, std::span<const QuotaName> known,
                   Quotas& quotas) {
    const auto equals = std::min(text.find('='), text.size());
    const auto what = text.substr(0, equals);
    const auto found = std::ranges::find(known, what, &QuotaName::name);
    if (equals == text.size() || found == known.end())
        return fail(fmt::format("{}: '{}' sets no quota (see --help)", option, text));
    ZEROTH_TRY(quotas.*(found->member), number(option, text.substr(equals + 1)));
    return {};
}

std::string from_environment(const char* name, std::string otherwise) {
    const char* const value = std::getenv(name);
    return value != nullptr && *value != '\0' ? std::string{value} : std::move(otherwise);
}

class Parser {
public:
    Result<> take(int key, std::string_view value);
    Options finish() {
        const std::string folder = from_environment("XENSTORED_RUNDIR", "/var/run/xenstored");
        const std::string usual = folder + "/socket";
        if (out_.socket.empty()) out_.socket = from_environment("XENSTORED_PATH", usual);
        const std::string beside =
            out_.socket == usual ? folder + "/journal" : out_.socket + ".journal";
        if (journal_ != "none") out_.journal = journal_.empty() ? beside : journal_;
        return std::move(out_);
    }

private:
    Result<> take_limit(int key, std::string_view value);
    Result<> take_hypervisor(std::string_view value);
    Result<> take_privileged(std::string_view value);
    void note(int key);

    Options out_;
    std::string journal_;
};

Result<> Parser::take(int key, std::string_view value) {
    // clang-format off
    switch (key) {
        case 'F': out_.pid_file = value; return {};
        case 'N': out_.place = Options::Place::kForeground; return {};
        case 'T': out_.trace_file = value; return {};
        case 'K': out_.store.keep_orphans = true; return {};
        case 'U':
        case kReplace: out_.other = Options::Other::kReplace; return {};
        case kSocket: out_.socket = value; return {};
        case kJournal: journal_ = value; return {};
        case kHypervisor: return take_hypervisor(value);
        case kNoXen: out_.xen = Options::Xen::kDoWithout; return {};
        case 'p': return take_privileged(value);
        case 'w': case 'm': case 'e': case kTraceControl: note(key); return {};
        default: return take_limit(key, value);
    }
    // clang-format on
}

Result<> Parser::take_hypervisor(std::string_view value) {
    constexpr std::string_view kSimulation = "sim@";
    if (value != "xen" && (!value.starts_with(kSimulation) || value == kSimulation)) {
        return fail(fmt::format("--hypervisor: there are xen and sim@PATH, not '{}'", value));
    }
    out_.machine = value == "xen" ? "" : value.substr(kSimulation.size());
    return {};
}

Result<> Parser::take_limit(int key, std::string_view value) {
    Quotas& quotas = out_.store.quotas;
    std::uint32_t Quotas::*member = nullptr;
    // clang-format off
    switch (key) {
        case 'E': member = &Quotas::nodes; break;
        case 'S': member = &Quotas::node_size; break;
        case 'W': member = &Quotas::watches; break;
        case 't': member = &Quotas::transactions; break;
        case 'A': member = &Quotas::node_permissions; break;
        case 'M': member = &Quotas::path_length; break;
        case 'q': return set_quota("-q", value, kSoftQuotas, quotas);
        default: return set_quota("-Q", value, kQuotas, quotas);
    }
    // clang-format on
    ZEROTH_TRY(quotas.*member, number(fmt::format("-{}", static_cast<char>(key)), value));
    return {};
}

Result<> Parser::take_privileged(std::string_view value) {
    ZEROTH_TRY(const auto id, number("-p", value));
    if (id >= kFirstReservedDomain) return fail(fmt::format("-p: there is no domain {}", id));
    out_.store.privileged = DomainId{static_cast<std::uint16_t>(id)};
    return {};
}

void Parser::note(int key) {
    const auto row = std::ranges::find(kRows, key, &Row::key);
    out_.notes.push_back(fmt::format("--{} {}", row->name, row->help));
}

/// `word` is what getopt stopped after.
Error complaint(int outcome, std::string_view word) {
    const bool is_letter = optopt > 0 && optopt < 256;
    const std::string what =
        is_letter ? fmt::format("-{}", static_cast<char>(optopt)) : std::string{word};
    return Error::message(outcome == ':'
                              ? fmt::format("option '{}' needs an argument", what)
                              : fmt::format("there is no option '{}' (see --help)", what));
}

}  // namespace

Result<std::variant<Options, Notice>> parse_options(std::span<char* const> argv) {
    const Tables tables;
    Parser parser;
    std::vector<char*> words{argv.begin(), argv.end()};
    const int count = static_cast<int>(words.size());
    words.push_back(nullptr);
    optind = 0;  // starts getopt anew
    opterr = 0;
    for (;;) {
        const int key =
            getopt_long(count, words.data(), tables.letters.c_str(), tables.names.data(), nullptr);
        if (key == -1) break;
        if (key == '?' || key == ':')
            return fail(complaint(key, words[static_cast<std::size_t>(optind - 1)]));
        if (key == 'H') return Notice{help()};
        if (key == kVersion) return Notice{"xenstored " ZEROTH_VERSION "\n"};
        ZEROTH_CHECK(parser.take(key, optarg != nullptr ? optarg : ""));
    }
    if (optind < count) {
        return fail(fmt::format("there is no place for '{}' (see --help)",
                                words[static_cast<std::size_t>(optind)]));
    }
    return parser.finish();
}

}  // namespace zeroth::xenstored
