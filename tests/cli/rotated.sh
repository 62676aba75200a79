#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Rotated and packed logs join up: the year that a line has not follows from
# the next newer log, records go on across the border, and what is missing is
# said.
# shellcheck source=tests/cli/lib.sh disable=SC2154
. "$(dirname "$0")/lib.sh"
[ -x "$HALLIGAN_PROBE" ] || {
	echo "skipped: built without the probe"
	exit 77
}
for tool in gzip xz bzip2 zstd; do
	command -v $tool >/dev/null || {
		echo "skipped: $tool is not installed"
		exit 77
	}
done
log=root/var/log
mkdir -p $log/audit root/root

# A copy whose files are all of today, but for the newest.
printf '%s\n' 'Jan  1 00:00:01 web1 sshd[1]: seven' \
	'Jan  2 10:00:00 web1 sshd[1]: eight' >$log/syslog
touch -d '2021-01-02 11:00:00Z' $log/syslog
printf '%s\n' 'Dec 30 10:00:00 web1 sshd[1]: five' \
	'Dec 31 23:59:59 web1 sshd[1]: six' >$log/syslog.1
printf '%s\n' 'Dec 20 10:00:00 web1 sshd[1]: four' | gzip -n >$log/syslog.2.gz
printf '%s\n' 'Jun 20 10:00:00 web1 sshd[1]: three' | xz >$log/syslog.3.xz
printf '%s\n' 'Jan  3 10:00:00 web1 sshd[1]: two' | bzip2 >$log/syslog.6.bz2
printf '%s\n' 'Dec 29 10:00:00 web1 sshd[1]: one' | zstd -q >$log/syslog.7.zst

a='audit(1700000000.100:41)'
b='audit(1700000000.200:42)'
c='audit(1700000000.300:43)'
printf '%s\n' "type=USER_ACCT msg=$a: pid=1 uid=0 acct=\"ann\" res=success" \
	"type=SYSCALL msg=$b: arch=c000003e syscall=59 success=yes uid=0" \
	"type=EXECVE msg=$b: argc=1 a0=\"id\"" >$log/audit/audit.log.1
printf '%s\n' "type=CWD msg=$b: cwd=\"/root\"" \
	"type=USER_END msg=$c: pid=1 uid=0 acct=\"bob\" res=success" \
	"type=PATH msg=$b: item=0 name=\"/usr/bin/id\"" >$log/audit/audit.log

printf '%s\n' '#1700000000' 'echo first' '#1700000060' >root/root/.bash_history.1
printf '%s\n' 'echo second' '#1700000120' 'echo third' \
	>root/root/.bash_history

run 0 new a.case
HALLIGAN_CASE=$here/a.case
export HALLIGAN_CASE
run 0 collect --root root --host web1 --path /var/log --path /root
run 0 parse
run 0 timeline --json
# What was written when: in the order in which it happened.
sed -n 's/.*"message":"sshd\[1\]: \([a-z]*\)".*"datetime":"\([0-9-]*\)T.*/\2 \1/p' \
	out >years
cat >want <<-'END'
	2019-12-29 one
	2020-01-03 two
	2020-06-20 three
	2020-12-20 four
	2020-12-30 five
	2020-12-31 six
	2021-01-01 seven
	2021-01-02 eight
END
diff want years || fail "the years are not those of the logs"

# One event of audit, told once, by the file it began in.
grep '"path":"/var/log/audit/.*"length":[0-9]' out >events
lines events 3
grep EXECVE events >event
lines event 1
says event 'CWD'
says event '/usr/bin/id'
says event '"path":"/var/log/audit/audit.log.1"'

grep '"message":"echo second"' out >event
says event '"time_ns":1700000060000000000'

run 0 coverage list --json
grep 'a rotated log that is not here' out >gap
says gap '"path":"/var/log/syslog.4"'
says gap '"files":2'
run 0 export --view fact --format jsonl -o facts
grep rotation_gap facts >gap
says gap '/var/log/syslog.3.xz'

# What was read before is known to what is read now: nothing is missing.
printf '%s\n' 'Jan  2 10:00:01 web1 sshd[1]: nine' >$log/syslog
rm $log/syslog.*
run 0 collect --root root --host web1 --path /var/log
run 0 parse
run 0 coverage list --json
grep -c 'a rotated log that is not here' out >n
says n 1

# A file alone says when it ended, too: in its name, or in its packing.
printf 'Mar  4 10:00:00 web1 sshd[1]: named\n' >messages-20150310
printf 'May  4 10:00:00 web1 sshd[1]: packed\n' >messages
touch -d '2016-06-01 00:00:00Z' messages
gzip messages
touch messages.gz
run 0 import messages-20150310 --host web2
run 0 import messages.gz --host web2
run 0 timeline --host web2 --json
says out '"datetime":"2015-03-04T10:00:00.000000+00:00"'
says out '"datetime":"2016-05-04T10:00:00.000000+00:00"'
run 0 verify
says out 'problems        0'
finish
