#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Hosts behind others: chains of servers, each with its own key, user and
# word on what went wrong there.
# shellcheck source=tests/hosts/lib.sh disable=SC2154
. "$(dirname "$0")/lib.sh"

host_up bastion bookworm 'RekeyLimit 8M'
host_up middle bookworm behind=bastion
host_up deep bookworm behind=bastion 'RekeyLimit 1M'
host_up strict bookworm 'AllowTcpForwarding no'

case=$tmp/t.case
HALLIGAN_CASE=$case
export HALLIGAN_CASE
check "new case" h new "$case"
bastion=$(host_addr bastion) middle=$(host_addr middle) deep=$(host_addr deep)
strict=$(host_addr strict)
head -c 30000000 /dev/urandom >"$(host_root deep)/srv/large"
sum=$(sha256sum <"$(host_root deep)/srv/large" | cut -d ' ' -f 1)

# From here it is not to be reached.
check "add deep" h host add "root@$deep" deep --jump "kim@$bastion,ada@$middle"
expect 1 "without a jump" h connect --jump none deep

# Through two servers for which known_hosts vouches; a file comes whole while
# the host makes new keys.
expect 0 "connect" h connect deep
rows hop >"$tmp/hops"
[ "$(wc -l <"$tmp/hops")" = 3 ] || fail "not three hops: $(cat "$tmp/hops")"
for hop in "\"position\":0,\"target\":\"kim@$bastion:22\",\"address\":\"$bastion:22\"" \
	"\"position\":1,\"target\":\"ada@$middle:22\"" \
	"\"position\":2,\"target\":\"root@$deep:22\""; do
	grep -F "$hop" "$tmp/hops" | grep -F '"how":"known_hosts","kex":"c' |
		grep -qF '"host_key":"ssh-ed25519","cipher":"a' ||
		fail "no hop $hop: $(cat "$tmp/hops")"
done
rows pin >"$tmp/pins"
[ "$(wc -l <"$tmp/pins")" = 2 ] || fail "not two pins: $(cat "$tmp/pins")"
expect 0 "collection" h collect deep --path /srv/large
rows evidence | grep -q "$sum" || fail "another file came"
# Of each of them, what was negotiated, of the last connection alone.
expect 0 "host show" h host show "$(rows hop | tail -n 1 |
	sed 's/.*"host":"\([^"]*\)".*/\1/')"
for column in kex host_key cipher mac; do
	[ "$(grep -c "^$column  *[a-z]" "$tmp/out")" = 3 ] || {
		fail "not three times $column"
		cat "$tmp/out"
	}
done
rows hop | grep -q '"how":"pinned"' || fail "the pins are not used"
run=$(rows run | head -n 1 | sed 's/.*"id":"\([^"]*\)".*/\1/')
expect 0 "run show" h run show "$run" --json
grep -qF "kim@$bastion:22" "$tmp/out" || fail "the way is not shown"

# ssh_config says the same; the first server may be behind one of its own.
printf 'Host mid\n HostName %s\n User bob\n ProxyJump kim@%s\n' "$middle" \
	"$bastion" >"$tmp/config"
check "add other" h host add "kim@$deep" other
expect 0 "by ssh_config" h connect other -F "$tmp/config" -J mid
rows hop | grep -qF "\"target\":\"bob@$middle:22\"" || fail "no bob on the way"

# A command of ssh's own leads there as well, and says why it does not.
printf 'Host *\n ProxyCommand ssh -F none -i %s -o UserKnownHostsFile=%s -W %%h:%%p kim@%s\n' \
	"$HOME/.ssh/id_ed25519" "$HOME/.ssh/known_hosts" "$bastion" \
	>"$tmp/command"
expect 0 "by ssh -W" h connect other -F "$tmp/command"
rows hop | grep -qF "\"address\":\"by command ssh -F none" ||
	fail "ssh -W is not on record"
(printf 'Match host %s\n ProxyJump ada@%s\n' "$deep" "$middle" &&
	sed "s/ -o/ -v -o/" "$tmp/command") >"$tmp/both"
expect 0 "a jump host behind a command" h connect other -F "$tmp/both"
rows hop | grep -F "\"target\":\"ada@$middle:22\"" |
	grep -qF '"address":"by command' || fail "no command before a jump"
sed -i "s/kim@.*/kim@$bastion -p 9/" "$tmp/command"
expect 1 "by ssh -W to nobody" h connect other -F "$tmp/command"
says "refused" "by ssh -W to nobody"

# Round in circles, and too far.
printf 'Host *\n ProxyJump kim@%s\n' "$bastion" >"$tmp/loop"
expect 2 "a loop" h connect other -F "$tmp/loop"
says "goes through kim@$bastion twice" "a loop"
far=a@b
for n in $(seq 32); do far=$far,a$n@b; done
expect 2 "too far" h connect other -J "$far" -F none
says "more than 32 jump hosts" "too far"

# What went wrong is told of the one where it did.
expect 1 "no forwarding" h connect other -J "root@$strict"
says "jump host root@$strict: it does not let root go on to" "no forwarding"
expect 1 "nobody there" h connect other -J "kim@$bastion,kim@10.78.0.200"
says "jump host kim@$bastion: connecting from there to 10.78.0.200:22" nobody
expect 12 "who is that" h connect other -J "nobody@$bastion"
says "jump host nobody@$bastion: nobody was not let in" "who is that"

# Another key in the middle stops the work before anybody is trusted.
host_exec middle sh -c 'cd /etc/ssh && rm host_ed25519* &&
	ssh-keygen -q -t ed25519 -N "" -f host_ed25519'
kill -HUP "$(cat "$hosts/middle/pid")"
tries=0
while h connect deep >"$tmp/out" 2>"$tmp/err" </dev/null; do
	tries=$((tries + 1)) # until it has read them
	[ $tries -lt 50 ] || break
done
says "host key CHANGED: $middle:22 by way of kim@$bastion" "another key"

# One that nobody vouches for is asked about, by its own name.
: >"$HOME/.ssh/known_hosts"
rm "$case"
check "new case" h new "$case"
check "add deep" h host add "kim@$deep" deep -J "kim@$bastion"
expect 12 "unknown" h --no-input connect deep
says "unknown host key of $bastion:22 (jump host kim@$bastion): " "unknown"
says "halligan host add kim@$bastion NAME, halligan host trust NAME --f" "unknown"
# By just that it becomes known, without a person.
check "add bastion" h host add "kim@$bastion" bastion
check "trust it" h host trust bastion --fingerprint \
	"$(sed -n 's/.*trust NAME --fingerprint \(SHA256:[^ ,;]*\).*/\1/p' \
		"$tmp/err" "$tmp/out" | head -n 1)"
expect 12 "known bastion" h --no-input connect deep -J bastion
says "unknown host key of $deep:22 by way of bastion: " "known bastion"
expect 0 "accepted" h connect deep --accept-new-host-keys
rows pin | grep -qF "\"name\":\"[$bastion]:22\"" || fail "no pin of the bastion"

# One that dies in the middle of it, which takes its time.
h collect deep --path /srv --read-rate 1M >"$tmp/out" 2>"$tmp/err" </dev/null &
collecting=$!
while kill -0 $collecting && ! rows run_host | grep -q '"state":"running"'; do
	:
done 2>/dev/null
host_down bastion
wait $collecting
status=$?
[ $status != 0 ] || fail "the death of the bastion was not noticed"
finish
