#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The whole way: connect, hunt, collect, note, list, export, verify; and
# nothing of ours is left on the hosts.
. "$HALLIGAN_SRCDIR/tests/e2e/lib.sh"
begin
add_hosts
touch "$tmp/before"

expect 0 "hunt" h hunt --all --rules "$rules" --path "$range/hosts"
[ "$(count finding list)" -ge 4 ] ||
	fail "fewer than 4 findings: $(h finding list)"
h finding list --json >"$tmp/findings"
for rule in DRYWELL WELLPOST; do
	grep -qi "\"rule\":\"[^\"]*$rule" "$tmp/findings" ||
		fail "no finding of $rule"
done
for field in id host kind rule severity status path sha256 offset technique \
	found_at evidence_id; do
	grep -q "\"$field\":" "$tmp/findings" || fail "finding has no $field"
done
grep -q '"host":"web01"' "$tmp/findings" && grep -q '"host":"db01"' \
	"$tmp/findings" || fail "findings are not of both hosts"
[ "$(count coverage list)" -gt 0 ] || fail "no coverage"

before=$(count finding list)
expect 0 "hunt again" h hunt --all --rules "$rules" --path "$range/hosts"
[ "$(count finding list)" = "$before" ] ||
	fail "the same hunt doubled the findings"

# Rules travel as source, or compiled where the probes have our libyara.
has_form()
{
	h run list --json | head -n 1 | grep -q "\"rules_form\":\"$1\""
}
has_form source || fail "the form of the rules is not on record"
if h hunt --all --rules "$rules" --path "$range/hosts" \
	--rules-form compiled 2>"$tmp/why"; then
	has_form compiled || fail "compiled rules are not on record"
else
	grep -q 'compiled rules are of libyara' "$tmp/why" ||
		fail "compiled: $(cat "$tmp/why")"
fi
expect 0 "hunt, auto" h hunt --all --rules "$rules" --path "$range/hosts" \
	--rules-form auto
[ "$(count finding list)" = "$before" ] ||
	fail "the form of the rules changed the findings"

log=$(tree web01)/var/log/auth.log
expect 0 "collect" h collect web01 --path "$log" --path /etc/passwd
h evidence list --json >"$tmp/evidence"
for file in "$log" /etc/passwd; do
	sum=$(sha256sum "$file" | cut -d ' ' -f 1)
	grep -q "$sum" "$tmp/evidence" || fail "no evidence with the hash of $file"
done
id=$(grep passwd "$tmp/evidence" | sed 's/.*"id":"\([^"]*\)".*/\1/')
expect 0 "evidence get" h evidence get "$id" -o "$tmp/passwd"
cmp /etc/passwd "$tmp/passwd" || fail "evidence differs from its source"

expect 3 "collect what is not there" \
	h collect web01 --path /nonexistent/file --path /etc/passwd
h coverage list --json | grep -q nonexistent ||
	fail "a path that is not there is not in coverage"
says "/nonexistent/file: not-found" "collect what is not there"
ln -s auth.log "$log.link"
expect 3 "collect a symlink by its name" h collect web01 --path "$log.link"
says "symlink" "collect a symlink by its name"

expect 0 "note" h note add "isolated at the switch" --host web01
[ "$(count note list)" = 1 ] || fail "the note is not listed"
expect 0 "timeline" h timeline --json
for field in message datetime timestamp timestamp_desc; do
	grep -q "\"$field\":" "$tmp/out" || fail "timeline has no $field"
done
expect 0 "export" h export --format csv -o "$tmp/timeline.csv"
[ -s "$tmp/timeline.csv" ] || fail "the export is empty"
expect 0 "connect" h connect db01
h run list --limit 1 --json >"$tmp/run"
run=$(sed 's/^{"id":"\([^"]*\)".*/\1/' "$tmp/run")
h run show "$run" --json | grep '"state":"done"' | grep -q '"footprint":"' &&
	fail "a connect placed something"
h host list db01 --json | grep -q "\"os\":\"$(uname -sr)\"" ||
	fail "a connect does not say which host it is"
expect 0 "verify" h verify

# The look for what was left must be able to see something.
mkfifo "$tmp/hold" "$tmp/said"
target=$(awk '$2 == "web01" { print $1 }' "$range/hosts.txt")
ssh -F none -i "$HOME/.ssh/id_ed25519" -o IdentitiesOnly=yes \
	-o UserKnownHostsFile="$HOME/.ssh/known_hosts" -p "${target##*:}" \
	"${target%:*}" 'echo here; exec cat' <"$tmp/hold" >"$tmp/said" 2>&1 &
exec 9>"$tmp/hold"
read -r line <"$tmp/said"
[ "$line" = here ] || fail "ssh says $line"
[ -n "$(probes)" ] || fail "a process in a session of ours is not seen"
exec 9>&-
wait
named=/tmp/.0123456789abcdef0123456789abcdef-1-1 # as remote/place_script.c
touch $named
[ -n "$(leftovers)" ] || fail "a file named as a probe is not seen"
rm $named

[ -z "$(probes)" ] || fail "a probe still runs: $(probes)"
[ -z "$(leftovers)" ] || fail "left on the host: $(leftovers)"
if command -v sqlite3 >/dev/null; then
	sqlite3 "$case" 'select host, rule, path, sha256, found_at from finding' \
		>"$tmp/out" || fail "sqlite3 cannot read the findings"
	[ "$(wc -l <"$tmp/out")" = "$before" ] || fail "sqlite3 sees other findings"
	sqlite3 "$case" "select footprint from run_host where state = 'done'" |
		grep -q 'removed itself' || fail "no footprint on record"
fi
check "range down" h range down --dir "$range"
[ ! -e "$range" ] || fail "range down left $range"
finish
