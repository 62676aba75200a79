#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SIGKILL at any time: the case verifies, a second run completes it, and the
# hosts are clean. The times are lines of the program's own log, so every
# stage of a run is met whatever the machine's speed.
. "$HALLIGAN_SRCDIR/tests/e2e/lib.sh"
begin
add_hosts
touch "$tmp/before"

# A tree that takes a moment: the samples and a few hundred other files.
mkdir "$range/hosts/web01/srv/bulk"
i=0
while [ $i -lt 400 ]; do
	echo "file $i" >"$range/hosts/web01/srv/bulk/$i"
	i=$((i + 1))
done
head -c 8000000 /dev/urandom >"$range/hosts/web01/srv/bulk/large"

# Kills a hunt when its log has so many lines; says whether it was in time.
kill_at()
{
	: >"$tmp/log"
	"$HALLIGAN" --log "$tmp/log" hunt --all --take-hits --rules "$rules" \
		--path "$range/hosts" >/dev/null 2>&1 </dev/null &
	pid=$!
	tail -n +1 -f --pid=$pid "$tmp/log" 2>/dev/null |
		head -n "$1" >/dev/null
	kill -KILL $pid 2>/dev/null
	wait $pid 2>/dev/null
	[ $? = 137 ]
}

kills=0
lines=1
while [ $lines -le 60 ]; do
	if kill_at $lines; then
		kills=$((kills + 1))
	fi
	expect 0 "verify after a kill at line $lines" h verify
	[ $failed = 0 ] || break
	lines=$((lines + 1 + lines / 6))
done
[ $kills -ge 5 ] || fail "only $kills of the runs were killed in time"

expect 0 "a second run completes it" h hunt --all --take-hits --rules "$rules" \
	--path "$range/hosts"
found=$(count finding list)
h new "$tmp/fresh.case" >/dev/null 2>&1
HALLIGAN_CASE=$tmp/fresh.case
export HALLIGAN_CASE
add_hosts
expect 0 "an undisturbed run" h hunt --all --take-hits --rules "$rules" \
	--path "$range/hosts"
[ "$(count finding list)" = "$found" ] ||
	fail "killed and completed: $found findings, undisturbed: $(count finding list)"
HALLIGAN_CASE=$case
expect 0 "verify at the end" h verify
h run list --json | grep -q interrupted ||
	fail "the killed runs are not shown as interrupted"

# The last probes end by themselves once their connection is gone.
for pid in $(probes); do
	timeout 15 tail -f --pid="$pid" /dev/null
done
[ -z "$(probes)" ] || fail "a probe outlives its console: $(probes)"
[ -z "$(leftovers)" ] || fail "left on the host: $(leftovers)"
finish
