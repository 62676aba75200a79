#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A host whose files are arranged to trap whoever reads them, hunted over its
# sshd, as an image here, and by a probe alone whose bundle is imported. Each
# way ends in time, every trap is in a row of coverage with its reason, what
# is good is found, what is outside never, and nothing is left on the host.
# shellcheck source=tests/hosts/lib.sh disable=SC2154
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/cuts.sh"
traps=$(dirname "$HALLIGAN_PROBE")/tests/hosts/traps
limit=180 # seconds of a hunt, on a busy machine

host_up web bookworm
root=$(host_root web)
top=$root/srv/t
HALLIGAN_CASE=$tmp/t.case
export HALLIGAN_CASE
check "new case" h new "$HALLIGAN_CASE"
check "add" h host add "root@$(host_addr web)" web
check "the same host as somebody" h host add "kim@$(host_addr web)" kims
cat >"$tmp/traps.yar" <<'RULES'
rule good { strings: $a = "GOOD" condition: $a at 0 }
rule outside { strings: $a = "OUTSIDE" condition: $a }
RULES

# ---- the traps ----
"$traps" lay "$top" >"$tmp/laid" || fail "no traps"
laid()
{
	awk -v what="$1" '$1 == what { print $2 }' "$tmp/laid"
}
mkdir "$top/archives" "$top/shut" "$top/mounts" "$top/mounts/proc" \
	"$top/mounts/again"
head -c 300000000 /dev/zero | gzip >"$top/archives/bomb.gz"
head -c 70000 /dev/urandom | gzip | head -c 60000 >"$top/archives/cut.gz"
printf 'GOOD inside' | gzip >"$top/archives/fine.gz"
echo GOOD >"$top/shut/below"
echo GOOD >"$top/private"
chmod 0 "$top/shut" "$top/private"
# The image is looked at from here, the host by what runs there.
in_both()
{
	(cd "$top" && "$@") && host_exec web sh -c 'cd /srv/t && "$@"' - "$@" ||
		fail "$*"
}
in_both mount -t proc proc mounts/proc
in_both mount --bind . mounts/again

# Whoever opens this one waits until the test ends.
touch "$top/held"
mkfifo "$tmp/hold"
"$traps" hold "$top/held" <"$tmp/hold" >"$tmp/holding" &
holder=$!
exec 4>"$tmp/hold"
until grep -q . "$tmp/holding"; do :; done
holds=$(grep -c holding "$tmp/holding")

# What each comes to, for root: outcome, reason, how many files or, where one
# has a row of its own, which.
cat >"$tmp/expected" <<END
skipped fifo $(laid fifo)
skipped socket $(laid socket)
skipped device $(laid device)
skipped symlink $(laid symlink)
skipped size /srv/t/odd/terabytes
skipped sparse /srv/t/odd/lastlog
skipped pseudo-fs /srv/t/mounts/proc
skipped loop /srv/t/mounts/again
skipped archive-limit /srv/t/archives/bomb.gz!/bomb
failed corrupt /srv/t/archives/cut.gz
END
[ "$holds" = 0 ] || echo 'failed hang /srv/t/held' >>"$tmp/expected"
# All of root's, and one in an archive.
good=$(($(laid good) + 3))

# ---- what is held of each hunt ----
covered()
{
	awk -v outcome="\"outcome\":\"$1\"" -v reason="\"reason\":\"$2\"" '
	index($0, outcome) && index($0, reason) {
		match($0, /"files":[0-9]+/)
		n += substr($0, RSTART + 8, RLENGTH - 8)
	}
	END { print n + 0 }' "$tmp/coverage"
}

