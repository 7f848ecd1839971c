# SPDX-License-Identifier: Apache-2.0
# What every script begins with: names, and variables given as arguments.
set -e

dir=${dir:-$(dirname "$0")}
. "$dir/hotplugpath.sh"
. "$dir/logging.sh"

# evalVariables ARGUMENT…: those like `name=value` become variables; the value is taken as it is.
evalVariables() {
    local argument
    for argument in "$@"; do
        case ${argument%%=*} in
            "$argument" | '' | [!a-zA-Z_]* | *[!a-zA-Z0-9_]*) ;;
            *) eval "${argument%%=*}=\${argument#*=}" ;;
        esac
    done
}

# findCommand ARGUMENT…: the first that is no `name=value` becomes $command
findCommand() {
    local argument
    for argument in "$@"; do
        case $argument in
            *=*) ;;
            *)
                command=$argument
                return
                ;;
        esac
    done
}
