#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A full disk is one clear line, and what was written before it holds.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2154
. "$(dirname "$0")/lib.sh"

mkdir small
if [ "$(id -u)" != 0 ] ||
	! mount -t tmpfs -o size=3m,mode=700 halligan-test small 2>/dev/null
then
	echo "skipped: mounting a small tmpfs needs root"
	exit 77
fi
cleanup() { umount "$here/small"; }

run 0 new small/a.case
HALLIGAN_CASE=$here/small/a.case
export HALLIGAN_CASE
printf '%0100000d' 0 >text
written=0
status=0
while [ $written -lt 60 ]; do
	"$HALLIGAN" note add - <text >out 2>err
	status=$?
	[ $status = 0 ] || break
	written=$((written + 1))
done
[ $status = 1 ] || fail "exit $status on a full disk, after $written notes"
one_line
grep -qiE 'full|space' err || fail "not said: the disk is full"

# An export to it leaves nothing; the case is as it was.
run 1 export --format jsonl --view note -o small/x.jsonl
one_line
[ -z "$(find small -name 'x*')" ] || fail "a failed export left something"
cp small/a.case* .
HALLIGAN_CASE=$here/a.case
run 0 verify
run 0 note list --json
lines out $written
finish
