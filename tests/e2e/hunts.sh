#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A hunt that is done again: saved, run from elsewhere, compared with its last
# run, without what is known to be harmless.
. "$HALLIGAN_SRCDIR/tests/e2e/lib.sh"
begin
add_hosts

# id LIST...: of its first row
id()
{
	h "$@" --json | sed -n '1s/^{"id":"\([^"]*\)".*/\1/p'
}

# field NAME LIST...: of its rows
field()
{
	name=$1
	shift
	h "$@" --json | sed "s/.*\"$name\":\"\{0,1\}\([^\",}]*\).*/\1/"
}

srv=$(tree web01)/srv
mkdir "$srv/again"
cp "$(find "$range/hosts" -name netplan-helperd)" "$srv/again/kept"
cp "$srv/again/kept" "$srv/again/edited"
cp "$srv/again/kept" "$srv/again/removed"

cp -r "$rules" "$tmp/own"
cd "$tmp" || exit 1
expect 0 "save" h hunt save weekly --rules own --path "$srv/again"
mkdir "$tmp/bad"
cat >"$tmp/bad/two.yar" <<'END'
rule Good { condition: false }
rule Bad { condition: $nothing }
END
expect 1 "save with a bad rule" h hunt save nightly --rules bad --path /
says "bad/two.yar:2:" "save with a bad rule"
says "not saved" "save with a bad rule"
expect 1 "save without its rules" h hunt save nightly --rules nowhere --path /
says "nowhere" "save without its rules"
cd / || exit 1
expect 2 "run without hosts" h hunt run weekly
says "which hosts?" "run without hosts"
expect 1 "run what was not saved" h hunt run nightly --all
expect 1 "save it twice" h hunt save weekly --rules own --path /
expect 0 "run" h hunt run weekly web01
first=$(id run list)
[ "$(field hunt run list)" = weekly ] || fail "the run is of no hunt"
[ "$(field runs hunt list)" = 1 ] || fail "the hunt has no run"
[ "$(field findings hunt list)" = 3 ] || fail "the hunt has no findings"

expect 5 "nothing changed" h hunt run weekly web01 --changed-only --fail-empty
says "nothing is new, changed or gone" "nothing changed"
echo more >>"$srv/again/edited"
cp "$srv/again/kept" "$srv/again/added"
rm "$srv/again/removed"
expect 0 "changes" h hunt run weekly web01 --changed-only --fail-empty --json
[ "$(wc -l <"$tmp/out")" = 3 ] || fail "not 3 changes: $(cat "$tmp/out")"
for change in new:added changed:edited gone:removed; do
	grep -q "\"change\":\"${change%:*}\".*/again/${change#*:}\"" \
		"$tmp/out" || fail "no line on $change"
done
last=$(id run list)
expect 0 "the same by hand" h run diff "$last" --json
[ "$(wc -l <"$tmp/out")" = 3 ] || fail "run diff says something else"
expect 0 "the same as a list" h finding list --run "$last" --changed-only --json
[ "$(wc -l <"$tmp/out")" = 3 ] || fail "finding list says something else"
expect 0 "two that are named" h run diff "$last" "$first" --json
[ "$(wc -l <"$tmp/out")" = 3 ] || fail "run diff of two says something else"
expect 2 "changed by what" h finding list --changed-only
[ "$(count finding list --run "$first")" = 3 ] ||
	fail "the first run saw $(count finding list --run "$first") findings"
[ "$(count finding list --since-run "$last")" = 2 ] ||
	fail "since the last run: $(h finding list --since-run "$last")"
expect 0 "db01 has no run before" h hunt run weekly db01 --changed-only
says "1 host has no earlier run" "db01 has no run before"

# Known to be harmless: what is there, and what comes.
expect 0 "exclude" h exclusion add "$(h finding list --host web01 --json |
	sed -n '/again.kept"/s/^{"id":"\([^"]*\)".*/\1/p')" --by-path \
	--host web01 --reason "a decoy of ours"
says "covers 1 finding" "exclude"
all=$(count finding list)
h finding list >"$tmp/out" 2>"$tmp/err"
says "1 excluded" "the list"
expect 0 "exclude it again" h exclusion add "$(id finding list --excluded)" \
	--reason x
[ "$(count exclusion list)" = 1 ] || fail "it is excluded twice"
[ "$(count finding list --excluded)" = 1 ] || fail "it is not among the excluded"
expect 0 "exclude by rule" h exclusion add --rule training_drywell --reason "all"
says "take care" "exclude by rule"
[ "$(count finding list)" = 0 ] || fail "the rule's findings are still listed"
cp "$srv/again/kept" "$srv/again/another"
expect 5 "what is excluded is no change" \
	h hunt run weekly web01 --changed-only --fail-empty
says "1 excluded" "what is excluded is no change"
expect 0 "take it back" h exclusion remove "$(h exclusion list --json |
	sed -n '/"reason":"all"/s/^{"id":"\([^"]*\)".*/\1/p')"
[ "$(count finding list)" = $((all + 1)) ] || fail "it does not count again"
expect 2 "no reason" h exclusion add --rule x
expect 2 "nothing" h exclusion add --reason x
expect 0 "csv" h export --view finding --format csv -o "$tmp/findings.csv"
head -n 1 "$tmp/findings.csv" | grep -q exclusion_id ||
	fail "the export has no exclusion_id"

# What was looked at, in one screen.
expect 0 "summary" h coverage summary --run "$first"
grep -q "web01.*scanned.*3.*100" "$tmp/out" || fail "no sum: $(cat "$tmp/out")"
expect 0 "summary of the last" h coverage summary --host db01
[ "$(grep -c web01 "$tmp/out")" = 0 ] || fail "the sum of db01 has web01"
expect 0 "csv of it" h export --view coverage_sum --format csv -o "$tmp/sum.csv"
grep -q "percent" "$tmp/sum.csv" || fail "no percent in the export"

# A rule's score says how bad it is, and lists go by it.
cat >"$tmp/scored.yar" <<'RULE'
rule scored { meta: author = "somebody" score = 95 condition: filesize > 0 }
RULE
expect 0 "a rule with a score" h hunt db01 --rules "$tmp/scored.yar" \
	--path "$srv/again/kept"
[ "$(count finding list --min-score 95)" = 1 ] || fail "no finding of 95"
[ "$(count finding list --min-score 96)" = 0 ] || fail "a finding of 96"
[ "$(field rule finding list --sort score --limit 1)" = scored ] ||
	fail "the highest score is not first"
expect 2 "another order" h finding list --sort size
expect 0 "one finding" h finding show "$(id finding list --rule scored)" --json
for words in '"severity":"critical"' '"score":95' '"author":"somebody"' \
	'"meta":"{' '"rules_sha256":"'; do
	grep -qF "$words" "$tmp/out" || fail "the finding has no $words"
done

# A rule that has another name now did not go from the host.
sed -i 's/training_drywell/training_renamed/g' "$tmp/own/training.yar"
expect 0 "other rules" h hunt run weekly web01 --changed-only
says "the rules are not those of the run before, for 1 host" "other rules"
grep -q "^no rule" "$tmp/out" || fail "no rule is gone: $(cat "$tmp/out")"
! grep -q "^gone" "$tmp/out" || fail "gone from the host: $(cat "$tmp/out")"
grep -q "^new.*training_renamed" "$tmp/out" || fail "the new rule found nothing"

expect 0 "remove" h hunt remove weekly
[ "$(count hunt list)" = 0 ] || fail "the hunt is still listed"
expect 0 "verify" h verify
finish
