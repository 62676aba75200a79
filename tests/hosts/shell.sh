#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Hosts that no probe runs on, or that are to have none: what their shells
# say gives the same findings as a probe, whatever tools they lack; nothing is
# written there, and nothing stays when the console dies.
# shellcheck source=tests/hosts/lib.sh disable=SC2154
. "$(dirname "$0")/lib.sh"

host_up probed bookworm
host_up bare bookworm
host_up small dropbear
host_up strict noexec
host_up beastie bookworm
host_up router bookworm
names='bare small strict beastie router'

case=$tmp/t.case
HALLIGAN_CASE=$case
export HALLIGAN_CASE
check "new case" h new "$case"
mkdir "$tmp/rules"
echo 'rule marker { strings: $a = "INERT MARKER" condition: $a }' \
	>"$tmp/rules/marker.yar"

# The same tree everywhere: names that are no text, and what is no file.
for name in probed $names; do
	mode=
	[ $name != small ] || mode=--no-probe
	check "add $name" h host add "root@$(host_addr $name)" $name $mode
	srv=$(host_root $name)/srv
	mkdir -p "$srv/sub/deep" "$srv/out"
	for file in plain "two
lines" "$(printf 'na\377me')" "'quoted\" *" sub/deep/it out/it; do
		echo 'an INERT MARKER' >"$srv/$file"
	done
	{
		head -c 600000 /dev/zero
		echo 'an INERT MARKER'
	} >"$srv/sub/large"
	: >"$srv/empty"
	ln -s /etc/passwd "$srv/link"
	mkfifo "$srv/fifo"
	touch -d '2024-02-03 04:05:06' "$srv/plain"
	find "$srv" | sort >"$tmp/before.$name"
done

# Without stat(1) there is still ls(1); of others nothing is wanted.
for tool in stat sha256sum head gzip zstd od ionice renice; do
	rm -f "$(host_root beastie)/usr/bin/$tool"
done
pretend()
{
	rm "$(host_root "$1")/usr/bin/uname"
	printf '#!/bin/sh\ncase $1 in -s) echo %s ;; -m) echo %s ;; -sm) echo %s ;; *) echo x ;; esac\n' \
		"$2" "$3" "'$2 $3'" >"$(host_root "$1")/usr/bin/uname"
	chmod 755 "$(host_root "$1")/usr/bin/uname"
	# Ours would say what it is, as none of theirs does.
	[ ! -e /proc/sys/kernel/arch ] ||
		nsenter -a -t "$(cat "$hosts/$1/pid")" mount --bind /dev/null \
			"$(host_root "$1")/proc/sys/kernel/arch"
}
pretend beastie FreeBSD amd64
pretend router Linux mips
# One whose files cannot be had many at once: they come again, one by one.
mv "$(host_root router)/usr/bin/cat" "$(host_root router)/usr/bin/real-cat"
cat >"$(host_root router)/usr/bin/cat" <<'END'
#!/bin/sh
case $* in
*/srv/*) head -c 7 "$1"; exit 1 ;;
esac
exec real-cat "$@"
END
chmod 755 "$(host_root router)/usr/bin/cat"

# values VIEW HOST COLUMN
values()
{
	rows "$1" --host "$2" |
		sed "s/.*\"$3\":\(\"[^\"]*\"\|[^,}]*\).*/\1/" | sort
}

hunt()
{
	name=$1
	shift
	expect 0 "hunt of $name" h hunt $name --rules "$tmp/rules" --path /srv \
		--exclude '/srv/out/**' "$@"
}

hunt probed
values finding probed path >"$tmp/want"
values coverage probed reason >"$tmp/reasons"
[ "$(wc -l <"$tmp/want")" = 6 ] || fail "the probe finds $(cat "$tmp/want")"
hunt bare --no-probe
hunt small
hunt strict
grep -q "strict: done in shell mode" "$tmp/err" || fail "not a word of it"
grep -q "strict: in shell mode: no folder there lets" "$tmp/err" ||
	fail "not a word of why"
