#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# src/LAYERS: which folder may include which, and where alone a third-party
# header may be used.
# shellcheck source=tests/lint/lib.sh disable=SC2016,SC2154
. "$(dirname "$0")/lib.sh"

find src ui -name '*.[ch]' 2>/dev/null | sort | xargs -r awk '
# The folder of a file is its room: src/base/x.c and ui/x.c.
function room_of(path,    part)
{
	split(path, part, "/")
	return part[1] == "src" ? part[2] : part[1]
}
FILENAME == "src/LAYERS" {
	sub(/#.*/, "")
	if ($1 == "header") {
		sub(/:$/, "", $2)
		headers[$2] = " "
		for (i = 3; i <= NF; i++)
			headers[$2] = headers[$2] $i " "
	} else if (NF) {
		sub(/:$/, "", $1)
		may[$1] = " " $1 " "
		for (i = 2; i <= NF; i++)
			may[$1] = may[$1] $i " "
	}
	next
}
FNR == 1 {
	room = room_of(FILENAME)
	if (!(room in may))
		print FILENAME ":1: src/LAYERS does not know " room
}
/^[ \t]*#[ \t]*include[ \t]*"/ {
	split($0, part, "\"")
	target = part[2]
	if (target !~ /\//) {
		if (target != "config.h")
			print FILENAME ":" FNR ": include by room: " target
		next
	}
	target = room_of(target)
	if (index(may[room], " " target " ") == 0)
		print FILENAME ":" FNR ": " room " may not include " target
}
/^[ \t]*#[ \t]*include[ \t]*</ {
	split($0, part, "[<>]")
	for (h in headers)
		if ((part[2] == h || (h ~ /\/$/ && index(part[2], h) == 1)) &&
		    index(headers[h], " " room " ") == 0)
			print FILENAME ":" FNR ": <" part[2] "> is for" \
				headers[h] "only"
}' src/LAYERS >"$found"
finish "$found"
