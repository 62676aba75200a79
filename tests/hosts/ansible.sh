#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# contrib/ansible over four hosts with the real Ansible: the bundles it brings,
# encrypted, give what the console finds over SSH, nothing stays on the hosts,
# however the playbook ends, and a host that cannot be examined is said to be
# one.
# shellcheck source=tests/hosts/lib.sh disable=SC2154
command -v ansible-playbook >/dev/null ||
	{ echo "skipped: ansible-core is not installed"; exit 77; }
. "$(dirname "$0")/lib.sh"

for name in one two three four; do
	host_up $name bookworm
	mkdir -p "$(host_root $name)/srv/deep"
	echo "an INERT MARKER of $name" >"$(host_root $name)/srv/deep/it"
	echo "nothing" >"$(host_root $name)/srv/other"
	chmod 600 "$(host_root $name)/srv/other"
done
host_up strict noexec

mkdir "$tmp/rules" "$tmp/probes"
cat >"$tmp/rules/marker.yar" <<'END'
rule marker { meta: score = 80 strings: $a = "INERT MARKER" condition: $a }
END
# Two lists of one name, and each has something to be found.
mkdir "$tmp/ia" "$tmp/ib"
printf 'kind,value\npath,/srv/other\n' >"$tmp/ia/list.csv"
printf 'kind,value\npath,/srv/deep/it\n' >"$tmp/ib/list.csv"
cp "$HALLIGAN_BUILDDIR/halligan-probe-$(uname -m).gz" "$tmp/probes/" ||
	skip "no probe of this machine"
{
	echo all:
	echo '  hosts:'
	for name in one two three four strict; do
		echo "    $name: {ansible_host: $(host_addr $name)}"
	done
	echo '  vars: {ansible_user: root}'
} >"$tmp/inventory.yml"
sed -i 's/three: {/&ansible_user: bob, ansible_become: true, /' \
	"$tmp/inventory.yml"

check "key new" h key new "$tmp/team.key"
key=$(h key show "$tmp/team.key")
cd "$tmp" || exit 1
ANSIBLE_LOCAL_TEMP=$tmp/ansible ANSIBLE_HOST_KEY_CHECKING=True
ANSIBLE_SSH_ARGS="-o UserKnownHostsFile=$HOME/.ssh/known_hosts -i $HOME/.ssh/id_ed25519"
ANSIBLE_NOCOLOR=1 ANSIBLE_RETRY_FILES_ENABLED=False
export ANSIBLE_LOCAL_TEMP ANSIBLE_HOST_KEY_CHECKING ANSIBLE_SSH_ARGS \
	ANSIBLE_NOCOLOR ANSIBLE_RETRY_FILES_ENABLED
# On four, only the home folder is on a disk.
host_exec four mount -t tmpfs vartmp /var/tmp

# play WORD...: the playbook with these options, in place of this shell
play()
{
	exec ansible-playbook -i "$tmp/inventory.yml" \
		"$HALLIGAN_SRCDIR/contrib/ansible/halligan.yml" \
		-e "halligan_probes=$tmp/probes" "$@"
}

# what there is of ours on HOST
left_on()
{
	find "$(host_root "$1")/dev/shm" "$(host_root "$1")/tmp" \
		"$(host_root "$1")/var/tmp" "$(host_root "$1")/root" \
		"$(host_root "$1")/home" -name '.halligan*' 2>/dev/null
	host_exec "$1" find /var/tmp -name '.halligan*'
}

(play -e halligan_rules=rules -e '{"halligan_paths": ["/srv"]}' \
	-e '{"halligan_indicators": ["ia/list.csv", "ib/list.csv"]}' \
	-e "{\"halligan_recipients\": [\"$key\"]}") >"$tmp/played" 2>&1
status=$?
[ $status = 2 ] || {
	fail "ansible-playbook: exit $status, though one host cannot do it"
	tail -n 60 "$tmp/played"
}
grep -q 'strict .*unreachable=0 .*failed=1' "$tmp/played" ||
	fail "the host that runs no programs is not said to have failed"
grep -q 'or no folder there runs' "$tmp/played" || fail "nor is it said why"
[ "$(find bundles -name '*.bundle' | wc -l)" = 4 ] || {
	fail "not four bundles"
	tail -n 60 "$tmp/played"
}
for name in one two three four strict; do
	left=$(left_on $name)
	[ -z "$left" ] || fail "left on $name: $left"
done

# A collection of nothing in particular is not one of everything.
(play --limit one -e halligan_mode=collect) >"$tmp/played" 2>&1
[ $? = 2 ] || fail "a collection without paths was begun"
grep -q 'a collection halligan_paths or a halligan_plan' "$tmp/played" ||
	fail "nobody says what a collection needs: $(cat "$tmp/played")"
! grep -q 'Ask what the host is' "$tmp/played" ||
	fail "the host was asked though there is nothing to do"

