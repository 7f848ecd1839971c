# SPDX-License-Identifier: Apache-2.0
# Debian packages of another architecture or suite, fetched with an apt state of their own inside the
# build tree. Sourced by cmake/sysroot.sh and tests/board; the host's apt state, its list of
# architectures and its installed packages are only read, never changed.
#
#   foreign_open ARCH SUITE      choose (and prepare) a state; the functions below use it
#   foreign_resolve PACKAGE      what a metapackage depends on first (linux-image-arm64 -> linux-image-…)
#   foreign_unpack DIR PACKAGE…  download what is missing and unpack it all into DIR
#   foreign_source DIR PACKAGE   the package's source, as its authors released it, unpacked into DIR (after
#                                foreign_open source SUITE)

foreign_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
foreign_tries=4

foreign_say() { printf '%s\n' "$*" >&2; }

foreign_die() {
    foreign_say "error: $*"
    exit 1
}

# Where this host gets Debian from, as "kind url" with kind main or security. ZEROTH_MIRROR overrides
# it. Suites of other origins (a vendor's repository, say) are not asked for Debian's packages.
foreign_mirrors() {
    if [ -n "${ZEROTH_MIRROR:-}" ]; then
        echo "main $ZEROTH_MIRROR"
        return
    fi
    local format='$(ORIGIN)|$(REPO_URI)|$(RELEASE)|$(COMPONENT)' known configured
    known=$(apt-get indextargets --format "$format" 'Created-By: Packages' 2>/dev/null |
        grep '^Debian|' || true)
    # Before the host's first `apt-get update` nothing is known about origins: take what is written
    # in its sources, if the address says that it is Debian's archive.
    configured=$(apt-get indextargets --no-release-info --format "$format" 'Created-By: Packages' \
        2>/dev/null | grep -E '\|[^|]*/debian(-security)?/[^|]*\|[^|]*\|main$' || true)
    printf '%s\n' "$known" "$configured" | awk -F'|' '
        $4 != "main" || $2 !~ /^(https?|file|copy):/ { next }
        $3 ~ /(-updates|-backports|-proposed.*|sid|unstable|testing|experimental)$/ { next }
        { kind = $3 ~ /-security$/ ? "security" : "main"; print kind, $2 }' | awk '!seen[$0]++'
}

foreign_write_sources() {
    local entry="deb [arch=$foreign_arch target=Packages]" kind url
    [ "$foreign_arch" != source ] || entry="deb-src [target=Sources]"
    foreign_mirrors | while read -r kind url; do
        if [ "$kind" = main ]; then
            echo "$entry $url $foreign_suite main"
            echo "$entry $url $foreign_suite-updates main"
        else
            echo "$entry $url $foreign_suite-security main"
        fi
    done >"$foreign_state/sources.list.new"
    grep -q " $foreign_suite main" "$foreign_state/sources.list.new" ||
        foreign_die "cannot tell where this machine gets Debian's packages from:" \
            "no Debian archive in its apt sources (set ZEROTH_MIRROR to a mirror's address)"
    mv "$foreign_state/sources.list.new" "$foreign_state/sources.list"
}

# Read after the host's own configuration, so that a proxy set there still counts, but the hooks and
# extra indexes that other programs hang into `apt-get update` do not run.
foreign_write_config() {
    local arch=$foreign_arch
    [ "$arch" != source ] || arch=$(dpkg --print-architecture)
    cat >"$foreign_state/apt.conf" <<CONF
#clear APT::Update;
#clear DPkg;
#clear APT::Architectures;
Dir::State "$foreign_state/state";
Dir::State::status "$foreign_state/status";
Dir::Cache "$foreign_state/cache";
Dir::Cache::pkgcache "pkgcache.bin";
Dir::Cache::srcpkgcache "srcpkgcache.bin";
Dir::Etc::sourcelist "$foreign_state/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::trusted "/usr/share/keyrings/debian-archive-keyring.gpg";
APT::Architecture "$arch";
APT::Architectures { "$arch"; };
APT::Sandbox::User "";
APT::Get::List-Cleanup "false";
Acquire::Languages "none";
Acquire::Retries "2";
CONF
}

foreign_open() {
    foreign_arch=$1
    foreign_suite=$2
    foreign_state=$foreign_root/build/foreign/$foreign_arch-$foreign_suite
    mkdir -p "$foreign_state"/{state/lists/partial,cache/archives/partial,debs}
    : >>"$foreign_state/status"
}

