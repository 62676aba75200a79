#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Bundles that no probe wrote: what a host tells that it was not asked, facts
# that read differently for checks and for people, bombs of them, the
# strangest of names and times, evidence that is not what it says.
# shellcheck source=tests/cli/lib.sh disable=SC2154
. "$(dirname "$0")/lib.sh"
bad=$HALLIGAN_BUILDDIR/tests/cli/bad_bundle
run 0 new lies.case
HALLIGAN_CASE=$here/lies.case
export HALLIGAN_CASE

# bundle STATUS KIND: imported as a host of that name. `any`: what is refused
# is told while the run goes on, or at its end, and decides then.
bundle()
{
	"$bad" "$2" >"$2.bundle" || fail "bad_bundle $2"
	if [ "$1" = any ]; then
		"$HALLIGAN" import --host "$2" "$2.bundle" >out 2>err
	else
		run "$1" import --host "$2" "$2.bundle"
	fi
}

# ---- what it was not asked ----

bundle 1 walk-facts
says err 'it tells of things (fact) that a walk does not'
bundle 1 events
says err 'it tells of things (event) that a collect does not'
bundle 1 claims-parser
says err 'a plan that no probe has: import'
bundle 1 no-plan
says err 'it does not say what was asked of it'
bundle 1 other-version
says err 'the probe speaks version 2 of the stream'
run 0 fact list --json
lines out 0

# ---- facts ----

# What one reader takes for the first and another for the last is taken by
# none; the rest stands, and that something is missing is on record.
bundle any doubles
run 0 fact list --host doubles --json
lines out 1
says out 'sound'
run 0 coverage list --host doubles --json
says out 'refused'

# A few KB that would become a hundred MB.
bundle 1 fact-bomb
[ "$(stat -c %s fact-bomb.bundle)" -lt 100000 ] || fail "that is no bomb"
says err 'times as many'
bundle 3 many-facts
says err ', 200000 facts'
run 0 coverage list --host many-facts --json
[ "$(grep -c 'it told of too many' out)" = 1 ] ||
	fail "coverage says how many were left out more than once, or never"

# ---- too much of the rest ----

# Each path that failed has a row, but not without end; none is lost.
bundle 3 many-rows
says err 'coverage: 20000 files not read'
run 0 coverage list --host many-rows --json
[ "$(wc -l <out)" -lt 4000 ] ||
	fail "coverage took all that a host said"
run 0 coverage summary --host many-rows --json
says out '"files":20000,"bytes":40000'
run 0 coverage list --host many-rows
says out 'rows in one'

# Long paths, which pack to nothing and are kept many times over.
before=$(stat -c %s "$HALLIGAN_CASE")
bundle 1 long-paths
says err 'longer, one by the other, than those of any host'
grown=$(($(stat -c %s "$HALLIGAN_CASE") - before))
[ $grown -lt 120000000 ] || fail "it made the case grow by $grown bytes"

# ---- what contradicts itself ----

bundle 3 contradicts
says err '0 hosts done, 1 partly'
run 0 run list --json
says out '"n_done":0,"n_failed":0,"n_partial":1,"n_cancelled":0'
run 0 coverage list --host contradicts --json
says out 'it says 4 matches, and told of 5'

# ---- names and times ----

bundle 3 strange # of matches that it did not tell of
for list in 'file list' 'process list' 'socket list --json' 'fact list --host strange' \
	'coverage list --json' 'coverage summary' 'timeline --host strange' \
	'timeline --host strange --json' 'run list' 'audit list --json'; do
	# shellcheck disable=SC2086
	"$HALLIGAN" $list >out 2>err || fail "$list ended badly"
	! LC_ALL=C grep -q "$(printf '\033\\|\342\200\256\\|\377\\|\r')" \
		out || fail "$list shows what a host wrote"
done
run 0 host show strange
run 3 check strange # which did not come to all that it was to look at
run 0 export --format bodyfile -o strange.body
run 0 export --format csv --view event -o strange.csv
run 0 export --format jsonl --view event -o strange.jsonl

# ---- evidence ----

bundle 3 wrong-hash
says err 'wrong-hash: partly: the content of a file is not what its hash says'
run 0 evidence list --host wrong-hash --json
says out '"complete":false'
says out 'sha256 differs after transfer'
bundle any reordered
run 0 evidence list --host reordered --json
says out '"complete":false'
never_says out '"size":3,'
run 1 import --host doubles doubles.bundle
says err 'it was imported before'

run 0 verify
finish
