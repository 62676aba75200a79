#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Local times of logs are read in the zone of their host: as its files have it,
# in whatever order they come, or as somebody says.
# shellcheck source=tests/cli/lib.sh disable=SC2154
. "$(dirname "$0")/lib.sh"
zones=$HALLIGAN_SRCDIR/tests/fuzz/seeds/zone
# Names are looked for there: this machine may have no tz database.
mkdir -p tz/Europe tz/Australia
cp "$zones/v2" tz/Europe/Berlin
cp "$zones/lord-howe" tz/Australia/Lord_Howe
TZDIR=$here/tz
export TZDIR
run 0 new a.case
HALLIGAN_CASE=$here/a.case
export HALLIGAN_CASE
# installed HOST: of the events that its dpkg.log has, in order
installed()
{
	run 0 timeline --host "$1" --json --kind package.status
	sed 's/.*"datetime":"\([^"]*\)\.[0-9]*+00:00".*/\1/' out >times
}
cat >dpkg.log <<'END'
2022-01-01 12:00:00 status installed winter:amd64 1
2022-03-27 02:30:00 status installed never:amd64 1
2022-07-01 12:00:00 status installed summer:amd64 1
2022-10-30 02:40:00 status installed twice:amd64 1
2022-10-30 02:20:00 status installed second:amd64 1
END
cat >want <<'END'
2022-01-01T11:00:00
2022-03-27T01:30:00
2022-07-01T10:00:00
2022-10-30T00:40:00
2022-10-30T01:20:00
END

# The zone comes behind the log, which is read once more.
run 0 import dpkg.log --host late
says err '5 events for the timeline, 0 facts'
installed late
says times '2022-07-01T12:00:00'
says out '"time_source":"assumed utc"'
says out '"zone":null,"zone_from":null'
run 0 evidence list --json
says out '"assumed_utc":true'
run 0 host show late
says err 'its time zone is not known'
cp "$zones/v2" localtime
run 0 import localtime --host late
says err 'parse'
installed late
cmp -s times want || fail "what came before the zone is not of it: $(cat times)"
says out '"time_source":"host zone"'
says out '"time_source":"host zone, no such time there"'
says out '"time_source":"host zone, twice there: the first"'
says out '"time_source":"host zone, twice there: the second, by the order"'
run 0 evidence list --host late --json
grep '"path":"localtime"' out | sed 's/.*"id":"\([^"]*\)".*/\1/' >id
installed late
says out "\"zone\":\"CET-1CEST,M3.5.0,M10.5.0/3\",\"zone_from\":\"$(cat id)\""
run 0 evidence list --json
lines out 2
never_says out '"assumed_utc":true'
run 0 host show late --json
says out '"zone":"CET-1CEST,M3.5.0,M10.5.0/3"'
says out '"zone_source":"/etc/localtime"'
says out "\"zone_evidence_id\":\"$(cat id)\""
# What was mended is not read again each time.
run 0 run list --json
lines out 3

# One that cannot be read is none, and nothing is read again for it.
mkdir -p bad/etc bad/var/log
head -c 150 "$zones/v2" >bad/etc/localtime
cp dpkg.log bad/var/log
tar -cf bad.tar -C bad var etc
run 0 import bad.tar --host bad
run 0 run list --json
lines out 4
run 3 parse bad --again
says err 'time zone: cannot be read: local times are taken for UTC'
installed bad
says out '"time_source":"assumed utc"'
says out '"zone":null'

# One of the first version has no rules.
cp "$zones/v1" v1
run 0 import dpkg.log --host first
run 0 import v1 --host first
installed first
says out '"time_source":"host zone"'
says out '"zone":"/etc/localtime"'

# It comes before it.
run 0 import localtime --host early
run 0 import dpkg.log --host early
installed early
cmp -s times want || fail "what comes behind the zone is not of it"

# Both are in one archive, the log first.
mkdir -p root/etc root/var/log
cp "$zones/v2" root/etc/localtime
cp dpkg.log root/var/log
tar -cf a.tar -C root var etc
run 0 import a.tar --host tar
installed tar
cmp -s times want || fail "an archive with a zone"

# A name alone is one of this machine's zones.
echo Europe/Berlin >timezone
run 0 import timezone --host named
run 0 import dpkg.log --host named
installed named
cmp -s times want || fail "the zone of a name"
says out '"zone":"Europe/Berlin"'
run 0 host show named --json
says out '"zone":"Europe/Berlin","zone_rules":null,"zone_source":"/etc/timezone"'
run 0 host show named
says err 'are read in Europe/Berlin'

# What somebody says comes before, and is remembered where nothing else is.
run 0 import dpkg.log --host said --zone Europe/Berlin
installed said
cmp -s times want || fail "--zone"
says out '"zone":"Europe/Berlin","zone_from":"--zone"'
run 0 parse said --again
installed said
cmp -s times want || fail "--zone is forgotten"
run 0 host show said --json
says out '"zone":"Europe/Berlin","zone_rules":"Europe/Berlin","zone_source":"--zone"'
run 0 parse late --again --zone +05:45
installed late
says times '2022-07-01T06:15:00'
run 0 host show late --json
says out '"zone_source":"/etc/localtime"'
run 0 parse late --again
installed late
cmp -s times want || fail "--zone is of its run"

# Half an hour, in the south.
cat >dpkg.log <<'END'
2023-01-01 12:00:00 status installed summer:amd64 1
2023-04-02 01:45:00 status installed first:amd64 1
2023-04-02 01:35:00 status installed second:amd64 1
2023-07-01 12:00:00 status installed winter:amd64 1
END
cat >want <<'END'
2023-01-01T01:00:00
2023-04-01T14:45:00
2023-04-01T15:05:00
2023-07-01T01:30:00
END
run 0 import dpkg.log --host south --zone Australia/Lord_Howe
installed south
cmp -s times want || fail "Lord Howe: $(cat times)"
run 2 import dpkg.log --host south --again --zone Mars/Olympus
says err 'nor a time zone that this machine knows'
run 2 import dpkg.log --host south --again --zone ../../etc/passwd

# Of a folder, with a link as hosts have it.
if [ -x "$HALLIGAN_PROBE" ]; then
	mkdir -p image/etc image/usr/share/zoneinfo/Australia image/var/log
	cp "$zones/lord-howe" image/usr/share/zoneinfo/Australia/Lord_Howe
	ln -s ../usr/share/zoneinfo/Australia/Lord_Howe image/etc/localtime
	cp dpkg.log image/var/log
	run 0 triage --root image --host image
	installed image
	cmp -s times want || fail "of an image: $(cat times)"
	says out '"zone":"Australia/Lord_Howe"'
	run 0 host show image --json
	says out '"zone":"Australia/Lord_Howe"'
	says out '"zone_source":"/etc/localtime"'
	# Nothing but a zone is read through that link.
	echo secret >image/etc/other
	rm image/etc/localtime
	ln -s other image/etc/localtime
	run 0 collect --root image --host other --artifact HalliganIdentity
	run 0 evidence list --host other --json
	never_says out localtime
fi
run 0 verify
says out 'problems        0'
finish
