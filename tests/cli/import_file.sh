#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Files of hosts that are no bundles: evidence, and events of the timeline.
# shellcheck source=tests/cli/lib.sh disable=SC2154
. "$(dirname "$0")/lib.sh"
seeds=$HALLIGAN_SRCDIR/tests/fuzz/seeds/parse
run 0 new a.case
HALLIGAN_CASE=$here/a.case
export HALLIGAN_CASE

# It does not say whose it is.
cp "$seeds/utmp-400-be" wtmp
run 2 import wtmp
says err '--host NAME'
run 0 evidence list --json
lines out 0

run 0 import wtmp --host web1
says err '1 host done'
run 0 timeline --json
grep '"kind":"login"' out >login || fail "no login in the timeline"
lines login 1
says login '"time_ns":1700000000000005000'
says login '"offset":400,'
says login '"length":400,'
says login '"time_source":"utc"'
says login '"precision_ns":1000,'
says login '"actor":"alice"'
run 0 evidence list --json
lines out 1
says out "\"sha256\":\"$(sha256sum <wtmp | cut -d ' ' -f 1)\""

# A part of it, by time, kind and who.
run 0 timeline --json --since 2023-11-14 --until 2023-11-15 --kind login
lines out 1
run 0 timeline --json --actor alice
lines out 2
run 0 timeline --json --since 2023-11-15 --kind login
lines out 0
run 0 timeline --json --until 2023-11-14T22:13:20Z --kind login
lines out 0
run 2 timeline --since whenever
says err '--since wants a time'

# The evidence that an event names is the file, byte by byte.
id=$(sed 's/.*"evidence_id":"\([^"]*\)".*/\1/' login)
run 0 evidence get "$id" -o copy
cmp -s copy wtmp || fail "the evidence is not the file"
run 0 run list --json
says out '"op":"import"'

# Once is enough; but another file of the same bytes is evidence of its own,
# whose content is stored once.
run 1 import wtmp --host web1
says err 'imported before'
cp wtmp other
run 0 import other --host web1
run 0 evidence list --host web1 --json
lines out 2
grep -c '"path":"other"' out >n
says n 1
run 1 import other --host web1
says err 'imported before'
run 0 import other --host web1 --again
says err '0 new evidence items, 1 unchanged'
if command -v sqlite3 >/dev/null; then
	[ "$(sqlite3 a.case 'SELECT count(*) FROM chunks')" = 1 ] ||
		fail "one content is stored more than once"
fi
# Of several files each is told by itself.
cp "$seeds/utmp-384" one
printf '%s\n' 'type=USER_LOGIN msg=audit(1700000000.000:1): pid=1' >two
run 0 import one two --host several
grep 'import .*: 1 host' err >each
lines each 2
says each '; 3 events for the timeline, 1 facts; 1 new evidence items'
says each '; 1 events for the timeline, 0 facts; 1 new evidence items'
# An archive under another name is the same files again.
cp "$seeds/utmp-384" in
tar -cf x.tar in
cp x.tar y.tar
run 0 import x.tar --host archive
run 1 import y.tar --host archive
says err 'imported before'

# Rotated ones are evidence as they are, and read as what is in them.
cp "$seeds/utmp-384" btmp.1
for tool in gzip xz zstd bzip2; do
	command -v "$tool" >/dev/null || {
		echo "$tool is not here: not tried"
		continue
	}
	"$tool" -c <btmp.1 >"btmp.1.$tool"
	run 0 import "btmp.1.$tool" --host "$tool"
	run 0 timeline --host "$tool" --json
	grep -c '"kind":"login.failed"' out >n
	says n 1
	run 0 evidence list --host "$tool" --json
	says out "\"sha256\":\"$(sha256sum <"btmp.1.$tool" | cut -d ' ' -f 1)\""
done

# A library that unpacks works in the jail, too, which has no files.
cp "$seeds/journal-compact" system.journal
run 0 import system.journal --host journal
run 0 timeline --host journal --json
says out '"message":"sshd: packed abc'

# So does a database, of which each row has its place.
cp "$seeds/db-fail2ban" fail2ban.sqlite3
run 0 import fail2ban.sqlite3 --host bans
run 0 timeline --host bans --json
grep -c '"kind":"ban"' out >n
says n 60
says out '"message":"banned ip-60 in jail"'

# What is cut off gives what is there, and says so.
head -c 1 /dev/zero >>wtmp
head -c 60 btmp.1.gzip >cut.gz
run 0 import wtmp --host odd
run 0 coverage list --json
says out 'stray bytes at the end (first at byte 1200)'

# What nobody knows comes not in, and nothing of it does.
echo 'a note to myself' >note.txt
run 1 import note.txt --host web1
says err 'no parser knows it'
run 2 import note.txt --host web1 --as nonsense
says err 'parser list'
run 1 import note.txt --host web1 --as utmp
says err 'no records of logins'
run 2 import btmp.1 --host web2 --zone eleven
says err '--zone'
run 0 parser list
says out 'utmp'
: >empty
run 1 import empty --host web1
run 0 verify
says out 'problems        0'
finish
