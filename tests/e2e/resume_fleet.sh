#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A collection from six hosts, one after the other, killed as the third sends
# its file: taken up, it does what is missing and nothing else. The first two
# are left alone, the third goes on in the midst of its file, the others begin.
# shellcheck disable=SC2154
. "$HALLIGAN_SRCDIR/tests/e2e/fleet_servers.sh"
. "$HALLIGAN_SRCDIR/tests/e2e/lib.sh"
trap 'rm -rf "$tmp"' EXIT
fleet_up
HALLIGAN_CASE=$case
export HALLIGAN_CASE
fleet_targets 6 | awk '{ print $1 " h" NR }' >"$tmp/hosts"
check "new case" h new "$case"
check "six hosts" h host add "@$tmp/hosts"
mkdir "$HOME/wanted"
size=8000000
head -c $size /dev/urandom >"$HOME/wanted/large"
echo small >"$HOME/wanted/0"

items()
{
	h evidence list --json | grep -F "\"host\":\"$1\"" | grep -F "\"path\":\"$2\""
}

# Two files of two hosts whole, and of the third's large one something.
"$HALLIGAN" collect --all --parallel 1 --rate 4M --path "$HOME/wanted" \
	>"$tmp/said" 2>&1 </dev/null &
pid=$!
until [ "$(items h3 "$HOME/wanted/large" |
	sed 's/.*"size":\([0-9]*\).*/\1/' | awk '{ n += $1 } END { print n + 0 }')" -ge 2000000 ]; do
	kill -0 $pid 2>/dev/null || {
		fail "it was over before it could be killed"
		cat "$tmp/said"
		break
	}
done
kill -KILL $pid
wait $pid 2>/dev/null
cut=$(newest)
expect 0 "a note, so that the case is put right" h note add "killed"
h run show "$cut" --json >"$tmp/cut"
for host in h1 h2; do
	grep "\"host\":\"$host\"" "$tmp/cut" | grep -q '"state":"done"' ||
		fail "$host was not done"
done
had=$(items h3 "$HOME/wanted/large" | sed 's/.*"size":\([0-9]*\).*/\1/')

expect 0 "resume" h run resume "$cut"
h run show "$(newest)" --json >"$tmp/resumed"
for host in h1 h2; do
	grep -q "\"host\":\"$host\"" "$tmp/resumed" &&
		fail "$host was done, and is done again"
done
for host in h3 h4 h5 h6; do
	grep "\"host\":\"$host\"" "$tmp/resumed" | grep -q '"state":"done"' ||
		fail "$host was not done by the second run"
done
for host in h1 h2 h3 h4 h5 h6; do
	for name in 0 large; do
		items $host "$HOME/wanted/$name" >"$tmp/items"
		[ "$(wc -l <"$tmp/items")" = 1 ] ||
			fail "$host has $name $(wc -l <"$tmp/items") times"
		grep -q '"complete":true' "$tmp/items" ||
			fail "$name of $host is not whole"
	done
done
items h3 "$HOME/wanted/large" | grep -qF "gone on at byte $had" ||
	fail "the third did not go on where it was cut"
expect 2 "nothing is left" h run resume "$(newest)"
expect 0 "verify" h verify
finish
