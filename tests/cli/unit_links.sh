#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Which units are enabled is said by links, which are taken as where they
# lead; one that leads to an odd place is a finding, its target there or not.
# shellcheck source=tests/cli/lib.sh disable=SC2154
. "$(dirname "$0")/lib.sh"
[ -x "$HALLIGAN_PROBE" ] || {
	echo "skipped: built without the probe"
	exit 77
}
etc=root/etc/systemd/system
mkdir -p $etc/multi-user.target.wants $etc/a.service.requires \
	root/lib/systemd/system root/srv
printf '[Service]\nExecStart=/usr/bin/x\n' >root/lib/systemd/system/x.service
ln -s /lib/systemd/system/x.service $etc/multi-user.target.wants/x.service
ln -s /dev/shm/z.service $etc/multi-user.target.wants/z.service
ln -s ../x.service $etc/a.service.requires/x.service
ln -s /dev/null $etc/m.service
ln -s /lib/systemd/system/x.service $etc/other.service # says nothing of itself

run 0 new a.case
HALLIGAN_CASE=$here/a.case
export HALLIGAN_CASE
run 0 collect --root root --host web1 --profile persistence
run 0 fact list --kind unit --json
lines out 5
grep '"path":"/etc/systemd/system/multi-user.target.wants/x.service"' out >one
grep -q 'leads_to[^,]*/lib/systemd/system/x.service' one || fail 'where it leads'
says one 'enabled'
grep '"path":"/etc/systemd/system/a.service.requires/x.service"' out >one
grep -q 'leads_to[^,]*../x.service' one || fail 'where it leads'
says one 'a.service'
run 0 evidence list --json
says out '"path":"/etc/systemd/system/multi-user.target.wants/z.service"'
run 0 check
run 0 finding list --json
grep odd-unit out >one
lines one 1
says one 'z.service'
run 0 verify
says out 'problems        0'
finish
