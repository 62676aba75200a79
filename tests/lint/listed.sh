#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every file is named in the Makefile, so that a release has it.
# shellcheck source=tests/lint/lib.sh disable=SC2016,SC2154
. "$(dirname "$0")/lib.sh"

lists=$(find . -path ./build -prune -o -path './build-*' -prune -o \
	\( -name '*.mk' -o -name Makefile.am \) -print)
words=$(mktemp)
# shellcheck disable=SC2086
cat $lists | tr -s "[:blank:]\\\\" "\n" | sort -u >"$words"
find src ui rules man tests -type f 2>/dev/null | sort |
	grep -vE '\.(o|a|log|trs|mk|po|Tpo|Po)$|/\.dirstamp$|/\.deps/|~$' |
	while read -r file; do
		# A built program lies beside its source in a build in place.
		[ ! -f "$file.c" ] || continue
		grep -qxF -- "$file" "$words" ||
			echo "$file:1: is in no Makefile list"
	done >"$found"
rm -f "$words"
finish "$found"
