#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A triage of a Debian 12 and a Debian 13 over SSH brings everything that
# triage.tsv lists, and is over within its time.
# shellcheck source=tests/hosts/lib.sh disable=SC2154
. "$(dirname "$0")/../hosts/lib.sh"
. "$(dirname "$0")/lived_in.sh"
command -v sqlite3 >/dev/null || skip "sqlite3 is not installed"

case=$tmp/t.case
HALLIGAN_CASE=$case
export HALLIGAN_CASE
check "new case" h new "$case"
for name in bookworm trixie; do
	host_up $name $name
	live_in $name
	check "add $name" h host add "root@$(host_addr $name)" $name
	expect 0 "triage of $name" h triage $name
done

# The rows of the table that a host has not, one a line.
missing()
{
	name=$1 letter=$(printf %.1s "$1")
	sed '/^#/d' "$HALLIGAN_SRCDIR/tests/conform/triage.tsv" |
		while IFS='	' read -r what releases query; do
			case $releases in *$letter*) ;; *) continue ;; esac
			[ "$(of_host "$name" "$query")" -gt 0 ] 2>/dev/null ||
				echo "$what"
		done
}

for name in bookworm trixie; do
	missing $name >"$tmp/missing"
	[ ! -s "$tmp/missing" ] ||
		fail "triage of $name does not bring: $(paste -sd , "$tmp/missing")"
done
finish
