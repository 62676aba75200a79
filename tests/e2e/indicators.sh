#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Hunts for indicators alone and with rules: names, paths, sizes, hashes and
# sockets planted here, seen on the host, told in the case.
. "$HALLIGAN_SRCDIR/tests/e2e/lib.sh"
begin
add_hosts

# plant NAME TEXT: a file on web01.
root=$(tree web01)/srv/planted
mkdir -p "$root/deep"
plant()
{
	printf '%s' "$2" >"$root/$1"
}
plant kit.bin "the kit"
plant deep/.kit-1 "the kit, once more"
plant harmless "nothing"
plant sized "exactly thirty-three bytes long.."
plant large.log "$(head -c 4096 /dev/zero | tr '\0' x)"
mkfifo "$root/kit.fifo"
ln -s harmless "$root/kit.link"
sum()
{
	"$1" "$root/$2" | cut -d ' ' -f 1
}

# A connection of this machine's, to an address nobody else is called by.
peer=127.77.1.2
mkfifo "$tmp/hold" "$tmp/port"
"$HALLIGAN_BUILDDIR/tests/e2e/peer" "$peer" <"$tmp/hold" >"$tmp/port" &
exec 8>"$tmp/hold"
read -r port <"$tmp/port"

cat >"$tmp/list.csv" <<LIST
kind,value,severity,technique,description,exclude
sha256,$(sum sha256sum kit.bin),critical,T1105,the kit itself,
md5,$(sum md5sum deep/.kit-1),high,,its copy,
sha1,$(sum sha1sum harmless),low,,not harmless,
size,33,low,,of that size,
path,$root/large.log,medium,,large,
filename,"/kit\\.(fifo|link)\$",75,,no file at all,
filename,/harmless\$,high,,never told,/planted/
ip,$peer:$port,high,T1071,a server,
LIST
printf 'what is this\n' >"$tmp/bad.txt"

expect 0 "hunt for indicators" h hunt web01 --indicators "$tmp/list.csv" \
	--path "$root" --max-size 1K --take-hits
h finding list --json >"$tmp/findings"
# found KIND SEVERITY PATH: a finding of the indicator there.
found()
{
	grep "\"rule\":\"$1:" "$tmp/findings" | grep "\"severity\":\"$2\"" |
		grep -q "\"path\":\"$3\"" || {
		fail "no $2 finding of $1 at $3"
		sed 's/^/    /' "$tmp/findings"
	}
}
found sha256 critical "$root/kit.bin"
found md5 high "$root/deep/.kit-1"
found sha1 low "$root/harmless"
found size low "$root/sized"
found path medium "$root/large.log"
found filename high "$root/kit.fifo"
found filename high "$root/kit.link"
grep -q "never told" "$tmp/findings" &&
	fail "a place that a list excludes was told of"
grep '"rule":"ip:' "$tmp/findings" | grep -q '"path":"/.*peer"' ||
	fail "whose socket it is was not told: $(cat "$tmp/findings")"
h sighting list --json >"$tmp/sightings"
grep -q "\"remote\":\"$peer:$port\"" "$tmp/sightings" ||
	fail "the socket was not sighted"
h evidence list --json >"$tmp/evidence"
for file in kit.bin deep/.kit-1 harmless sized; do
	grep -q "$(sum sha256sum "$file")" "$tmp/evidence" ||
		fail "$file was sighted and not taken"
done
grep -q large.log "$tmp/evidence" && fail "what was not read was taken"
h coverage list --json | grep '"what":"indicators"' >"$tmp/judged"
for reason in names hashes sockets; do
	grep -q "\"reason\":\"$reason\"" "$tmp/judged" ||
		fail "coverage does not say that $reason were judged"
done

# Again, from the case, with rules: nothing is found twice.
before=$(count finding list)
expect 0 "hunt with rules" h hunt web01 --case-indicators --rules "$rules" \
	--path "$root" --path "$(tree web01)"
h finding list --json | grep -c '"kind":"indicator"' >"$tmp/n"
[ "$(cat "$tmp/n")" = "$before" ] ||
	fail "$(cat "$tmp/n") findings of indicators instead of $before"
h finding list --json | grep -q '"kind":"yara"' || fail "no rule matched"

# In archives, by name, size and hash; told apart from the archive.
mkdir "$root/packed" "$tmp/in"
printf 'the kit' >"$tmp/in/renamed"
printf 'exactly thirty-three bytes long..' >"$tmp/in/other"
(cd "$tmp/in" && tar -cf "$root/packed/a.tar" renamed &&
	tar -cf - other >>"$root/packed/a.tar")
expect 0 "hunt in archives" h hunt web01 --indicators "$tmp/list.csv" \
	--path "$root/packed" --archives --take-hits
h finding list --json | grep '"member":"renamed"' | grep -q '"rule":"sha256:' ||
	fail "the kit was not seen in the archive"
h finding list --json | grep '"member":"other"' | grep -q '"rule":"size:33' ||
	fail "a size was not seen behind an archive's end"
h finding list | grep -qF 'a.tar!/renamed' || fail "a list does not name it"
h evidence list --json | grep '"member":"renamed"' |
	grep -q "$(sum sha256sum kit.bin)" || fail "it was not taken"
expect 0 "once more" h hunt web01 --indicators "$tmp/list.csv" \
	--path "$root/packed" --archives
[ "$(h finding list --json | grep -c '"member":"renamed"')" = 1 ] ||
	fail "the same member twice is two findings"
rm -r "$root/packed"

# Sockets alone need no path.
h indicator list --kind ip --json >"$tmp/ip"
printf '%s\n' "$peer/32" >"$tmp/net.txt"
expect 0 "sockets alone" h hunt web01 --indicators "$tmp/net.txt"
h finding list --json | grep -q "\"rule\":\"ip:$peer\"" ||
	fail "the net was not seen"
exec 8>&-
wait
if [ "$(id -u)" = 0 ]; then
	expect 0 "an image" h hunt --root "$(tree web01)" --host image \
		--indicators "$tmp/net.txt" --path /
	h coverage list --host image --json | grep '"what":"indicators"' |
		grep -q '"reason":"image"' ||
		fail "that an image has no sockets is not in coverage"
fi

expect 1 "a list without any" h hunt web01 --indicators "$tmp/bad.txt" \
	--path "$root"
says "bad.txt:1: neither a hash" "a list without any"
expect 2 "no path" h hunt web01 --case-indicators
says "--path" "no path"
expect 2 "nothing to hunt for" h hunt web01 --path "$root"
says "--indicators" "nothing to hunt for"

# A hundred thousand hashes, and the one that is there.
awk 'BEGIN { for (i = 0; i < 100000; i++) printf "%064x;made up\n", i }' \
	>"$tmp/many.txt"
printf '%s;among many\n' "$(sum sha256sum sized)" >>"$tmp/many.txt"
expect 0 "many hashes" h hunt web01 --indicators "$tmp/many.txt" \
	--path "$root"
h finding list --json | grep -q 'among many' || fail "one of many was not seen"
expect 0 "verify" h verify
finish
