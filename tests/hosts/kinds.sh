#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The kinds of hosts that other tests use are there and are worked on: each
# logs in, is hunted, and has nothing left on it.
# shellcheck source=tests/hosts/lib.sh disable=SC2154
. "$(dirname "$0")/lib.sh"

host_up old bookworm
host_up new trixie
host_up small dropbear
host_up strict noexec
case=$tmp/t.case
HALLIGAN_CASE=$case
export HALLIGAN_CASE
check "new case" h new "$case"
for name in old new small strict; do
	check "add $name" h host add "root@$(host_addr $name)" $name
done
mkdir "$tmp/rules"
echo 'rule marker { strings: $a = "INERT MARKER" condition: $a }' \
	>"$tmp/rules/marker.yar"
for name in old new small; do
	mkdir -p "$(host_root $name)/srv"
	echo 'an INERT MARKER' >"$(host_root $name)/srv/it"
	expect 0 "hunt of $name" h hunt $name --rules "$tmp/rules" --path /srv
done
expect 0 "finding list" h finding list --json
[ "$(wc -l <"$tmp/out")" = 3 ] || fail "not every host has its finding"
expect 0 "host list" h host list --json
grep -q '"os":"Linux' "$tmp/out" || fail "no system is told"
for name in old new small; do
	grep -q "\"hostname\":\"$name\"" "$tmp/out" || fail "$name is not named"
	left=$(find "$(host_root $name)/tmp" "$(host_root $name)/dev/shm" \
		-name '.[0-9a-f]*' | wc -l)
	[ "$left" = 0 ] || fail "something is left on $name"
done
finish
