#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# 200 hosts of which 20 are dead, each in a way of its own: all others are
# done, the dead are named with their reasons, and only they are tried again.
# Then: hosts that do their worst delay no other.
# shellcheck disable=SC2154
. "$HALLIGAN_SRCDIR/tests/e2e/fleet_servers.sh"
. "$HALLIGAN_SRCDIR/tests/e2e/lib.sh"
trap 'rm -rf "$tmp"' EXIT
fleet_up 'Match LocalAddress 127.4.0.1' 'ForceCommand exec yes nothing' \
	'Match LocalAddress 127.4.0.2' 'ForceCommand exec tail -f /dev/null'
HALLIGAN_CASE=$case
export HALLIGAN_CASE
mkfifo "$tmp/hold"
tail -f /dev/null >"$tmp/hold" &
strange=$HALLIGAN_BUILDDIR/tests/e2e/strange

strange_up()
{
	mkfifo "$tmp/said.$2"
	"$strange" "$1" "$2" <"$tmp/hold" >"$tmp/said.$2" &
	read -r ready <"$tmp/said.$2"
	[ "$ready" = ready ] || fail "no $2"
}

strange_up 2301 garbage
strange_up 2302 silent
strange_up 2303 flood
# What goes there is lost: a cable with nobody at its other end.
ip link add lost type veth peer name nobody && ip link set nobody up &&
	ip link set lost up && ip addr add 192.0.2.1/24 dev lost ||
	skip "no network that loses all"
for i in 1 2 3; do
	ip neigh add 192.0.2.10$i lladdr 02:00:00:00:00:0$i dev lost
done

# dead HOW COUNT TARGET NAME...: with @ in place of its number.
dead()
{
	for i in $(seq "$2"); do
		echo "$3 $1$i" | sed "s/@@/$i/"
	done
}

# The right server with another's key.
ssh-keygen -q -t ed25519 -N '' -f "$tmp/other"
for i in 1 2 3; do
	echo "[127.3.0.$i]:$fleet_port $(cut -d ' ' -f 1,2 "$tmp/other.pub")"
done >>"$HOME/.ssh/known_hosts"
{
	fleet_targets 180
	dead refused 4 root@127.2.0.@@:2999
	dead noroute 4 root@198.51.100.@@
	dead lost 3 root@192.0.2.10@@
	dead otherkey 3 root@127.3.0.@@:$fleet_port
	dead garbage 3 root@127.2.0.@@:2301
	dead silent 3 root@127.2.0.@@:2302
} >"$tmp/hosts"
check "new case" h new "$case"
check "host add" h host add "@$tmp/hosts"
[ "$(count host list)" = 200 ] || fail "not 200 hosts"

# states RUN STATE: the names of its hosts in that state.
states()
{
	h run show "$1" --json | grep "\"state\":\"$2\"" |
		sed -n 's/.*"host":"\([^"]*\)".*/\1/p' | sort
}

# reason HOST: why it failed in the newest run.
reason()
{
	h run show "$(newest)" --json | grep "\"host\":\"$1\"" |
		sed 's/.*"message":"\([^"]*\)".*/\1/'
}

expect 3 "a run with dead hosts" h connect --all --parallel 64
[ "$(wc -l <"$tmp/out")" = 0 ] || fail "data without a reason"
says "180 hosts done, 20 failed" "the last line"
run=$(newest)
[ "$(states "$run" done | wc -l)" = 180 ] || fail "not 180 done"
awk 'NR > 180 { print $2 }' "$tmp/hosts" | sort >"$tmp/dead"
states "$run" failed | cmp -s - "$tmp/dead" || fail "other hosts failed"
while read -r kind words; do
	for host in $(grep "^$kind" "$tmp/dead"); do
		reason "$host" | grep -qiE "$words" ||
			fail "$host: $(reason "$host")"
		grep -qE "^halligan: $host: .+" "$tmp/err" ||
			fail "$host is not named"
	done
done <<'REASONS'
refused connection refused
noroute unreachable
lost no answer
otherkey host key CHANGED
garbage this is no SSH server, it says: HTTP
silent handshake took longer
REASONS

# What was mended is done, and nobody else is bothered.
grep -v '^\[127.3.0' "$HOME/.ssh/known_hosts" >"$tmp/known"
for i in 1 2 3; do
	echo "[127.3.0.$i]:$fleet_port $(cut -d ' ' -f 1,2 "$fleet/key.pub")"
done >>"$tmp/known"
cat "$tmp/known" >"$HOME/.ssh/known_hosts"
expect 3 "the dead alone" h connect --failed --parallel 64
says "3 hosts done, 17 failed" "the dead alone"
[ "$(h run show "$(newest)" --json | grep -c '"attempts":')" = 20 ] ||
	fail "others were tried again"
expect 1 "tried again" h connect refused1 --retry 1
h run show "$(newest)" --json | grep '"host":"refused1"' |
	grep -q '"attempts":2' || fail "a refused host was not tried again"

# What was not seen of a run is said with what was: hosts, too.
expect 3 "one of two" h collect 127.1.0.1 refused1 --path "$HOME/.ssh"
expect 0 "what it saw" h coverage summary --run "$(h run list --json |
	grep -m 1 '"op":"collect"' | sed 's/.*"id":"\([^"]*\)".*/\1/')"
says "refused1: not looked at, or not to its end: connection refused" \
	"coverage of a host that was not reached"

# Bytes on the wire, the probe's too, are held to a cap.
lo_bytes()
{
	awk '$1 == "lo:" { print $2 }' /proc/net/dev
}

head -c 1500000 /dev/urandom >"$HOME/wanted"
bytes=$(lo_bytes) began=$(date +%s%N)
expect 0 "a cap" h collect 127.1.0.1 --path "$HOME/wanted" --rate 1M
awk -v bytes="$(($(lo_bytes) - bytes))" -v ns="$(($(date +%s%N) - began))" '
	BEGIN {
		may = ns / 1e9 * 1024 * 1024 * 1.15 + 512 * 1024
		if (bytes > may || bytes < 2000000)
			print bytes " bytes in " ns " ns"
	}' >"$tmp/over"
[ ! -s "$tmp/over" ] || fail "past the cap: $(cat "$tmp/over")"

# The first four have all the places there are but one.
rm -f "$case"*
check "new case" h new "$case"
{
	echo "root@127.4.0.1:$fleet_port floods"
	echo "root@127.4.0.2:$fleet_port hangs"
	echo "root@127.2.0.1:2302 says_nothing"
	echo "root@127.2.0.1:2303 floods_early"
	fleet_targets 30
} >"$tmp/hosts"
for a in 1 2; do
	echo "[127.4.0.$a]:$fleet_port $(cut -d ' ' -f 1,2 "$fleet/key.pub")"
done >>"$HOME/.ssh/known_hosts"
check "host add" h host add "@$tmp/hosts"
"$HALLIGAN" connect --all --parallel 5 >"$tmp/said" 2>&1 </dev/null &
pid=$!
n=0
while [ "$n" -lt 30 ] && kill -0 $pid 2>/dev/null; do
	n=$(states "$(newest)" done 2>/dev/null | wc -l)
done
[ "$n" = 30 ] || fail "$n of 30 hosts done"
[ "$(states "$(newest)" connecting)" ] || fail "no host is held up any more"
states "$(newest)" connecting | grep -q hangs || fail "hangs is through"
kill -INT $pid
wait $pid
[ $? = 130 ] || fail "no end by a signal"
expect 0 "verify" h verify
finish
