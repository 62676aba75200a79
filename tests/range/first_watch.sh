#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The demonstration's steps on practice hosts, from nothing to a hit: what
# was planted is found, nothing else is, the case verifies, and after `range
# down` neither a file nor a process of ours is left.
set -u
LC_ALL=C
export LC_ALL
tmp=$(mktemp -d /tmp/halligan-first.XXXXXX)
range=$tmp/range
failed=0

finish()
{
	[ ! -d "$range" ] || "$HALLIGAN" range down --dir "$range"
	rm -rf "$tmp"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM

fail()
{
	failed=1
	echo "FAILED: $*"
}

skip()
{
	echo "skipped: $*"
	exit 77
}

# A command on the case, as the owner of the range's home.
run()
{
	HOME=$range/home HALLIGAN_CASE=$tmp/first.case "$HALLIGAN" "$@" \
		</dev/null || fail "halligan $*: exit status $?"
}

[ -x "$HALLIGAN" ] || skip "halligan is not built"
[ -x "$HALLIGAN_PROBE" ] || skip "halligan-probe is not built"
"$HALLIGAN" range up "$HALLIGAN_SRCDIR/rules/scenarios/first-watch" \
	--dir "$range" >"$tmp/up" 2>&1 || {
	cat "$tmp/up"
	grep -qE 'not installed|cannot log in|no plain name' "$tmp/up" || exit 1
	skip "practice hosts are not possible here"
}
grep -q "range down --dir '$range'" "$tmp/up" || fail "up says not how to end"

# Servers started by somebody else's test are not ours to count.
servers=$(awk '$1 == "server" { print $2 }' "$range/.halligan-range")
[ "$(echo "$servers" | wc -l)" -eq 2 ] || fail "servers: $servers"

"$HALLIGAN" range up "$HALLIGAN_SRCDIR/rules/scenarios/first-watch" \
	--dir "$range" >"$tmp/again" 2>&1 && fail "a second up succeeds"
grep -q 'practice hosts in .* already' "$tmp/again" || fail "$(cat "$tmp/again")"

run new "$tmp/first.case" --name 'First watch' --tlp clear
while read -r target name _ tree; do
	run host add "$target" "$name"
	run hunt "$name" --rules "$HALLIGAN_SRCDIR/rules/yara" --path "$tree"
	run collect "$name" --path "$tree/srv" --path "$tree/var/log/auth.log"
done <"$range/hosts.txt"
run note add 'Password guessing, then a login' --host web01

# rule@place for each finding, exactly these.
run finding list --json >"$tmp/findings"
sed -n 's/.*"host":"\([^"]*\)".*"rule":"\([^"]*\)".*"path":"\([^"]*\)".*/\1 \2 \3/p' \
	"$tmp/findings" | sed "s#$range/hosts/[^/]*##" | sort >"$tmp/got"
cat >"$tmp/want" <<'END'
db01 training_cron /etc/cron.d/netplan-helper
db01 training_drywell /srv/lab/lib/netplan-helperd
web01 training_webshell /srv/www/uploads/2026/11/fig3_thumb.php
web01 training_wellpost /srv/www/uploads/.font-unix/mta-agent
END
diff "$tmp/want" "$tmp/got" || fail "other findings: $(cat "$tmp/findings")"

# What was collected is in the case, byte for byte.
want=$(sha256sum "$range/hosts/web01/var/log/auth.log" | cut -d ' ' -f 1)
run evidence list --json >"$tmp/evidence"
grep -q "$want" "$tmp/evidence" || fail "auth.log is not in the evidence"
run verify

"$HALLIGAN" range down --dir "$range" || fail "range down"
[ ! -e "$range" ] || fail "range down left $(find "$range")"
for pid in $servers; do
	! grep -q "$range" "/proc/$pid/cmdline" 2>/dev/null ||
		fail "server $pid is still there"
done
"$HALLIGAN" range down --dir "$range" 2>"$tmp/down" && fail "a second down"
grep -q 'no practice hosts' "$tmp/down" || fail "$(cat "$tmp/down")"
exit $failed
