#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Functions of at most 60 lines and 6 parameters, outside tests. Functions
# begin and end in the first column, which tables do not. tests/lint/waivers
# may let one pass: "function FILE NAME", with the reason above it.
# shellcheck source=tests/lint/lib.sh disable=SC2016,SC2154
. "$(dirname "$0")/lib.sh"

c_files | grep -E '^(src|ui)/.*\.c$' |
	xargs -r awk -v waivers="$lint/waivers" -f "$lint/strip.awk" \
		-f "$lint/functions.awk" >"$found"
finish "$found"
