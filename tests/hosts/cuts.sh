# SPDX-License-Identifier: Apache-2.0
# Sourced by the tests that cut a link: a run that is under way beside the
# test. Whoever starts it puts what it says into $tmp/said, its process into
# $pid, and its exit status into $tmp/over once it ends.
# shellcheck shell=sh disable=SC2154

newest()
{
	h run list --limit 1 --json | sed 's/^{"id":"\([^"]*\)".*/\1/'
}

# await WORDS: until the newest run's host says so, or the run is over.
await()
{
	until h run show "$(newest)" --json 2>/dev/null | grep -q "$1"; do
		[ ! -e "$tmp/over" ] || {
			fail "it was over before: $1"
			cat "$tmp/said"
			return 1
		}
	done
}

over()
{
	# A server that stops is a child of ours, too, and ends a wait.
	until [ -e "$tmp/over" ]; do wait $pid; done
	[ "$(cat "$tmp/over")" = "$1" ] || {
		fail "$2"
		cat "$tmp/said"
		h run show "$(newest)" --json
	}
}