foreign_apt() {
    local tool=$1
    shift
    "$tool" -c "$foreign_state/apt.conf" -qq "$@"
}

foreign_update() {
    foreign_say "-- fetching the package index of Debian $foreign_suite for $foreign_arch"
    foreign_write_config
    foreign_write_sources
    # One suite may fail (a mirror half way through an update): what counts is whether the packages
    # can be had, which the caller finds out.
    foreign_apt apt-get update >"$foreign_state/update.log" 2>&1 || true
}

foreign_known() {
    local record
    [ -s "$foreign_state/sources.list" ] &&
        record=$(foreign_apt apt-cache show --no-all-versions "$1" 2>/dev/null) &&
        [[ $record == *Filename:* ]]
}

# Run a step that needs the network; between tries, get a fresh index.
foreign_retry() {
    local try
    for ((try = 1; try <= foreign_tries; try++)); do
        "$@" && return 0
        [ "$try" = "$foreign_tries" ] && break
        [ "$try" = 1 ] || sleep $((try * 2))
        foreign_update
    done
    sed 's/^/   apt: /' "$foreign_state/update.log" >&2 2>/dev/null || true
    return 1
}

foreign_locked() {
    local lock
    exec {lock}>"$foreign_state/lock"
    flock "$lock"
    "$@"
    local status=$?
    exec {lock}>&-
    return $status
}

foreign_resolve_now() {
    foreign_known "$1" && foreign_apt apt-cache depends "$1" |
        awk '$1 == "Depends:" && !found { print $2; found = 1 }'
}

# The answer is remembered beside the packages, so that a finished build tree needs no index again.
foreign_resolve() {
    local memory=$foreign_state/debs/$1.resolved
    if [ ! -s "$memory" ]; then
        foreign_locked foreign_retry foreign_resolve_now "$1" >"$memory.new" ||
            foreign_die "Debian $foreign_suite has no $1 for $foreign_arch (or its mirror is out of reach)"
        mv "$memory.new" "$memory"
    fi
    cat "$memory"
}

foreign_missing() {
    local package
    for package in "$@"; do
        [ -s "$foreign_state/debs/$package.deb" ] || echo "$package"
    done
}

# All that are missing in one go; whatever arrived whole is kept, also if the rest did not.
foreign_download_now() {
    local partial=$foreign_state/debs/.partial missing file
    mapfile -t missing < <(foreign_missing "$@")
    [ ${#missing[@]} != 0 ] || return 0
    [ -s "$foreign_state/sources.list" ] || return 1
    foreign_say "-- fetching ${missing[*]} ($foreign_arch, Debian $foreign_suite)"
    rm -rf "$partial"
    mkdir -p "$partial"
    (cd "$partial" && foreign_apt apt-get download "${missing[@]}") >>"$foreign_state/update.log" 2>&1 || true
    for file in "$partial"/*.deb; do
        [ ! -e "$file" ] || mv "$file" "$foreign_state/debs/$(basename "${file%%_*}").deb"
    done
    [ -z "$(foreign_missing "${missing[@]}")" ]
}

foreign_download() {
    foreign_retry foreign_download_now "$@" ||
        foreign_die "cannot fetch from Debian $foreign_suite for $foreign_arch: $(foreign_missing "$@" | tr '\n' ' ')"
}

foreign_unpack() {
    local dir=$1 package
    shift
    foreign_locked foreign_download "$@"
    mkdir -p "$dir"
    for package in "$@"; do
        dpkg-deb -x "$foreign_state/debs/$package.deb" "$dir"
    done
}

foreign_source_now() {
    local package=$1 partial=$foreign_state/debs/.partial
    [ ! -d "$foreign_state/debs/$package.source" ] || return 0
    [ -s "$foreign_state/sources.list" ] || return 1
    foreign_say "-- fetching the source of $package (Debian $foreign_suite)"
    rm -rf "$partial"
    mkdir -p "$partial"
    (cd "$partial" && foreign_apt apt-get source --download-only "$package") >>"$foreign_state/update.log" 2>&1 &&
        mv "$partial" "$foreign_state/debs/$package.source"
}

foreign_source() {
    local dir=$1 package=$2
    foreign_locked foreign_retry foreign_source_now "$package" ||
        foreign_die "cannot fetch the source of $package from Debian $foreign_suite"
    mkdir -p "$dir"
    tar xf "$foreign_state/debs/$package.source/"*.orig.tar.* --strip-components=1 -C "$dir"
}
