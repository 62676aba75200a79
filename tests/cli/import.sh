#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Bundles that a probe wrote alone come into the case, whole or cut off, once;
# and what no probe wrote does not.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2154
. "$(dirname "$0")/lib.sh"
[ -x "$HALLIGAN_PROBE" ] || {
	echo "skipped: built without the probe"
	exit 77
}
bad=$HALLIGAN_BUILDDIR/tests/cli/bad_bundle

probe()
{
	"$HALLIGAN_PROBE" "$@" >probe.out 2>&1 || {
		fail "halligan-probe $*"
		cat probe.out
	}
}

mkdir tree rules
echo 'something evil here' >tree/a
echo 'nothing' >tree/b
head -c 3000000 /dev/urandom >tree/c
echo 'rule evil { meta: severity = "high" strings: $a = "evil"
condition: $a }' >rules/one.yar
probe hunt --rules rules --path "$here/tree" --out hunt.bundle
probe collect --path "$here/tree" --out collect.bundle
run 0 new a.case
HALLIGAN_CASE=$here/a.case
export HALLIGAN_CASE

# A run as any other, of the host that the bundle names.
run 0 import hunt.bundle
name=$(uname -n | tr -c 'A-Za-z0-9._:\n-' _)
says err "$name: done"
run 0 run list --json
says out '"op":"hunt"'
says out '"command":"halligan import hunt.bundle"'
says out "\"source_sha256\":\"$(sha256sum <hunt.bundle | cut -d ' ' -f 1)\""
says out '"source":"hunt.bundle"'
says out '"n_rules":1'
run 0 finding list --json
lines out 1
says out '"rule":"evil"'
says out '"namespace":"one"'
says out "\"path\":\"$here/tree/a\""
run 0 host list --json
lines out 1
says out "\"name\":\"$name\""
never_says out '"clock_offset_ns":"'
run 0 audit list --json
says out 'halligan-probe hunt --rules rules'
run 0 coverage list --json
says out '"outcome":"scanned"'

# Once is enough, unless it is asked for.
run 1 import hunt.bundle
says err 'imported before, by run'
one_line
cp hunt.bundle copy.bundle
run 1 import copy.bundle
says err 'imported before'
run 0 run list --json
lines out 1
run 0 import --again hunt.bundle
run 0 run list --json
lines out 2
run 0 finding list --json
lines out 1

# Somebody else's, by the name that is given.
run 0 host add - kiosk
run 2 host add -
run 2 connect kiosk
says err 'is not reached'
run 0 import --host kiosk --again hunt.bundle
run 0 finding list --host kiosk --json
lines out 1
run 2 import --host 'a b' collect.bundle
one_line

# Evidence has the hashes of its files, here and there.
run 0 import collect.bundle
run 0 evidence list --json
lines out 3
for file in a b c; do
	says out "$(sha256sum <tree/$file | cut -d ' ' -f 1)"
done

# Cut off: what it has until there is kept, and it is said.
run 0 new cut.case
HALLIGAN_CASE=$here/cut.case
head -c 2000000 collect.bundle >cut.bundle
run 3 import cut.bundle
says err 'cut off'
run 0 run list --json
says out '"state":"partial"'
run 0 evidence list --json
grep -qE '"complete":(0|false)' out ||
	fail "the file that was cut is not said to be: $(cat out)"
head -c 30 collect.bundle >stub.bundle
run 1 import stub.bundle
says err 'stub.bundle: the bundle ends'
one_line
cat hunt.bundle rules/one.yar >junk.bundle
run 1 import junk.bundle
says err 'not a zstd stream'
run 0 finding list --json
lines out 1

# What is no bundle leaves nothing; what lies is stopped where it does.
runs=$("$HALLIGAN" run list --json | wc -l)
run 1 import rules/one.yar
says err 'rules/one.yar: '
one_line
run 1 import missing.bundle
run 2 import "$here/tree"
"$bad" no-hello >no-hello.bundle
run 1 import no-hello.bundle
says err 'does not begin with a hello'
[ "$("$HALLIGAN" run list --json | wc -l)" = "$runs" ] ||
	fail "what is no bundle left a run"
for kind in bomb after-done bad-plan; do
	"$bad" $kind >$kind.bundle
	run 1 import $kind.bundle
	lines err 2 # what is wrong, and that the run failed
done
[ "$(stat -c %s bomb.bundle)" -lt 100000 ] || fail "that is no bomb"
says err 'a plan that no probe has'
"$bad" no-file >no-file.bundle
# Told while the run goes on, or at its end: then it is what decides.
"$HALLIGAN" import --host lies no-file.bundle >out 2>err
grep -qE 'has no rule, or is not in one file|made no sense and was refused' err ||
	fail "nobody says what was refused: $(cat err)"
run 0 audit list --json
says out 'change.refused'
run 0 host list
says out 'evil_host'
never_says out 'evil host'

# Several: each is a run, and 3 says that not all came in.
run 0 new several.case
HALLIGAN_CASE=$here/several.case
run 3 import hunt.bundle rules/one.yar collect.bundle
run 0 run list --json
lines out 2
for case in a cut several; do
	run 0 verify $case.case
done
finish
