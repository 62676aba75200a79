#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A check that had nothing to judge by says so, with the reason: to people, in
# JSON, in the coverage of its run and by its exit status. What a triage could
# not see is judged as the last one that could had it.
# shellcheck source=tests/hosts/lib.sh disable=SC2154
. "$(dirname "$0")/lib.sh"

HALLIGAN_CASE=$tmp/t.case
export HALLIGAN_CASE
check "new case" h new "$HALLIGAN_CASE"
host_up server bookworm
root=$(host_root server)
check "add it" h host add "root@$(host_addr server)" server
# A link to nothing is a unit that is masked.
ln -s /dev/null "$root/etc/systemd/system/rsyslog.service"
printf '#!/bin/sh\n' >"$root/etc/cron.daily/own"
chmod 755 "$root/etc/cron.daily/own"
h triage server >"$tmp/out" 2>"$tmp/err" || fail "triage: $? $(cat "$tmp/err")"
! grep -q 'not judged' "$tmp/err" || fail "whole, and: $(cat "$tmp/err")"
h finding list --json >"$tmp/out" 2>"$tmp/err"
grep -q 'rsyslog.service is masked' "$tmp/out" || fail "a mask is not seen"
grep '"rule":"cron-script"' "$tmp/out" | grep -q cron.daily/own ||
	fail "a script that no package has is not told"

# Without what it judges by.
truncate -s 3G "$root/etc/sudoers"
expect 3 "triage without sudoers" h triage server
grep -q 'not judged for want of sudoers (/etc/sudoers: ' "$tmp/err" ||
	fail "nobody says that sudoers was not read: $(cat "$tmp/err")"
expect 3 "check" h check server --json
grep '"what":"check"' "$tmp/out" | grep '"path":"sudo-all"' |
	grep -q 'sudoers: /etc/sudoers: ' || fail "not in JSON: $(cat "$tmp/out")"
expect 0 "run" h run list --json
grep '"op":"check"' "$tmp/out" | head -n 1 | grep -q '"state":"partial"' ||
	fail "the check is whole: $(cat "$tmp/out")"
printf 'root ALL=(ALL) ALL\n' >"$root/etc/sudoers"
expect 0 "whole again" h triage server

# Only files: what runs was never told, which is no failure.
host_up other trixie
check "add the other" h host add "root@$(host_addr other)" other
expect 0 "collect" h collect other --path /etc
expect 0 "parse" h parse other
expect 0 "check of files alone" h check other
grep -q 'not judged for want of .*process.*(no triage told it)' "$tmp/err" ||
	fail "nobody says that no triage was made: $(cat "$tmp/err")"
finish
