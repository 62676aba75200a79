# SPDX-License-Identifier: Apache-2.0
# Sourced by the tests in which somebody types: a command of ours on a terminal
# of its own. What it shows is in $tmp/screen, its process in $program.
# shellcheck shell=sh disable=SC2154,SC2034

command -v script >/dev/null || hosts_skip "script(1) is not installed"
mkfifo "$tmp/keys"

# on_terminal WORDS: the rest of a line for a shell.
on_terminal()
{
	: >"$tmp/screen"
	script -qefc "exec '$HALLIGAN' $1" /dev/null \
		<"$tmp/keys" >"$tmp/screen" 2>&1 &
	terminal=$!
	exec 8>"$tmp/keys"
	until program=$(pgrep -P $terminal) || ! kill -0 $terminal; do :; done \
		2>/dev/null
}

# await_words WORDS [COUNT]: until they were shown so often (once), or it ends.
await_words()
{
	until [ "$(grep -c "$1" "$tmp/screen")" -ge "${2:-1}" ]; do
		kill -0 $terminal 2>/dev/null || break
	done
}

type_line()
{
	echo "$1" >&8
}

# Its exit status.
end_terminal()
{
	exec 8>&-
	wait $terminal
}

# ends_well WHAT: nothing more is typed, and it has to end well.
ends_well()
{
	end_terminal || {
		fail "$1"
		cat "$tmp/screen"
	}
}