! grep "strict: in shell mode: .*~" "$tmp/err" || fail "the why is cut"
hunt beastie
hunt router
for name in $names; do
	values finding $name path | diff "$tmp/want" - ||
		fail "$name has other findings"
	values coverage $name reason | diff "$tmp/reasons" - ||
		fail "$name has another coverage"
	find "$(host_root $name)/srv" | sort | diff "$tmp/before.$name" - ||
		fail "something was written on $name"
	rows run_host --host $name >"$tmp/rows"
	grep -q '"mode":"shell"' "$tmp/rows" || fail "the mode of $name"
	grep -q '"footprint":"nothing was written' "$tmp/rows" ||
		fail "the footprint on $name: $(cat "$tmp/rows")"
done
rows run_host >"$tmp/rows"
grep -q 'no probe for FreeBSD amd64' "$tmp/rows" || fail "not told of FreeBSD"
grep -q 'no probe for Linux mips' "$tmp/rows" || fail "not told of MIPS"
grep -q 'no folder there lets' "$tmp/rows" || fail "not told of noexec"
grep -q '"mode":"probe"' "$tmp/rows" || fail "no host was probed"
grep -q 'without a probe, as asked' "$tmp/rows" || fail "not told of a wish"
# Why, to whoever looks at the run.
run=$(rows run_host --host strict | sed 's/.*"run_id":"\([^"]*\)".*/\1/')
expect 0 "run show" h run show "$run"
grep -q 'strict: in shell mode: .*no folder there lets' "$tmp/out" "$tmp/err" ||
	fail "run show does not say why"
! grep "strict: in shell mode: .*~" "$tmp/out" "$tmp/err" ||
	fail "run show cuts the why"
# Where none was wanted, it is not the probe that is missed.
host_exec bare usermod -s /bin/false dee
check "add mute" h host add "dee@$(host_addr bare)" mute --no-probe
expect 1 "a shell that ends" h collect mute --path /srv
says 'the shell there ended before it ran what was asked of it' \
	"a shell that ends"
expect 0 "host show" h host show small
grep -q '^mode *shell' "$tmp/out" || fail "the mode is not shown"

# What filters leave out, a shell leaves out.
hunt bare --no-probe --include '/srv/**/it' --mtime-after 2025-01-01
[ "$(values finding bare path | wc -l)" = 6 ] || fail "another finding"
rows coverage --host bare |
	grep '"reason":"filtered"' >/dev/null || fail "nothing was filtered"

# A time that we cannot tell is no way to hide, with a probe or without.
for name in probed bare small; do
	echo 'an INERT MARKER' >"$(host_root $name)/srv/late"
	touch -d @99999999999999 "$(host_root $name)/srv/late" 2>/dev/null ||
		touch -d @9999999999 "$(host_root $name)/srv/late"
	mode=--no-probe
	[ $name != probed ] || mode=
	hunt $name $mode --mtime-before 2001-01-01
	values finding $name path | grep -q '/srv/late' ||
		fail "a file of the far future is not seen on $name"
	rm "$(host_root $name)/srv/late"
done

# Walks and collections.
for name in probed $names; do
	mode=
	[ $name = probed ] || mode=--no-probe
	expect 0 "walk of $name" h walk $name --path /srv $mode
	expect 0 "collection of $name" h collect $name --path /srv/sub $mode
	values evidence $name sha256 >"$tmp/sums.$name"
	diff "$tmp/sums.probed" "$tmp/sums.$name" ||
		fail "$name gave other content"
	values evidence $name method | sort -u >"$tmp/method"
	case $name in
	probed) grep -q halligan-probe "$tmp/method" ;;
	*) ! grep -q halligan-probe "$tmp/method" &&
		grep -q 'by its shell' "$tmp/method" ;;
	esac || fail "$name: by what it was brought: $(cat "$tmp/method")"
done
[ "$(wc -l <"$tmp/sums.probed")" = 2 ] || fail "nothing was collected"

# What is enabled and what is masked is said by links.
for name in probed $names; do
	etc=$(host_root $name)/etc/systemd/system
	mkdir -p "$etc/here.target.wants" "$etc/a b.service.requires"
	ln -s /lib/systemd/system/x.service "$etc/here.target.wants/x.service"
	ln -s '../two
