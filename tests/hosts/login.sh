#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Logging in by what people type: one password for several hosts only where
# that was said, and a wrong one tried on one host alone.
# shellcheck source=tests/hosts/lib.sh disable=SC2154
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/screen.sh"

names='one two three'
for name in $names; do
	suite=bookworm
	[ $name = three ] && suite=trixie
	host_up $name $suite 'PubkeyAuthentication no' 'LogLevel VERBOSE'
done
HALLIGAN_CASE=$tmp/t.case
export HALLIGAN_CASE
check "new case" h new "$HALLIGAN_CASE"
for name in $names; do
	check "add $name" h host add "kim@$(host_addr $name)" --name $name
done

# Refused passwords that the hosts have seen in all.
refusals()
{
	for name in $names; do
		cat "$hosts/$name/log"
	done | grep -c '^Failed password'
}

# What a host says of a connection comes here by a pipe, its end last.
runs=0
await_logs()
{
	runs=$((runs + 1))
	end=$(($(date +%s) + 10))
	until [ "$(for name in $names; do cat "$hosts/$name/log"; done |
		grep -cE '^(Received disconnect|Connection (closed|reset)) ')" \
		-ge $((3 * runs)) ]; do
		[ "$(date +%s)" -le $end ] ||
			{ fail "the hosts do not say that it is over" && break; }
	done
}

# by_descriptor STATUS PASSWORD OPTION...
by_descriptor()
{
	status=$1
	printf '%s\n' "$2" >"$tmp/typed"
	shift 2
	before=$(refusals)
	first=
	[ "${1:-}" = keyed ] && first=$1 && shift
	"$HALLIGAN" connect $first $names "$@" --password-fd 9 9<"$tmp/typed" \
		>"$tmp/out" 2>"$tmp/err" </dev/null
	got=$?
	[ $got = "$status" ] || {
		fail "connect $*: exit $got instead of $status"
		sed 's/^/    /' "$tmp/err"
	}
	await_logs
	refused=$(($(refusals) - before))
}

# One line is for one host, unless somebody said more.
by_descriptor 12 'not it'
[ $refused = 1 ] || fail "a line was tried $refused times"
by_descriptor 3 "$password"
[ $refused = 0 ] || fail "a line that was right was refused $refused times"
[ "$(grep -cE '(one|two|three): logged in' "$tmp/err")" = 1 ] || {
	fail "a line did not log in on one host, and one alone"
	cat "$tmp/err"
}
grep -q 'nobody could be asked' "$tmp/err" || {
	fail "the others do not say that nobody could be asked"
	cat "$tmp/err"
}

# What unlocked a key is not for a server to see.
ssh-keygen -q -t ed25519 -N 'open sesame' -f "$tmp/locked" || fail "ssh-keygen"
host_up keyed bookworm
cat "$tmp/locked.pub" >>"$(host_root keyed)/home/kim/.ssh/authorized_keys"
check "add keyed" h host add "kim@$(host_addr keyed)" --name keyed \
	--identity "$tmp/locked"
by_descriptor 3 'open sesame' keyed --parallel 1
[ $refused = 0 ] || fail "a server was shown what unlocks a key"
grep -q 'keyed: logged in' "$tmp/err" || {
	fail "the key was not unlocked"
	cat "$tmp/err"
}
by_descriptor 12 'not it' --share-password
[ $refused = 1 ] || fail "a wrong password was tried $refused times"
by_descriptor 0 "$password" --share-password
[ $refused = 0 ] || fail "the right password was refused $refused times"

# On a terminal, typed once.
on_terminal "connect $names --share-password"
await_words 'password of kim'
grep -q 'For all hosts of this run that want it; tried first on' \
	"$tmp/screen" || fail "it does not say for whom the password is"
type_line "$password"
ends_well "a typed password for all"
[ "$(grep -c 'password of kim' "$tmp/screen")" = 1 ] ||
	fail "it was asked for more than once"
! grep -qF "$password" "$tmp/screen" || fail "the password was shown"

# Whoever takes longer to answer than the server waits has answered all the
# same: it is connected to once more.
host_up slow bookworm 'PubkeyAuthentication no' 'LoginGraceTime 2' \
	'LogLevel VERBOSE'
