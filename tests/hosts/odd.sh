#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Hosts as they are found: login shells that are none, words printed on login
# and on every command, a strict umask, a foreign locale, a forced command, a
# home that is not there, BusyBox with dropbear. Each is worked on, or says in
# one sentence why not; and each host's clock is known.
# shellcheck source=tests/hosts/lib.sh disable=SC2154
. "$(dirname "$0")/lib.sh"

host_up fishy bookworm shell=/usr/bin/fish
host_up cshy trixie shell=/bin/tcsh
host_up korn bookworm shell=/bin/ksh
host_up busy dropbear
host_up chatty bookworm 'Banner /etc/issue.net' 'PrintMotd yes'
host_up gone bookworm shell=/usr/sbin/nologin
host_up forced bookworm 'ForceCommand echo This is not for you'
root=$(host_root chatty)
echo 'Authorized use only. Everything is recorded.' >"$root/etc/issue.net"
echo 'MOTD of chatty' >"$root/etc/motd"
{
	echo 'echo "Welcome to chatty, $USER"'
	echo 'echo "HALLIGAN-1 0 run checked /tmp/x"'
	echo 'echo complaint >&2'
	echo 'umask 777; export LC_ALL=de_DE.UTF-8 LANG=ja_JP.UTF-8'
	echo 'alias cat=false; export POSIXLY_CORRECT=1 PATH=$PATH:.'
} | cat - "$root/home/kim/.bashrc" >"$tmp/bashrc"
cp "$tmp/bashrc" "$root/home/kim/.bashrc"
mkdir "$tmp/rules"
echo 'rule marker { strings: $a = "INERT MARKER" condition: $a }' \
	>"$tmp/rules/marker.yar"
case=$tmp/t.case
HALLIGAN_CASE=$case
export HALLIGAN_CASE
check "new case" h new "$case"
for name in fishy cshy korn busy chatty gone forced; do
	check "add $name" h host add "kim@$(host_addr $name)" --name $name
	mkdir -p "$(host_root $name)/srv"
	echo 'an INERT MARKER' >"$(host_root $name)/srv/it"
done

for name in fishy cshy korn busy chatty; do
	expect 0 "hunt of $name" h hunt $name --rules "$tmp/rules" --path /srv
	[ "$(h finding list --host $name --json | wc -l)" = 1 ] ||
		fail "no finding on $name"
	expect 0 "connect to $name" h connect $name
	begun=$(date +%s%N)
	expect 0 "a shell of $name" h hunt $name --no-probe \
		--rules "$tmp/rules" --path /srv
	echo $(($(date +%s%N) - begun)) >"$tmp/took.$name"
done
expect 1 "a host that lets nobody in" h hunt gone --rules "$tmp/rules" \
	--path /srv
says 'This account is currently not available' "nologin"
expect 1 "a forced command" h hunt forced --rules "$tmp/rules" --path /srv
says 'This is not for you' "a forced command"

# A probe that has the time is asked for its clock, beside what it says first.
seen()
{
	h audit list --json | grep -c '"action":"host.seen"'
}
head -c 600000 /dev/urandom >"$(host_root fishy)/srv/noise"
before=$(seen)
expect 0 "a slow hunt" h hunt fishy --rules "$tmp/rules" --path /srv \
	--read-rate 300K
[ $(($(seen) - before)) = 2 ] || fail "the clock was not asked for"
echo 0 >"$tmp/took.fishy"

# All of them share this machine's clock: what was measured is next to nothing,
# and known to better than a second, or half of what the answer of a shell took
# on a busy machine, whose seconds are whole ones.
h host list --json >"$tmp/hosts"
for name in fishy cshy korn busy chatty; do
	grep "\"name\":\"$name\"" "$tmp/hosts" | awk -v name=$name \
		-v took="$(cat "$tmp/took.$name")" '{
		most = took > 1e9 ? (took + 1e9) / 2 : 1e9
		match($0, /"clock_offset_ns":-?[0-9]+/)
		offset = substr($0, RSTART + 18, RLENGTH - 18) + 0
		match($0, /"clock_error_ns":[0-9]+/)
		error = substr($0, RSTART + 17, RLENGTH - 17) + 0
		if (error <= 0 || error > most ||
		    offset > error + 1e6 || -offset > error + 1e6) {
			print name ": " offset " +- " error
			exit 1
		}
	}' || fail "the clock of $name"
done
# One whose clock is wrong is said so, in words, there and then and later. Only
# a clock of this machine's kernel is here, so what tells the time lies.
mv "$(host_root korn)/bin/date" "$(host_root korn)/bin/date.true"
cat >"$(host_root korn)/bin/date" <<'END'
#!/bin/sh
exec /bin/date.true -d '-2 hours' "$@"
END
chmod 755 "$(host_root korn)/bin/date"
expect 0 "connect to a host of another time" h connect korn
says "korn: its clock is 2 h 0 min behind this machine's" "a wrong clock"
expect 0 "host show of it" h host show korn
says "korn: its clock is 2 h 0 min behind this machine's" "a wrong clock, later"
expect 0 "connect to one that is right" h connect fishy
! grep -q 'its clock is' "$tmp/err" || fail "a right clock is called wrong"
mv "$(host_root korn)/bin/date.true" "$(host_root korn)/bin/date"
for name in fishy cshy korn busy chatty; do
	root=$(host_root $name)
	left=$(find "$root/dev/shm" "$root/tmp" "$root/run" "$root/var/tmp" \
		"$root/home" -name '.[0-9a-f]*' -type f |
		grep -cE '/\.[0-9a-f]{32}')
	[ "$left" = 0 ] || fail "something is left on $name"
done
finish
