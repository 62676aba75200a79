#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The ways in which a hunt may end before its time. Whichever it is: ten
# seconds later no process of ours is on the host, and no file ever was. In a
# network of its own, where root may make one, so that the link can be cut.
. "$HALLIGAN_SRCDIR/tests/e2e/lib.sh"
if [ -z "${LIFE_INSIDE:-}" ] && command -v ip >/dev/null &&
	unshare -n ip link set lo up 2>/dev/null; then
	rm -rf "$tmp"
	LIFE_INSIDE=1 exec unshare -n sh -c 'ip link set lo up && exec sh "$0"' "$0"
fi
begin
add_hosts
touch "$tmp/before"

# A hunt that reads one file and then waits for days; $console is it.
stuck()
{
	: >"$tmp/log"
	"$HALLIGAN" --log "$tmp/log" hunt web01 --rules "$rules" --path "$range" \
		--read-rate 1 --accept-new-host-keys --reconnect 0 "$@" \
		>"$tmp/out" 2>"$tmp/err" </dev/null &
	console=$!
	tail -n +1 -f --pid=$console "$tmp/log" 2>/dev/null |
		grep -q -m 1 'web01: running'
}

# The probe and all it forked, as $probe.
await_probe()
{
	end=$(($(date +%s) + 15))
	while :; do
		probe=$(probes | while read -r pid; do
			grep -qs -e --serve "/proc/$pid/cmdline" && echo "$pid"
		done)
		[ -n "$probe" ] && return
		[ "$(date +%s)" -lt $end ] || break
	done
	fail "no probe is at work"
}

gone()
{
	for pid in $probe; do
		timeout 10 tail -f --pid="$pid" /dev/null ||
			fail "$1: the probe is still there after 10 s"
	done
	# What other tests are just placing goes away by itself.
	end=$(($(date +%s) + 10))
	while left=$(leftovers) && [ -n "$left" ]; do
		[ "$(date +%s)" -lt $end ] || break
	done
	[ -z "$left" ] || fail "$1: left on the host: $left"
}

ends()
{
	wait $console 2>/dev/null
	got=$?
	[ $got = "$1" ] || {
		fail "$2: exit $got instead of $1"
		sed 's/^/    /' "$tmp/err"
	}
}

start()
{
	stuck "$@"
	await_probe
}

start
kill -KILL $console
gone "the console was killed"
wait $console 2>/dev/null

start
kill -KILL "$(ps -o ppid= -p "$(echo "$probe" | head -n 1)" | tr -d ' ')"
gone "sshd's session was killed"
ends 1 "sshd's session was killed"

start
kill -STOP $console
gone "the console was stopped"
kill -CONT $console
ends 3 "the console was stopped"
says "heard nothing from this console" "the console was stopped"

start
kill -KILL $probe
gone "the probe was killed"
ends 1 "the probe was killed"
says "web01: " "the probe was killed"

stuck --deadline 2
ends 3 "the deadline"
says "deadline" "the deadline"
await_none()
{
	probe=$(probes)
	gone "$1"
}
await_none "the deadline"

stuck --memory-limit 900000G
ends 1 "too little memory"
says "not started: " "too little memory"
await_none "too little memory"

echo 'rule r { condition: }' >"$tmp/bad.yar"
expect 1 "a bad rule" h hunt web01 --rules "$tmp/bad.yar" --path /etc
await_none "a bad rule"

if [ -n "${LIFE_INSIDE:-}" ]; then
	start
	ip link set lo down
	gone "the link was cut"
	ends 1 "the link was cut"
	says "no sign of life from the host" "the link was cut"
	ip link set lo up
else
	echo "not tested: a cut link, for only root can cut one"
fi
expect 0 "the case verifies" h verify
finish