# begun NAME WORD...: the playbook, once its probe works on one host; slow,
# so that it is found in the midst of it.
begun()
{
	one=$1
	shift
	rm -f "$(host_root "$one")/srv/large"
	truncate -s 200M "$(host_root "$one")/srv/large"
	# A shell's background jobs ignore SIGINT: env sets it right again. The
	# group is what a terminal would signal.
	# shellcheck disable=SC2016
	setsid env --default-signal=INT sh -c '
		exec ansible-playbook "$@"' play -i "$tmp/inventory.yml" \
		"$HALLIGAN_SRCDIR/contrib/ansible/halligan.yml" \
		--limit "$one" -e "halligan_probes=$tmp/probes" \
		-e halligan_mode=walk -e '{"halligan_paths": ["/srv"]}' \
		-e '{"halligan_options": ["--hash", "--read-rate", "200000"]}' \
		"$@" >"$tmp/played" 2>&1 </dev/null &
	player=$!
	until host_exec "$one" find /var/tmp -name bundle | grep -q .; do
		kill -0 $player 2>/dev/null || {
			fail "it ended first: $(cat "$tmp/played")"
			return
		}
	done
}

# nothing NAME SECONDS: all of it goes by itself within that time, the probe too
nothing()
{
	until=$(($(date +%s) + $2))
	while [ -n "$(left_on "$1")" ] || host_exec "$1" sh -c '
		for p in /proc/[0-9]*; do
			case $(cat $p/comm 2>/dev/null) in probe) exit 0 ;; esac
		done
		exit 1'; do
		[ "$(date +%s)" -lt "$until" ] || {
			fail "left on $1 after $2 s: $(left_on "$1")"
			host_exec "$1" ps -ef
			return
		}
	done
}

# ^C, as root and by sudo; with a terminal there, and without one.
for name in one three; do
	for pipelining in False True; do
		ANSIBLE_PIPELINING=$pipelining
		export ANSIBLE_PIPELINING
		begun $name
		kill -INT -$player
		wait $player
		nothing $name 90
	done
done
ANSIBLE_PIPELINING=False
begun two
kill -TERM -$player
wait $player 2>/dev/null
nothing two 90
# Killed outright it can say nothing, and the host does without it.
begun two -e halligan_patience=10
kill -KILL -$player
wait $player 2>/dev/null
nothing two 120
for name in one two three; do
	rm "$(host_root $name)/srv/large"
done

# A triage needs no paths, and takes no file for want of them.
(play --limit one -e halligan_mode=triage -e halligan_bundles=pictures) \
	>"$tmp/played" 2>&1 || fail "a triage: $(tail -n 40 "$tmp/played")"
check "new case" h new "$tmp/picture.case"
check "import a triage" h -C picture.case import pictures/one.bundle
h -C picture.case audit list --json >said
grep -q 'halligan-probe triage' said || fail "that was no triage"
! grep -q -e '--path' said || fail "a triage was given paths by itself"

# The same by the console, in a case of its own.
for case in ansible ssh; do
	check "new case" h new "$tmp/$case.case"
done
expect 12 "import without the key" h -C ansible.case import bundles/one.bundle
check "import" h -C ansible.case import bundles/*.bundle --identity team.key
# As root on all of them, like Ansible was in the end.
sed -i 's/ansible_user: bob, ansible_become: true, //' inventory.yml
check "the same inventory" h -C ssh.case host add "@$tmp/inventory.yml"
expect 0 "hunt over SSH" h -C ssh.case hunt one two three four --rules rules \
	--indicators ia/list.csv --indicators ib/list.csv --path /srv

# fields CASE VIEW FIELDS: sorted. Where an indicator is from only the console
# knows.
fields()
{
	h -C "$1.case" export --format jsonl --view "$2" -o - 2>/dev/null |
		grep -oE "\"($3)\":(\"[^\"]*\"|[^,}]*)" | paste -sd ' ' |
		sed 's/"host":/\n&/g' | sed 's/ *$//
			/"kind":"indicator"/s/ "namespace":"[^"]*"//' | sort
}

for view in 'finding host|kind|rule|namespace|path|sha256|severity|score' \
	'hit host|identifier|offset|length|context' \
	'coverage host|what|outcome|reason|path|files|bytes'; do
	fields ansible "${view%% *}" "${view#* }" >one
	fields ssh "${view%% *}" "${view#* }" >other
	diff one other || fail "${view%% *} differs"
	grep -q four one || fail "no ${view%% *} to compare"
done
[ "$(h -C ansible.case finding list --json | wc -l)" = 12 ] ||
	fail "not three findings of each host"
h -C ansible.case audit list --json >said
grep -q 'halligan-probe hunt' said ||
	fail "the log does not say what was done there"
# No bundle was in memory: where /var/tmp is, there was another disk.
grep -qE -e '--out /root/[^ ]*/bundle .*--host-name four ' said ||
	fail "four did not write to its disk"
! grep -qE -e '--out /(dev/shm|tmp)/' said || fail "a bundle was in memory"
grep -qE -e '--out /var/tmp/[^ ]*/bundle --max-bundle [1-9][0-9]* --host-name one ' \
	said || fail "no bundle has a largest size, or the name of its host"
expect 0 "verify" h verify ansible.case
finish
