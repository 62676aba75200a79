#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The lists of indicators we ship: every line is read, none twice, and each
# names its source, how bad it is and TLP:CLEAR.
set -u
LC_ALL=C
export LC_ALL
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=0

fail()
{
	failed=1
	echo "FAILED: $*"
}

n=0
for list in "$HALLIGAN_SRCDIR"/rules/indicators/*.csv; do
	n=$((n + 1))
	case=$tmp/$n.case
	lines=$(grep -vc '^#' "$list")
	"$HALLIGAN" new "$case" 2>"$tmp/said" || fail "$(cat "$tmp/said")"
	"$HALLIGAN" -C "$case" indicator import "$list" 2>"$tmp/said" ||
		fail "$list: $(cat "$tmp/said")"
	"$HALLIGAN" -C "$case" indicator list --json >"$tmp/rows"
	[ "$(wc -l <"$tmp/rows")" -eq $((lines - 1)) ] ||
		fail "$list: a line is not read or is there twice"
	grep -v '"source":"[^"]*(TLP:CLEAR)"' "$tmp/rows" &&
		fail "$list: a line without source or TLP:CLEAR"
	grep -v '"description":"[^"]' "$tmp/rows" &&
		fail "$list: a line without a description"
done
[ "$n" -gt 0 ] || fail "no lists"
exit $failed
