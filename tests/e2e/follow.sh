#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What follows a collect of several hosts: the logs of each are read, side by
# side, and told in the order in which they came, with what is in each.
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

hosts_of()
{
	sed 's/.*"host":"\([^"]*\)".*/\1/'
}

# told: what a collect said of what follows, a host a line: that of the run, of
# whose id it says the end.
told()
{
	rm -f "$case"*
	check "new case" h new "$case"
	check "host add" h host add "@$tmp/hosts"
	expect 0 "a collect" h collect --all --parse --path "$HOME/logs"
	rows run_host | sed 's/^{"run_id":"[^"]*\(.\{8\}\)","host":"\([^"]*\)".*/\1 \2/' \
		>"$tmp/runs"
	sed -n 's/^parse \([0-9a-f]*\): /\1 /p' "$tmp/err" |
		while read -r id words; do
			echo "$(sed -n "s/^$id //p" "$tmp/runs"): $words"
		done
}

# hold TOLD: of each host once, in the order in which its logs came.
hold()
{
	h evidence list --json | hosts_of | awk '!n[$0]++' >"$tmp/came"
	[ "$(sort -u "$tmp/came" | wc -l)" = "$hosts" ] ||
		fail "not the logs of each host"
	cut -d : -f 1 "$1" | diff "$tmp/came" - || fail "told in another order"
	[ "$(grep -c '200 events for the timeline' "$1")" = "$hosts" ] ||
		fail "not the events of each host: $(cat "$1")"
}

told >"$tmp/first"
hold "$tmp/first"
h run list --json | grep '"op":"parse"' >"$tmp/runs"
[ "$(grep -c '"state":"done"' "$tmp/runs")" = "$hosts" ] ||
	fail "not all runs are done"
for name in $(fleet_names "$hosts"); do
	[ "$(h timeline --host "$name" --kind ssh.accepted --json | wc -l)" = 200 ] ||
		fail "not 200 logins of $name"
done
# Checks go over the hosts side by side, and tell of them in their order.
h host list --json | sed 's/.*"name":"\([^"]*\)".*/\1/' >"$tmp/names"
[ "$(wc -l <"$tmp/names")" = "$hosts" ] || fail "not $hosts hosts"
for turn in first second; do
	h check --all --json 2>"$tmp/err" | grep '"what":"check"' | hosts_of |
		uniq | diff "$tmp/names" - ||
		fail "checks in another order the $turn time"
done
told >"$tmp/second"
hold "$tmp/second"
sort "$tmp/first" >"$tmp/sorted"
sort "$tmp/second" | diff "$tmp/sorted" - || fail "told otherwise the second time"
check "verify" h verify
# What a run that was killed had brought is read once the one it took up is
# taken up again, though nothing of it is sent a second time.
rm -f "$case"*
check "new case" h new "$case"
head -n 1 "$tmp/hosts" >"$tmp/one"
check "host add" h host add "@$tmp/one"
head -c 4000000 /dev/urandom >"$HOME/logs/large"
expect 1 "no way there" h collect --all --parse --path "$HOME/logs" \
	--jump 127.0.0.1:1 --rate 300K
cut=$(newest)
"$HALLIGAN" run resume "$cut" --jump none >/dev/null 2>&1 </dev/null &
pid=$!
until h evidence list --json | grep auth.log | grep -q '"complete":true'; do
	kill -0 $pid 2>/dev/null || break
done
kill -KILL $pid
wait $pid 2>/dev/null
[ $? = 137 ] || fail "it was over before it could be killed"
expect 0 "resume" h run resume "$cut" --jump none --rate 90M
[ "$(h evidence list --json | grep -c auth.log)" = 1 ] ||
	fail "the log was sent again"
[ "$(count timeline --kind ssh.accepted)" = 200 ] ||
	fail "the log was not read"
finish
