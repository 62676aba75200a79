#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Exports and what happens when output has nowhere to go.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2154
. "$(dirname "$0")/lib.sh"

run 0 new a.case
run 0 host add 192.0.2.7 web01
run 0 note add '=cmd|calc, "quoted"' --host web01

# A file is private, whole, and on record with its hash.
run 0 export --format csv --view note -o notes.csv
[ "$(stat -c %a notes.csv)" = 600 ] || fail "mode of an export"
says notes.csv "'=cmd|calc, \"\"quoted\"\""
grep -q "^id,host,created_at,.*body$(printf '\r')\$" notes.csv ||
	fail "header of notes.csv"
hash=$(sha256sum notes.csv | cut -d ' ' -f 1)
says err "$hash"
run 0 audit list --json
says out '"action":"export"'
grep '"action":"export"' out | grep -q "$hash" || fail "hash is not on record"
run 0 export --format jsonl --view note -o notes.jsonl
json notes.jsonl id host body
run 0 export --format csv -o timeline.csv
sed 1q timeline.csv | grep -q '^message,datetime,timestamp_desc,' ||
	fail "header of timeline.csv"
run 0 export --format jsonl -o timeline.jsonl
json timeline.jsonl message datetime timestamp timestamp_desc
run 0 export --format bodyfile -o files.body
lines files.body 0
run 0 export --format jsonl --view note -o -
json out id body
lines out 1
lines err 1

# Quiet is quiet; data stays.
run 0 -q export --format csv --view note -o notes.csv
lines err 0
run 0 -q note list
lines err 0
lines out 2

# A reader that goes away is no failure, a full device is one.
i=0
while [ $i -lt 40 ]; do
	run 0 -q note add "$(printf '%4000d' $i)"
	i=$((i + 1))
done
{ "$HALLIGAN" note list 2>err; echo $? >status; } | :
[ "$(cat status)" = 0 ] || fail "exit $(cat status) on a closed pipe"
lines err 0
if [ -w /dev/full ]; then
	"$HALLIGAN" note list >/dev/full 2>err
	[ $? = 1 ] || fail "exit status on a full device"
	one_line
	"$HALLIGAN" help >/dev/full 2>err
	[ $? = 1 ] || fail "exit status of help on a full device"
	one_line
	run 1 export --format csv --view note -o /dev/full
	one_line
fi
run 0 verify
finish
