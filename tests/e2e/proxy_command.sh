#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Hosts that a ProxyCommand leads to: real commands to a real sshd, what is
# told of those that fail, and that none of them stays.
# shellcheck source=tests/e2e/lib.sh disable=SC2154
. "$HALLIGAN_SRCDIR/tests/e2e/lib.sh"
begin
target=$(awk '$2 == "web01" { print $1 }' "$range/hosts.txt")
port=${target##*:}
user=${target%%@*}
key=$(find "$HOME/.ssh" -name 'id_*' ! -name '*.pub' | head -n 1)
hostkey=$(sed -n "s/^\[127.0.0.1\]:$port //p" "$HOME/.ssh/known_hosts" |
	head -n 1)
: >"$tmp/stayed"
SHELL=/bin/sh
export SHELL

# What leads there, to a name that no resolver knows.
command -v bash >/dev/null || skip "bash is not installed"
cat >"$tmp/relay" <<-END
	#!/bin/bash
	echo "\$@" >"$tmp/words"
	ls -l /proc/self/fd >"$tmp/fds"
	exec 3<>/dev/tcp/127.0.0.1/$port
	cat <&3 &
	cat >&3
END
chmod +x "$tmp/relay"
printf 'nowhere.invalid %s\n[nowhere.invalid]:2222 %s\n' "$hostkey" \
	"$hostkey" >"$tmp/known"

# config LINE...: what the user's file begins with
config()
{
	printf '%s\n' "$@" 'Host *' "	User $user" "	IdentityFile $key" \
		"	UserKnownHostsFile $tmp/known" '	HostName nowhere.invalid' \
		>"$HOME/.ssh/config"
}

# command LINE: it leads to the host x
command_is()
{
	config 'Host x' "	ProxyCommand $1" "	ConnectTimeout ${2:-4}"
}

# Nobody is there any more who belongs to this test.
none_left()
{
	tries=0
	while pgrep -f "$tmp/(relay|stay)" >/dev/null; do
		tries=$((tries + 1))
		[ $tries -lt 300 ] || {
			fail "$1: left: $(pgrep -af "$tmp/(relay|stay)")"
			return
		}
		pgrep -f "$tmp/nothing" >/dev/null # time passes
	done
}

check "host add" h host add x
check "host add" h host add x:2222 y
command_is "$tmp/relay %h %p %r %n 100%%"
expect 0 "by a command" h connect x
grep -q "^x: logged in$" "$tmp/out" "$tmp/err" || fail "it does not say so"
[ "$(cat "$tmp/words")" = "nowhere.invalid 22 $user x 100%" ] ||
	fail "other words: $(cat "$tmp/words")"
none_left "by a command"

# What leaves its group may serve others, as a master of ssh does, and stays.
command_is "sh -c 'setsid -f tail -f $tmp/known </dev/null >/dev/null 2>&1; exec $tmp/relay %h'"
expect 0 "one that leaves something" h connect x
none_left "one that leaves something"
master=$(pgrep -f "tail -f $tmp/known") || fail "what left its group is gone"
[ -z "$master" ] || kill "$master"
command_is "$tmp/relay %h %p %r %n 100%%"
expect 0 "by a command once more" h connect x

# It has its connection, what it says, and what ls opens; nothing of ours.
[ "$(grep -c -e '->' "$tmp/fds")" = 4 ] &&
	grep -q ' 0 -> socket:' "$tmp/fds" && grep -q ' 2 -> pipe:' "$tmp/fds" ||
	fail "more than its own: $(cat "$tmp/fds")"

# What was done is on record, and no address is claimed.
rows hop >"$tmp/hops"
grep -qF "by command $tmp/relay nowhere.invalid 22" "$tmp/hops" ||
	fail "the way is not on record: $(cat "$tmp/hops")"
run=$(rows run | head -n 1 |
	sed 's/.*"id":"\([^"]*\)".*/\1/')
expect 0 "run show" h run show "$run" --json
grep -qF "by command $tmp/relay" "$tmp/out" ||
	fail "run show is silent: $(cat "$tmp/out")"
h host show x --json | head -n 1 | grep -q '"address":"by' &&
	fail "that is no address"

# A probe over it; the port is that of the host, not of the way.
config 'Host x' "	ProxyCommand $tmp/relay %h %p %r %n"
expect 0 "a hunt" h hunt y --rules "$rules" --path /etc/hostname --quiet
grep -q 'nowhere.invalid 2222' "$tmp/words" || fail "port: $(cat "$tmp/words")"
none_left "a hunt"

# none, and the first of both.
config 'Host x' '	ProxyCommand none' "	ProxyCommand $tmp/relay"
expect 1 "none" h connect x
says "cannot resolve nowhere.invalid" none
config 'Host x' '	ProxyJump nobody@gate.invalid' \
	"	ProxyCommand $tmp/relay" 'Host gate.invalid' \
	'	HostName gate.invalid'
expect 1 "a jump comes first" h connect x
says "cannot resolve gate.invalid" "a jump comes first"

config 'Host x' "	ProxyCommand $tmp/relay" '	ProxyUseFdpass yes'
expect 0 "fdpass" h connect x
says "ProxyUseFdpass is not honoured" fdpass

# Commands that fail, each with its words.
command_is 'sh -c "echo no route to \\033[31mthat >&2; exit 3"'
expect 1 "exits at once" h connect x
says "ended with status 3" "exits at once"
says "no route to" "exits at once"
grep -q "$(printf '\033')" "$tmp/err" && fail "what it said was shown raw"
command_is "$tmp/missing %h"
expect 1 "is missing" h connect x
says "ended with status 127" "is missing"
says "$tmp/missing" "is missing"
command_is "tail -f $tmp/stayed" 1
expect 1 "never answers" timeout -k 1 20 "$HALLIGAN" connect x
says "its ProxyCommand runs and said nothing" "never answers"
none_left "never answers"
command_is "sh -c 'yes garbage; tail -f $tmp/stayed'" 2
expect 1 "floods" timeout -k 1 20 "$HALLIGAN" connect x
none_left "floods"
command_is 'sh -c "yes x >&2"' 2
expect 1 "floods stderr" timeout -k 1 20 "$HALLIGAN" connect x
says "x" "floods stderr"
command_is 'sh -c "kill -9 \$\$"'
expect 1 "is killed" h connect x
says "was killed by signal 9" "is killed"

# Names that a shell would read as more than names.
command_is "$tmp/relay %r"
check "host add" h host add "a;touch@x" odd
config "Host x" "	ProxyCommand touch $tmp/ran; $tmp/relay %r"
expect 1 "a user with a semicolon" h connect odd
says "cannot be given to a ProxyCommand" "a user with a semicolon"
[ ! -e "$tmp/ran" ] || fail "a command was run for an odd user"

# The console dies: all that the command started goes too.
cat >"$tmp/stay" <<-END
	#!/bin/sh
	tail -f "$tmp/stayed" &
	echo >"$tmp/up"
	tail -f "$tmp/stayed"
END
chmod +x "$tmp/stay"
command_is "$tmp/stay; true" 60
"$HALLIGAN" connect x >"$tmp/out" 2>&1 </dev/null &
console=$!
tries=0
while [ ! -e "$tmp/up" ] && [ $tries -lt 1000 ]; do
	tries=$((tries + 1))
	pgrep -f "$tmp/nothing" >/dev/null # time passes
done
[ -e "$tmp/up" ] || fail "the command did not start"
kill -9 $console
wait $console 2>/dev/null
none_left "the console was killed"
finish
