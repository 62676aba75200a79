#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# make bench-triage: a Debian 12 and a Debian 13 that somebody lived in, as
# tests/conform has them: what a triage over SSH takes of wall and of the
# host's CPU, and how much of triage.tsv it brings. HALLIGAN_UAC, the folder of
# UAC, has its profile ir_triage run on the same hosts for the ratio.
# shellcheck source=tests/hosts/lib.sh disable=SC2154
. "$(dirname "$0")/../hosts/lib.sh"
. "$HALLIGAN_SRCDIR/tests/conform/lived_in.sh"
. "$HALLIGAN_SRCDIR/tests/bench/lib.sh"
table=$HALLIGAN_SRCDIR/tests/conform/triage.tsv

case=$tmp/t.case
HALLIGAN_CASE=$case
export HALLIGAN_CASE
check "new case" h new "$case"

ours()
{
	"$measure" "$tmp/one" "$HALLIGAN" triage "$1" >"$tmp/said" 2>&1 || {
		sed 's/^/the triage failed: /' "$tmp/said"
		exit 1
	}
	cut -d ' ' -f 1 "$tmp/one"
}

theirs()
{
	cp -a "$HALLIGAN_UAC" "$(host_root "$1")/srv/uac"
	mkdir "$(host_root "$1")/srv/out"
	"$measure" "$tmp/one" nsenter -a -t "$(cat "$hosts/$1/pid")" \
		chroot "$(host_root "$1")" sh -c \
		'cd /srv/uac && ./uac -u -p ir_triage /srv/out' \
		>"$tmp/uac" 2>&1 </dev/null
	rm -rf "$(host_root "$1")/srv/uac"
	cut -d ' ' -f 1 "$tmp/one"
}

count_rows()
{
	name=$1 letter=$(printf %.1s "$1")
	sed '/^#/d' "$table" | while IFS='	' read -r what releases query; do
		case $releases in *$letter*) ;; *) continue ;; esac
		if [ "$(of_host "$name" "$query")" -gt 0 ] 2>/dev/null; then
			echo has
		else
			echo "missing: $what" >&2
			echo lacks
		fi
	done | sort | uniq -c | awk '{ n[$2] = $1 } END {
		printf "%d of %d rows of the table\n", n["has"],
			n["has"] + n["lacks"] }'
}

for name in bookworm trixie; do
	host_up $name $name
	live_in $name
	check "add $name" h host add "root@$(host_addr $name)" $name
	ours $name >"$tmp/$name.first"
	ours $name >"$tmp/$name.ours"
	awk -v n=$name -v f="$(cat "$tmp/$name.first")" \
		-v s="$(cat "$tmp/$name.ours")" \
		'BEGIN { printf "%s: %.2f s, and %.2f s once more\n", n, f, s }'
	count_rows $name
	if [ -z "${HALLIGAN_UAC:-}" ]; then
		echo "$name: HALLIGAN_UAC is not set: no ratio"
		continue
	fi
	theirs $name >"$tmp/$name.uac"
	awk -v a="$(cat "$tmp/$name.first")" -v b="$(cat "$tmp/$name.uac")" \
		'BEGIN { printf "UAC ir_triage: %.2f s; ratio %.3f\n", b, a / b }'
done
