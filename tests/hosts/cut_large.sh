#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A large file whose collection is cut in its midst: what was had is not sent
# again, whether the host is reached again by the same run, or by another that
# takes it up, or after a kill; and what is another file by then begins anew.
# shellcheck source=tests/hosts/lib.sh disable=SC2154
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/cuts.sh"

# Slow enough to be cut in its midst by who looks at the case now and then, on a
# busy machine too: eight seconds of it, of which two go by before the cut.
size=12000000 rate=1500K cut_at=2500000
host_up web bookworm
cat >"$HOME/.ssh/config" <<'END'
Host *
	ServerAliveInterval 1
	ServerAliveCountMax 3
	ConnectTimeout 2
END
HALLIGAN_CASE=$tmp/t.case
export HALLIGAN_CASE
check "new case" h new "$HALLIGAN_CASE"
check "add" h host add "root@$(host_addr web)" web

# Its host has sent so many bytes since it is up.
sent()
{
	ip -s -j link show dev "$(cat "$hosts/web/cable")" |
		sed 's/.*"rx":{"bytes":\([0-9]*\).*/\1/'
}

had()
{
	h evidence list --json | grep -F "\"path\":\"$1\""
}

collect()
{
	before=$(newest) had_before=$(had /srv/huge/a | wc -l)
	rm -f "$tmp/over"
	{
		"$HALLIGAN" collect web --path /srv/huge --rate $rate \
			"$@" >"$tmp/said" 2>&1 </dev/null
		echo $? >"$tmp/status"
		mv "$tmp/status" "$tmp/over"
	} &
	pid=$!
	until [ "$(newest)" != "$before" ] || [ -e "$tmp/over" ]; do :; done
}

# Until so much of the file is in the case that it can be cut.
await_cut()
{
	until [ "$(had /srv/huge/a | wc -l)" -gt "$had_before" ] &&
		[ "$(had /srv/huge/a | tail -n 1 |
			sed 's/.*"size":\([0-9]*\).*/\1/')" -ge $cut_at ]; do
		[ ! -e "$tmp/over" ] || {
			fail "it was over before it could be cut"
			cat "$tmp/said"
			return 1
		}
	done
}

whole_again()
{
	h evidence list --json | grep -qF "${sum%% *}" ||
		fail "$1: what was collected is something else"
	had /srv/huge/a | tail -n 1 | grep -q '"complete":true' ||
		fail "$1: not whole"
	[ "$(had /srv/huge/a | wc -l)" = "$2" ] ||
		fail "$1: $(had /srv/huge/a | wc -l) items instead of $2"
}

less_than_all()
{
	[ "$1" -lt $((size - cut_at / 2)) ] || fail "$2: $1 bytes were sent once more"
	[ "$1" -gt 1000000 ] || fail "$2: only $1 bytes were sent"
}

huge=$(host_root web)/srv/huge
mkdir "$huge"
head -c $size /dev/urandom >"$huge/a"
sum=$(sha256sum <"$huge/a")

collect
await_cut && net_cut web
await '"state":"reconnecting"'
from=$(sent)
net_join web
over 0 "a collection whose cable was out"
whole_again "cut and joined" 1
had /srv/huge/a | grep -q 'gone on at byte' || fail "it does not say so"
less_than_all $(($(sent) - from)) "cut and joined"
h verify >"$tmp/verify" 2>&1 || fail "$(cat "$tmp/verify")"

# Given up, and taken up by another run; a small one was had whole.
rm -r "$huge"/*
head -c $size /dev/urandom >"$huge/a"
echo small >"$huge/0"
sum=$(sha256sum <"$huge/a")
collect --reconnect 0
await_cut && net_cut web
over 1 "a collection that was cut for good"
net_join web
from=$(sent)
expect 0 "resume it" h run resume "$(newest)"
whole_again "resumed" 2
less_than_all $(($(sent) - from)) "resumed"
[ "$(had /srv/huge/0 | wc -l)" = 1 ] || fail "a small one came twice"

# Killed: what was under way is told by what there is of it.
rm -r "$huge"/*
head -c $size /dev/urandom >"$huge/a"
sum=$(sha256sum <"$huge/a")
collect
await_cut
console=$(pgrep -P "$pid" -x halligan)
kill -KILL "$console"
until [ -e "$tmp/over" ]; do wait $pid; done
from=$(sent)
expect 0 "a note, so that the case is put right" h note add "killed"
expect 0 "resume after the kill" h run resume "$(newest)"
whole_again "killed" 3
less_than_all $(($(sent) - from)) "killed"

# What was written to meanwhile begins anew, and that is said.
rm -r "$huge"/*
head -c $size /dev/urandom >"$huge/a"
collect --reconnect 0
await_cut && net_cut web
over 1 "a collection that was cut for good"
echo "one line more" >>"$huge/a"
sum=$(sha256sum <"$huge/a")
net_join web
expect 0 "resume what has changed" h run resume "$(newest)"
whole_again "changed" 5
h coverage list --run "$(newest)" --json | grep -q '"reason":"anew"' ||
	fail "it does not say that it began anew"

# So does another file of that name, and a shorter one.
for how in replaced shrunk; do
	rm -r "$huge"/*
	head -c $size /dev/urandom >"$huge/a"
	n=$(had /srv/huge/a | wc -l)
	collect --reconnect 0
	await_cut && net_cut web
	over 1 "a collection that was cut for good"
	case $how in
	replaced)
		head -c $size /dev/urandom >"$huge/b"
		mv "$huge/b" "$huge/a"
		;;
	shrunk) truncate -s 2000000 "$huge/a" ;;
	esac
	sum=$(sha256sum <"$huge/a")
	net_join web
	expect 0 "resume what was $how" h run resume "$(newest)"
	whole_again "$how" $((n + 2))
done
expect 0 "verify" h verify
rm -r "$huge"
finish
