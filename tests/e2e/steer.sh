#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A hunt is paused, let go on, slowed down and sped up by keys; what was done
# is in the audit log, and the deadline goes on all the while.
. "$HALLIGAN_SRCDIR/tests/e2e/lib.sh"
begin
add_hosts

dialog=$HALLIGAN_BUILDDIR/tests/cli/dialog
"$dialog" "running " p ", paused" p "running " - "pace 50%" - "pace 25%" + \
	"pace 50%" - -- "$HALLIGAN" hunt web01 --rules "$rules" --path "$range/hosts" \
	--read-rate 1 --deadline 12 --accept-new-host-keys >"$tmp/out" 2>&1
got=$?
[ $got = 3 ] || {
	fail "exit $got instead of 3"
	cat "$tmp/out"
}
grep -q "partial.*deadline" "$tmp/out" || {
	fail "the deadline is not named"
	cat "$tmp/out"
}
h audit list --json >"$tmp/audit"
for what in run.pause run.continue run.slower run.faster; do
	grep "$what" "$tmp/audit" | grep -q web01 ||
		fail "$what is not in the audit log"
done

# Half the pace is half of what may move, too: 3 MB in three seconds, or ten.
head -c 3000000 /dev/urandom >"$tmp/big"
from=$(date +%s)
"$dialog" "running " - "pace 50%" - -- "$HALLIGAN" collect web01 \
	--path "$tmp/big" --rate 1M >"$tmp/out" 2>&1 || {
	fail "a collection that was told to be slower"
	cat "$tmp/out"
}
took=$(($(date +%s) - from))
[ $took -ge 6 ] || fail "a quarter of 1 MB/s brought 3 MB in $took s"

# What the same words met the last time says how long it will take, from the
# first host on; files that cannot be read are no reason not to.
mkdir "$tmp/data"
for i in 1 2 3 4 5 6; do
	head -c 1000000 /dev/urandom >"$tmp/data/$i"
done
again()
{
	"$@" "$HALLIGAN" hunt --all --rules "$rules" --path "$tmp/data" \
		--path "$tmp/none" --read-rate 500K --parallel 1 \
		>"$tmp/out" 2>"$tmp/err"
}
again env
again "$dialog" " s left, " + --
grep -q "hosts, ~[0-9]* s left, [0-9]* files, " "$tmp/out" || {
	fail "how long it will take is not said"
	cat "$tmp/out"
}
grep -q "~[0-9]*% ~[0-9]* s left " "$tmp/out" ||
	fail "how far the host is is not said"

# Off a terminal it is said what is waited for.
read -r load rest </proc/loadavg
case $load in
0.0[01]) echo "this machine does nothing: waiting for its load is not tried" ;;
*)
	expect 3 "a load that does not fall" h hunt web01 --rules "$rules" \
		--path "$range/hosts" --max-load 0.01 --deadline 4
	says "web01: waits: load " "a load that does not fall"
	says " is over 0.01" "a load that does not fall"
	says "until it is lower" "a load that does not fall"
	;;
esac

expect 2 "a load that is none" h hunt web01 --rules "$rules" --path /etc \
	--max-load high
expect 2 "a console's command" h run pause
says "is for the console, of what runs in it" "a console's command"
finish
