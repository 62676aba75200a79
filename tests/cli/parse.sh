#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Evidence that was collected is read into the timeline, once, or anew.
# shellcheck source=tests/cli/lib.sh disable=SC2154
. "$(dirname "$0")/lib.sh"
[ -x "$HALLIGAN_PROBE" ] || {
	echo "skipped: built without the probe"
	exit 77
}
seeds=$HALLIGAN_SRCDIR/tests/fuzz/seeds/parse
mkdir -p root/var/log
cp "$seeds/utmp-384" root/var/log/wtmp
gzip -c <"$seeds/utmp-400" >root/var/log/btmp.1.gz
echo 'nothing that anybody knows' >root/var/log/notes
: >root/var/log/empty
run 0 new a.case
HALLIGAN_CASE=$here/a.case
export HALLIGAN_CASE

run 1 parse
says err 'all evidence was read already'
run 0 collect --root root --host web1 --path /var/log
run 0 parse
says err '1 host done'
says err '6 events'
never_says err 'files not read'
says err '1 files are of kinds that no parser reads'
run 0 coverage list --json
says out '"outcome":"unknown","reason":"no parser knows it","path":"/var/log/notes"'
says out '"outcome":"parsed","reason":"utmp","path":"/var/log/btmp.1.gz"'
run 0 timeline --json
grep -c '"kind":"login"' out >n
says n 1
grep -c '"kind":"login.failed"' out >n
says n 1
run 0 evidence list --json
[ "$(grep -c '"events":3' out)" = 2 ] || fail "evidence does not tell its events"

# Read once more they take the place of the former, which stay on record.
run 0 parse web1 --again
run 0 timeline --json
grep -c '"kind":"login"' out >n
says n 1
run 0 evidence list --json
[ "$(grep -c '"events":3' out)" = 2 ] || fail "events were read twice"
if command -v sqlite3 >/dev/null; then
	[ "$(sqlite3 a.case 'SELECT count(*) FROM events WHERE evidence
		IS NOT NULL')" = 12 ] || fail "an event was lost"
fi

run 1 parse nobody
says err 'no host nobody in the case'
run 2 parse web1 --as nonsense
run 2 parse web1 --zone x
# What is as it was is not new.
echo more >root/var/log/more
run 0 collect --root root --host web1 --path /var/log --no-parse
says err '1 new evidence items, 4 unchanged'
# What only one host's child may say is that host's.
run 0 import "$seeds/utmp-400-be" --host web2
run 1 parse web2
says err 'no evidence that was not read yet'
run 0 verify
says out 'problems        0'
# The spool had no name, or has none any more.
set -- a.case.spool*
[ ! -e "$1" ] || fail "$1 was left behind"
finish