log=$tmp/slow.log
check "add slow" h host add "kim@$(host_addr slow)" --name slow
# Until it has closed that many connections.
await_patience()
{
	until [ "$(grep -c 'its server did not wait' "$log")" -ge "$1" ]; do
		kill -0 $terminal 2>/dev/null || break
	done
}
# answer_late N WHAT: for the Nth time, to WHAT.
answer_late()
{
	on_terminal "connect slow --log $log"
	await_words 'password of kim'
	await_patience "$1"
	type_line "$password"
	ends_well "an answer that took longer than $2 waits"
	[ "$(grep -c 'password of kim' "$tmp/screen")" = 1 ] ||
		fail "it was asked for once more: $2"
}
answer_late 1 "the server"
! grep -q '^Failed password' "$hosts/slow/log" ||
	fail "what was typed was not the answer"

# Through another server, whose own connection stays.
host_up way bookworm
printf 'Host %s\n\tProxyJump kim@%s\n' "$(host_addr slow)" \
	"$(host_addr way)" >"$HOME/.ssh/config"
answer_late 2 "a server behind another"
grep -q 'connected to .*way\|connected to kim@' "$log" ||
	fail "there was no server on the way"
rm "$HOME/.ssh/config"

# An agent with more keys than the server looks at.
host_up few bookworm 'MaxAuthTries 2'
check "add few" h host add "kim@$(host_addr few)" --name few
SSH_AUTH_SOCK=$tmp/agent
export SSH_AUTH_SOCK
ssh-agent -D -a "$SSH_AUTH_SOCK" >"$tmp/agent.log" 2>&1 &
agent=$!
while ssh-add -l >"$tmp/out" 2>&1; [ $? -eq 2 ]; do :; done
for i in 1 2 3 4; do
	ssh-keygen -q -t ed25519 -N '' -f "$tmp/stranger$i" || fail "ssh-keygen"
	ssh-add -q "$tmp/stranger$i" || fail "ssh-add"
done
expect 12 "too many keys" h connect few
grep -q '[23] of [0-9]* keys were offered by then.*IdentitiesOnly' "$tmp/err" || {
	fail "it does not say how many keys it was"
	cat "$tmp/err"
}
kill "$agent"
unset SSH_AUTH_SOCK

# A host that is known, by a key that it does not show.
cp "$HOME/.ssh/known_hosts" "$tmp/known_hosts"
dsa=AAAAB3NzaC1kc3MAAACBAP
for type in ssh-dss ssh-rsa; do
	echo "$(host_addr one) $type $dsa" >"$HOME/.ssh/known_hosts"
	"$HALLIGAN" -C "$tmp/$type.case" new "$tmp/$type.case" >"$tmp/out" 2>&1
	"$HALLIGAN" -C "$tmp/$type.case" host add "kim@$(host_addr one)" \
		--name one >"$tmp/out" 2>&1
	"$HALLIGAN" -C "$tmp/$type.case" connect one --no-input >"$tmp/out" \
		2>"$tmp/err"
	grep -q "known_hosts:1 has it with $type" "$tmp/err" || {
		fail "it does not say that known_hosts has another type"
		cat "$tmp/err"
	}
done
grep -q 'which it did not show, and none of ssh-ed25519' "$tmp/err" ||
	fail "nor that it was not shown"
mv "$tmp/known_hosts" "$HOME/.ssh/known_hosts"

# What was wrong is said to be.
on_terminal "connect one"
await_words 'password of kim'
type_line 'not it'
await_words 'the last answer was wrong; .*password of kim'
type_line "$password"
ends_well "a wrong answer first"

# sudo wants its own, and that may serve all, too.
for name in $names; do
	check "add ada on $name" h host add "ada@$(host_addr $name)" \
		--name "ada-$name"
done
names='ada-one ada-two ada-three'
on_terminal "connect $names --sudo --share-password"
await_words 'password of ada'
type_line "$password"
await_words 'sudo wants the password'
type_line "$password"
ends_well "sudo with a password for all"
[ "$(grep -c 'sudo wants the password' "$tmp/screen")" = 1 ] ||
	fail "sudo's password was asked for more than once"
rows run_host | grep -c '"ran_as":"root by sudo"' | grep -qx 3 ||
	fail "not all three became root"
! grep -qF "$password" "$HALLIGAN_CASE" "$HALLIGAN_CASE"-* 2>/dev/null ||
	fail "the password is in the case"
expect 0 "verify" h verify
finish
