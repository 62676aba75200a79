#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Rule sets as people have them: includes, namespaces, private and global
# rules, tags, the module "magic", over SSH and by the probe alone. With
# HALLIGAN_SIGNATURE_BASE naming a checkout of signature-base, all of that.
. "$HALLIGAN_SRCDIR/tests/e2e/lib.sh"
begin
add_hosts
set=$tmp/rules
lab=$tmp/lab
mkdir "$set" "$set/parts" "$lab"
echo 'a well known marker' >"$lab/hit.txt"
echo 'a well known marker, too long' >"$lab/long.txt"
printf '\211PNG\r\n\032\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\10\2\0\0\0' >"$lab/picture"

cat >"$set/index.yar" <<'END'
include "parts/marker.inc"
rule UsesPart : lab { meta: author = "us" condition: Marker }
END
cat >"$set/parts/marker.inc" <<'END'
private rule Marker { strings: $m = "well known marker" condition: $m }
global rule Short { condition: filesize < 25 }
END
cat >"$set/other.yar" <<'END'
rule NotGlobalHere { strings: $m = "marker, too long" condition: $m }
END

# WHAT RULES: "rule file" of all matches over SSH, in $tmp/ssh.
over_ssh()
{
	rm -f "$case"
	check "new case" h new "$case"
	check "host add" h host add "$target" web01
	expect 0 "$1" h hunt web01 --rules "$2" --path "$lab"
	sqlite3 "$case" 'select rule, path from finding order by 1, 2' \
		>"$tmp/ssh"
}

target=$(awk '$2 == "web01" { print $1 }' "$range/hosts.txt")
command -v sqlite3 >/dev/null || skip "sqlite3 is not installed"

over_ssh "hunt with includes" "$set"
printf 'NotGlobalHere|%s\nShort|%s\nUsesPart|%s\n' "$lab/long.txt" \
	"$lab/hit.txt" "$lab/hit.txt" >"$tmp/want"
grep -v picture "$tmp/ssh" | cmp -s - "$tmp/want" || {
	fail "other findings than expected"
	cat "$tmp/ssh"
}
sqlite3 "$case" "select namespace, tags, author from finding
	where rule = 'UsesPart'" | grep -qx 'index|lab|us' ||
	fail "namespace, tags or author of a rule with an include"

# The same set by hand: as many matches in the bundle.
expect 0 "alone with includes" "$HALLIGAN_PROBE" hunt --rules "$set" \
	--path "$lab" --out "$tmp/alone.bundle"
grep -q "$(wc -l <"$tmp/ssh") matches" "$tmp/err" ||
	fail "alone: $(cat "$tmp/err")"

echo 'rule Broken { condition: nope }' >"$set/parts/marker.inc"
expect 1 "a broken include" h hunt web01 --rules "$set" --path "$lab"
says "parts/marker.inc:1:26: undefined identifier \"nope\"" "a broken include"
expect 1 "the same alone" "$HALLIGAN_PROBE" hunt --rules "$set" \
	--path "$lab" --out "$tmp/broken.bundle"
says "parts/marker.inc:1: undefined identifier \"nope\"" "the same alone"
expect 1 "rule lint --json" h rule lint --json "$set"
grep -q '"line":1,"column":26,"severity":"error"' "$tmp/out" ||
	fail "rule lint --json: $(cat "$tmp/out")"

# The host's own magic database is never asked: ours goes along.
cat >"$tmp/magic.yar" <<'END'
import "magic"
rule Png { condition: magic.mime_type() == "image/png" }
END
if [ -r /usr/share/misc/magic.mgc ]; then
	over_ssh "hunt with magic" "$tmp/magic.yar"
	[ "$(cat "$tmp/ssh")" = "Png|$lab/picture" ] ||
		fail "magic over SSH: $(cat "$tmp/ssh")"
	expect 0 "magic alone" "$HALLIGAN_PROBE" hunt --rules "$tmp/magic.yar" \
		--magic /usr/share/misc/magic.mgc --path "$lab" \
		--out "$tmp/magic.bundle"
	grep -q '1 matches' "$tmp/err" || fail "magic alone: $(cat "$tmp/err")"
fi
expect 1 "magic without a database" "$HALLIGAN_PROBE" hunt \
	--rules "$tmp/magic.yar" --path "$lab" --out "$tmp/none.bundle"
says "no magic database came with the rules" "magic without a database"
expect 1 "magic with nonsense" "$HALLIGAN_PROBE" hunt \
	--rules "$tmp/magic.yar" --magic "$lab/hit.txt" --path "$lab" \
	--out "$tmp/nonsense.bundle"
says "none that this probe's libmagic reads" "magic with nonsense"

if [ -d "${HALLIGAN_SIGNATURE_BASE:-}" ]; then
	all=$HALLIGAN_SIGNATURE_BASE
	[ ! -d "$all/yara" ] || all=$all/yara
	expect 0 "signature-base compiles" h rule lint "$all"
	grep -E '^[0-9]+ rules compile' "$tmp/err"
	over_ssh "signature-base runs" "$all"
fi
check "range down" h range down --dir "$range"
finish
