#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A hunt into archives: what matches in them is listed by where it is, brought
# as evidence by itself, and kept to the limits that were asked for.
. "$HALLIGAN_SRCDIR/tests/e2e/lib.sh"
begin
add_hosts
top=$(tree web01)/srv/archives
mkdir -p "$top" "$tmp/in"
printf 'x x x x x x EVIL-IN-ARCHIVE x x x x x x' >"$tmp/in/implant"
(cd "$tmp/in" && gzip -c implant >b.gz && tar -cf "$top/a.tar" b.gz implant)
cat >"$tmp/evil.yar" <<'END'
rule evil { strings: $a = "EVIL-IN-ARCHIVE" condition: $a }
END

expect 0 "hunt" h hunt web01 --rules "$tmp/evil.yar" --path "$top" \
	--archives --take-hits --context 64
h finding list >"$tmp/list"
for place in 'a.tar!/implant' 'a.tar!/b.gz!/b'; do
	grep -qF "$place" "$tmp/list" || {
		fail "$place is not listed"
		cat "$tmp/list"
	}
done
h finding list --json >"$tmp/findings"
grep -qF '"member":"b.gz!/b"' "$tmp/findings" || fail "no member in the JSON"
h evidence list --json | grep -F '"member":"implant"' >"$tmp/evidence"
id=$(sed 's/.*"id":"\([^"]*\)".*/\1/' "$tmp/evidence")
expect 0 "evidence get" h evidence get "$id" -o "$tmp/implant"
cmp "$tmp/in/implant" "$tmp/implant" || fail "the member differs"
h coverage list --json | grep -F '"what":"archive"' |
	grep -qF '"outcome":"scanned"' || fail "members are not in coverage"

expect 0 "hunt less deep" h hunt web01 --rules "$tmp/evil.yar" \
	--path "$top" --archives --archive-depth 1
h coverage list --json | grep -qF '"reason":"archive-limit"' ||
	fail "what lies too deep is not in coverage"

expect 2 "context out of range" h hunt web01 --rules "$tmp/evil.yar" \
	--path "$top" --context 1000
says "32 to 256" "context out of range"
expect 2 "depth without archives" h hunt web01 --rules "$tmp/evil.yar" \
	--path "$top" --archive-depth 3
says "--archives" "depth without archives"
expect 0 "verify" h verify
check "range down" h range down --dir "$range"
finish
