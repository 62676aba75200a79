#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Checks: each finds what its fixture says, what is wrong with one is said,
# and what they find in a case becomes findings.
# shellcheck source=tests/cli/lib.sh disable=SC2154
. "$(dirname "$0")/lib.sh"
ours=$HALLIGAN_SRCDIR/rules/checks
seeds=$HALLIGAN_SRCDIR/tests/fuzz/seeds/parse

# ---- those that come along ----

run 0 rule lint "$ours"
run 0 rule test "$ours"
says err "$(find "$ours" -maxdepth 1 -name '*.sql' | wc -l) checks find what"
run 0 rule test
run 0 check list --json
lines out "$(find "$ours" -maxdepth 1 -name '*.sql' | wc -l)"
run 0 check show deleted-program
says out 'T1070.004'
says out 'false-positives'
says out 'SELECT host, process_id'
run 1 check show nothing
says err 'there is no check nothing'

# ---- one of one's own ----

mkdir -p own/fixtures
cat >own/logins.sql <<'END'
-- id: logins
-- title: Somebody logged in
-- severity: medium
-- attack: T1078
-- why: to know
-- false-positives: all of them

SELECT host, actor AS object, event_id, message,
  CASE WHEN actor = 'bob' THEN 'known' END AS quiet,
  CASE WHEN actor = 'alice' THEN 'high' END AS severity
FROM event WHERE kind = 'login'
END
run 1 rule lint own
says out 'own/logins.sql:1: error: its positive fixture: '
says out 'own/logins.sql:1: error: its negative fixture: '
run 1 rule lint ./own/logins.sql
says out './own/logins.sql:1: error: its positive fixture: '
cat >own/fixtures/logins.positive.json <<'END'
{"objects": [{"object": "alice", "severity": "high"}, "eve"],
 "tables": {"event": [{"kind": "login", "actor": "alice"},
                      {"kind": "login", "actor": "eve"},
                      {"kind": "logout", "actor": "eve"}]}}
END
cat >own/fixtures/logins.negative.json <<'END'
{"tables": {"event": [{"kind": "login", "actor": "bob"}]}}
END
run 0 rule lint own
run 0 rule test own
says err '1 check find'

# What the fixture does not have, and what it has too much.
sed -i 's/"eve"]/"mallory"]/' own/fixtures/logins.positive.json
run 1 rule test own
says out 'logins.positive.json:1: error: mallory was not found'
says out 'logins.positive.json:1: error: eve was found, which is not to be'
sed -i 's/"mallory"]/"eve"]/; s/"high"/"low"/' own/fixtures/logins.positive.json
run 1 rule test own
says out 'error: alice is high'
sed -i 's/"low"/"high"/' own/fixtures/logins.positive.json
sed -i 's/"bob"/"eve"/' own/fixtures/logins.negative.json
run 1 rule test own
says out 'logins.negative.json:1: error: eve was found, and is harmless'
sed -i 's/"eve"/"bob"/; s/"kind"/"kinds"/' own/fixtures/logins.negative.json
run 1 rule test own
says out 'there is no column event.kinds'
sed -i 's/"kinds"/"kind"/' own/fixtures/logins.negative.json

# SQL that is none, with the line; and SQL that would do more than look.
mkdir bad
cp -r own/fixtures bad
sed 's/message,/mesage,/' own/logins.sql >bad/logins.sql
run 1 rule lint bad
says out 'bad/logins.sql:8: error: no such column: mesage'
sed '/^SELECT/,$d' own/logins.sql >bad/logins.sql
echo 'ATTACH DATABASE "x" AS y' >>bad/logins.sql
run 1 rule lint bad
says out 'not authorized'
# YARA rules beside checks are compiled, too.
cp "$HALLIGAN_SRCDIR/rules/yara/training.yar" own
run 0 rule lint own
says err 'compile'
says err 'in order'
rm own/training.yar

# ---- in a case ----

run 0 new a.case
HALLIGAN_CASE=$here/a.case
export HALLIGAN_CASE
run 1 check
cp "$seeds/utmp-384" wtmp
run 0 import wtmp --host web1
run 0 import wtmp --host web2 --again
run 0 host add - web3
run 0 check web1 --checks own
says out 'alice'
says err 'to look at'
run 0 finding list --json --rule logins
lines out 1
says out '"kind":"check"'
says out '"severity":"high"'
says out '"object":"alice"'
says out '"technique":"T1078"'
says out '"namespace":"logins.sql"'
says out '"description":"Somebody logged in"'
says out '\"message\":'
grep -q '"evidence_id":"' out || fail "it does not name the evidence"
id=$(sed -n 's/.*"id":"\([^"]*\)","host".*/\1/p' out)
run 0 finding show "$id"
says out 'alice'

