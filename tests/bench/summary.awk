# SPDX-License-Identifier: Apache-2.0
# Lines of `LABEL MICROSECONDS PEAK_KB STATUS` to a table, or with json=1 to JSON. For any awk,
# busybox's too.

{
    if (!($1 in count)) order[++labels] = $1
    times[$1, ++count[$1]] = $2 + 0
    if ($3 + 0 > peak[$1]) peak[$1] = $3 + 0
}

function sort(label, n,    i, j, value) {
    for (i = 2; i <= n; i++) {
        value = times[label, i]
        for (j = i - 1; j >= 1 && times[label, j] > value; j--) times[label, j + 1] = times[label, j]
        times[label, j + 1] = value
    }
}

# In milliseconds; the labels are sorted by then.
function median(label,    n) {
    n = count[label]
    if (n % 2) return times[label, (n + 1) / 2] / 1000
    return (times[label, n / 2] + times[label, n / 2 + 1]) / 2000
}

function compare(what, target) { compare_two("ours." what, "theirs." what, what, target) }

function compare_two(one, other, what, target,    ratio) {
    if (!(one in count) || !(other in count)) return
    ratio = median(one) / median(other)
    if (json) {
        printf "%s\n    {\"what\": \"%s\", \"ratio\": %.3f, \"target\": %s}", \
            (compared++ ? "," : ""), what, ratio, (target ? target : "null")
        return
    }
    printf "%-16s %10.1f %10.1f %8.2f %8s  %s\n", what, median(one), \
        median(other), ratio, (target ? target : "-"), \
        (!target ? "" : ratio <= target ? "met" : "missed")
}

# Creates by both, with the same scripts.
function compare_scripts(label, what, target,    theirs) {
    theirs = label == "debian" ? "theirs" : "theirs-scripts"
    compare_two("ours-" label ".create.vif1", theirs ".create.vif1", what ": vif1", target)
    compare_two("ours-" label ".create.disk1", theirs ".create.disk1", what ": disk1", target)
    compare_two("ours-" label ".create.both", theirs ".create.both", what ": both", target)
}

# Debian's xl with Debian's scripts against ours without any; our scripts by both; Debian's by both;
# and eight interfaces against one.
function compare_devices() {
    compare("create.vif1", 0.15)
    compare("create.disk1", 0.15)
    compare("create.both", 0.15)
    compare("destroy.vif1", 0.3)
    compare("destroy.disk1", 0.3)
    compare("destroy.both", 0.3)
    compare_scripts("scripts", "scripts", 0.6)
    compare_scripts("debian", "Debian\047s", 0)
    compare_two("ours.create.vif8", "ours.create.vif1", "vif8/vif1", 1.5)
    compare_two("theirs.create.vif8", "theirs.create.vif1", "Debian: 8/1", 0)
}

function compare_all() {
    if (devices) return compare_devices()
    compare("create.linux", 0.33)
    compare("create.tiny", 0.2)
    compare("list", 0.5)
    compare("destroy.linux", 0)
    compare("destroy.tiny", 0)
}

function print_table(    i, label) {
    printf "%-16s %10s %10s %8s %8s\n", "median, ms", "ours", "Debian's", "ratio", "target"
    compare_all()
    if ("floor" in count) printf "\nfork and exec alone: %.1f ms\n", median("floor")
    printf "\n%-28s %6s %10s %10s %10s %10s\n", \
        "each", "rounds", "min ms", "median ms", "max ms", "peak KB"
    for (i = 1; i <= labels; i++) {
        label = order[i]
        if (label ~ /^memory\./) continue
        printf "%-28s %6d %10.1f %10.1f %10.1f %10d\n", label, count[label], \
            times[label, 1] / 1000, median(label), times[label, count[label]] / 1000, peak[label]
    }
    printf "\n%-28s %10s\n", "services, peak memory", "KB"
    for (i = 1; i <= labels; i++) {
        label = order[i]
        if (label ~ /^memory\./) printf "%-28s %10d\n", substr(label, 8), peak[label]
    }
}

function print_json(    i, label) {
    printf "{\n  \"measurements\": ["
    for (i = 1; i <= labels; i++) {
        label = order[i]
        printf "%s\n    {\"label\": \"%s\", \"rounds\": %d, \"min_ms\": %.3f, \"median_ms\": %.3f, " \
            "\"max_ms\": %.3f, \"peak_kb\": %d}", (i > 1 ? "," : ""), label, count[label], \
            times[label, 1] / 1000, median(label), times[label, count[label]] / 1000, peak[label]
    }
    printf "\n  ],\n  \"ratios\": ["
    compare_all()
    printf "\n  ]\n}\n"
}

END {
    for (i = 1; i <= labels; i++) sort(order[i], count[order[i]])
    if (json) print_json()
    else print_table()
}
