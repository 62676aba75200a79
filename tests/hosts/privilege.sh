#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Becoming root on hosts by sudo, su and doas: with and without a password, a
# wrong one, none, no right to, no such tool, a terminal that is demanded or
# refused. A plain user is told what is missing. Nothing stays there, and
# passwords are nowhere but on their way.
# shellcheck source=tests/hosts/lib.sh disable=SC2154
. "$(dirname "$0")/lib.sh"

host_up box bookworm
host_up new trixie
for name in box new; do
	root=$(host_root $name)
	mkdir -p "$root/srv"
	echo 'an INERT MARKER' >"$root/srv/secret"
	chmod 600 "$root/srv/secret"
done
mkdir "$tmp/rules"
echo 'rule marker { strings: $a = "INERT MARKER" condition: $a }' \
	>"$tmp/rules/marker.yar"
case=$tmp/t.case
HALLIGAN_CASE=$case
export HALLIGAN_CASE
check "new case" h new "$case"
for user in kim ada bob dee; do
	check "add $user" h host add "$user@$(host_addr box)" --name $user
	check "add $user-new" h host add "$user@$(host_addr new)" \
		--name $user-new
done

# with PASSWORD...: what answers its questions, one after the other.
with()
{
	printf '%s\n' "$@" >"$tmp/typed"
}

# hunt STATUS HOST OPTION...: findings of it are in $found.
hunt()
{
	status=$1 name=$2
	shift 2
	before=$(h finding list --host "$name" --json | wc -l)
	"$HALLIGAN" hunt "$name" --rules "$tmp/rules" --path /srv "$@" \
		--password-fd 9 9<"$tmp/typed" >"$tmp/out" 2>"$tmp/err" </dev/null
	got=$?
	[ $got = "$status" ] || {
		fail "hunt $name $*: exit $got instead of $status"
		sed 's/^/    /' "$tmp/err"
	}
	found=$(($(h finding list --host "$name" --json | wc -l) - before))
	h run show "$(h run list --json | tail -n 1 |
		sed 's/.*"id":"\([^"]*\)".*/\1/')" --json >"$tmp/run"
}

ran_as()
{
	rows run_host --host "$1" | grep -q "\"ran_as\":\"$2\"" || {
		fail "$1 did not run as $2"
		rows run_host --host "$1" | tail -n 2
	}
}

# As who logged in: what that hid is said, and what would help.
with ''
hunt 3 kim
[ $found = 0 ] || fail "a plain user read what is root's"
says "--sudo, --su or --doas" "a plain user's hunt"
ran_as kim kim
h coverage list --host kim --json | grep -q '"reason":"permission"' ||
	fail "coverage does not say that the right was missing"

hunt 0 bob --sudo
[ $found = 1 ] || fail "sudo without a password found $found"
ran_as bob 'root by sudo'
with "$password"
for name in ada ada-new; do
	hunt 0 $name --sudo
	[ $found = 1 ] || fail "sudo of $name with a password found $found"
	ran_as $name 'root by sudo'
done
for name in dee dee-new; do
	hunt 0 $name --doas
	[ $found = 1 ] || fail "doas of $name found $found"
	ran_as $name 'root by doas'
done
for name in kim kim-new; do
	hunt 0 $name --su
	[ $found = 1 ] || fail "su of $name found $found"
	ran_as $name 'root by su'
done

# Without a probe, too, with a terminal and without one.
check "add for a shell" h host add "ada@$(host_addr new)" --name ada-shell
check "add for a shell" h host add "dee@$(host_addr new)" --name dee-shell
hunt 0 ada-shell --sudo --no-probe
[ $found = 1 ] || fail "a shell of root's by sudo found $found"
ran_as ada-shell 'root by sudo'
hunt 0 dee-shell --doas --no-probe
[ $found = 1 ] || fail "a shell of root's by doas found $found"

