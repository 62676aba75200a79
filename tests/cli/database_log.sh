#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A database that a program had open is read together with the log that was
# taken beside it; without it, what may be missing is said.
# shellcheck source=tests/cli/lib.sh disable=SC2154
. "$(dirname "$0")/lib.sh"
[ -x "$HALLIGAN_PROBE" ] || {
	echo "skipped: built without the probe"
	exit 77
}
command -v sqlite3 >/dev/null || {
	echo "skipped: sqlite3 is not installed"
	exit 77
}
lib=root/var/lib/wtmpdb
mkdir -p $lib other/var/lib/wtmpdb
sqlite3 live.db >/dev/null <<-'END'
	PRAGMA journal_mode = WAL;
	PRAGMA wal_autocheckpoint = 0;
	CREATE TABLE wtmp(ID INTEGER PRIMARY KEY, Type INTEGER,
		User TEXT NOT NULL, Login INTEGER, Logout INTEGER, TTY TEXT,
		RemoteHost TEXT, Service TEXT) STRICT;
	INSERT INTO wtmp VALUES(1, 3, 'ann', 1700000000000000, NULL, 'tty1',
		'', 'login');
	PRAGMA wal_checkpoint(TRUNCATE);
	INSERT INTO wtmp VALUES(2, 3, 'mallory', 1700000060000000, NULL,
		'pts/0', '192.0.2.7', 'sshd');
	.system cp live.db live.db-wal root/var/lib/wtmpdb/
END
mv $lib/live.db $lib/wtmp.db
mv $lib/live.db-wal $lib/wtmp.db-wal
cp $lib/wtmp.db other/var/lib/wtmpdb/

run 0 new a.case
HALLIGAN_CASE=$here/a.case
export HALLIGAN_CASE
run 0 collect --root root --host web1 --path /var/lib
run 0 parse web1
run 0 timeline --host web1 --kind login --json
lines out 2
says out 'login mallory, line pts/0, host 192.0.2.7'
run 0 coverage list --host web1 --json
says out 'with the database that it is the log of'
grep -E 'not understood|no parser knows' out && fail "something was not read"

# As it was before.
run 0 collect --root other --host web2 --path /var/lib
run 0 parse web2
run 0 timeline --host web2 --kind login --json
lines out 1
run 0 coverage list --host web2 --json
says out 'FILE-wal, which was not taken with it'
run 0 verify
says out 'problems        0'
finish
