#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# make bench-hunt: a remote hunt over a real sshd on loopback, the probe
# placed anew each time, against yara(1) on the same files with the same
# rules. Both sides take turns; medians count. The shell is given:
#   HALLIGAN_SIGNATURE_BASE  a checkout of signature-base; else 500 rules are
#                            made up, 50 of them with `import "pe"`
#   BENCH_PATH               what is scanned (/usr)
#   BENCH_RUNS               how often (3)
#   BENCH_PULL               what is scanned once more, by the probe and in
#                            shell mode (/usr/lib/python3), to be printed
# In a network of its own, so that all bytes on its loopback are ours.
# shellcheck disable=SC2154
if [ -z "${BENCH_INSIDE:-}" ]; then
	[ "$(id -u)" = 0 ] && user='' || user=-r
	BENCH_INSIDE=yes exec unshare -n $user "$0"
fi
ip link set lo up || exit 1
. "$HALLIGAN_SRCDIR/tests/e2e/lib.sh"
. "$HALLIGAN_SRCDIR/tests/bench/lib.sh"
command -v yara >/dev/null || skip "yara is not installed"
path=${BENCH_PATH:-/usr}

# What every system has files for: two sides that find nothing are identical
# whatever they do.
make_common_rules()
{
	cat <<'END'
import "elf"
rule common_script { condition: uint16be(0) == 0x2321 and filesize < 200 }
rule common_markup { strings: $a = "<?" condition: filesize < 2KB and #a > 3 }
rule common_long { strings: $a = "GCC: (" condition: filesize > 16MB and $a }
rule common_object { condition: elf.type == elf.ET_REL and filesize < 1KB }
END
}

make_rules()
{
	mkdir "$tmp/rules"
	make_common_rules >"$tmp/rules/common.yar"
	[ -z "${HALLIGAN_SIGNATURE_BASE:-}" ] || {
		find "$HALLIGAN_SIGNATURE_BASE" -name '*.yar' \
			-exec cp -t "$tmp/rules" {} +
		return
	}
	awk 'BEGIN {
		print "import \"pe\""
		for (i = 0; i < 500; i++) {
			printf "rule made_%d { strings: $a = \"made up %d of 500\"", i, i
			printf " $b = { %02x 4d %02x [2-8] 48 8b }", i % 256, i * 7 % 256
			printf " $c = /made[0-9]{3}%d[a-f]+/ condition: any of them", i
			print i % 10 ? " }" : " and pe.number_of_sections > 2 }"
		}
	}' >"$tmp/rules/made.yar"
}

lo_bytes()
{
	awk '$1 == "lo:" { print $2 }' /proc/net/dev
}

# hunt RULES PATH OPTIONS: one host, a new case; into $tmp/our.*.
hunt()
{
	rm -f "$case"
	h new "$case" --name bench --quiet
	h host add "$target" bench --quiet
	lo_bytes >"$tmp/bytes.before"
	# shellcheck disable=SC2086
	"$measure" "$tmp/console" "$HALLIGAN" hunt bench --rules "$1" \
		--path "$2" ${BENCH_MODE:-} --quiet >"$tmp/said" 2>&1
	status=$?
	[ $status = 0 ] || [ $status = 3 ] || echo "$status" >"$tmp/failed"
	lo_bytes >"$tmp/bytes.after"
}

# Everything that a hunt starts ends below one process that counts it.
session()
{
	h range up "$HALLIGAN_SRCDIR/rules/scenarios/first-watch" \
		--dir "$range" --quiet >/dev/null
	HOME=$range/home HALLIGAN_CASE=$case
	export HOME HALLIGAN_CASE
	target=$(awk 'NR == 1 { print $1 }' "$range/hosts.txt")
	hunt "$1" "$2"
	h range down --dir "$range" >/dev/null 2>&1
}

if [ "${1:-}" = session ]; then
	rmdir "$tmp"
	tmp=$BENCH_TMP range=$BENCH_TMP/range case=$BENCH_TMP/t.case
	trap - EXIT
	session "$2" "$3"
	exit 0
fi

ours()
{
	BENCH_TMP=$tmp "$measure" "$tmp/all" "$0" session "$1" "$2"
	[ ! -e "$tmp/failed" ] || {
		sed 's/^/the hunt failed: /' "$tmp/said" >&2
		exit 1
	}
	# seconds, CPU of all, KiB of the console, bytes
	echo "$(cut -d ' ' -f 1 "$tmp/console")" \
		"$(cut -d ' ' -f 2 "$tmp/all")" \
		"$(cut -d ' ' -f 3 "$tmp/console")" \
		$(($(cat "$tmp/bytes.after") - $(cat "$tmp/bytes.before")))
}

findings()
{
	h finding list --json -C "$case" |
		sed 's/.*"rule":"\([^"]*\)".*"path":"\([^"]*\)".*/\1 \2/' |
		sort -u
}

