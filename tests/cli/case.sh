#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A case from its making to its verification, without any host.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2154
. "$(dirname "$0")/lib.sh"

# A new case is private, and never made over another.
run 0 new acme.case --name 'ACME 2026-11' --tlp green
says err 'TLP:GREEN'
[ "$(stat -c %a acme.case)" = 600 ] || fail "mode of the case"
run 1 new acme.case
says err 'halligan: '
one_line
run 2 new other.case --tlp blue
says err '--tlp is one of'
[ ! -e other.case ] || fail "a refused case was made"

# The one case of the folder is the one; more than one must be chosen from.
run 0 host add kim@192.0.2.7:2222 web01
says err 'added web01 (kim@192.0.2.7:2222)'
run 0 new second.case
run 2 host list
says err 'there are 2 cases in this folder'
HALLIGAN_CASE=second.case run 0 host list
lines out 1 # the titles
run 0 -C acme.case host list
lines out 2
says out 'web01'
rm -f second.case*

# Hosts.
run 0 host add db.example
says err 'added db.example'
run 1 host add 192.0.2.9 web01
one_line
run 2 host add 'a b'
run 2 host add 192.0.2.9 'a b'
run 2 host add 192.0.2.9 -- '-x'
run 1 host add 192.0.2.9 k --identity missing.key
says err 'missing.key'
run 0 host show web01
says out 'kim@192.0.2.7:2222'
run 1 host show nobody
one_line
good=SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
run 2 host trust web01
run 2 host trust web01 --fingerprint MD5:00
run 0 host trust web01 --fingerprint $good
run 0 host show web01 --json
json out id name target key_fingerprint state
says out "\"key_fingerprint\":\"$good\""
run 0 host remove db.example

# Notes: written, read back whole, rewritten.
run 0 note add 'isolated at the switch' --host web01
run 0 note add 'second
line "quoted" \ and \x1b'
run 2 note add '  '
run 1 note add 'of whom?' --host nobody
run 0 note list --json
json out id host created_at author body
lines out 2
says out '"body":"second\nline \"quoted\" \\ and \\x1b"'
run 0 note list --host web01 --json
lines out 1
id=$(member out id)
[ ${#id} = 36 ] || fail "id of a note: $id"
run 0 note edit "$id" 'isolated at the firewall'
run 0 note show "$(printf %s "$id" | tail -c 8)"
says out 'isolated at the firewall'
printf 'from a pipe\n' | "$HALLIGAN" note add - >out 2>err || fail "note add -"
run 0 note list
says out 'from a pipe'
run 1 note show ffffffff
printf '\033[31mred\n' | "$HALLIGAN" note add - 2>err || fail "note add"
run 0 note list
says out '\x1b[31mred'
! grep -q "$(printf '\033')" out || fail "an escape reached standard output"

# Empty lists are no failure unless that is asked for.
run 0 finding list --json
lines out 0
run 5 finding list --fail-empty
run 0 note list --fail-empty
run 0 note list --limit 1
lines out 2

# All of it is on record, and holds.
run 0 audit list --json
json out seq at actor action hash prev
for action in host.add host.trust host.remove note.add note.edit; do
	says out "\"action\":\"$action\""
done
run 0 verify
says out 'holds'
run 0 verify --json
json out case holds audit_rows evidence_items problems head
says out '"holds":true'
run 0 verify "$here/acme.case"

# The timeline, for people and for Timesketch.
run 0 timeline --json
json out message datetime timestamp timestamp_desc time_ns host
run 0 timeline

# A case somebody wrote to behind our back does not hold, and it is said where.
if command -v sqlite3 >/dev/null; then
	cp acme.case bad.case
	sqlite3 bad.case "update notes set body = 'nothing happened'" ||
		fail "sqlite3"
	run 4 verify bad.case
	says out 'does not hold'
	says out 'note'
	one_line
	run 4 verify bad.case --json
	json out
	says out '"problem":'
	says out '"holds":false'
	run 0 verify acme.case
fi

# Where nothing can be written a case can still be verified.
as_reader()
{
	if [ "$(id -u)" = 0 ]; then
		setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
	else
		"$@"
	fi
}
mkdir frozen
cp acme.case frozen/acme.case
chmod 755 "$here"
chmod 444 frozen/acme.case
chmod 555 frozen
if as_reader "$HALLIGAN" --version >out 2>err; then
	as_reader "$HALLIGAN" verify "$here/frozen/acme.case" >out 2>err ||
		fail "verify of a case that cannot be written: $(cat err)"
	says out 'holds'
	# ... and read, but not changed.
	frozen()
	{
		want=$1
		shift
		as_reader "$HALLIGAN" "$@" --case "$here/frozen/acme.case" \
			>out 2>err </dev/null
		got=$?
		[ "$got" = "$want" ] ||
			fail "$* of a case that cannot be written: exit $got"
	}
	for list in host note run audit evidence finding; do
		"$HALLIGAN" "$list" list --json --case acme.case >want.out
		frozen 0 "$list" list --json
		cmp -s want.out out || fail "$list list differs when read only"
	done
	frozen 0 export --format jsonl --view note -o -
	says err 'not recorded: the case cannot be written'
	[ -s out ] || fail "nothing was exported"
	frozen 1 note add "never"
	says err 'reading only'
	one_line
	frozen 1 host add root@192.0.2.9
	says err 'reading only'
	frozen 1 connect --all
	says err 'reading only'
	one_line
	# One of an older version cannot be brought to ours there.
	chmod 755 frozen
	rm -f frozen/acme.case
	gzip -dc "$HALLIGAN_SRCDIR/tests/data/version-1.case.gz" \
		>frozen/acme.case
	chmod 444 frozen/acme.case
	chmod 555 frozen
	frozen 1 note list
	says err 'a case of version 1'
	one_line
	as_reader "$HALLIGAN" verify "$here/frozen/acme.case" >out 2>err ||
		fail "verify of an old case that cannot be written"
	chmod 755 frozen
	echo 'changes' >frozen/acme.case-wal
	chmod 444 frozen/acme.case-wal
	chmod 555 frozen
	as_reader "$HALLIGAN" verify "$here/frozen/acme.case" >out 2>err &&
		fail "verify of a case whose changes cannot be read"
	says err 'acme.case-wal'
	one_line
fi
chmod 755 frozen
finish
