#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What every source file has (licence line, what it is for, guard, order of
# includes), how wide and long it may be, and which bytes it may hold.
# shellcheck source=tests/lint/lib.sh disable=SC2016,SC2154
. "$(dirname "$0")/lib.sh"

heads()
{
	c_files | xargs -r awk '
	function guard_of(path)
	{
		sub(/^src\//, "", path)
		path = "HALLIGAN_" toupper(path)
		gsub(/[^A-Z0-9]/, "_", path)
		return path
	}
	FNR == 1 {
		first_include = 0
		if ($0 != "/* SPDX-License-Identifier: Apache-2.0 */")
			print FILENAME ":1: no SPDX line"
	}
	FNR == 2 && !/^\/\*/ { print FILENAME ":2: says not what it is for" }
	/^#ifndef HALLIGAN_.*_H$/ && FILENAME ~ /\.h$/ {
		if ($2 == guard_of(FILENAME))
			guarded[FILENAME] = 1
	}
	/^#include/ && !first_include {
		first_include = 1
		if (FILENAME ~ /^(src|ui)\// && FILENAME ~ /\.c$/ &&
		    $2 != "\"base/base.h\"")
			print FILENAME ":" FNR ": base/base.h comes first"
	}
	FILENAME ~ /\.h$/ { header[FILENAME] = 1 }
	END {
		for (h in header)
			if (!(h in guarded))
				print h ":1: no guard " guard_of(h)
	}'
	find tests -name '*.sh' 2>/dev/null | sort | while read -r file; do
		sed 2q "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0' ||
			echo "$file:1: no SPDX line"
	done
	find rules -name '*.yar' 2>/dev/null | sort | while read -r file; do
		sed 1q "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0' ||
			echo "$file:1: no SPDX line"
	done
}

# Over 100 columns, blanks at the end, bytes that show otherwise than they
# read: controls, zero-width and bidi characters (UTF-8), a byte order mark.
lines()
{
	{
		c_files
		find tests rules man -name '*.sh' -o -name '*.mk' \
			-o -name '*.yar' -o -name '*.[1-9]' 2>/dev/null
	} | sort | xargs -r awk '
	{
		line = $0
		if (line ~ /[\001-\010\013-\037\177]/ ||
		    line ~ /\342\200[\213-\217\252-\256]/ ||
		    line ~ /\342\201[\240-\257]/ || line ~ /\357\273\277/)
			print FILENAME ":" FNR ": control or bidi character"
		if (line ~ /[ \t]$/)
			print FILENAME ":" FNR ": blank at the end"
		if (FILENAME !~ /\.[ch]$/)
			next
		gsub(/[\200-\277]/, "", line) # one byte a character
		width = 0
		n = split(line, part, "\t")
		for (i = 1; i <= n; i++) {
			width += length(part[i])
			if (i < n)
				width += 8 - width % 8
		}
		if (width > 100)
			print FILENAME ":" FNR ": " width " columns"
	}'
}

lengths()
{
	c_files | xargs -r wc -l | while read -r n file; do
		[ "$file" != total ] || continue
		if [ "$n" -gt 800 ] && ! waived lines "$file"; then
			echo "$file:$n: over 800 lines"
		elif [ "$n" -gt 500 ]; then
			echo "warning: $file has $n lines" >&2
		fi
	done
}

{ heads; lines; lengths; } >"$found"
finish "$found"
