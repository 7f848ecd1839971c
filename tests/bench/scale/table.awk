# SPDX-License-Identifier: Apache-2.0
# Lines of SIDE WHAT GUESTS VALUE (microseconds, or KB of memory) to the table of many guests.

{
    key = $1 " " $2
    if (!(key in count)) sides[$1] = 1
    at[key, ++count[key]] = $3
    value[key, count[key]] = $4
    if (count[key] == 1 || $3 < at[key, count[key] - 1]) current[key]++
    round_of[key, count[key]] = current[key]
    if ($3 > guests) guests = $3
}

# The median of the first N of these values; it sorts them.
function middle(kept, n,    i, j, held) {
    for (i = 2; i <= n; i++) {
        held = kept[i]
        for (j = i; j > 1 && kept[j - 1] > held; j--) kept[j] = kept[j - 1]
        kept[j] = held
    }
    if (!n) return 0
    return n % 2 ? kept[(n + 1) / 2] : (kept[n / 2] + kept[n / 2 + 1]) / 2
}

# Of what was measured with FROM to TO guests: in all rounds, or in one.
function median(key, from, to, round,    n, i, kept) {
    n = 0
    for (i = 1; i <= count[key]; i++)
        if (at[key, i] >= from && at[key, i] <= to && (!round || round_of[key, i] == round)) kept[++n] = value[key, i]
    return middle(kept, n)
}

function sum(key,    i, total) {
    for (i = 1; i <= count[key]; i++) total += value[key, i]
    return total
}

function row(what, ours, theirs, unit, target,    ratio) {
    printf "%-44s %10.1f", what, ours
    if (!both) { printf " %s\n", unit; return }
    ratio = theirs ? ours / theirs : 0
    printf " %10.1f %-3s %8.3f", theirs, unit, ratio
    print (target ? sprintf("  %s %s", target, ratio <= target ? "met" : "missed") : "")
}

# What a create beside all the guests takes as a part of one beside none: beside none before and after that, as
# the machine below may change its speed meanwhile; the median of the rounds.
function growth(side,    key, round, n, few, after, parts, many) {
    key = side " create"
    for (round = 1; few = median(key, 1, 10, round); round++) {
        if (!(many = median(key, guests - 9, guests, round))) continue
        after = median(key, 1, 10, round + 1)
        parts[++n] = many / (after ? (few + after) / 2 : few)
    }
    return middle(parts, n)
}

END {
    both = ("ours" in sides) && ("theirs" in sides)
    a = ("ours" in sides) ? "ours" : "theirs"
    b = "theirs"
    printf "%-44s %10s%s\n", guests " guests", a, both ? sprintf(" %10s     %8s  target", "Debian's", "ratio") : ""
    row("create, median of the first 10", median(a " create", 1, 10) / 1000, median(b " create", 1, 10) / 1000, "ms")
    row("create, median of the last 10", median(a " create", guests - 9, guests) / 1000, \
        median(b " create", guests - 9, guests) / 1000, "ms")
    printf "%-44s %10.2f", "the last as a part of the first", growth(a)
    if (both) printf " %10.2f", growth(b)
    print (a == "ours") ? sprintf("                1.2 %s", growth(a) <= 1.2 ? "met" : "missed") : ""
    row("list, without guests", median(a " list", 0, 0) / 1000, median(b " list", 0, 0) / 1000, "ms")
    row("list, with all", median(a " list", guests, guests) / 1000, median(b " list", guests, guests) / 1000, "ms", 0.2)
    row("dom0's memory, per guest", sum(a " memory") / guests, sum(b " memory") / guests, "KB", 0.05)
    split("AnonPages Shmem FilesInRun Slab PageTables KernelStack VmallocUsed Percpu", kinds, " ")
    for (i = 1; i in kinds; i++)
        row("  of it " kinds[i], sum(a " memory." kinds[i]) / guests, sum(b " memory." kinds[i]) / guests, "KB")
    row("destroy of the last", median(a " destroy", guests, guests) / 1000, median(b " destroy", guests, guests) / 1000, "ms")
    for (key in count) if (key ~ / rss\./) printf "   RSS of %-37s %8d KB in %d process%s\n", key, sum(key), count[key], (count[key] > 1 ? "es" : "")
}
