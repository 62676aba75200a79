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
# Of more hosts than a command line may name, none is passed over. They are laid
# into the case as they lie in it, each with the log of the first.
if command -v sqlite3 >/dev/null; then
	run 0 new many.case
	HALLIGAN_CASE=$here/many.case
	rm -r root/var/log/*
	cp "$seeds/utmp-384" root/var/log/wtmp
	run 0 collect --root root --host web1 --path /var/log --no-parse
	sqlite3 many.case "
		CREATE TEMP TABLE n AS WITH RECURSIVE c(i) AS (VALUES (2)
			UNION ALL SELECT i + 1 FROM c WHERE i < 260)
			SELECT i, printf('%012d', i) AS s FROM c;
		INSERT INTO hosts (id, uuid, name, target, added_at, added_by)
			SELECT 1000 + i, '00000000-0000-7000-8000-' || s,
				'web' || i, 'web' || i, 1, 'us' FROM n;
		INSERT INTO files (id, host, run, path, mode, uid, gid, nlink,
				ino, dev, size, changed, seen_at)
			SELECT 1000 + i, 1000 + i, run, path, mode, uid, gid,
				nlink, ino, dev, size, 0, 1 FROM n, files f
			WHERE f.path = CAST('/var/log/wtmp' AS BLOB);
		INSERT INTO evidence_items (id, uuid, host, run, file, size,
				sha256, sha256_source, acquired_at, acquired_by,
				method, complete)
			SELECT 1000 + i, '00000000-0000-7000-9000-' || s,
				1000 + i, run, 1000 + i, size, sha256,
				sha256_source, 1, 'us', method, 1
			FROM n, evidence_items e WHERE e.id < 1000;
		INSERT INTO pieces (evidence, offset, size, chunk)
			SELECT 1000 + i, offset, size, chunk FROM n, pieces p
			WHERE p.evidence < 1000;" || fail "no many hosts"
	run 0 parse
	run 0 run list --json
	grep -c '"op":"parse".*"n_done":1' out >n
	says n 260
	run 1 parse
	says err 'all evidence was read already'
fi
# The spool had no name, or has none any more.
set -- a.case.spool*
[ ! -e "$1" ] || fail "$1 was left behind"
finish
