#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# make bench-acquire: a large file brought into the case, hashed on the host
# and here, compressed and stored, over a real sshd on loopback, against
# `ssh HOST cat`, which only copies it, as `transfer` does over our libssh2.
# All sides take turns; medians count.
# Then the same over a long way: 50 ms there and 50 back.
# The shell is given:
#   BENCH_MIB   the size of the file (1024)
#   BENCH_RUNS  how often (3)
#   BENCH_FAR   the size of the file over the long way, MiB (512); 0: none
# shellcheck disable=SC2154
. "$HALLIGAN_SRCDIR/tests/e2e/lib.sh"
. "$HALLIGAN_SRCDIR/tests/bench/lib.sh"
begin
mib=${BENCH_MIB:-1024}
target=$(awk 'NR == 1 { print $1 }' "$range/hosts.txt")
printf 'UserKnownHostsFile %s\nIdentityFile %s\n' \
	"$HOME/.ssh/known_hosts" "$(ls "$HOME"/.ssh/id_* | head -n 1)" \
	>"$tmp/ssh_config"

# What does not compress, and what a disk of programs holds.
make_noise()
{
	head -c "${mib}M" /dev/zero |
		openssl enc -aes-128-ctr -nosalt -pass pass:bench -pbkdf2
}

make_programs()
{
	while
		tar -c -C / usr/bin usr/lib 2>/dev/null
		[ $? -lt 128 ] # nobody reads any more
	do :; done | head -c "${mib}M"
}

ours()
{
	rm -f "$case"
	h new "$case" --name bench --quiet
	h host add "$target" bench --quiet
	"$measure" "$tmp/console" "$HALLIGAN" collect bench --path "$file" \
		--quiet ${accept:-} >"$tmp/said" 2>&1 || {
		sed 's/^/the collection failed: /' "$tmp/said" >&2
		exit 1
	}
	h run list --limit 1 --json >"$tmp/run"
	h run show "$(sed 's/^{"id":"\([^"]*\)".*/\1/' "$tmp/run")" --json |
		sed -n 's/.*"cpu_ns":\([0-9]*\),.*/\1/p' >"$tmp/probe"
	echo "$(cat "$tmp/console") $(cat "$tmp/probe")"
}

theirs()
{
	rm -f "$tmp/copy"
	"$measure" "$tmp/cat" ssh -F "$tmp/ssh_config" "ssh://$target" \
		cat "$file" >"$tmp/copy" 2>"$tmp/said" || {
		sed 's/^/ssh failed: /' "$tmp/said" >&2
		exit 1
	}
	cmp -s "$file" "$tmp/copy" || echo "ssh: another file" >&2
	cat "$tmp/cat"
}

# The same as theirs, by what a link has.
alone()
{
	address=${target#*@}
	rm -f "$tmp/copy"
	"$measure" "$tmp/transfer" "$HALLIGAN_BUILDDIR/tests/bench/transfer" \
		"${address%:*}" "${address##*:}" "$(ls "$HOME"/.ssh/id_* | head -n 1)" \
		"$file" >"$tmp/copy" || exit 1
	cmp -s "$file" "$tmp/copy" || echo "transfer: another file" >&2
	cat "$tmp/transfer"
}

echo "$mib MiB, load $(cut -d ' ' -f 1 /proc/loadavg)"
for kind in noise programs; do
	file=$tmp/$kind
	make_$kind >"$file"
	sum=$(sha256sum "$file" | cut -d ' ' -f 1)
	rm -f "$tmp/ours" "$tmp/theirs" "$tmp/alone"
	for _ in $(seq "${BENCH_RUNS:-3}"); do
		theirs >>"$tmp/theirs"
		alone >>"$tmp/alone"
		ours >>"$tmp/ours"
	done
	h evidence list --json >"$tmp/evidence"
	if grep -q '"reason":"redacted"' "$tmp/evidence"; then
		echo "$kind: a private key in it was overwritten on the host"
	elif ! grep -q "\"sha256\":\"$sum\"" "$tmp/evidence"; then
		echo "$kind: what was collected is ANOTHER FILE"
	fi
	set -- "$(median "$tmp/theirs" 1)" "$(median "$tmp/ours" 1)" \
		"$(median "$tmp/theirs" 2)" "$(median "$tmp/ours" 2)" \
		"$(median "$tmp/ours" 3)" "$(stat -c %s "$case")" \
		"$(awk '{ print $NF / 1e9 }' "$tmp/ours" | sort -n | head -n 1)" \
		"$(median "$tmp/alone" 1)" "$(median "$tmp/alone" 2)"
	echo "$kind $mib $*" | awk '{
		printf "%s, the transfer alone: %.0f MiB/s against %.0f MiB/s of" \
			" ssh cat, ratio %.2f (at least 0.85); CPU of the client" \
			" %.1f s against %.1f s\n",
			$1, $2 / $10, $2 / $3, $3 / $10, $11, $5
		printf "%s, hashed, compressed and stored: %.0f MiB/s, ratio" \
			" %.2f; CPU of the client %.1f s against" \
			" %.1f s, of the probe %.1f s; console %d MiB (at most 64); case %.0f MiB\n",
			$1, $2 / $4, $3 / $4, $6, $5, $9, $7 / 1024,
			$8 / 1048576 }'
	rm -f "$file" "$tmp/copy"
done

# One of each: what differs here differs by more than chance.
far()
{
	mib=$1 file=$tmp/noise
	mkfifo "$tmp/hold"
	"$HALLIGAN_BUILDDIR/tests/bench/delay" 50 "${target##*:}" \
		<"$tmp/hold" >"$tmp/port" &
	exec 9>"$tmp/hold"
	until [ -s "$tmp/port" ]; do :; done
	there=${target%:*}
	target=$there:$(cat "$tmp/port")
	make_noise >"$file"
	sum=$(sha256sum "$file" | cut -d ' ' -f 1)
	printf 'HostKeyAlias near\nStrictHostKeyChecking accept-new\n' \
		>>"$tmp/ssh_config"
	set -- $(theirs) $(accept=--accept-new-host-keys ours)
	h evidence list --json | grep -q "\"sha256\":\"$sum\"" ||
		echo "far away: what was collected is ANOTHER FILE"
	echo "$mib $1 $5" | awk '{
		printf "100 ms away: %.0f MiB/s against %.0f MiB/s of ssh cat, %.1f times (at least 4)\n", $1 / $3, $1 / $2, $2 / $3 }'
	exec 9>&-
}

[ "${BENCH_FAR:-512}" = 0 ] || far "${BENCH_FAR:-512}"
