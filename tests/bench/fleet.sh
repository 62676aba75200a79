#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# make bench-fleet: 200 sessions on loopback, against clush(1) and xargs -P
# ssh, each with its defaults but for 32 at once, which is ours. What is the
# same on all sides is a login and one short command there: `true` for them,
# for us `connect`, whose command says which host it is. Then a small file is
# brought from each. Sides take turns; medians count. The shell is given:
#   BENCH_HOSTS  how many hosts (200, at most 250)
#   BENCH_RUNS   how often (3)
# CPU is that of the side that asks, all of its processes; the servers are
# beside it. Memory is the sum of what all our processes have to themselves
# (PSS), sampled while they work.
# shellcheck disable=SC2154
. "$HALLIGAN_SRCDIR/tests/e2e/fleet_servers.sh"
. "$HALLIGAN_SRCDIR/tests/bench/lib.sh"
command -v clush >/dev/null || fleet_skip "clush is not installed"
tmp=$(mktemp -d /tmp/halligan-bench.XXXXXX)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM
fleet_up
n=${BENCH_HOSTS:-200} runs=${BENCH_RUNS:-3}
HALLIGAN_CASE=$tmp/bench.case
export HALLIGAN_CASE
fleet_targets "$n" >"$tmp/hosts"
fleet_names "$n" >"$tmp/names"
head -c 20000 /dev/urandom >"$HOME/wanted"
printf 'Port %s\n' "$fleet_port" >"$HOME/.ssh/config"

# one SIDE COMMAND...: its wall and CPU seconds onto $tmp/SIDE.
one()
{
	side=$1
	shift
	"$measure" "$tmp/took" "$@" >"$tmp/said" 2>&1 || {
		echo "$side failed:"
		tail -n 5 "$tmp/said"
		exit 1
	}
	cat "$tmp/took" >>"$tmp/$side"
}

ours()
{
	"$HALLIGAN" new "$HALLIGAN_CASE" --quiet
	"$HALLIGAN" host add --quiet "@$tmp/hosts"
	one "$@"
	rm -f "$HALLIGAN_CASE"*
}

# What all processes named after us, below this one, have to themselves.
pss()
{
	for comm in /proc/[0-9]*/comm; do
		grep -q '^halligan' "$comm" 2>/dev/null || continue
		grep '^Pss:' "${comm%comm}smaps_rollup" 2>/dev/null
	done | awk '{ kib += $2; n++ } END { print kib + 0, n + 0 }'
}

links()
{
	grep -l '^halligan:link' /proc/[0-9]*/comm 2>/dev/null | wc -l
}

compare()
{
	what=$1
	wall=$(median "$tmp/ours.$what" 1) cpu=$(median "$tmp/ours.$what" 2)
	echo "$what: ours $wall s, CPU $cpu s"
	best_wall='' best_cpu=''
	for side in clush xargs; do
		w=$(median "$tmp/$side.$what" 1) c=$(median "$tmp/$side.$what" 2)
		echo "$what: $side $w s, CPU $c s"
		best_wall=$(echo "$w ${best_wall:-$w}" | awk '{ print $1 < $2 ? $1 : $2 }')
		best_cpu=$(echo "$c ${best_cpu:-$c}" | awk '{ print $1 < $2 ? $1 : $2 }')
	done
	echo "$what: wall ratio $(ratio "$wall" "$best_wall") (at most 0.40)," \
		"CPU ratio $(ratio "$cpu" "$best_cpu") (at most 0.50)"
}

list=$(paste -sd , "$tmp/names")
echo "$n hosts, $("$HALLIGAN" --version | head -n 1), $(clush --version)," \
	"load $(cut -d ' ' -f 1 /proc/loadavg)"
for _ in $(seq "$runs"); do
	ours ours.login "$HALLIGAN" connect --all --quiet
	one clush.login clush -f 32 -w "$list" true
	one xargs.login xargs -a "$tmp/names" -P 32 -I HOST ssh HOST true
	ours ours.collect "$HALLIGAN" collect --all --path "$HOME/wanted" --quiet
	one clush.collect clush -f 32 -w "$list" --rcopy "$HOME/wanted" \
		--dest "$tmp"
	one xargs.collect xargs -a "$tmp/names" -P 32 -I HOST \
		sh -c "ssh HOST cat wanted >$tmp/wanted.HOST"
	rm -f "$tmp"/wanted.*
done
compare login
compare collect

"$HALLIGAN" new "$HALLIGAN_CASE" --quiet
"$HALLIGAN" host add --quiet "@$tmp/hosts"
"$HALLIGAN" connect --all --quiet --parallel "$n" >/dev/null 2>&1 &
pid=$!
while kill -0 $pid 2>/dev/null; do
	live=$(links)
	set -- $(pss)
	echo "$1 $2 $live"
done >"$tmp/memory"
wait $pid
sort -n "$tmp/memory" | tail -n 1 | awk '{
	may = 64 + 1.5 * $3
	printf "memory: %.0f MiB in %d processes, %d sessions (at most %.0f)\n", $1 / 1024, $2, $3, may
}'
