#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What failed is repeated, and nothing else: practice hosts on loopback, and
# hosts that are not there.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2154
. "$(dirname "$0")/lib.sh"

need ssh-keygen
if [ ! -f "${HALLIGAN_PROBE:-}" ]; then
	echo "skipped: there is no probe to place"
	exit 77
fi
if ! "$HALLIGAN" range up first-watch --dir "$here/range" >out 2>err; then
	cat err
	echo "skipped: practice hosts cannot be started here"
	exit 77
fi
cleanup() { "$HALLIGAN" range down --dir "$here/range" 2>/dev/null; }
HOME=$here/range/home
export HOME
read -r target name _ tree <range/hosts.txt

# hosts: how the hosts of the last run fared, "name state" by name
hosts()
{
	run 0 run list --json -n 1
	run 0 run show "$(member out id)" --json
	sed -n 's/.*"host":"\([^"]*\)","state":"\([a-z]*\)".*/\1 \2/p' out |
		sort | tr '\n' ';'
}

# fared WANT
fared()
{
	got_hosts=$(hosts)
	[ "$got_hosts" = "$1" ] || fail "hosts fared '$got_hosts', not '$1'"
}

# The same host under two names, and three that are not there.
run 0 new a.case
HALLIGAN_CASE=a.case
export HALLIGAN_CASE
run 0 host add "$target" live1 --tag live
run 0 host add "$target" live2 --tag live
run 0 host add '127.0.0.1:1' dead1 --tag dead
run 0 host add '127.0.0.1:2' dead2 --tag dead
run 0 host add '127.0.0.1:3' dead3
set -- --rules "$HALLIGAN_SRCDIR/rules/yara" --path "$tree/srv"
run 3 hunt --all "$@"
fared 'dead1 failed;dead2 failed;dead3 failed;live1 done;live2 done;'
run 0 run list --json -n 1
first=$(member out id)
says out '"n_done":2,"n_failed":3'

# What is the same on several hosts is one row, with how many and which.
run 0 finding list --json
each=$(wc -l <out)
run 0 finding list --stack --json
json out place id hosts rows severity rule path sha256 seen_on host_names
lines out $((each / 2))
[ "$(grep -c '"hosts":2,.*"host_names":"live1,live2"' out)" = $((each / 2)) ] ||
	fail "findings do not stack"
run 0 finding list --stack --host live1 --json
says out '"hosts":1'
run 0 run show "$first" --stack
says out 'dead1, dead2, dead3'
run 0 host list --stack --json
says out '"hosts":3,"rows":3,"state":"failed"'
run 0 coverage list --stack --json
says out '"host_names":"live1,live2"'
run 2 finding list --stack --sort score
run 2 host list live1 --stack

# A plain new hunt of those that failed; then of those that failed then.
run 1 hunt --failed "$@" --no-input
fared 'dead1 failed;dead2 failed;dead3 failed;'
run 0 host list --not-done --json
lines out 3
run 1 hunt --failed --tag dead "$@"
fared 'dead1 failed;dead2 failed;'
run 1 hunt --failed 'dead[23]' "$@"
fared 'dead2 failed;'

# Of a run that is named, by the digits that lists print.
digits=$(echo "$first" | sed 's/.*\(........\)$/\1/')
run 1 hunt --failed "$digits" "$@"
fared 'dead1 failed;dead2 failed;dead3 failed;'
run 1 hunt --failed="$digits" dead3 "$@"
fared 'dead3 failed;'
run 1 hunt --failed="$digits" --tag live "$@"
says err 'none of the hosts that are named failed in run'
run 0 connect live1
run 1 connect --failed
says err 'no host failed in run'
run 1 connect --not-done
says err 'all hosts of run'

# A saved hunt: of its own last run, among the hosts it was saved with.
run 0 hunt save sweep --all "$@"
run 3 hunt run sweep
run 0 connect live1
run 1 hunt run sweep --failed
fared 'dead1 failed;dead2 failed;dead3 failed;'
run 1 hunt run sweep --failed --tag dead
fared 'dead1 failed;dead2 failed;'
run 0 hunt run sweep --tag live
fared 'live1 done;live2 done;'
run 0 hunt save tagged --tag live "$@"
run 0 host untag live2 live
run 0 hunt run tagged
fared 'live1 done;'

run 0 hunt save again --all --failed "$@"
run 3 hunt run again --all
fared 'dead1 failed;dead2 failed;dead3 failed;live1 done;live2 done;'
run 1 hunt run again
fared 'dead1 failed;dead2 failed;dead3 failed;'

# A run is taken up on some of its hosts only.
run 3 hunt --all "$@"
run 0 run list --json -n 1
cut=$(member out id)
run 1 run resume "$cut" dead2
fared 'dead2 failed;'
run 1 run resume "$cut" --tag dead --failed
fared 'dead1 failed;dead2 failed;'
run 1 run resume "$cut" live1
says err 'none of the hosts that are left to do is meant'

# What one took up of it is not left to the next, nor to whoever asks.
run 1 hunt live1 live2 dead1 --jump 127.0.0.1:4 "$@"
run 0 run list --json -n 1
cut=$(member out id)
run 0 run resume "$cut" live2 --jump none
fared 'live2 done;'
run 0 host list --not-done="$cut" --json
lines out 2
run 0 host list --failed="$cut" --json
lines out 2
run 3 run resume "$cut" --jump none
fared 'dead1 failed;live1 done;'
run 0 host list --not-done="$cut" --json
lines out 1
says out '"name":"dead1"'
run 1 run resume "$cut" live1
says err 'none of the hosts that are left to do is meant'
run 0 host remove dead1
run 2 run resume "$cut"
says err 'nothing is left to do of that run'

# What was said of how hosts are reached and spared holds when a run is taken
# up, and again when that one is; what is said anew takes its place.
run 1 hunt live1 live2 --no-probe --jump 127.0.0.1:4 --rate 900K --cpu 90 "$@"
run 0 run list --json -n 1
cut=$(member out id)
run 1 run resume "$cut" --read-rate 40M
fared 'live1 failed;live2 failed;'
run 0 run list --json -n 1
run 0 run resume "$(member out id)" --jump none --cpu 80
fared 'live1 done;live2 done;'
run 0 run list --json -n 1
run 0 run show "$(member out id)" --json
[ "$(grep -c '"mode":"shell"' out)" = 2 ] ||
	fail "a probe was placed where none was to be"
run 0 audit list --json
says out '\"how\":\"--no-probe --rate 900K --read-rate 40M --jump none --cpu 80\"'
run 0 run list --json -n 3
[ "$(sed 's/.*"words":"\(.*\)","resumes.*/\1/' out | sort -u | wc -l)" = 1 ] ||
	fail "what is taken up is not what it was"

# How hosts fared is told also where too few files may be open to read it.
for n in 18 20 22 24 28; do
	(
		ulimit -n $n
		exec "$HALLIGAN" connect 'dead[23]'
	) >out 2>err </dev/null
	grep -q 'hosts done' err || continue
	says err '0 hosts done, 2 failed'
done

# All that can be reached are not all of the case.
run 0 walk --root "$here/home" --host image --path /
run 3 connect --all
says err '1 host of the case is never reached, only imported: left out'
run 0 connect live1
never_says err 'left out'
run 0 verify
finish
