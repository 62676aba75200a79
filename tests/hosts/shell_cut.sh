#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Shell mode that is cut goes on where it was: by the same run, by another
# that takes it up, and when the last of what was had is not there any more.
# shellcheck source=tests/hosts/lib.sh disable=SC2154
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/cuts.sh"

host_up web bookworm
host_up small dropbear
cuts_case 3 web small

# Fresh content, so that what was had of another case is not known.
lay()
{
	root=$(host_root "$1")
	rm -rf "$root/srv"
	mkdir -p "$root/srv/first" "$root/srv/bulk" "$root/srv/last"
	echo one >"$root/srv/first/one"
	for i in 01 02 03 04 05 06 07 08 09 10 11 12; do
		head -c 1000000 /dev/urandom >"$root/srv/bulk/$i"
	done
	ln -s nowhere "$root/srv/bulk/link"
	echo two >"$root/srv/last/two"
	(cd "$root" && find srv -type f -exec sha256sum {} +) | cut -d ' ' -f 1 |
		sort >"$tmp/sums"
}

# collect NAME OPTION...
collect()
{
	net_slow "$1"
	launch collect "$@" --no-probe --path /srv/first --path /srv/bulk \
		--path /srv/last --rate 1500K
}

# had NAME: the sums of what came whole, as often as it came.
had()
{
	h evidence list --host "$1" --json | grep '"complete":true' |
		sed 's/.*"sha256":"\([^"]*\)".*/\1/' | sort
}

complete()
{
	had "$1" | comm -12 - "$tmp/sums" | diff - "$tmp/sums" >"$tmp/diff" || {
		fail "$2: not each file once"
		cat "$tmp/diff"
	}
}

for name in web small; do
	lay $name
	collect $name
	await '"cursor":"' && net_cut $name
	await '"state":"reconnecting"'
	from=$(net_sent $name)
	rejoin $name
	over 0 "a collection in shell mode of $name that was cut"
	h run show "$(newest)" --json >"$tmp/run"
	grep -q '"attempts":[2-9]' "$tmp/run" || fail "$name was not reached again"
	grep -q '"mode":"shell"' "$tmp/run" || fail "$name had a probe"
	complete $name "cut and joined"
	sent_again "$from" $name "cut and joined"
	# Each file is in the coverage of one leg.
	h coverage list --run "$(newest)" --json >"$tmp/coverage"
	! grep -q '"reason":"resumed"' "$tmp/coverage" ||
		fail "$name: the first leg counts twice"
	n=$(files_of "$(newest)" collected)
	[ "$n" = "$(wc -l <"$tmp/sums")" ] ||
		fail "$name: coverage of both legs: $n files"
done

# Out for longer than the script there waits, and in before the console gives
# up: who is gone by then is one that was cut off.
ours_run()
{
	pgrep --ns "$(cat "$hosts/$1/pid")" --nslist pid \
		-f '^/bin/sh -s$|S=.\(head -c' >/dev/null
}

gone()
{
	ours_run "$1" || fail "no shell of ours is on $1"
	while ours_run "$1"; do :; done
}
sed -i 's/CountMax .*/CountMax 90/' "$HOME/.ssh/config"
for name in web small; do
	lay $name
	collect $name
	await '"cursor":"' && net_cut $name
	gone $name
	rejoin $name
	over 0 "a collection of $name whose shell gave up waiting"
	h run show "$(newest)" --json >"$tmp/run"
	grep -q '"attempts":2' "$tmp/run" || fail "$name was not reached again"
	complete $name "waited for in vain"
done

# Who makes us root there passes on how the script ended.
printf '%s\n' "$password" >"$tmp/typed"
check "add one by su" h host add "kim@$(host_addr web)" bysu --su
check "add one by doas" h host add "dee@$(host_addr web)" bydoas --doas
for name in bysu bydoas; do
	lay web
	net_slow web
	exec 9<"$tmp/typed"
	launch collect $name --no-probe --password-fd 9 --path /srv/bulk \
		--rate 1500K
	exec 9<&-
	await '"cursor":"' && net_cut web
	gone web
	rejoin web
	over 0 "a collection $name whose shell gave up waiting"
	h run show "$(newest)" --json | grep -q '"attempts":2' ||
		fail "$name: it was not reached again"
done

# What lists only, without a file to be read, goes on, too.
bulk=$(host_root web)/srv/many
mkdir "$bulk"
long=$(printf '%0200d' 0)
(cd "$bulk" && seq -f "$long%g" 40000 | xargs touch)
net_slow web
launch walk web --no-probe --path /srv/many
await '"cursor":"' && net_cut web
gone web
from=$(net_sent web)
rejoin web
over 0 "a walk whose shell gave up waiting"
h run show "$(newest)" --json >"$tmp/run"
grep -q '"attempts":2' "$tmp/run" || fail "the walk was not reached again"
n=$(files_of "$(newest)" listed)
[ "$n" = 40000 ] || fail "the walk listed $n files of 40000"
rm -rf "$bulk"
sed -i 's/CountMax .*/CountMax 3/' "$HOME/.ssh/config"

lay web
collect web --reconnect 0
await '"cursor":"' && net_cut web
over 1 "a collection that was cut for good"
rejoin web
from=$(net_sent web)
expect 0 "resume it" h run resume "$(newest)" --no-probe
complete web "resumed"
sent_again "$from" web "resumed"

# Where it had come to is not there any more: all is read once more.
lay web
collect web --reconnect 0
await '"cursor":"' && net_cut web
over 1 "a collection that was cut for good"
at=$(h run show "$(newest)" --json |
	sed -n 's/.*"cursor":"\([^"]*\)".*/\1/p' | tail -n 1)
[ -f "$(host_root web)$at" ] || fail "it has come to '$at'"
rm "$(host_root web)$at"
(cd "$(host_root web)" && find srv -type f -exec sha256sum {} +) |
	cut -d ' ' -f 1 | sort >"$tmp/sums"
rejoin web
expect 0 "resume what has lost its place" h run resume "$(newest)" --no-probe
had web | comm -12 - "$tmp/sums" | sort -u | diff - "$tmp/sums" ||
	fail "not each file came"

# A shell's order is not that of a probe, which begins anew.
lay web
collect web --reconnect 0
await '"cursor":"' && net_cut web
over 1 "a collection that was cut for good"
rejoin web
expect 0 "resume with a probe" h run resume "$(newest)"
had web | comm -12 - "$tmp/sums" | sort -u | diff - "$tmp/sums" ||
	fail "a probe passed over what a shell had not come to"
expect 0 "verify" h verify
finish
