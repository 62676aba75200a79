#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Calls nobody makes: the list of base/base.h, found also where that header
# is not included, waiting by the clock, and a shell put between.
# shellcheck source=tests/lint/lib.sh disable=SC2016,SC2154
. "$(dirname "$0")/lib.sh"

banned=$(sed -n 's/^#define [a-z]*(.*BANNED(\([a-z]*\)).*/\1/p' \
	src/base/base.h 2>/dev/null | tr '\n' ' ')
{
	[ -n "$banned" ] || echo "src/base/base.h:1: bans nothing"
	c_files | grep -v '^src/base/base.h$' | xargs -r awk \
		-v banned="$banned sleep usleep nanosleep alloca gets" \
		-f "$lint/strip.awk" -f "$lint/calls.awk"
	c_files | grep -E '^(src|ui)/' | xargs -r grep -nE '"(-c|sh -c.*)"' \
		/dev/null | while IFS=: read -r file line _; do
		waived shell "$file" || echo "$file:$line: a shell between"
	done
	find tests -name '*.sh' 2>/dev/null | sort | xargs -r grep -nE \
		'(^|[;&|[:space:]])sleep[[:space:]]+[0-9.$]' /dev/null |
		sed 's/\(:[0-9]*\):.*/\1: sleeps/'
} >"$found"
finish "$found"
