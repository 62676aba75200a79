#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The live picture of real servers, with a probe and by what a shell shows:
# both name the process that listens, and what a shell cannot show is said.
# shellcheck source=tests/hosts/lib.sh disable=SC2154
. "$(dirname "$0")/lib.sh"

host_up probed bookworm
host_up bare bookworm
host_up small dropbear
names='probed bare small'

case=$tmp/t.case
HALLIGAN_CASE=$case
export HALLIGAN_CASE
check "new case" h new "$case"
for name in $names; do
	check "add $name" h host add "root@$(host_addr $name)" $name
done

# A password that is an argument.
told='' n=0
for name in $names; do
	host_exec $name sh -c 'tail -f /dev/null; :' told --password=hunter-SECRET \
		</dev/null >/dev/null 2>&1 &
	told="$told $!"
	n=$((n + 1))
	until [ "$(pgrep -cf '^sh -c tail -f /dev/null; : told')" -ge $n ]; do
		kill -0 $! || break
	done
done

for name in $names; do
	mode=--no-probe
	[ $name != probed ] || mode=
	h triage $name $mode --accept-new-host-keys --no-parse \
		>"$tmp/out" 2>"$tmp/err" || [ $? = 3 ] ||
		fail "triage of $name: $(cat "$tmp/err")"
	rows process --host $name >"$tmp/processes"
	rows socket --host $name >"$tmp/sockets"
	rows fact --host $name >"$tmp/facts"
	rows coverage --host $name >"$tmp/coverage"
	grep -q -- '--password=redacted\*' "$tmp/processes" ||
		fail "$name: no arguments"
	! grep -q hunter-SECRET "$tmp/processes" "$tmp/facts" ||
		fail "$name: a password was told"
	# Who listens there is told, and with its program.
	grep '"state":"listen"' "$tmp/sockets" | grep ':22"' >"$tmp/listen" ||
		fail "$name: nobody listens"
	pid=$(sed -n 's/.*"pid":\([0-9]*\).*/\1/p' "$tmp/listen" | head -n 1)
	[ -n "$pid" ] || fail "$name: nobody holds its socket"
	grep "\"pid\":$pid," "$tmp/processes" | grep -E 'sshd|dropbear' \
		>"$tmp/sshd" || fail "$name: $pid is not told of"
	grep -q 'start_ns":[0-9]' "$tmp/sshd" || fail "$name: without a start"
	for kind in kernel mount interface; do
		grep -q "\"kind\":\"$kind\"" "$tmp/facts" ||
			fail "$name: no $kind"
	done
	grep '"kind":"kernel"' "$tmp/facts" | grep -q '"tainted"' ||
		fail "$name: nothing of taint"
done
# What only a probe shows.
rows coverage --host bare >"$tmp/coverage"
grep '"reason":"no-probe"' "$tmp/coverage" | grep -q '"views"' ||
	fail "views are passed over in silence"
rows fact --host probed >"$tmp/facts"
for kind in package tool odd_file; do
	grep -q "\"kind\":\"$kind\"" "$tmp/facts" || fail "probed: no $kind"
done
! grep -q '"kind":"difference"' "$tmp/facts" ||
	fail "differences: $(grep '"kind":"difference"' "$tmp/facts")"
! grep '"kind":"changed_file"' "$tmp/facts" | grep -q critical.*true ||
	fail "changed: $(grep '"kind":"changed_file"' "$tmp/facts")"
# shellcheck disable=SC2086
kill $told 2>/dev/null
finish
