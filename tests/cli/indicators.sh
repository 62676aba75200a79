#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Indicators added, imported, listed, exported and removed; lists with bad
# lines, and a large one.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2154
. "$(dirname "$0")/lib.sh"

run 0 new a.case
run 0 indicator add IP '192[.]0[.]2[.]7' --severity 75 --technique T1105 \
	--description "a server" --source us --valid-from 2020-01-01 \
	--valid-until 2030-01-01T00:00:00Z
says err 'added ip 192.0.2.7'
run 1 indicator add ip 192.0.2.7
says err 'is in the case already'
run 2 indicator add colour red
says err 'filename path md5 sha1 sha256 size ip domain url'
run 2 indicator add ip 192.0.2.7/33
says err '192.0.2.7/33 is no ip'
run 2 indicator add filename '(a)\1'
says err 'back-references'
run 2 indicator add size 1 --valid-until soon
says err '--valid-until is a date or time'
run 1 indicator add size 1 --severity awful
says err "'awful' is no severity"

cat >list.txt <<'LIST'
# A kit
/tmp/\.kit;80;/opt/
(a)\1;80
what is this
0c2674c3a97c53082187d930efb645c2;a known hash
LIST
run 3 indicator import list.txt
says err 'list.txt:3: (a)\\1: back-references are not supported'
says err 'list.txt:4: neither a hash'
says err 'read 2 indicators, 2 of them new; 2 lines were none'
run 3 indicator import list.txt
says err 'read 2 indicators, 0 of them new'
run 1 indicator import missing.txt
printf 'nothing\nhere\n' >empty.txt
run 1 indicator import empty.txt
says err 'no indicator was in there'

run 0 indicator list --json
lines out 3
says out '"kind":"ip","value":"192.0.2.7","severity":"high"'
says out '"technique":"T1105","description":"a server","source":"us"'
says out '"valid_from":1577836800000000000,"valid_until":1893456000000000000'
says out '"severity":"high","technique":null,"description":"A kit"'
says out '"source":"list.txt"'
says out '"exclude":"/opt/"'
run 0 indicator list --kind md5
says out 'a known hash'
never_says out 192.0.2.7
id=$("$HALLIGAN" indicator list --kind md5 --json |
	sed 's/.*"id":"\([^"]*\)".*/\1/')
run 0 indicator remove "$id"
run 0 indicator show "$id"
says out removed_at
run 1 indicator remove 12345678
run 0 sighting list --json
lines out 0
run 0 export --view indicator --format csv -o -
says out '192.0.2.7,high,T1105,"a server",us'
run 0 export --view sighting --format jsonl -o -
run 0 audit list --json
says out '"action":"indicator.remove"'

# A hundred thousand at once; numbers of one length, as hashes are.
awk 'BEGIN { for (i = 0; i < 100000; i++) printf "%064x;made up\n", i }' \
	>large.txt
run 0 indicator import large.txt
says err 'read 100000 indicators, 100000 of them new; 0 lines were none'
run 0 verify
finish
