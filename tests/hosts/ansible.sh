#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# contrib/ansible over four hosts with the real Ansible: the bundles it brings,
# encrypted, give what the console finds over SSH, nothing stays on the hosts,
# and a host that cannot be examined is said to be one.
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
printf 'kind,value\npath,/srv/other\n' >"$tmp/paths.csv"
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
ansible-playbook -i "$tmp/inventory.yml" \
	"$HALLIGAN_SRCDIR/contrib/ansible/halligan.yml" \
	-e "halligan_probes=$tmp/probes" -e halligan_rules=rules \
	-e '{"halligan_paths": ["/srv"]}' \
	-e '{"halligan_indicators": ["paths.csv"]}' \
	-e "{\"halligan_recipients\": [\"$key\"]}" >"$tmp/played" 2>&1
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
	left=$(find "$(host_root $name)/dev/shm" "$(host_root $name)/tmp" \
		"$(host_root $name)/var/tmp" "$(host_root $name)/root" \
		"$(host_root $name)/home" -name '.halligan*')
	[ -z "$left" ] || fail "left on $name: $left"
done

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
	--indicators paths.csv --path /srv

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
[ "$(h -C ansible.case finding list --json | wc -l)" = 8 ] ||
	fail "not two findings of each host"
h -C ansible.case audit list --json | grep -q 'halligan-probe hunt' ||
	fail "the log does not say what was done there"
expect 0 "verify" h verify ansible.case
finish
