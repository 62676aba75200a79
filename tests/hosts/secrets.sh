#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Where a password and a passphrase are while a host is being worked on, and
# where they are not: in no argument, environment, log, case or core dump, and
# once somebody is logged in in no memory, unless it is kept for other hosts:
# then in one locked page.
# shellcheck source=tests/hosts/lib.sh disable=SC2154
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/screen.sh"
memfind=$PWD/tests/hosts/memfind
[ -x "$memfind" ] || hosts_skip "tests/hosts/memfind is not built"

grep -q __asan_init "$HALLIGAN" &&
	skip "the memory of a program with sanitizers is not as it is"

password="pass-$(od -An -N8 -tx8 /dev/urandom | tr -d ' ')"
phrase="phrase-$(od -An -N8 -tx8 /dev/urandom | tr -d ' ')"
host_up typed bookworm 'PubkeyAuthentication no'
host_up other bookworm 'PubkeyAuthentication no'
host_up dialogue trixie 'AuthenticationMethods keyboard-interactive' \
	'KbdInteractiveAuthentication yes'
host_up keyed bookworm
names='typed other dialogue keyed'
for name in $names; do
	root=$(host_root $name)
	mkdir -p "$root/srv"
	for i in 1 2 3 4 5 6 7 8 9; do
		head -c 1000000 /dev/urandom >"$root/srv/$i"
	done
done
ssh-keygen -q -t ed25519 -N "$phrase" -C kim -f "$tmp/locked"
cat "$tmp/locked.pub" >>"$(host_root keyed)/home/kim/.ssh/authorized_keys"
mkdir "$tmp/rules"
echo 'rule marker { strings: $a = "none" condition: $a }' >"$tmp/rules/any.yar"
HALLIGAN_CASE=$tmp/t.case

export HALLIGAN_CASE
check "new case" h new "$HALLIGAN_CASE"
for name in $names; do
	user=kim
	[ $name = other ] && user=ada
	key=$HOME/.ssh/id_ed25519
	[ $name = keyed ] && key=$tmp/locked
	check "add $name" h host add "$user@$(host_addr $name)" --name $name \
		--identity "$key"
done

# It takes long, so that there is time to look around.
slow="--rules $tmp/rules --path /srv --read-rate 100K --log $tmp/log"

# begin_typed QUESTION OPTION...: types $typed at the question.
begin_typed()
{
	question=$1
	shift
	on_terminal "hunt $* $slow"
	await_words "$question"
	type_line "$typed"
}

# Until the probe works there: nobody is logging in any more.
await_probe()
{
	until host_exec "$1" pgrep -f -- '--serve --unlink' >/dev/null; do
		kill -0 "$program" 2>/dev/null || {
			fail "no probe on $1"
			cat "$tmp/screen"
			return
		}
	done
}

# nowhere WHAT SECRET
nowhere()
{
	echo "$2" | "$memfind" "$program" >"$tmp/found"
	case $? in
	0) fail "$1 is still there:" && cat "$tmp/found" ;;
	1) grep -qE 'searched ([3-9]|[1-9][0-9]+)$' "$tmp/found" ||
		{ fail "$1: too few were searched: $(cat "$tmp/found")"; cat "$tmp/screen"; } ;;
	*) fail "$1: memory could not be searched" ;;
	esac
	! grep -qF "$2" "$HALLIGAN_CASE" "$HALLIGAN_CASE"-* "$tmp/log" \
		"$tmp/screen" 2>/dev/null || fail "$1 is in a file"
}

# No core dump of any of them, whoever asks for it.
no_core()
{
	for pid in $(pstree_of "$program"); do
		core=$(sed -n 's/^Max core file size *\([0-9a-z]*\).*/\1/p' \
			"/proc/$pid/limits" 2>/dev/null)
		[ "${core:-0}" = 0 ] ||
			fail "$pid ($(cat /proc/"$pid"/comm)) may dump its core"
	done
}

pstree_of()
{
	echo "$1"
	for child in $(pgrep -P "$1"); do
		pstree_of "$child"
	done
}

stop()
{
	kill -INT "$program" 2>/dev/null
	end_terminal
}

