#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A hunt that is killed half-way and taken up finds what one finds that is
# not: no more, no less, and does not read again what was done.
. "$HALLIGAN_SRCDIR/tests/e2e/lib.sh"
begin
add_hosts

# A rule that takes its time with every file, and matches each.
cat >"$tmp/slow.yar" <<'RULE'
rule slow { condition: for all i in (0 .. filesize - 1) : (uint8(i) != 300) }
RULE
bulk=$range/hosts/web01/srv/bulk
mkdir "$bulk"
i=100
while [ $i -lt 180 ]; do
	{
		echo "file $i"
		head -c 400000 /dev/zero
	} >"$bulk/$i"
	i=$((i + 1))
done

hunt()
{
	h hunt --all --rules "$tmp/slow.yar" --path "$bulk" "$@"
}

# What was found, without what differs from case to case.
found()
{
	h finding list --json | sed 's/.*"host":"\([^"]*\)".*"rule":"\([^"]*\)".*"path":"\([^"]*\)".*"sha256":"\([^"]*\)".*/\1 \2 \3 \4/' |
		sort
}

# Killed once there is something to go on from: a cursor of each host.
"$HALLIGAN" hunt --all --rules "$tmp/slow.yar" --path "$bulk" --read-rate 3M \
	>/dev/null 2>&1 </dev/null &
pid=$!
cursors=0
while [ "$cursors" -lt 2 ] && kill -0 $pid 2>/dev/null; do
	cursors=$(h run show "$(newest)" --json 2>/dev/null |
		grep -c '"cursor":"')
done
kill -KILL $pid 2>/dev/null
wait $pid 2>/dev/null
[ $? = 137 ] || fail "the hunt was over before it could be killed"
[ "$cursors" = 2 ] || fail "no cursors: nothing to go on from"
expect 0 "verify after the kill" h verify
cut=$(newest)
expect 0 "a note, so that the case is put right" h note add "killed"
h run list --json | grep -q '"state":"interrupted"' || fail "not interrupted"
before=$(found | wc -l)
[ "$before" -lt 160 ] || fail "all was found before the kill"

cp "$tmp/slow.yar" "$tmp/kept.yar"
echo 'rule other { condition: false }' >>"$tmp/slow.yar"
expect 2 "other rules" h run resume "$cut"
says "the rules are not those of that run" "other rules"
mv "$tmp/kept.yar" "$tmp/slow.yar"

# Killed again, once the second has come further than the first.
"$HALLIGAN" run resume "$cut" >/dev/null 2>&1 </dev/null &
pid=$!
until [ "$(newest)" != "$cut" ] && [ "$(files_of "$(newest)" scanned)" -gt 0 ]; do
	kill -0 $pid 2>/dev/null || break
done
kill -KILL $pid 2>/dev/null
wait $pid 2>/dev/null
[ $? = 137 ] || fail "the second run was over before it could be killed"
again=$(newest)
expect 0 "resume" h run resume "$cut"
h run list --json | grep -q "\"resumes\":\"$cut\"" || fail "no link between the runs"
h audit list --json | grep -q "resumes.*$cut" || fail "the audit log has no link"
found >"$tmp/resumed"
[ "$(wc -l <"$tmp/resumed")" = 160 ] ||
	fail "killed and resumed: $(wc -l <"$tmp/resumed") findings of 160"
h coverage list --run "$(newest)" --json >"$tmp/coverage"
grep -q '"reason":"resumed"' "$tmp/coverage" ||
	fail "nothing of the first run was passed over"
first=$(files_of "$cut" scanned) rest=$(files_of "$(newest)" scanned)
second=$(files_of "$again" scanned)
[ "$rest" -lt 160 ] || fail "all files were read again"
# All runs together say what one that nobody cuts does.
[ $((first + second + rest)) = 160 ] ||
	fail "$first, $second and $rest files of 160"
for run in "$(newest)" "$again" "$cut"; do
	expect 2 "nothing is left" h run resume "$run"
	says "nothing is left to do of that run" "nothing is left"
done
expect 0 "verify at the end" h verify

h new "$tmp/fresh.case" >/dev/null 2>&1
HALLIGAN_CASE=$tmp/fresh.case
export HALLIGAN_CASE
add_hosts
expect 0 "an undisturbed run" hunt
found >"$tmp/whole"
cmp "$tmp/whole" "$tmp/resumed" || fail "it found something else"
finish
