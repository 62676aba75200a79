#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# An interrupt cancels what runs, the case says so, and the exit status too.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2154
. "$(dirname "$0")/lib.sh"

if [ ! -f "${HALLIGAN_PROBE:-}" ]; then
	echo "skipped: there is no probe to place"
	exit 77
fi
mkfifo asked said
"$HALLIGAN_BUILDDIR/tests/cli/silent" <asked >said &
server=$!
exec 4>asked 3<said
cleanup() { exec 4>&- 3<&-; wait "$server"; }
read -r port <&3

run 0 new a.case
run 0 host add "127.0.0.1:$port" mute
printf 'rule each { condition: true }\n' >each.yar

# interrupted STATUS SIGNAL: while the host says nothing
interrupted()
{
	# A shell's background jobs ignore SIGINT: env sets it right again.
	env --default-signal=INT "$HALLIGAN" hunt mute --rules each.yar \
		--path /tmp >out 2>err </dev/null &
	job=$!
	read -r word <&3
	[ "$word" = accepted ] || fail "the host was not called"
	kill "-$2" "$job"
	wait "$job"
	got=$?
	[ "$got" = "$1" ] || fail "SIG$2: exit $got instead of $1"
	says err 'stopping'
}

interrupted 130 INT
interrupted 143 TERM
run 0 run list --json
lines out 2
says out '"state":"cancelled"'
never_says out '"state":"running"'
run 0 verify
finish
