#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A hunt over a real sshd finds what yara(1) finds in the same files: modules,
# private and global rules, name spaces, tags, externals nobody sets.
# shellcheck disable=SC2154
. "$HALLIGAN_SRCDIR/tests/e2e/lib.sh"
command -v yara >/dev/null || skip "yara is not installed"
begin
add_hosts
mkdir "$tmp/files" "$tmp/rules"
"$HALLIGAN_BUILDDIR/tests/engine/corpus" "$tmp/files" &&
	sh "$HALLIGAN_SRCDIR/tests/engine/rules.sh" "$tmp/rules" || exit 1
# libyara 4.2.3 and 4.5.2 make different things of such files.
rm "$tmp/rules/dotnet.yar" "$tmp/rules/macho.yar"

set --
for file in "$tmp"/rules/*.yar; do
	set -- "$@" "$(basename "$file" .yar):$file"
done
# yara(1) sets no names and keeps the entry point of the file before; what
# there is of directories in a header that is cut off differs by version.
different='^(entry|entry_known|any_of|odd_name|pe_18_.*) '
yara -N -r -d filename= -d filepath= -d extension= -d filetype= -d owner= \
	-d md5= "$@" "$tmp/files" 2>/dev/null |
	grep -vE "$different" | sort -u >"$tmp/theirs"
[ "$(wc -l <"$tmp/theirs")" -gt 1000 ] || fail "yara found next to nothing"

expect 0 "hunt" h hunt web01 --rules "$tmp/rules" --path "$tmp/files"
h finding list --json |
	sed 's/.*"rule":"\([^"]*\)".*"path":"\([^"]*\)".*/\1 \2/' |
	grep -vE "$different" | sort -u >"$tmp/ours"
cmp "$tmp/theirs" "$tmp/ours" || {
	diff "$tmp/theirs" "$tmp/ours" | head -n 20
	fail "the hunt and yara(1) differ"
}
finish