# What does not work says why, once, and leaves nothing.
hunt 12 kim --sudo
says 'kim is not in the sudoers file' "no right to"
with 'not it'
hunt 12 ada --sudo
says 'sudo made nobody root there' "a wrong password"
grep -c ' asks: ' "$tmp/err" | grep -qx 1 || {
	fail "a wrong password was given to sudo more than once"
	cat "$tmp/err"
}
hunt 12 dee --doas
says 'doas made nobody root there' "a wrong password for doas"
hunt 12 kim --su
says 'su made nobody root there' "a wrong password for su"
expect 12 "nobody to ask" h hunt ada --sudo --rules "$tmp/rules" --path /srv
says 'sudo wants a password there' "nobody to ask"
mv "$(host_root box)/usr/bin/doas" "$(host_root box)/usr/bin/doas.off"
with "$password"
hunt 12 dee --doas
says 'there is no doas there' "no such tool"
! grep 'in shell mode' "$tmp/err" || fail "no such tool: no shell worked there"
mv "$(host_root box)/usr/bin/doas.off" "$(host_root box)/usr/bin/doas"
expect 2 "two ways" h hunt ada --sudo --su --rules "$tmp/rules" --path /srv

# One that wants a terminal gets one; where there is none, sudo does without.
echo 'Defaults requiretty' >"$(host_root box)/etc/sudoers.d/tty"
chmod 440 "$(host_root box)/etc/sudoers.d/tty"
hunt 0 ada --sudo
[ "$(h coverage list --host ada --json | tail -n 1 | grep -c scanned)" = 1 ] ||
	fail "a hunt on a terminal covered nothing"
rm "$(host_root box)/etc/sudoers.d/tty"
host_up bare bookworm 'PermitTTY no'
check "add ada-bare" h host add "ada@$(host_addr bare)" --name ada-bare
check "add kim-bare" h host add "kim@$(host_addr bare)" --name kim-bare
mkdir -p "$(host_root bare)/srv"
hunt 0 ada-bare --sudo
hunt 12 kim-bare --su
says 'su asks on a terminal only' "su without a terminal"

# A host may have its own way, and large content comes through a terminal as
# it is.
head -c 5000000 /dev/urandom >"$(host_root box)/srv/noise"
check "add with doas" h host add "dee@$(host_addr box)" --name always --doas
"$HALLIGAN" collect always --path /srv --password-fd 9 9<"$tmp/typed" \
	>"$tmp/out" 2>"$tmp/err" || {
	fail "collect by doas"
	cat "$tmp/err"
}
h evidence list --host always --json >"$tmp/out"
grep -q "$(sha256sum <"$(host_root box)/srv/noise" | cut -d ' ' -f 1)" \
	"$tmp/out" || fail "what came over a terminal is not what was there"
expect 0 "connect by doas" sh -c '"$0" connect always --password-fd 9 9<"$1"' \
	"$HALLIGAN" "$tmp/typed"

# The console dies: what it started as root ends, too.
echo 'rule slow { strings: $a = /(a?){30}b/ condition: $a }' >"$tmp/rules/s.yar"
head -c 50000000 /dev/zero | tr '\0' a >"$(host_root box)/srv/big"
"$HALLIGAN" hunt always --rules "$tmp/rules" --path /srv --password-fd 9 \
	9<"$tmp/typed" >"$tmp/out" 2>"$tmp/err" </dev/null &
console=$!
until probe=$(pgrep -u root -f -- '--serve --unlink' | head -n 1) &&
	[ -n "$probe" ]; do
	kill -0 $console 2>/dev/null || break
done
[ -n "$probe" ] || fail "no probe of root was seen"
kill -KILL $console
wait $console 2>/dev/null
timeout 15 tail --pid="${probe:-1}" -f /dev/null ||
	fail "a probe of root lives on"
for name in box new bare; do
	root=$(host_root $name)
	left=$(find "$root/dev/shm" "$root/tmp" "$root/run" "$root/var/tmp" \
		"$root/root" "$root/home" -name '.[0-9a-f]*' -type f |
		grep -E '/\.[0-9a-f]{32}' | wc -l)
	[ "$left" = 0 ] || fail "something is left on $name"
done
! grep -qF "$password" "$case" "$case"-* 2>/dev/null ||
	fail "the password is in the case"
expect 0 "verify" h verify
finish
