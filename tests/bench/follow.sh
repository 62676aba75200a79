#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# make bench-follow: what follows a collect of many hosts. Logs are taken from
# each, read on this side by one run for each host, and then the checks go
# over all of them. Hosts are addresses of loopback behind one sshd, so that
# all have the same logs: they are sent once, and read for every host. The
# shell is given:
#   BENCH_HOSTS  how many hosts (40, at most 250)
#   BENCH_LINES  of the log that is made for them (40000)
#   BENCH_LOGS   a folder of logs to be taken instead
# shellcheck disable=SC2154
. "$HALLIGAN_SRCDIR/tests/e2e/fleet_servers.sh"
. "$HALLIGAN_SRCDIR/tests/bench/lib.sh"
tmp=$(mktemp -d /tmp/halligan-bench.XXXXXX)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM
fleet_up
n=${BENCH_HOSTS:-40}
HALLIGAN_CASE=$tmp/bench.case
export HALLIGAN_CASE
logs=${BENCH_LOGS:-$HOME/logs}

# What sshd writes when somebody knocks, and the machine's own.
make_logs()
{
	mkdir -p "$logs"
	cp -r /var/log/dpkg.log* /var/log/apt "$logs" 2>/dev/null || true
	awk -v n="${BENCH_LINES:-40000}" 'BEGIN {
		for (i = 0; i < n; i++) {
			s = i * 4
			printf "2026-03-%02dT%02d:%02d:%02d+00:00 web01 " \
				"sshd[%d]: Failed password for root from " \
				"203.0.113.%d port %d ssh2\n",
				int(s / 86400) % 28 + 1, int(s / 3600) % 24,
				int(s / 60) % 60, s % 60, 1000 + i % 30000,
				i % 250, 1024 + i % 60000
		}
	}' >"$logs/auth.log"
}

timed()
{
	"$measure" "$tmp/took" "$HALLIGAN" "$@" >"$tmp/said" 2>&1 || {
		tail -n 5 "$tmp/said"
		exit 1
	}
	cut -d ' ' -f 1,2 "$tmp/took" | sed 's/ / s, CPU /'
}

[ -n "${BENCH_LOGS:-}" ] || make_logs
fleet_targets "$n" >"$tmp/hosts"
"$HALLIGAN" new "$HALLIGAN_CASE" --quiet
"$HALLIGAN" host add --quiet "@$tmp/hosts"
echo "$n hosts, $(du -sh "$logs" | cut -f 1) of logs each, $(nproc) processors"
echo "collect and what follows it: $(timed collect --all --parse --path "$logs") s"
grep -c '^parse ' "$tmp/said" | sed 's/$/ runs of parsers/'
echo "check of all: $(timed check --all) s"
grep 'checks on' "$tmp/said" || true
