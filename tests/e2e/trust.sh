#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Host keys: unknown ones are refused when nobody can be asked, trusted when
# told, pinned from then on; changed ones are refused whatever known_hosts
# and the command line say.
. "$HALLIGAN_SRCDIR/tests/e2e/lib.sh"
begin
add_hosts
target=$(awk '$2 == "web01" { print $1 }' "$range/hosts.txt")
port=${target##*:}
hostkey=$(sed -n "s/^\[127.0.0.1\]:$port //p" "$HOME/.ssh/known_hosts")
mv "$HOME/.ssh/known_hosts" "$tmp/known_hosts"
hunt="h hunt web01 --rules $rules --path $(tree web01)/srv"

expect 12 "unknown key" $hunt
says "unknown host key" "unknown key"
says "halligan host trust web01 --fingerprint SHA256:" "unknown key"
[ "$(count finding list)" = 0 ] || fail "findings of an unknown host"
h audit list --json | grep -q host.key_refused || fail "no audit of the refusal"

fp=$(sed -n 's/.*--fingerprint \(SHA256:[A-Za-z0-9+/]*\).*/\1/p' "$tmp/err" |
	head -n 1)
expect 2 "trust of nonsense" h host trust web01 --fingerprint "MD5:00"
expect 0 "trust" h host trust web01 --fingerprint "$fp"
expect 0 "trusted key" $hunt
h host list --json | grep -q "$fp" || fail "the fingerprint is not pinned"

# Another key on the same address, which known_hosts even vouches for.
mv "$tmp/known_hosts" "$HOME/.ssh/known_hosts"
check "host trust of another key" \
	h host trust db01 --fingerprint "$fp"
expect 12 "changed key" h hunt db01 --rules "$rules" \
	--path "$(tree db01)/srv" --accept-new-host-keys
says "CHANGED" "changed key"
says "$fp" "changed key"
[ "$(grep -o 'SHA256:[A-Za-z0-9+/]*' "$tmp/err" | sort -u | wc -l)" -ge 2 ] ||
	fail "not both fingerprints are named"

# A batch may take new keys when it says so, and that is on record.
rm "$HOME/.ssh/known_hosts"
check "host add third" h host add "$target" third
expect 0 "accept new" h connect third --accept-new-host-keys
h audit list --json | grep 'accept-new-host-keys' | grep -qF "$fp" ||
	fail "accepting this new key is not in the audit log"

# known_hosts that has another key for the address.
ssh-keygen -q -t ed25519 -N '' -f "$tmp/other"
printf '[127.0.0.1]:%s %s\n' "$port" "$(cut -d ' ' -f 1,2 <"$tmp/other.pub")" \
	>"$HOME/.ssh/known_hosts"
check "host add fourth" h host add "$target" fourth
expect 12 "known_hosts disagrees" h connect fourth --accept-new-host-keys
says "CHANGED" "known_hosts disagrees"

# The right key on file for the address without a port, as ssh takes it; a
# wrong one there leaves it unknown.
printf '127.0.0.1 %s\n' "$(cut -d ' ' -f 1,2 <"$tmp/other.pub")" \
	>"$HOME/.ssh/known_hosts"
check "host add fifth" h host add "$target" fifth
expect 12 "another key without a port" h connect fifth
says "unknown host key" "another key without a port"
printf '127.0.0.1 %s\n' "$hostkey" >"$HOME/.ssh/known_hosts"
expect 0 "the key without a port" h connect fifth
h audit list --json | grep -q 'known_hosts, by the name without a port' ||
	fail "by which name the key was known is not in the audit log"
expect 0 "verify" h verify
finish
