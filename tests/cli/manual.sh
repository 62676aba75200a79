#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The manual pages hold the tables as they are, and the completion scripts are
# scripts. With "update" as argument the pages are rewritten.
#
# page, what makes it, its first section, the section behind the last
pages='halligan.1 commands COMMANDS ENVIRONMENT
halligan-facts.5 facts KINDS SEE
halligan-checks.5 checks HEADERS EXAMPLES'
if [ "${1:-}" = update ]; then
	echo "$pages" | while read -r page makes from to; do
		page=man/$page
		"${HALLIGAN:?}" help --mdoc "$makes" >"$page.made" || exit 1
		sed -e "/^\\.Sh $from\$/,/^\\.Sh $to/{
			/^\\.Sh $from\$/r $page.made
			/^\\.Sh $to/!d
		}" "$page" >"$page.new" && mv "$page.new" "$page"
		rm -f "$page.made"
	done
	exit
fi
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2154
. "$(dirname "$0")/lib.sh"

echo "$pages" >pages
while read -r page makes from to; do
	sed -n "/^\\.Sh $from\$/,/^\\.Sh $to/p" "$HALLIGAN_SRCDIR/man/$page" |
		sed '$d' >have
	run 0 help --mdoc "$makes"
	diff have out || fail "$page is behind: tests/cli/manual.sh update"
	[ -s have ] || fail "$page has no section $from"
	command -v mandoc >/dev/null || continue
	mandoc -T lint -W warning "$HALLIGAN_SRCDIR/man/$page" |
		grep -vE 'referenced manual not found|unknown manual' &&
		fail "mandoc has something to say of $page"
done <pages
for shell in bash zsh fish; do
	run 0 completion $shell
	says out 'coverage'
	says out 'max-size'
	command -v $shell >/dev/null || continue
	$shell -n out || fail "the script for $shell is not one"
done
run 2 completion csh
finish
