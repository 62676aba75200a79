#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The definitions, the overlay and the profiles that come with halligan hold
# together: no error, and a warning is one too, since none of ours runs
# programs.
set -u
cd "$HALLIGAN_SRCDIR" || exit 99
out=$("$HALLIGAN" artifact lint rules/artifacts 2>&1)
status=$?
printf '%s\n' "$out"
[ "$status" = 0 ] || exit 1
case $out in
*': warning: '*) exit 1 ;;
esac
# What is wrong is told, or the above would hold for anything.
bad=$(mktemp -d) || exit 99
trap 'rm -rf "$bad"' EXIT
cp -R rules/artifacts/. "$bad/"
printf -- '---\nname: Broken\n' >>"$bad/logins.yaml"
if "$HALLIGAN" artifact lint "$bad" >"$bad/out" 2>&1; then
	echo "a broken definition was not told of"
	exit 1
fi
grep -q "logins.yaml:[0-9]*: error: Broken has no doc" "$bad/out" || {
	cat "$bad/out"
	exit 1
}
