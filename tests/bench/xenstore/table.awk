# SPDX-License-Identifier: Apache-2.0
# Lines of `SERVER ROW.WHAT VALUE`, each as often as there were rounds, to two tables in Markdown.

{
    key = $1 SUBSEP $2
    values[key, ++count[key]] = $3 + 0
}

function has(server, what) { return (server, what) in count }

function known(what) { return has("ours", what) || has("c", what) || has("ocaml", what) }

function median(server, what,    key, n, i, j, value, sorted) {
    key = server SUBSEP what
    n = count[key]
    for (i = 1; i <= n; i++) {
        value = values[key, i]
        for (j = i - 1; j >= 1 && sorted[j] > value; j--) sorted[j + 1] = sorted[j]
        sorted[j + 1] = value
    }
    return n % 2 ? sorted[(n + 1) / 2] : (sorted[n / 2] + sorted[n / 2 + 1]) / 2
}

# The better of Debian's two; 0 if there is none to compare with.
function best(what, lower,    c, ocaml) {
    c = has("c", what) ? median("c", what) : 0
    ocaml = has("ocaml", what) ? median("ocaml", what) : 0
    if (!c || !ocaml) return c + ocaml
    return (c < ocaml) == (lower == "lower") ? c : ocaml
}

function as_ratio(server, what, reference) {
    return has(server, what) && reference ? sprintf("%.2f", median(server, what) / reference) : ""
}

# target: ">= 1.5", "<= 0.9" or nothing; text is what is printed and compared. A quick run says nothing.
function verdict(text, target,    part) {
    if (text == "" || target == "" || quick != "") return ""
    split(target, part, " ")
    return (part[1] == ">=" ? text + 0 >= part[2] + 0 : text + 0 <= part[2] + 0) ? "met" : "**missed**"
}

function line(label, c, ocaml, bare, ours, target) {
    printf "| %s | %s | %s | %s | %s | %s | %s |\n", label, c, ocaml, bare, ours,
        shown_target(target), verdict(ours, target)
}

function shown_target(target) {
    sub(/^>=/, "≥", target)
    sub(/^<=/, "≤", target)
    return target
}

# Each server's figure as a part of the better reference's, or with lower, what it costs beside it.
function compare(label, what, target, lower,    reference) {
    reference = best(what, lower)
    if (!reference) return
    line(label, as_ratio("c", what, reference), as_ratio("ocaml", what, reference),
        as_ratio("floor", what, reference), as_ratio("ours", what, reference), target)
}

# Our figure for one thing beside the references' for another.
function compare_other(label, what, other, target,    reference) {
    reference = best(other)
    if (!reference || !known(what)) return
    line(label, as_ratio("c", other, reference), as_ratio("ocaml", other, reference),
        as_ratio("floor", what, reference), as_ratio("ours", what, reference), target)
}

function plain(server, what, format) {
    return has(server, what) ? sprintf(format, median(server, what)) : ""
}

function absolute(label, what, format, target) {
    if (!known(what)) return
    line(label, plain("c", what, format), plain("ocaml", what, format),
        plain("floor", what, format), plain("ours", what, format), target)
}

function set(server, what, value) {
    values[server, what, 1] = value
    count[server, what] = 1
}

# What follows from the memory's three states.
function derive(server,    start, built, nodes) {
    if (!has(server, "memory_built.bytes") || server == "floor") return
    start = median(server, "memory_start.bytes")
    built = median(server, "memory_built.bytes")
    nodes = median(server, "memory_built.nodes")
    set(server, "memory.each", (built - start) / nodes)
    if (built > start)
        set(server, "memory.back", (built - median(server, "memory_removed.bytes")) / (built - start))
}

function ratios() {
    print "Each beside the better of Debian's two (1.00). Rates: more is better. CPU, time: less is."
    print "\n| workload | C xenstored | oxenstored | floor | ours | target | |"
    print "|---|---|---|---|---|---|---|"
    compare("read, one connection, synchronous", "read_one.rate", ">= 1.0")
    compare("… server's CPU time each", "read_one.cpu", "<= 0.9", "lower")
    compare("read, 64 requests in flight on one connection", "read_pipelined.rate", ">= 5")
    compare("read, 16 connections", "read_many.rate", ">= 1.5")
    compare("write, one connection, synchronous", "write_one.rate", ">= 1.0")
    compare("… server's CPU time each", "write_one.cpu", "<= 0.9", "lower")
    compare("create 100,000 nodes (1000 × 100)", "build.rate", ">= 2")
    compare_other("the same, pipelined by our client, theirs one by one", "build_pipelined.rate",
        "build.rate")
    compare("one RM of those 101,000 nodes, time", "remove.ms", "<= 1.0", "lower")
    compare("list a folder of 1000 names", "list.rate")
    compare("transaction of 10 reads, 5 writes; one connection", "transaction_one.rate")
    compare("the same, 16 connections, disjoint", "transaction_disjoint.rate", ">= 1.5")
    compare("the same, 16 connections, same nodes", "transaction_contended.rate", ">= 2")
    compare("one write that fires 1000 watches: events/s", "watch_fan_out.rate", ">= 2")
    compare("a write that fires one of 1000 watches", "watch_one.rate", ">= 2")
    compare("a domain's nodes (124 requests, one transaction), 0 → 1000 domains", "domains.rate")
    compare("the same, 1000 → 2000 domains", "domains_more.rate", ">= 1.0")
    compare_other("the same, pipelined by our client, theirs one by one", "domains_pipelined.rate",
        "domains_more.rate", ">= 5")
    absolute("… speed at 2000 domains as a part of that at 0", "domains.steadiness", "%.2f", ">= 0.9")
    compare("remove a domain's nodes, 2000 → 1000", "domains_removed.rate")
    compare("read with 1000 idle connections", "idle.rate")
    absolute("… as a part of the rate without them", "idle.part", "%.2f", ">= 0.95")
    absolute("a quiet client's p99 while eight others flood, as a multiple of that alone",
        "fairness.ratio", "%.1f")
    absolute("memory, bytes per node at 100,000 nodes", "memory.each", "%.0f", "<= 200")
    absolute("… part given back after removing them", "memory.back", "%.2f", ">= 0.8")
    absolute("memory per idle connection, bytes", "memory_connection.bytes", "%.0f", "<= 1023")
}

