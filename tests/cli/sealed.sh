#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Bundles encrypted to keys: whoever has one imports them, nobody else, and
# what was changed or cut off on the way is told.
# shellcheck source=tests/cli/lib.sh disable=SC2154
. "$(dirname "$0")/lib.sh"
[ -x "$HALLIGAN_PROBE" ] || {
	echo "skipped: built without the probe"
	exit 77
}

run 0 key new mine.key
mine=$(cat out)
says err 'keep it'
[ "$(stat -c %a mine.key)" = 600 ] || fail "the key is readable by others"
run 0 key show mine.key
says out "$mine"
cp mine.key before.key
run 1 key new mine.key
cmp -s mine.key before.key || fail "a key was overwritten"
run 0 key new colleague.key
colleague=$(cat out)
run 0 key new other.key
never_says out "$mine"
secret=$(grep -o 'AGE-SECRET-KEY-1.*' mine.key)
run 1 key show "$HALLIGAN_SRCDIR/README.md"
says err 'AGE-SECRET-KEY'

mkdir tree
echo 'MARKER in a file' >tree/a
head -c 2000000 /dev/urandom >tree/b
"$HALLIGAN_PROBE" collect --path "$here/tree" --out sealed.bundle \
	--recipient "$mine" --recipient "$colleague" >probe.out 2>&1 ||
	fail "no sealed bundle: $(cat probe.out)"
head -n 1 sealed.bundle | grep -q '^age-encryption.org/v1$' ||
	fail "it is not in age's format"
case $mine in
*q) other=${mine%?}p ;;
*) other=${mine%?}q ;;
esac
"$HALLIGAN_PROBE" collect --path "$here/tree" --out bad.bundle \
	--recipient "$other" >probe.out 2>&1 && fail "a bad key was taken"
grep -q 'is no recipient' probe.out || fail "it is not said: $(cat probe.out)"
[ ! -e bad.bundle ] || fail "and a bundle was begun"

run 0 new a.case
HALLIGAN_CASE=$here/a.case
export HALLIGAN_CASE
run 12 import sealed.bundle
says err 'the bundle is encrypted'
says err '--identity'
run 12 import sealed.bundle --identity other.key
says err 'encrypted to others'
run 1 import sealed.bundle --identity missing.key
run 1 import sealed.bundle --identity "$HALLIGAN_SRCDIR/README.md"
run 0 run list --json
lines out 0

for key in mine colleague; do
	run 0 import --again sealed.bundle --identity $key.key
done
run 0 evidence list --json
lines out 4
for file in a b; do
	says out "$(sha256sum <tree/$file | cut -d ' ' -f 1)"
done
run 0 run list --json
says out "\"source_sha256\":\"$(sha256sum <sealed.bundle | cut -d ' ' -f 1)\""
if grep -q "$secret" a.case* out err; then
	fail "the secret key is where it does not belong"
fi
# One that needs no key takes no offence at one.
"$HALLIGAN_PROBE" collect --path "$here/tree/a" --out plain.bundle \
	>/dev/null 2>&1
run 0 import plain.bundle --identity mine.key

# Cut off: what came before is kept. Changed: told, wherever.
size=$(stat -c %s sealed.bundle)
head -c $((size / 2)) sealed.bundle >cut.bundle
run 3 import cut.bundle --identity mine.key
says err 'cut off'
change()
{
	cp sealed.bundle changed.bundle
	printf 'XXXX' | dd of=changed.bundle bs=1 seek="$1" conv=notrunc \
		2>/dev/null
}
change 100
"$HALLIGAN" import changed.bundle --identity mine.key >out 2>err &&
	fail "a changed header was taken"
change $((size / 2))
run 4 import changed.bundle --identity mine.key
says err 'what is encrypted was changed'
# In its last part that looks like what was cut off.
change $((size - 8))
run 3 import --again changed.bundle --identity mine.key
says err 'it is damaged or cut off; what it has until there is kept'
# And in a small one, which has no other part.
"$HALLIGAN_PROBE" collect --path "$here/tree/a" --out small.bundle \
	--recipient "$mine" >/dev/null 2>&1
cp small.bundle changed.bundle
printf 'XXXX' | dd of=changed.bundle bs=1 conv=notrunc \
	seek=$(($(stat -c %s small.bundle) - 8)) 2>/dev/null
run 1 import changed.bundle --identity mine.key
says err 'it is damaged or cut off'

if command -v age >/dev/null; then
	age -d -i mine.key sealed.bundle >opened.bundle || fail "age cannot"
	run 0 import opened.bundle --again
fi
run 0 verify a.case
finish
