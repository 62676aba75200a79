#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# make bench-events: a log of a million lines becomes events of a case, each
# with where it is said, against `lnav -n` loading the same file, which stores
# nothing. Both sides take turns; medians count. The shell is given:
#   BENCH_LINES  how many (1000000)
#   BENCH_RUNS   how often (3)
# shellcheck disable=SC2154
. "$HALLIGAN_SRCDIR/tests/e2e/lib.sh"
. "$HALLIGAN_SRCDIR/tests/bench/lib.sh"
lines=${BENCH_LINES:-1000000}
mkdir "$tmp/home"
HOME=$tmp/home
export HOME

# As a server has them that is knocked at, four seconds apart.
awk -v n="$lines" 'BEGIN {
	split("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec", m)
	split("root admin test oracle git ubuntu deploy", u)
	for (i = 0; i < n; i++) {
		s = i * 4
		d = int(s / 86400)
		printf "%s %2d %02d:%02d:%02d web01 ", m[int(d / 28) % 12 + 1],
			d % 28 + 1, int(s / 3600) % 24, int(s / 60) % 60, s % 60
		if (i % 8)
			printf "sshd[%d]: Failed password for %s from " \
				"203.0.113.%d port %d ssh2\n", 1000 + i % 30000,
				u[i % 7 + 1], i % 250, 1024 + i % 60000
		else
			printf "CRON[%d]: pam_unix(cron:session): session " \
				"opened for user root(uid=0) by (uid=0)\n",
				1000 + i % 30000
	}
}' >"$tmp/auth.log"

run=0
while [ "$run" -lt "${BENCH_RUNS:-3}" ]; do
	rm -f "$case"*
	h new "$case" --name bench --quiet
	"$measure" "$tmp/one" "$HALLIGAN" -C "$case" import "$tmp/auth.log" \
		--host bench >"$tmp/said" 2>&1 || {
		sed 's/^/the import failed: /' "$tmp/said"
		exit 1
	}
	cat "$tmp/one" >>"$tmp/ours"
	command -v lnav >/dev/null &&
		"$measure" "$tmp/one" lnav -n "$tmp/auth.log" >/dev/null 2>&1 &&
		cat "$tmp/one" >>"$tmp/theirs"
	run=$((run + 1))
done
grep -o '[0-9]* events' "$tmp/said"
wall=$(median "$tmp/ours" 1)
awk -v w="$wall" -v n="$lines" \
	'BEGIN { printf "ours: %.2f s, %d events/s, all of it stored\n", w, n / w }'
[ -s "$tmp/theirs" ] || skip "lnav is not installed: no ratio"
awk -v a="$wall" -v b="$(median "$tmp/theirs" 1)" 'BEGIN {
	printf "lnav -n: %.2f s; ratio %.2f (aim: at most 1.00)\n", b, a / b }'
