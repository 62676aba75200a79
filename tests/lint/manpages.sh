#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# mandoc has nothing to say about the manual pages.
# shellcheck source=tests/lint/lib.sh disable=SC2016,SC2154
. "$(dirname "$0")/lib.sh"

if ! command -v mandoc >/dev/null; then
	echo "skipped: mandoc is not installed"
	exit 77
fi
find man -name '*.[1-9]' 2>/dev/null | sort | while read -r page; do
	# A page's date and names not installed here are no mistakes.
	mandoc -T lint -W warning "$page" 2>&1 |
		grep -vE 'referenced manual not found|unknown manual'
done >"$found"
finish "$found"
