#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A listing of files with their times comes into the case and its timeline;
# the probe alone lists the same into a bundle, of an image, too.
. "$HALLIGAN_SRCDIR/tests/e2e/lib.sh"
begin
add_hosts

top=$(tree web01)/listed
mkdir -p "$top/etc" "$top/sub"
echo 'mole:x:4321:1::/:/bin/sh' >"$top/etc/passwd"
echo one >"$top/sub/a"
ln -s a "$top/sub/link"
mkfifo "$top/sub/fifo"
touch -d 2001-02-03T04:05:06Z "$top/sub/a"
n=$(find "$top" | wc -l)
files=$(find "$top" ! -type d | wc -l)

expect 0 "walk" h walk web01 --path "$top"
says "$files files listed" "walk"
h file list --json >"$tmp/files"
[ "$(wc -l <"$tmp/files")" = "$n" ] || fail "not all is listed"
grep -q '"sha256":"' "$tmp/files" && fail "files were read without --hash"
h timeline --json | grep sub/a >"$tmp/timeline"
grep -q '"datetime":"2001-02-03T04:05:06' "$tmp/timeline" ||
	fail "a time of a file is not in the timeline"
h coverage list --json | grep '"what":"walk"' | grep '"outcome":"listed"' |
	grep -q "\"files\":$files" || fail "coverage does not count them"

expect 0 "walk with hashes" h walk web01 --path "$top" --hash --ext a
h file list --json >"$tmp/files"
grep -q "$(printf 'one\n' | sha256sum | cut -d ' ' -f 1)" "$tmp/files" &&
	fail "an extension is no name"
expect 0 "walk with hashes" h walk web01 --path "$top" --hash
h file list --json >"$tmp/files"
grep -q "$(printf 'one\n' | sha256sum | cut -d ' ' -f 1)" "$tmp/files" ||
	fail "--hash brings no hash"
expect 0 "verify" h verify

probe()
{
	rm -f "$tmp/bundle"
	expect 0 "probe $*" "$HALLIGAN_PROBE" "$@" --out "$tmp/bundle"
	zstd -dcq "$tmp/bundle" >"$tmp/plain" 2>/dev/null ||
		skip "zstd is not installed"
}

probe walk --path "$top"
grep -q "^$files files," "$tmp/err" || fail "the probe alone lists others"
probe walk --root "$top" --path /sub
grep -qaF /sub/link "$tmp/plain" || fail "the image's paths are not its own"
grep -qaF "$top/sub" "$tmp/plain" && fail "the image's place is in its paths"
chown 4321 "$top/sub/a" 2>/dev/null && {
	probe walk --root "$top" --path / --owner mole
	grep -q "^1 files," "$tmp/err" || fail "the image has its own users"
	grep -qaF mole "$tmp/plain" || fail "the owner has no name"
}
expect 2 "a relative path" "$HALLIGAN_PROBE" walk --root "$top" --path sub \
	--out "$tmp/bundle2"
finish
