#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Hosts reached as ssh_config(5) says, against real sshds: each setting does
# what it is for, and what is not honoured is said once.
# shellcheck source=tests/e2e/lib.sh disable=SC2154
. "$HALLIGAN_SRCDIR/tests/e2e/lib.sh"
begin
target=$(awk '$2 == "web01" { print $1 }' "$range/hosts.txt")
port=${target##*:}
user=${target%%@*}
known=$HOME/.ssh/known_hosts
key=$(find "$HOME/.ssh" -name 'id_*' ! -name '*.pub' | head -n 1)
[ -n "$key" ] || fail "the practice hosts came without a key"
mkdir "$tmp/keys"
mv "$key" "$tmp/keys/right"
mv "$key.pub" "$tmp/keys/right.pub" 2>/dev/null
ssh-keygen -q -t ed25519 -N '' -f "$tmp/keys/wrong"
mv "$known" "$tmp/known"

# config LINE...: the user's file, with what every host of this test needs.
config()
{
	printf '%s\n' "$@" 'Host *' "	Port $port" "	User $user" \
		"	IdentityFile $tmp/keys/right" \
		"	UserKnownHostsFile $tmp/known" \
		'	HostName 127.0.0.1' >"$HOME/.ssh/config"
}

# add NAME: a host of the case that only ssh_config knows how to reach.
add() { check "host add $1" h host add "$1"; }

# An alias: name, port, user, key and known hosts are in the file.
config
add plain
expect 0 "an alias" h connect plain
h audit list --json | grep -q '"how[^,]*known_hosts\|known_hosts' ||
	fail "what vouched for the key is not on record"
expect 1 "no file is read" h connect plain --ssh-config none
says "cannot resolve plain" "no file is read"
add away
expect 1 "another file" h connect away --ssh-config /nonexistent
says "there is no file /nonexistent" "another file"

# Keys: of the file, and no others.
config 'Host keys' "	IdentityFile $tmp/keys/wrong" '	IdentitiesOnly yes'
add keys
expect 0 "keys add up" h connect keys
sed -i "/keys\/right/d" "$HOME/.ssh/config"
expect 12 "a wrong key" h connect keys
says "tried 1 key" "a wrong key"

# Addresses.
config 'Host six' '	AddressFamily inet6' 'Host from' \
	'	BindAddress 127.0.0.9' 'Host nowhere' '	BindAddress 192.0.2.99'
add six
add from
add nowhere
expect 1 "inet6 for an IPv4 address" h connect six
says "as IPv6" "inet6 for an IPv4 address"
expect 0 "from an address" h connect from
expect 1 "from another's address" h connect nowhere
says "connecting from 192.0.2.99" "from another's address"

# Names of host keys.
hostkey=$(sed -n "s/^\[127.0.0.1\]:$port //p" "$tmp/known" | head -n 1)
[ -n "$hostkey" ] || fail "the key of the practice host is not known"
printf 'cluster %s\n' "$hostkey" >"$tmp/alias"
config 'Host alias' '	HostKeyAlias Cluster' \
	"	UserKnownHostsFile $tmp/missing $tmp/alias"
add alias
expect 0 "HostKeyAlias" h connect alias

# What is not known: asked, refused, or taken, and on record how.
config "Match host 127.0.0.1 originalhost ask,strict,new,loose,ca" \
	"	UserKnownHostsFile $tmp/none" 'Host strict' \
	'	StrictHostKeyChecking yes' 'Host new' \
	'	StrictHostKeyChecking accept-new' 'Host loose' \
	'	StrictHostKeyChecking no'
sed -i 's/^Match host 127.0.0.1 /Match /' "$HOME/.ssh/config"
for name in ask strict new loose; do
	add "$name"
done
expect 12 "nobody to ask" h connect ask
says "unknown host key" "nobody to ask"
says "ssh-keygen -lf /etc/ssh/ssh_host_" "nobody to ask"
expect 12 "StrictHostKeyChecking yes" h connect strict
says "StrictHostKeyChecking is yes" "StrictHostKeyChecking yes"
expect 0 "StrictHostKeyChecking accept-new" h connect new
expect 0 "StrictHostKeyChecking no" h connect loose
says "StrictHostKeyChecking no is taken as accept-new" \
	"StrictHostKeyChecking no"
h audit list --json >"$tmp/audit"
grep -q 'StrictHostKeyChecking accept-new of' "$tmp/audit" ||
	fail "accept-new is not in the audit log"
grep -q 'StrictHostKeyChecking no of' "$tmp/audit" ||
	fail "no is not in the audit log"
grep 'StrictHostKeyChecking no of' "$tmp/audit" | grep -q 'SHA256:' ||
	fail "the audit log does not say which key"

# ... and never what has changed.
printf '[127.0.0.1]:%s %s\n' "$port" "$(cut -d ' ' -f 1,2 \
	<"$tmp/keys/wrong.pub")" >"$tmp/changed"
config 'Host changed' "	UserKnownHostsFile $tmp/changed" \
	'	StrictHostKeyChecking no'
add changed
expect 12 "changed, and not strict" h connect changed
says "CHANGED" "changed, and not strict"
says "$tmp/changed:1 has" "changed, and not strict"

# Revoked for all hosts, by a hashed name too; an authority is told of.
printf '@revoked * %s\n' "$hostkey" | cat - "$tmp/known" >"$tmp/revoked"
printf '[127.0.0.1]:%s %s\n' "$port" "$hostkey" >"$tmp/hashed"
ssh-keygen -q -H -f "$tmp/hashed" >/dev/null 2>&1
sed -i 's/^/@revoked /' "$tmp/hashed"
printf '@cert-authority * %s\n' "$(cut -d ' ' -f 1,2 \
	<"$tmp/keys/wrong.pub")" >"$tmp/ca"
config 'Host revoked' "	UserKnownHostsFile $tmp/revoked" 'Host hashed' \
	"	UserKnownHostsFile $tmp/known $tmp/hashed" 'Host ca' \
	"	UserKnownHostsFile $tmp/none $tmp/ca"
for name in revoked hashed ca; do
	add "$name"
done
expect 12 "a revoked key" h connect revoked
says "is revoked in $tmp/revoked:1" "a revoked key"
expect 12 "a key revoked by a hashed name" h connect hashed
says "is revoked in $tmp/hashed:1" "a key revoked by a hashed name"
# ... and though the case has had that very key.
cp "$tmp/known" "$tmp/later"
config 'Host later' "	UserKnownHostsFile $tmp/later"
add later
expect 0 "a key that is good yet" h connect later
cp "$tmp/revoked" "$tmp/later"
expect 12 "a key on record that is revoked now" h connect later
says "is revoked in $tmp/later:1" "a key on record that is revoked now"
config 'Host revoked' "	UserKnownHostsFile $tmp/revoked" 'Host hashed' \
	"	UserKnownHostsFile $tmp/known $tmp/hashed" 'Host ca' \
	"	UserKnownHostsFile $tmp/none $tmp/ca"
expect 12 "an authority" h connect ca
says "@cert-authority of $tmp/ca:1 covers it" "an authority"

# What is not honoured is said once, whichever host says it.
config 'Host plain from' '	Ciphers aes128-ctr' '	ForwardAgent yes' \
	'Match exec "touch '"$tmp"'/ran"' '	Port 1'
expect 0 "not honoured" h connect plain from
[ "$(grep -c 'Ciphers is not honoured' "$tmp/err")" = 1 ] ||
	fail "Ciphers is not said once"
says "Match exec is not honoured" "not honoured"
grep -q ForwardAgent "$tmp/err" && fail "ForwardAgent is of no concern"
[ ! -e "$tmp/ran" ] || fail "a command of Match exec was run"

# Open files: as many as may be had, and what that is enough for.
check "few files at first" sh -c 'ulimit -Sn 70 && exec "$0" "$@"' \
	"$HALLIGAN" connect plain --parallel 256
grep -q 'may be open' "$tmp/out" && fail "the limit was not raised"
expect 0 "few files" sh -c 'ulimit -n 80 && exec "$0" "$@"' \
	"$HALLIGAN" connect plain --parallel 256
says "4 hosts at once in place of 256: no more than 80 files may be open" \
	"few files"

# Others may not write it.
chmod 0666 "$HOME/.ssh/config"
expect 1 "a file that others may write" h connect plain
says "may be written by others" "a file that others may write"
finish
