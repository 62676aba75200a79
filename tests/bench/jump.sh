#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# make bench-jump: a large file brought into the case from a host behind
# another, hashed on both sides and stored, against `ssh -J`, which only copies
# it; and the same without the jump, for what that costs either side. All on
# loopback; sides take turns, medians count. The shell is given:
#   BENCH_MIB   the size of the file (256)
#   BENCH_RUNS  how often (3)
# shellcheck disable=SC2154
. "$HALLIGAN_SRCDIR/tests/e2e/fleet_servers.sh"
. "$HALLIGAN_SRCDIR/tests/e2e/lib.sh"
. "$HALLIGAN_SRCDIR/tests/bench/lib.sh"
trap 'rm -rf "$tmp"' EXIT
fleet_up
mib=${BENCH_MIB:-256}
file=$HOME/wanted
head -c "${mib}M" /dev/zero |
	openssl enc -aes-128-ctr -nosalt -pass pass:bench -pbkdf2 >"$file"
sum=$(sha256sum <"$file" | cut -d ' ' -f 1)
HALLIGAN_CASE=$case
export HALLIGAN_CASE
jump=root@127.1.0.1:$fleet_port target=root@127.1.0.2:$fleet_port

# one SIDE COMMAND...: what it took, behind that of others of its side.
one()
{
	side=$1
	shift
	"$measure" "$tmp/took" "$@" >"$tmp/copy" 2>"$tmp/said" || {
		echo "$side failed:"
		tail -n 5 "$tmp/said"
		exit 1
	}
	cat "$tmp/took" >>"$tmp/$side"
}

ours()
{
	side=$1
	shift
	rm -f "$case"*
	h new "$case" --quiet
	h host add "$target" bench --quiet
	one "$side" "$HALLIGAN" collect bench --path "$file" --quiet "$@"
	h evidence list --json | grep -q "\"sha256\":\"$sum\"" ||
		echo "$side: what was collected is ANOTHER FILE"
}

theirs()
{
	side=$1
	shift
	one "$side" ssh "$@" "ssh://$target" cat "$file"
	cmp -s "$file" "$tmp/copy" || echo "$side: ANOTHER FILE"
}

echo "$mib MiB, load $(cut -d ' ' -f 1 /proc/loadavg)"
for _ in $(seq "${BENCH_RUNS:-3}"); do
	theirs ssh.direct
	ours ours.direct
	theirs ssh.jump -J "$jump"
	ours ours.jump --jump "$jump"
done
for way in direct jump; do
	a=$(median "$tmp/ours.$way" 1) b=$(median "$tmp/ssh.$way" 1)
	echo "$way: ours $a s, CPU $(median "$tmp/ours.$way" 2) s; ssh $b s," \
		"CPU $(median "$tmp/ssh.$way" 2) s; throughput $(ratio "$b" "$a") of ssh's"
done