holds_of()
{
	way=$1 host=$2
	h coverage list --run "$(newest)" --json >"$tmp/coverage"
	h finding list --host "$host" --json >"$tmp/findings"
	while read -r outcome reason what; do
		case $what in
		/*)
			grep -F "\"reason\":\"$reason\"" "$tmp/coverage" |
				grep -qF "\"path\":\"$what\"" ||
				fail "$way: no row says $reason of $what"
			;;
		*)
			[ "$(covered "$outcome" "$reason")" = "$what" ] ||
				fail "$way: $(covered "$outcome" "$reason")" \
					"$outcome for $reason, not $what"
			;;
		esac
	done <"$3"
	n=$(grep -c '"rule":"good"' "$tmp/findings")
	[ "$n" = "$4" ] || fail "$way: $n findings of $4"
	! grep '"rule":"outside"' "$tmp/findings" ||
		fail "$way: what is outside was read"
}

# A file of ours there, or a process that is not the server's.
nothing_left()
{
	left=$(find "$root/dev/shm" "$root/tmp" "$root/run" "$root/var/tmp" \
		"$root/root" "$root/home" -name '.[0-9a-f]*' -type f |
		grep -E '/\.[0-9a-f]{32}-[0-9]*-[0-9]+$')
	[ -z "$left" ] || fail "$1: left there: $left"
	end=$(($(date +%s) + 10))
	while left=$(host_exec web sh -c 'grep -lsa -e "[-]-serve" \
		-e "prob[e].hunt" /proc/[0-9]*/cmdline') && [ -n "$left" ]; do
		[ "$(date +%s)" -lt $end ] || break
	done
	[ -z "$left" ] || fail "$1: still runs there: $left"
}

hunt()
{
	timeout $limit "$HALLIGAN" hunt --rules "$tmp/traps.yar" \
		--archives --file-timeout 2 "$@"
}

# What a placing that was killed leaves: its name says that it is ours.
chance=0123456789abcdef0123456789abcdef
sum=$(echo $chance | cksum)
killed=/dev/shm/.$chance-${sum%% *}-999999999
echo half >"$root$killed"
touch -d '2 minutes ago' "$root$killed"

# Some files could not be read: each hunt says so with its status.
expect 3 "hunt over SSH" hunt web --path /srv/t
holds_of "over SSH" web "$tmp/expected" $good
nothing_left "over SSH"
h run show "$(newest)" --json | grep -qF "removed $killed" ||
	fail "what an earlier connection left is not in the footprint"

expect 3 "hunt of an image" hunt --root "$root" --host image --path /srv/t
holds_of "an image" image "$tmp/expected" $good

cp "$HALLIGAN_PROBE" "$root/usr/local/sbin/halligan-probe"
cp "$tmp/traps.yar" "$root/root/traps.yar"
expect 3 "hunt alone" timeout $limit nsenter -a -t "$(cat "$hosts/web/pid")" \
	chroot "$root" halligan-probe hunt --rules /root/traps.yar \
	--path /srv/t --archives --file-timeout 2 --out /root/t.bundle
mv "$root/root/t.bundle" "$tmp/t.bundle"
rm "$root/usr/local/sbin/halligan-probe" "$root/root/traps.yar"
nothing_left "alone"
expect 3 "import" h import --host carried "$tmp/t.bundle"
holds_of "a bundle" carried "$tmp/expected" $good

# Somebody who is not root is let in less.
cat "$tmp/expected" - >"$tmp/less" <<'END'
failed permission /srv/t/shut
failed permission /srv/t/private
END
expect 3 "hunt as kim" hunt kims --path /srv/t
holds_of "as kim" kims "$tmp/less" $((good - 2))
nothing_left "as kim"

# Again, while all changes under its feet.
mkfifo "$tmp/race"
"$traps" race "$top" <"$tmp/race" >"$tmp/raced" &
racer=$!
exec 5>"$tmp/race"
until grep -q racing "$tmp/raced"; do :; done
for round in 1 2 3; do
	hunt web --path /srv/t/race >"$tmp/out" 2>&1 </dev/null
	status=$?
	[ $status = 0 ] || [ $status = 3 ] || {
		fail "hunt in a race, $round: exit $status"
		cat "$tmp/out"
	}
	h finding list --host web --json | grep '"rule":"outside"' &&
		fail "in a race what is outside was read"
done
exec 5>&-
wait $racer
nothing_left "in a race"
exec 4>&-
wait $holder

[ "$holds" != 0 ] || echo "not tested: no listener of fanotify(7) may be made here"
expect 0 "verify" h verify
finish
