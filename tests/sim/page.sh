#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The page that shows how to test without Xen: its commands are run as they stand there.
. "$ZEROTH_SOURCE/tests/board/lib/check.sh"

{
    echo 'set -e'
    sed -n '/^```sh$/,/^```$/p' "$ZEROTH_SOURCE/docs/without-xen.md" | grep -v '^```'
} >page.commands
check "the page has commands" test "$(wc -l <page.commands)" -gt 40
PATH=$ZEROTH_BIN:$PATH
export PATH
check "they do what the page says" timeout 100 bash page.commands
checks_done
