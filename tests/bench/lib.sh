# SPDX-License-Identifier: Apache-2.0
# Sourced by the benches.
# shellcheck shell=sh disable=SC2034
measure=$HALLIGAN_BUILDDIR/tests/bench/measure

# The middle one of the numbers in column $2 of file $1.
median()
{
	awk -v c="$2" '{ print $c }' "$1" | sort -n |
		awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

ratio()
{
	awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'
}
