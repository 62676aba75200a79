#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# halligan(1) holds the table of commands as it is, and the completion scripts
# are scripts. With "update" as argument the manual page is rewritten.
if [ "${1:-}" = update ]; then
	page=man/halligan.1
	"${HALLIGAN:?}" help --mdoc >"$page.commands" || exit 1
	sed -e '/^\.Sh COMMANDS$/,/^\.Sh ENVIRONMENT$/{
		/^\.Sh COMMANDS$/r '"$page.commands"'
		/^\.Sh ENVIRONMENT$/!d
	}' "$page" >"$page.new" && mv "$page.new" "$page"
	rm -f "$page.commands"
	exit
fi
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2154
. "$(dirname "$0")/lib.sh"

sed -n '/^\.Sh COMMANDS$/,/^\.Sh ENVIRONMENT$/p' \
	"$HALLIGAN_SRCDIR/man/halligan.1" | sed '$d' >have
run 0 help --mdoc
diff have out || fail "halligan.1 is behind: tests/cli/manual.sh update"
if command -v mandoc >/dev/null; then
	mandoc -T lint -W warning "$HALLIGAN_SRCDIR/man/halligan.1" ||
		fail "mandoc has something to say"
fi
for shell in bash zsh fish; do
	run 0 completion $shell
	says out 'coverage'
	says out 'max-size'
	command -v $shell >/dev/null || continue
	$shell -n out || fail "the script for $shell is not one"
done
run 2 completion csh
finish
