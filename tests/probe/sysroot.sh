#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# scripts/probe-sysroot: what is there needs neither apt nor network, what is
# not there ends in one sentence, and nothing half made is taken for whole.
set -eu

script=$HALLIGAN_SRCDIR/scripts/probe-sysroot
folder=$(mktemp -d "${TMPDIR:-/tmp}/halligan-sysroot.XXXXXX")
trap 'rm -rf "$folder"' EXIT

fail()
{
	echo "$*"
	exit 1
}

# Without apt, and with tools enough for the rest.
mkdir "$folder/bin"
for tool in sh dirname cat head mkdir rm mktemp id sed sort awk grep; do
	ln -s "$(command -v $tool)" "$folder/bin/$tool"
done
run()
{
	PATH=$folder/bin sh "$script" "$@" >"$folder/out" 2>&1
}

status=0
run "$folder/root" amd64 || status=$?
[ $status -eq 1 ] || fail "without apt: exit status $status"
[ "$(wc -l <"$folder/out")" -eq 1 ] || fail "$(cat "$folder/out")"
grep -q "takes Debian's apt-get" "$folder/out" || fail "$(cat "$folder/out")"

# As it is left when it was whole, and what another version wanted.
mkdir -p "$folder/root/amd64"
sed -n "/^newest=/,/dev'\$/p" "$script" >"$folder/lists"
# shellcheck disable=SC1091
. "$folder/lists"
# shellcheck disable=SC2154,SC2086
printf '%s ' $newest $others >"$folder/root/amd64/.complete"
echo >>"$folder/root/amd64/.complete"
run "$folder/root" amd64 || fail "what is there: $(cat "$folder/out")"
[ ! -s "$folder/out" ] || fail "what is there: $(cat "$folder/out")"
echo other >"$folder/root/amd64/.complete"
! run "$folder/root" amd64 || fail "another list was taken for this one"

! run "$folder/root" vax || fail "there is no vax"
grep -q 'no architecture of ours: vax' "$folder/out" ||
	fail "$(cat "$folder/out")"
echo "sysroot: ok"
