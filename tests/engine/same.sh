#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the probe does to libyara to make it faster changes no result: the
# same rules over the same files say the same with libyara as it comes.
set -u
here=$HALLIGAN_BUILDDIR/tests/engine
[ -x "$here/scan_faster" ] || { echo "skipped: built without the probe"; exit 77; }
tmp=$(mktemp -d "${TMPDIR:-/tmp}/halligan-XXXXXX") || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

mkdir "$tmp/files" "$tmp/rules"
"$here/corpus" "$tmp/files" &&
	sh "$HALLIGAN_SRCDIR/tests/engine/rules.sh" "$tmp/rules" || exit 1
# Programs with symbols and sections, whole.
cp "$here/corpus" "$(command -v ls)" "$tmp/files"

# In both orders, so that every file comes after every kind of file, and the
# first ones after there has been one of all.
find "$tmp/files" -type f | sort >"$tmp/list"
sort -r "$tmp/list" >>"$tmp/list"
for how in '' -p; do
	for kind in plain faster; do
		# shellcheck disable=SC2086
		timeout 120 "$here/scan_$kind" $how "$tmp"/rules/*.yar \
			<"$tmp/list" >"$tmp/$kind$how" ||
			{ echo "FAILED: scan_$kind $how"; exit 1; }
	done
	cmp "$tmp/plain$how" "$tmp/faster$how" || {
		diff "$tmp/plain$how" "$tmp/faster$how" | head -n 20
		echo "FAILED: a faster libyara says something else"
		exit 1
	}
done
for rule in letters needle chain many; do
	grep -q ":$rule\( \|\$\)" "$tmp/plain-p" && continue
	echo "FAILED: $rule matched nothing that came in pieces"
	exit 1
done

# Not because there was nothing to say: each kind of rule matched somewhere
# and did not match elsewhere.
n=$(wc -l <"$tmp/list")
for rule in pe_1_1 not_pe imphash any_section elf_3_2 elf_sections net_version \
	net_guid macho_3_2 macho_11_1 dex_3_known dex_magic entry md5_low \
	chain many on_hidden not_hidden on_needle absent under_global under_pe \
	letters short_ones doubles at_end small program short_program long_program not_short either only_small \
	under_short; do
	got=$(grep -c ":$rule\( \|\$\)" "$tmp/plain")
	[ "$got" -gt 0 ] && [ "$got" -lt "$n" ] && continue
	[ "$rule $got" = "absent $n" ] && continue
	echo "FAILED: $rule matched $got of $n files"
	exit 1
done

# What is bounded is not judged beyond: a file of 4 KiB, and a longer one.
cat >"$tmp/late.yar" <<'END'
import "console"
rule late { condition: console.log("judged") and filesize < 4KB }
END
head -c 4095 "$here/corpus" >"$tmp/short"
printf '%s\n' "$tmp/short" "$here/corpus" |
	"$here/scan_faster" "$tmp/late.yar" >"$tmp/late"
grep -q "^$tmp/short says judged" "$tmp/late" &&
	! grep -q "^$here/corpus says judged" "$tmp/late" || {
	cat "$tmp/late"
	echo "FAILED: a file beyond a rule's bound is judged by it"
	exit 1
}
