#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A hunt that somebody stops says what it looked at until then, and that it did
# not come to its end: what was not found is not known to be missing.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
run 0 new stopped.case
HALLIGAN_CASE=stopped.case
export HALLIGAN_CASE
mkdir tree
i=100
while [ $i -lt 180 ]; do
	head -c 400000 /dev/zero >tree/$i
	i=$((i + 1))
done
echo 'rule never { condition: false }' >never.yar

newest()
{
	"$HALLIGAN" run list --limit 1 --json | sed 's/^{"id":"\([^"]*\)".*/\1/'
}

"$HALLIGAN" hunt --root "$here/tree" --host slow --path / --rules never.yar \
	--read-rate 3M >said 2>err </dev/null &
pid=$!
until "$HALLIGAN" coverage list --json 2>/dev/null | grep -q scanned; do
	kill -0 $pid 2>/dev/null || break
done
kill -INT $pid
wait $pid
[ $? = 130 ] || fail "a hunt that was stopped did not say so"
says err '0 hosts done, 0 failed, 1 cancelled'
run 0 coverage list --run "$(newest)" --json
says out '"reason":"stopped"'
n=$(sed -n 's/.*"outcome":"scanned".*"files":\([0-9]*\).*/\1/p' out |
	awk '{ n += $1 } END { print n + 0 }')
[ "$n" -gt 0 ] || fail "nothing that was scanned is told"
[ "$n" -lt 80 ] || fail "all was scanned: it was not stopped"
run 0 run show "$(newest)" --json
says out "\"files\":$n,"
run 0 coverage summary --json
never_says out '"percent":9'
run 0 run list --json
says out '"n_failed":0,"n_partial":0,"n_cancelled":1'
run 0 verify
finish