lines.service' "$etc/a b.service.requires/two.service"
	ln -s /dev/null "$etc/masked.service"
	ln -s /lib/systemd/system/x.service "$etc/other.service"
	mode=
	[ $name = probed ] || mode=--no-probe
	expect 0 "collection of what persists on $name" h collect $name \
		--profile persistence $mode
	h fact list --kind unit --host $name --json |
		sed -n 's/.*"path":\("[^"]*"\).*/\1 &/p' |
		grep -E '^"/etc/systemd/system/(here|a b|masked|other)' |
		sed 's/"id":.*"kind"/"kind"/; s/"evidence_id":"[^"]*"//' |
		sort >"$tmp/units.$name"
	diff "$tmp/units.probed" "$tmp/units.$name" ||
		fail "$name has other units"
	h evidence list --host $name --json |
		grep -E '"path":"/etc/systemd/system/(here|a b|masked|other)' |
		sed 's/.*"path":"\([^"]*\)".*"sha256":"\([^"]*\)".*/\1 \2/' |
		sort >"$tmp/links.$name"
	diff "$tmp/links.probed" "$tmp/links.$name" || fail "$name: other links"
done
[ "$(wc -l <"$tmp/links.probed")" = 3 ] || fail "$(cat "$tmp/links.probed")"
[ -s "$tmp/units.probed" ] || fail "no units"

# A profile brings what it brings by a probe, under the same names, though
# folders and files on the way are links; but nothing of /proc.
mkdir -p "$(host_root small)/usr/lib/systemd/system" \
	"$(host_root small)/usr/share/zoneinfo"
printf 'TZif2 it is\n' >"$(host_root small)/usr/share/zoneinfo/Here"
ln -s /usr/share/zoneinfo/Here "$(host_root small)/etc/localtime"
mkdir -p "$(host_root small)/run/resolve"
echo 'nameserver 192.0.2.1' >"$(host_root small)/run/resolve/re solv*"
ln -s '/run/resolve/re solv*' "$(host_root small)/etc/resolv.conf"
brought()
{
	alias=$1-with$2
	check "add $alias" h host add "root@$(host_addr $1)" "$alias"
	h collect "$alias" --profile full $2 >"$tmp/said" 2>&1
	case $? in 0 | 3) ;; *) fail "$alias: $(cat "$tmp/said")" ;; esac
	h evidence list --host "$alias" --json |
		sed 's/.*"path":"\([^"]*\)".*"sha256":"\([^"]*\)".*/\1 \2/' |
		grep -v '^/proc/' | sort
}
for name in bare small; do
	brought $name '' >"$tmp/probed"
	brought $name --no-probe >"$tmp/shell"
	diff "$tmp/probed" "$tmp/shell" || fail "$name: a shell brings other files"
	[ -z "$(uniq -d "$tmp/shell")" ] || fail "$name: twice"
done
grep -q '^/etc/localtime ' "$tmp/shell" || fail "the time zone was not brought"
grep -q '^/run/resolve/re solv\* ' "$tmp/shell" || fail "a link was not followed"

# What may move is held to here, too: two megabytes at half of one a second.
head -c 2000000 /dev/urandom >"$(host_root bare)/srv/bulk"
took()
{
	from=$(date +%s%N)
	expect 0 "collect in shell mode $*" h collect bare --no-probe \
		--path /srv/bulk "$@"
	took=$((($(date +%s%N) - from) / 1000000))
}
took --rate 500K
[ $took -ge 3000 ] || fail "2 MB at 500K/s took $took ms"
grep -q 'bare: done in shell mode' "$tmp/err" || fail "it is not through"
slow=$took
took
[ $took -lt $slow ] || fail "without a cap it takes $took ms, with one $slow"
took --total-rate 500K
[ $took -ge 3000 ] || fail "2 MB at 500K/s of all hosts took $took ms"
rm "$(host_root bare)/srv/bulk"

# Whom a host talks to: us. BusyBox has no /proc/net of another's order.
printf 'kind,value,severity,technique,description,exclude\nip,%s,high,,us,\n' \
	$hosts_net.1 >"$tmp/list.csv"
