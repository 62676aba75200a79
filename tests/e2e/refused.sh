#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What can go wrong with a host is one clear line and the documented status;
# what was recorded stays, and the other hosts go on.
. "$HALLIGAN_SRCDIR/tests/e2e/lib.sh"
begin
add_hosts
target=$(awk '$2 == "web01" { print $1 }' "$range/hosts.txt")
srv=$(tree web01)/srv

one_line()
{
	[ "$(grep -c '^halligan: ' "$tmp/err")" = 1 ] ||
		fail "$1: not one line: $(cat "$tmp/err")"
}

# A port nobody listens on: bound and closed again just before.
expect 0 "dead host" h host add "${target%@*}@127.0.0.1:1" dead
expect 1 "unreachable host" h connect dead
says "refused" "unreachable host"
one_line "unreachable host"
expect 3 "one dead of three" h hunt --all --rules "$rules" --path "$srv"
[ "$(count finding list)" -gt 0 ] || fail "one dead host stopped the others"
expect 0 "host remove" h host remove dead
expect 0 "the rest" h hunt --all --rules "$rules" --path "$srv"

# A key the server does not take.
ssh-keygen -q -t ed25519 -N '' -f "$tmp/stranger"
mv "$HOME/.ssh/id_ed25519" "$HOME/.ssh/id_ed25519.pub" "$tmp/"
cp "$tmp/stranger" "$HOME/.ssh/id_ed25519"
cp "$tmp/stranger.pub" "$HOME/.ssh/id_ed25519.pub"
expect 12 "refused key" h connect web01
one_line "refused key"
rm "$HOME/.ssh/id_ed25519" "$HOME/.ssh/id_ed25519.pub"
expect 12 "no key at all" h connect web01

# A file that is no key, and a certificate that ssh would log in with.
echo garbage >"$tmp/junk"
expect 0 "host add junk" h host add "$target" junk --identity "$tmp/junk"
expect 12 "no key in it" h connect junk
says "$tmp/junk is not a private key file" "no key in it"
one_line "no key in it"
ssh-keygen -q -s "$tmp/id_ed25519" -I x -n root "$tmp/stranger.pub"
expect 0 "host add signed" h host add "$target" signed \
	--identity "$tmp/stranger"
expect 12 "a certificate" h connect signed
says "the certificate $tmp/stranger-cert.pub is of the kind" "a certificate"
one_line "a certificate"
expect 0 "host remove" h host remove junk
expect 0 "host remove" h host remove signed

# A passphrase, right and wrong.
cp "$tmp/id_ed25519" "$tmp/id_ed25519.pub" "$HOME/.ssh/"
ssh-keygen -q -p -P '' -N 'open sesame' -f "$HOME/.ssh/id_ed25519" ||
	fail "ssh-keygen -p"
expect 12 "nobody to ask" h connect web01
says "passphrase" "nobody to ask"
printf 'wrong\n' >"$tmp/pass"
"$HALLIGAN" --password-fd 3 connect web01 3<"$tmp/pass" >"$tmp/out" \
	2>"$tmp/err" </dev/null
[ $? = 12 ] || fail "wrong passphrase: exit is not 12"
says "wrong passphrase" "wrong passphrase"
printf 'open sesame\n' >"$tmp/pass"
chmod 644 "$HOME/.ssh/id_ed25519"
"$HALLIGAN" --password-fd 3 connect web01 3<"$tmp/pass" >"$tmp/out" \
	2>"$tmp/err" </dev/null
[ $? = 12 ] || fail "a key that others may read: exit is not 12"
says "ssh-add wants its mode to be 0600" "a key that others may read"
! grep -q 'passphrase' "$tmp/err" ||
	fail "a key that others may read: a passphrase is asked for"
chmod 600 "$HOME/.ssh/id_ed25519"
printf 'open sesame\n' >"$tmp/pass"
"$HALLIGAN" --password-fd 3 connect web01 3<"$tmp/pass" >"$tmp/out" \
	2>"$tmp/err" </dev/null || {
	fail "right passphrase: exit $?"
	cat "$tmp/err"
}
grep -q 'open sesame' "$case"* && fail "the passphrase is in the case"

# An agent that has it.
if command -v ssh-agent >/dev/null; then
	SSH_AUTH_SOCK=$tmp/agent
	export SSH_AUTH_SOCK
	ssh-agent -D -a "$SSH_AUTH_SOCK" >/dev/null 2>&1 &
	agent=$!
	# Its socket is there before it listens on it: 2 is no answer.
	while ssh-add -l >/dev/null 2>&1; [ $? -eq 2 ]; do :; done
	ssh-add -q "$tmp/id_ed25519" 2>/dev/null || fail "ssh-add"
	rm "$HOME/.ssh/id_ed25519"
	expect 0 "key of the agent" h connect web01
	kill "$agent"
	unset SSH_AUTH_SOCK
fi

cp "$tmp/id_ed25519" "$HOME/.ssh/"
printf 'rule broken {\n condition:\n  $x }\n' >"$tmp/bad.yar"
expect 1 "bad rule" h hunt web01 --rules "$tmp/bad.yar" --path "$srv"
says "bad.yar:3:" "bad rule"
one_line "bad rule"
expect 2 "relative path" h collect web01 --path etc/passwd
expect 1 "no such host" h connect nobody
for words in 'connect ssh://u:hunter2@web01' 'host add u:hunter2@web01' \
	'host add ssh://u:hunter2@web01/' 'host explain u:hunter2@web01:x'; do
	h $words >"$tmp/out" 2>"$tmp/err" && fail "$words: taken"
	! grep -q hunter2 "$tmp/out" "$tmp/err" || fail "$words: said again"
done
expect 0 "verify" h verify
finish