function rounded(value) {
    if (value >= 1e6) return sprintf("%.2fM", value / 1e6)
    if (value >= 1e5) return sprintf("%.0fk", value / 1e3)
    if (value >= 1e4) return sprintf("%.1fk", value / 1e3)
    return sprintf(value >= 100 ? "%.0f" : "%.1f", value)
}

function rate(server, row,    text) {
    if (!has(server, row ".rate")) return ""
    text = rounded(median(server, row ".rate")) " · " rounded(median(server, row ".p50")) "/" \
        rounded(median(server, row ".p99")) " · " rounded(median(server, row ".cpu"))
    return text plain(server, row ".retries", " (%.1f EAGAIN each)") \
        plain(server, row ".messages", " (%d messages)")
}

function rates(label, row) {
    if (!known(row ".rate")) return
    printf "| %s | %s | %s | %s | %s |\n", label, rate("c", row), rate("ocaml", row),
        rate("floor", row), rate("ours", row)
}

function megabytes(server, row,    text) {
    if (!has(server, row ".bytes")) return ""
    text = sprintf("%.1f", median(server, row ".bytes") / 1e6)
    if (server == "ours") text = text sprintf(" (journal %.1f)", median(server, row ".journal") / 1e6)
    return text
}

function memory(label, row) {
    if (!known(row ".bytes")) return
    printf "| %s | %s | %s | %s | %s |\n", label, megabytes("c", row), megabytes("ocaml", row),
        megabytes("floor", row), megabytes("ours", row)
}

function figures() {
    print "\nOperations a second · p50/p99 µs · server's CPU µs each.\n"
    print "| workload | C xenstored | oxenstored | floor | ours |"
    print "|---|---|---|---|---|"
    rates("read, one connection, synchronous", "read_one")
    rates("read, 64 in flight", "read_pipelined")
    rates("read, 16 connections", "read_many")
    rates("write, one connection, synchronous", "write_one")
    rates("create 100,000 nodes", "build")
    rates("create 100,000 nodes, pipelined", "build_pipelined")
    if (known("remove.ms"))
        printf "| one RM of them, ms | %s | %s | | %s |\n", plain("c", "remove.ms", "%.1f"),
            plain("ocaml", "remove.ms", "%.1f"), plain("ours", "remove.ms", "%.1f")
    rates("list 1000 names", "list")
    rates("transaction, one connection", "transaction_one")
    rates("transaction, 16 connections, disjoint", "transaction_disjoint")
    rates("transaction, 16 connections, same nodes", "transaction_contended")
    rates("fan-out to 1000 watches", "watch_fan_out")
    rates("one of 1000 watches", "watch_one")
    rates("domains, 0 → 1000", "domains")
    rates("domains, 1000 → 2000", "domains_more")
    rates("domains pipelined, 0 → 1000", "domains_pipelined_first")
    rates("domains pipelined, 1000 → 2000", "domains_pipelined")
    rates("domains removed, 2000 → 1000", "domains_removed")
    rates("read with 1000 idle connections", "idle")
    rates("read now and then, alone", "fairness_alone")
    rates("the same, while eight others flood", "fairness")
    if (known("fairness.served"))
        printf "| … most requests of others between two turns of its | | | | %s |\n",
            plain("ours", "fairness.served", "%.0f")
    memory("memory at start, MB", "memory_start")
    memory("memory with 100,000 nodes, MB", "memory_built")
    memory("memory after removing them, MB", "memory_removed")
    memory("memory with 2000 domains' nodes, MB", "memory_domains")
}

END {
    derive("ours")
    derive("c")
    derive("ocaml")
    ratios()
    figures()
    printf "\nMedians of %d round%s; %s.\n", rounds, rounds == 1 ? "" : "s", how
    if (unfinished != "") printf "Out of time: the last of them was not finished.\n"
}
