#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A large file whose collection is cut in its midst: what was had is not sent
# again, whether the host is reached again by the same run, or by another that
# takes it up, or after a kill; and what is another file by then begins anew.
# shellcheck source=tests/hosts/lib.sh disable=SC2154
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/cuts.sh"

# It is cut in its midst: no more than a third of it comes before.
size=12000000 cut_at=2000000
host_up web bookworm
cuts_case 3 web

had()
{
	h evidence list --json | grep -F "\"path\":\"$1\""
}

collect()
{
	net_slow web
	n_before=$(had /srv/huge/a | wc -l)
	launch collect web --path /srv/huge "$@"
}

# Until so much of the file is in the case that it can be cut.
await_cut()
{
	until [ "$(had /srv/huge/a | wc -l)" -gt "$n_before" ] &&
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

huge=$(host_root web)/srv/huge
mkdir "$huge"
head -c $size /dev/urandom >"$huge/a"
sum=$(sha256sum <"$huge/a")

collect
await_cut && net_cut web
await '"state":"reconnecting"'
from=$(net_sent web)
rejoin web
over 0 "a collection whose cable was out"
whole_again "cut and joined" 1
had /srv/huge/a | grep -q 'gone on at byte' || fail "it does not say so"
sent_again "$from" web "cut and joined"
h verify >"$tmp/verify" 2>&1 || fail "$(cat "$tmp/verify")"

# Given up, and taken up by another run; a small one was had whole.
rm -r "$huge"/*
head -c $size /dev/urandom >"$huge/a"
echo small >"$huge/0"
sum=$(sha256sum <"$huge/a")
collect --reconnect 0
await_cut && net_cut web
over 1 "a collection that was cut for good"
rejoin web
from=$(net_sent web)
expect 0 "resume it" h run resume "$(newest)"
whole_again "resumed" 2
sent_again "$from" web "resumed"
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
net_fast web
from=$(net_sent web)
expect 0 "a note, so that the case is put right" h note add "killed"
expect 0 "resume after the kill" h run resume "$(newest)"
whole_again "killed" 3
sent_again "$from" web "killed"

# What was written to meanwhile begins anew, and that is said.
rm -r "$huge"/*
head -c $size /dev/urandom >"$huge/a"
collect --reconnect 0
await_cut && net_cut web
over 1 "a collection that was cut for good"
echo "one line more" >>"$huge/a"
sum=$(sha256sum <"$huge/a")
rejoin web
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
	rejoin web
	expect 0 "resume what was $how" h run resume "$(newest)"
	whole_again "$how" $((n + 2))
done
expect 0 "verify" h verify
rm -r "$huge"
finish