look()
{
	what=$1 name=$2 question=$3 typed=$4
	shift 4
	begin_typed "$question" "$name" "$@"
	await_probe "$name"
	nowhere "$what" "$typed"
	no_core
	stop
}

for user in kim ada; do
	for name in $names; do
		echo "$user:$password" | chroot "$(host_root $name)" chpasswd
	done
done
look "a password" typed 'password of kim' "$password"
look "the answer of a dialogue" dialogue 'Password:' "$password"
look "a passphrase" keyed 'passphrase for' "$phrase"

# While it is being waited for, sudo's too.
typed=$password
begin_typed 'password of ada' other --sudo
await_words 'sudo wants the password'
nowhere "a password, while sudo asks" "$password"
type_line "$password"
await_probe other
nowhere "sudo's password" "$password"
stop

# For several hosts it is kept: once, where nothing is swapped or dumped.
begin_typed 'asks: .*[Pp]assword' typed dialogue --share-password
await_probe typed
await_probe dialogue
echo "$password" | "$memfind" "$program" >"$tmp/found"
grep -q ' locked$' "$tmp/found" || fail "what is kept is not locked"
! grep -vE ' locked$|^searched' "$tmp/found" >"$tmp/more" || {
	fail "what is kept for others is elsewhere, too:"
	cat "$tmp/more"
}
grep -qE 'VmLck:[[:space:]]+[1-9]' "/proc/$program/status" ||
	fail "nothing is locked"
stop

# dump_cores PID...: each is made to dump its core; those that came of it.
dump_cores()
{
	: >"$tmp/folders"
	for pid in $(printf '%s\n' "$@" | tac); do # children first
		readlink "/proc/$pid/cwd" >>"$tmp/folders"
		kill -SEGV "$pid"
	done
	for pid; do
		until [ ! -e "/proc/$pid" ] ||
			grep -q '^State:.*zombie' "/proc/$pid/status" 2>/dev/null; do
			:
		done
	done
	sort -u "$tmp/folders" | while read -r folder; do
		find "$folder" -maxdepth 1 -name 'core*' -type f \
			-newer "$tmp/rules"
	done
}

# None that may hold a secret dumps its core, though whoever starts it would have
# one; a process that has none to keep does, or this says nothing.
# shellcheck disable=SC3045
ulimit -c unlimited 2>/dev/null
mkdir "$tmp/cores"
mkfifo "$tmp/held"
(cd "$tmp/cores" && exec cat "$tmp/held") >"$tmp/out" &
exec 7>"$tmp/held"
dump_cores $! >"$tmp/cores.list"
exec 7>&-
if [ -s "$tmp/cores.list" ]; then
	typed=$password
	begin_typed 'password of kim' typed
	await_probe typed
	# shellcheck disable=SC2046
	dump_cores $(pstree_of "$program") >"$tmp/cores.list"
	! [ -s "$tmp/cores.list" ] ||
		fail "cores were dumped: $(cat "$tmp/cores.list")"
	stop
else
	echo "no core is dumped here at all: $(cat /proc/sys/kernel/core_pattern)"
fi

# By a descriptor: it is kept to the end, by the program that read it, and by
# none of its children.
by_descriptor()
{
	printf '%s\n' "$2" >"$tmp/typed"
	"$HALLIGAN" hunt "$1" $slow --password-fd 9 9<"$tmp/typed" \
		>"$tmp/screen" 2>&1 </dev/null &
	program=$!
	await_probe "$1"
	rm "$tmp/typed"
	echo "$2" | "$memfind" "$program" >"$tmp/found"
	grep -q "^$program .* locked\$" "$tmp/found" ||
		fail "what a descriptor gave is not locked"
	! grep -vE "^$program .* locked\$|^searched" "$tmp/found" \
		>"$tmp/more" || {
		fail "what a descriptor gave is elsewhere, too:"
		cat "$tmp/more"
	}
	kill -INT "$program"
	wait "$program"
	! grep -qF "$2" "$HALLIGAN_CASE" "$HALLIGAN_CASE"-* "$tmp/log" \
		"$tmp/screen" 2>/dev/null || fail "what a descriptor gave is in a file"
}
by_descriptor typed "$password"
by_descriptor keyed "$phrase"

finish