theirs()
{
	# shellcheck disable=SC2046
	"$measure" "$tmp/yara" yara -N -r -p 2 -d filename= -d filepath= \
		-d extension= -d filetype= -d owner= -d md5= \
		$(find "$tmp/rules" -name '*.yar') "$path" >"$tmp/lines" \
		2>"$tmp/theirs.said" || {
		sed 's/^/yara failed: /' "$tmp/theirs.said" >&2
		exit 1
	}
	cat "$tmp/yara"
}

trap 'rm -rf "$tmp"' EXIT
make_rules
echo "rules: $(cat "$tmp"/rules/* | grep -cE '^ *((private|global) +)*rule ') over $path," \
	"$(find "$path" -xdev -type f | wc -l) files; load $(cut -d ' ' -f 1 /proc/loadavg)"
echo "$("$HALLIGAN_PROBE" --version) against yara $(yara --version)"
for _ in $(seq "${BENCH_RUNS:-3}"); do
	theirs >>"$tmp/theirs"
	ours "$tmp/rules" "$path" >>"$tmp/ours"
done
wall=$(median "$tmp/ours" 1) cpu=$(median "$tmp/ours" 2)
their_wall=$(median "$tmp/theirs" 1) their_cpu=$(median "$tmp/theirs" 2)
echo "wall: $wall s against $their_wall s, ratio $(ratio "$wall" "$their_wall") (at most 0.60)"
echo "CPU: $cpu s against $their_cpu s, ratio $(ratio "$cpu" "$their_cpu") (at most 0.60)"
sort -u "$tmp/lines" >"$tmp/their.findings"
findings >"$tmp/our.findings"
if cmp -s "$tmp/their.findings" "$tmp/our.findings"; then
	echo "matches: $(wc -l <"$tmp/our.findings"), identical"
else
	echo "matches: $(wc -l <"$tmp/our.findings") against" \
		"$(wc -l <"$tmp/their.findings"), DIFFERENT:"
	diff "$tmp/their.findings" "$tmp/our.findings" | head -n 20
fi
# What the probe had of the host's memory, all its processes together; the
# rules are loaded in each of them as yara(1) has them compiled.
h run list --limit 1 --json -C "$case" >"$tmp/run"
rss=$(h run show "$(sed 's/^{"id":"\([^"]*\)".*/\1/' "$tmp/run")" --json -C "$case" |
	sed -n 's/.*"rss_bytes":\([0-9]*\),.*/\1/p')
# shellcheck disable=SC2046
yarac -d filename= -d filepath= -d extension= -d filetype= -d owner= -d md5= \
	$(find "$tmp/rules" -name '*.yar') "$tmp/compiled" >/dev/null 2>&1
compiled=$(stat -c %s "$tmp/compiled")
echo "memory of the probe: $((rss / 1048576)) MiB in all its processes," \
	"the rules are $((compiled / 1048576)) MiB" \
	"(at most $((150 + compiled / 1048576)))"

# What a hunt for next to nothing takes is the login and the probe.
mkdir "$tmp/clean" "$tmp/nothing"
echo 'rule nothing { condition: false }' >"$tmp/nothing/nothing.yar"
bytes=$(ours "$tmp/rules" "$tmp/clean" | cut -d ' ' -f 4)
placed=$(ours "$tmp/nothing" "$tmp/clean" | cut -d ' ' -f 4)
echo "wire, a clean host: $((bytes / 1024)) KiB with the probe (at most 4096)," \
	"$(((bytes - placed) / 1024)) KiB of it once that is there (at most 512)"

mkdir "$tmp/many" "$tmp/fifty"
for i in $(seq 2000); do
	echo "needle $i" >"$tmp/many/$i"
done
for i in $(seq 50); do
	printf 'rule many_%d { strings: $a = "needle" condition: $a }\n' "$i"
done >"$tmp/fifty/fifty.yar"
set -- $(ours "$tmp/fifty" "$tmp/many")
echo "100,000 matches: console $(($3 / 1024)) MiB (at most 64), $1 s," \
	"$(h finding list --json -C "$case" | wc -l) findings in the case"

# What it costs where no probe can run: every byte comes here, and the host
# starts some processes for each file.
pull=${BENCH_PULL:-/usr/lib/python3}
if [ -d "$pull" ]; then
	pushed=$(ours "$tmp/rules" "$pull")
	pulled=$(BENCH_MODE=--no-probe; export BENCH_MODE
		ours "$tmp/rules" "$pull")
	echo "$pushed $pulled" | awk -v p="$pull" \
		-v n="$(find "$pull" -xdev -type f | wc -l)" '{
		printf "shell mode over %s, %d files: wall %.1f s against %.1f s" \
			" with the probe, CPU of both sides %.1f s against %.1f s," \
			" %.1f MiB on the wire against %.1f\n", p, n, $5, $1, $6, $2,
			$8 / 1048576, $4 / 1048576
	}'
fi
