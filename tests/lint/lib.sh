# SPDX-License-Identifier: Apache-2.0
# What the lint scripts share. Each looks at the tree given as its first
# argument (else $HALLIGAN_SRCDIR), prints "file:line: what" for each thing
# that breaks a rule of the house, and exits 1 when there was one.
# tests/lint/self_test.sh shows that each of them can fail.
# shellcheck shell=sh disable=SC2034
set -u
LC_ALL=C
export LC_ALL
lint=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
root=${1:-${HALLIGAN_SRCDIR:-.}}
cd "$root" || exit 1

# Every C file of ours, one a line.
c_files()
{
	find src ui tests -name '*.[ch]' 2>/dev/null | sort
}

# waived KIND FILE: whether tests/lint/waivers lets that pass.
waived()
{
	grep -q "^$1 $2\$" "$lint/waivers" 2>/dev/null
}

# finish FILE: prints what was found, and ends.
finish()
{
	cat "$1"
	[ -s "$1" ] && status=1 || status=0
	rm -f "$1"
	exit "$status"
}

found=$(mktemp)
