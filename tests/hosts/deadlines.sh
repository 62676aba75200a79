#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Hosts that never answer, flood, send garbage, or freeze, before the login and
# at work: each ends at its own deadline, with one sentence that says what
# happened, and no other host waits for it.
# shellcheck source=tests/hosts/lib.sh disable=SC2154
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/cuts.sh"

badserver=$PWD/tests/hosts/badserver
[ -x "$badserver" ] || hosts_skip "tests/hosts/badserver is not built"
HALLIGAN_CASE=$tmp/t.case
export HALLIGAN_CASE
check "new case" h new "$HALLIGAN_CASE"
mkfifo "$tmp/end"
exec 9<>"$tmp/end"

plays='silent lines line garbage banner noise ignore drip'
for play in $plays; do
	"$badserver" $play <"$tmp/end" >"$tmp/$play" &
	until grep -qs . "$tmp/$play"; do :; done
	check "add $play" h host add "kim@127.0.0.1:$(cat "$tmp/$play")" \
		--name $play
done
host_up good bookworm
host_up stopped bookworm
host_up sleepy bookworm
for name in good stopped sleepy; do
	check "add $name" h host add "kim@$(host_addr $name)" --name $name
done
mkdir -p "$(host_root sleepy)/srv" "$(host_root good)/srv"
for i in 1 2 3 4 5 6 7 8 9; do
	head -c 1000000 /dev/urandom >"$(host_root sleepy)/srv/$i"
	cp "$(host_root sleepy)/srv/$i" "$(host_root good)/srv/$i"
done
cat >"$HOME/.ssh/config" <<-END
	Host *
	  ConnectTimeout 3
	  ServerAliveInterval 1
	  ServerAliveCountMax 2
END

# ends NAME WORDS: one line about it, with these words.
ends()
{
	[ "$(grep -c "^halligan: $1: " "$tmp/err")" = 1 ] || {
		fail "$1: not one sentence"
		cat "$tmp/err"
	}
	grep "^halligan: $1: " "$tmp/err" | grep -qE -- "$2" ||
		fail "$1: not '$2': $(grep "^halligan: $1: " "$tmp/err")"
}

freeze stopped
from=$(date +%s)
# shellcheck disable=SC2086
expect 3 "a fleet with bad hosts" h connect good stopped $plays
took=$(($(date +%s) - from))
thaw stopped
[ $took -lt 20 ] || fail "it took $took s"
[ "$(grep -c '^halligan: ' "$tmp/err")" = 9 ] || {
	fail "not one line for each bad host"
	cat "$tmp/err"
}
for name in silent banner ignore drip stopped; do
	ends $name 'the SSH handshake took longer than 3 s'
done
ends line 'after its banner it sends what is no SSH'
ends noise 'after its banner it sends what is no SSH'
ends garbage 'no SSH server, it says: '
ends lines 'this is no SSH server, it says: your call is important'
# Nobody waited for them: it was through before the first deadline.
grep -nE '^good: logged in|took longer' "$tmp/err" | head -n 1 |
	grep -q 'good: logged in' || {
	fail "the good host waited for others"
	cat "$tmp/err"
}

# At work: it stands still, and the other goes on.
cat >"$tmp/r.yar" <<'RULES'
rule marker { strings: $a = "none" condition: $a }
RULES
launch hunt good sleepy --rules "$tmp/r.yar" --path /srv --reconnect 0 \
	--read-rate 500K
await '"host":"sleepy","state":"running"'
freeze sleepy
over 3 "a hunt with a host that freezes"
cp "$tmp/said" "$tmp/err"
ends sleepy 'no sign of life'
rows run_host --host good | tail -n 1 | grep -q '"state":"done"' ||
	fail "the other host did not finish"
thaw sleepy
expect 0 "verify" h verify
finish