for name in probed bare small; do
	mode=--no-probe
	[ $name != probed ] || mode=
	expect 0 "indicators on $name" h hunt $name --indicators \
		"$tmp/list.csv" $mode
	values finding $name rule | grep -q '"ip:' ||
		fail "the connection of $name was not seen"
done

# What no program there can name is said to be that, by find(1) of GNU, which
# goes down there all the same.
perl -e 'chdir shift or die; for (1 .. 30) { mkdir "d" x 200; chdir "d" x 200 or die }' \
	"$(host_root bare)/srv/sub"
expect 3 "a tree that is too deep" h walk bare --no-probe --path /srv/sub
h coverage list --run "$(newest)" --json >"$tmp/rows"
grep -q '"reason":"limit"' "$tmp/rows" || fail "not told of what is too deep"
! grep -q '"reason":"vanished"' "$tmp/rows" || fail "it is said to be gone"
rm -rf "$(host_root bare)/srv/sub/dd"*

# Memory is out of a shell's reach, and that is said.
expect 3 "memory" h hunt bare --no-probe --rules "$tmp/rules" --memory-only
rows coverage --host bare |
	grep -q '"reason":"no-probe"' || fail "memory is passed over in silence"

# A folder that cannot be read, by a user who is not root.
chmod 700 "$(host_root bare)/srv/sub"
check "add kim" h host add "kim@$(host_addr bare)" kim
expect 3 "hunt as kim" h hunt kim --no-probe --rules "$tmp/rules" --path /srv
rows coverage --host kim |
	grep '"reason":"permission"' | grep -q '"path":"/srv/sub"' ||
	fail "a folder that cannot be read is not told"

# A find(1) that fails, says nothing, or is ended on its way is no walk that
# found nothing.
find=$(host_root bare)/usr/bin/find
mv "$find" "$find.real"
for way in 'exit 1' 'exit 0' 'r=$1; shift; find.real "$r/sub" "$@"; kill -9 $$' \
	'find.real "$@"; kill -9 $$' ''; do
	rm -f "$find"
	[ -z "$way" ] || {
		printf '#!/bin/sh\n%s\n' "$way" >"$find"
		chmod 755 "$find"
	}
	expect 3 "a walk by a find that does: $way" h walk bare --no-probe \
		--path /srv
	h coverage list --run "$(newest)" --json |
		grep -q '"outcome":"failed","reason":"find","path":"/srv"' ||
		fail "not told of a find that does: $way"
done
expect 3 "artifacts without find" h collect bare --no-probe --profile web
rows coverage --host bare | grep '"reason":"find"' | grep -q '"path":"/"' ||
	fail "not told that artifacts were sought without find"
mv "$find.real" "$find"

# Soon after the console died, or the cable was cut, no shell of ours is there.
busy()
{
	host_exec "$1" ps -e -o args 2>/dev/null |
		grep -E '^(find|dd|cat|head|sleep|sh -c|/bin/sh -c|ls)( |$)'
}

stuck()
{
	: >"$tmp/log"
	"$HALLIGAN" --log "$tmp/log" hunt $1 --no-probe --read-rate 1 \
		--rules "$tmp/rules" --path / >/dev/null 2>&1 </dev/null &
	console=$!
	tail -n +1 -f --pid=$console "$tmp/log" 2>/dev/null |
		grep -q -m 1 "$1: running"
	end=$(($(date +%s) + 15))
	until busy $1 >/dev/null || [ "$(date +%s)" -ge $end ]; do :; done
	busy $1 >/dev/null || fail "no shell is at work on $1"
}

gone()
{
	end=$(($(date +%s) + $2))
	while busy $1 >/dev/null && [ "$(date +%s)" -lt $end ]; do :; done
	! busy $1 || fail "on $1 something is left"
}

for name in bare small; do
	stuck $name
	kill -9 $console
	wait $console 2>/dev/null
	gone $name 10
done
stuck small
net_cut small
gone small 12
net_join small
kill -9 $console
wait $console 2>/dev/null
expect 0 "verify" h verify
finish
