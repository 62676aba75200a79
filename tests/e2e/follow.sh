#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What follows a collect of several hosts: the logs of each are read, side by
# side, and told in the order of the hosts, with what is in each.
# shellcheck disable=SC2154
. "$HALLIGAN_SRCDIR/tests/e2e/fleet_servers.sh"
. "$HALLIGAN_SRCDIR/tests/e2e/lib.sh"
trap 'rm -rf "$tmp"' EXIT
fleet_up
HALLIGAN_CASE=$case
export HALLIGAN_CASE
hosts=12
mkdir "$HOME/logs"
i=0
while [ "$i" -lt 200 ]; do
	printf '2026-03-0%dT10:00:%02d+00:00 web01 sshd[%d]: Accepted password for alice from 203.0.113.7 port 1024 ssh2\n' \
		$((i / 60 + 1)) $((i % 60)) $((1000 + i))
	i=$((i + 1))
done >"$HOME/logs/auth.log"
fleet_targets "$hosts" >"$tmp/hosts"

# told: what the run said of what follows, without the ids of runs.
told()
{
	rm -f "$case"*
	check "new case" h new "$case"
	check "host add" h host add "@$tmp/hosts"
	expect 0 "a collect" h collect --all --parse --path "$HOME/logs"
	grep '^halligan: parse \|^parse ' "$tmp/err" | sed 's/ [0-9a-f]*:/:/'
}

told >"$tmp/first"
[ "$(wc -l <"$tmp/first")" = "$hosts" ] || fail "not a run for each host"
[ "$(grep -c '200 events for the timeline' "$tmp/first")" = "$hosts" ] ||
	fail "not the events of each host: $(cat "$tmp/first")"
h run list --json | grep '"op":"parse"' >"$tmp/runs"
[ "$(grep -c '"state":"done"' "$tmp/runs")" = "$hosts" ] ||
	fail "not all runs are done"
for name in $(fleet_names "$hosts"); do
	[ "$(h timeline --host "$name" --kind ssh.accepted --json | wc -l)" = 200 ] ||
		h timeline --host "$name" --json | grep -c Accepted |
		grep -qx 200 || fail "not 200 logins of $name"
done
# Checks go over the hosts side by side, and tell of them in their order.
h check --all --json | sed 's/.*"host":"\([^"]*\)".*/\1/' >"$tmp/order"
h check --all --json | sed 's/.*"host":"\([^"]*\)".*/\1/' |
	cmp -s - "$tmp/order" || fail "another order the second time"
told >"$tmp/second"
cmp "$tmp/first" "$tmp/second" || fail "another order the second time"
check "verify" h verify
finish
