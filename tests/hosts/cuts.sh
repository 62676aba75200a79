# SPDX-License-Identifier: Apache-2.0
# Sourced by the tests that cut a link: a run that is under way beside the
# test. What it says is in $tmp/said, its process in $pid, and its exit status
# in $tmp/over once it ended.
# shellcheck shell=sh disable=SC2154

# cuts_case COUNT NAME...: a case with these hosts, which are given up after
# COUNT seconds of silence.
cuts_case()
{
	cat >"$HOME/.ssh/config" <<-END
		Host *
			ServerAliveInterval 1
			ServerAliveCountMax $1
			ConnectTimeout 2
	END
	shift
	HALLIGAN_CASE=$tmp/t.case
	export HALLIGAN_CASE
	check "new case" h new "$HALLIGAN_CASE"
	for name; do
		check "add $name" h host add "root@$(host_addr "$name")" "$name"
	done
}

# launch WORD...: a command of ours, until its run is in the case.
launch()
{
	before=$(newest)
	rm -f "$tmp/over"
	{
		"$HALLIGAN" "$@" >"$tmp/said" 2>&1 </dev/null
		echo $? >"$tmp/status"
		mv "$tmp/status" "$tmp/over"
	} &
	pid=$!
	until [ "$(newest)" != "$before" ] || [ -e "$tmp/over" ]; do :; done
}

# rejoin NAME: the cable is in again, and as fast as ever.
rejoin()
{
	net_fast "$1"
	net_join "$1"
}

# sent_again FROM NAME WHAT: since net_sent said FROM, some of 12 MB came once
# more, and not all.
sent_again()
{
	n=$(($(net_sent "$2") - $1))
	[ $n -lt 11000000 ] || fail "$3: $n bytes were sent once more"
	[ $n -gt 1000000 ] || fail "$3: only $n bytes were sent"
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
