#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Hosts whose link is cut while they work: they are reached again and go on,
# and what is found is what an undisturbed hunt finds. A server that stands
# still for a while, and one that wants new keys after each megabyte, lose
# nothing either.
# shellcheck source=tests/hosts/lib.sh disable=SC2154
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/cuts.sh"

host_up web bookworm 'RekeyLimit 1M'
host_up far bookworm
cuts_case 5 web far

# A rule that takes its time with every file, and matches each.
cat >"$tmp/slow.yar" <<'RULE'
rule slow { condition: for all i in (0 .. filesize - 1) : (uint8(i) != 300) }
RULE
bulk=$(host_root web)/srv/bulk
mkdir "$bulk"
i=100
while [ $i -lt 180 ]; do
	{
		echo "file $i"
		head -c 400000 /dev/zero
	} >"$bulk/$i"
	i=$((i + 1))
done

# ---- out while the probe is on its way there, and nobody comes back: what
# becomes of that takes its time there, and is looked at in the end
placed()
{
	host_exec far find /dev/shm -name '.????????????????????????????????-*'
}
waits() { host_exec far pgrep -f '^/bin/sh -s$' >/dev/null; }
launch hunt far --rules "$tmp/slow.yar" --path /srv --rate 100K
until [ -n "$(placed)" ] || [ -e "$tmp/over" ]; do :; done
waits || fail "no shell waits for a probe that is on its way"
net_cut far
kill -KILL "$(pgrep -P "$pid" -x halligan)"
wait "$pid" 2>/dev/null

found()
{
	h finding list --json | grep -o '"path":"[^"]*"' | sort
}

hunt()
{
	launch hunt web --rules "$tmp/slow.yar" --path /srv/bulk --read-rate 3M "$@"
}

# ---- the cable, out and in again; the server's processes, gone ----
hunt
await '"cursor":"' && net_cut web
await '"state":"reconnecting"'
net_join web
over 0 "a hunt whose cable was out"
h run show "$(newest)" --json >"$tmp/show"
grep -q '"attempts":[2-4]' "$tmp/show" || fail "not one more attempt"
found >"$tmp/cut"
[ "$(wc -l <"$tmp/cut")" = 80 ] ||
	fail "cut and joined: $(wc -l <"$tmp/cut") findings of 80"
# Each file is in one of the legs, and what the second passed over is no news.
h coverage list --run "$(newest)" --json >"$tmp/coverage"
! grep -q '"reason":"resumed"' "$tmp/coverage" ||
	fail "the first leg counts twice: scanned, and passed over"
scanned=$(files_of "$(newest)" scanned)
[ "$scanned" = 80 ] || fail "coverage of both legs: $scanned files of 80"
[ "$(grep -c '"outcome":"scanned"' "$tmp/coverage")" -gt 1 ] ||
	fail "one leg has all of it: nothing was cut"
grep -q '"files":80,' "$tmp/show" || fail "the host has other than 80 files"
expect 0 "verify" h verify

hunt
await '"cursor":"' && pkill -KILL --ns "$(cat "$hosts/web/pid")" --nslist pid \
	-f 'sshd: root@notty'
over 0 "a hunt whose session was killed"
h run show "$(newest)" --json | grep -q '"attempts":2' ||
	fail "it was not reached again"

# ---- as little as that goes unnoticed ----
hunt
await '"host":"web","state":"running"'
freeze web
thaw web
over 0 "a hunt whose server stood still"
h run show "$(newest)" --json | grep -q '"attempts":1' ||
	fail "it was given up"

# ---- out for longer than a probe waits, and in before the console gives up
sed -i 's/CountMax .*/CountMax 90/' "$HOME/.ssh/config"
for what in "hunt web --rules $tmp/slow.yar --path /srv/bulk --read-rate 3M" \
	"collect web --path /srv/bulk --read-rate 3M"; do
	# shellcheck disable=SC2086
	launch $what
	await '"cursor":"' && net_cut web
	while host_exec web pgrep -f -- '--serve --unlink' >/dev/null; do :; done
	net_join web
	over 0 "${what%% *} whose probe gave up waiting"
	h run show "$(newest)" --json | grep -q '"attempts":2' ||
		fail "${what%% *}: it was not reached again"
	! h coverage list --run "$(newest)" --json |
		grep -q '"reason":"stopped"' ||
		fail "${what%% *}: it is said that it did not come to its end"
done
sed -i 's/CountMax .*/CountMax 5/' "$HOME/.ssh/config"

# ---- nobody wants it back ----
hunt --reconnect 0
await '"cursor":"' && net_cut web
over 1 "a hunt that was cut for good"
grep -q "no sign of life" "$tmp/said" || {
	fail "it does not say that it was cut"
	cat "$tmp/said"
}
net_join web
expect 0 "resume" h run resume "$(newest)"

# ---- new keys after each megabyte ----
head -c 48000000 /dev/urandom >"$bulk/../large"
sum=$(sha256sum <"$bulk/../large")
expect 0 "collect" h collect web --path /srv/large
h evidence list --json | grep -q "${sum%% *}" ||
	fail "what was collected is something else"
expect 0 "verify at the end" h verify

# ---- nobody came back
while [ -n "$(placed)" ]; do :; done
n=0
while waits && [ $n -lt 200 ]; do n=$((n + 1)); done
[ $n -lt 200 ] || fail "a shell waits for a probe that does not come"
finish