# Seen again it is the same one.
run 0 check web1 --checks own
run 0 finding list --json --rule logins
lines out 1
says out "\"id\":\"$id\""
run 0 run list --json
[ "$(grep -c '"op":"check"' out)" = 2 ] || fail "a check is no run"
run 0 audit list --json
says out '"action":"run.begin"'

# Where nothing is known nothing is found, and that is said.
run 3 check --all --checks own
says err 'web3: nothing is known of it'
run 1 check web3
says err 'nothing is known of it'

# The other host has it, too: it is quiet then.
run 0 check web1 --checks own --baseline web2
says err '1 more are quiet'
run 0 finding list --json --rule logins --host web1
lines out 0
says err '1 quieted; --quieted lists them'
run 0 finding list --json --rule logins --host web1 --quieted
says out '"quiet":"baseline web2"'
says out '"severity":"info"'
# So it is when another case has it; one that is not there is no baseline.
cp a.case b.case
run 0 new c.case
HALLIGAN_CASE=$here/c.case run 0 import wtmp --host other
HALLIGAN_CASE=$here/c.case run 0 check --checks own --baseline b.case
says err '1 more are quiet'
run 1 check web1 --baseline nobody
says err 'is no host of this case, and no case file'
# Without a baseline it is loud again.
run 0 check web1 --checks own
run 0 finding list --json --rule logins --host web1
says out '"severity":"high"'

# SQL that is never done being compiled, where nothing interrupts SQLite: it is
# ended with its process, and what is behind it is run by another.
mkdir endless
{
	sed '/^SELECT/,$d; s/id: logins/id: endless/' own/logins.sql
	printf 'WITH a0 AS (SELECT 1 AS object)'
	i=0
	while [ "$i" -lt 40 ]; do
		printf ',\na%d AS (SELECT x.object FROM a%d x, a%d y)' \
			$((i + 1)) "$i" "$i"
		i=$((i + 1))
	done
	printf '\nSELECT object FROM a40\n'
} >endless/endless.sql
run 3 check web1 --checks own --checks endless
says err 'web1: check endless: '
never_says err 'check logins'
says out 'alice'

# A list of hashes that are known makes files quiet.
cat >own/files.sql <<'END'
-- id: files
-- title: A file
-- severity: low
-- attack: T1005
-- why: to know
-- false-positives: all of them

SELECT path AS object, path, sha256, evidence_id FROM evidence
END
run 0 check web1 --checks own
sha256sum wtmp >known
run 0 check web1 --checks own --known known
run 0 finding list --rule files --host web1 --json
lines out 0
run 0 finding list --rule files --host web1 --json --quieted
says out '"quiet":"known hash"'
run 1 check web1 --known own/files.sql
says err 'has no SHA-256'
rm own/files.sql

# What is known to be harmless is not told any more.
run 0 exclusion add "$id" --reason 'the admin'
run 0 check web1 --checks own --json
! grep -q '"rule":' out || fail "it is told: $(cat out)"
# What could not be judged is: no triage was made of it.
says out '"what":"check"'
says out 'process: no triage told it'
run 0 finding list --rule logins --excluded
says out 'alice'

# What a later run does not see is gone, and stays on record.
sed -i "s/kind = 'login'/kind = 'nothing'/" own/logins.sql
run 0 exclusion list --json
x=$(sed -n 's/.*"id":"\([^"]*\)".*/\1/p' out)
run 0 exclusion remove "$x"
run 0 check web1 --checks own
run 0 run list --json
run=$(grep '"op":"check"' out | sed -n '1s/.*"id":"\([^"]*\)".*/\1/p')
run 0 run diff "$run" --json
says out '"change":"gone"'
says out '"object":"alice"'
run 0 finding list --rule logins
says out 'alice'
run 0 finding list --rule logins --host web1 --json
says out "\"gone_run_id\":\"$run\""
run 0 finding list --rule logins --host web1 --gone --json
lines out 1
run 0 finding list --rule logins --host web1 --present --json
lines out 0
# Seen once more it is there again; what another host's run did not see, or
# one that could not look, says nothing.
sed -i "s/kind = 'nothing'/kind = 'login'/" own/logins.sql
run 0 check web1 --checks own
run 0 finding list --rule logins --host web1 --present --json
lines out 1
says out '"gone_run_id":null'
sed -i "s/kind = 'login'/kind = 'nothing'/" own/logins.sql
run 0 check web2 --checks own
run 0 finding list --rule logins --host web1 --present --json
lines out 1
run 0 verify
finish
