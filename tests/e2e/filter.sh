#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Which files are meant: the options of the console, to a host and back; and
# the same ones of the probe alone.
. "$HALLIGAN_SRCDIR/tests/e2e/lib.sh"
begin
add_hosts

top=$(tree web01)/filters
mkdir -p "$top/www/cache" "$top/bin"
echo one >"$top/www/a.php"
echo two >"$top/www/B.PHP"
echo three >"$top/www/cache/c.php"
echo four >"$top/www/page.html"
echo five >"$top/bin/tool"
chmod 4755 "$top/bin/tool"
touch -d 2020-02-02T00:00:00Z "$top/www/a.php"

# want N WORDS... -- OPTIONS...: so many files pass, and these.
want()
{
	n=$1
	shift
	names=
	while [ "$1" != -- ]; do
		names="$names $1"
		shift
	done
	shift
	rm -rf "$tmp/bundle"
	expect 0 "probe $*" "$HALLIGAN_PROBE" collect --path "$top" \
		--out "$tmp/bundle" "$@"
	grep -q "^$n files," "$tmp/err" || {
		fail "the probe alone takes not $n with $*"
		cat "$tmp/err"
	}
	expect 0 "collect $*" h collect web01 --path "$top" "$@"
	run=$(h run list --json | head -n 1 |
		sed 's/.*"id":"\([^"]*\)".*/\1/')
	h evidence list --run "$run" --json >"$tmp/evidence"
	[ "$(wc -l <"$tmp/evidence")" = "$n" ] || {
		fail "not $n files with $*"
		cat "$tmp/evidence"
	}
	for name in $names; do
		grep -q "$name" "$tmp/evidence" || fail "no $name with $*"
	done
	[ "$n" = 5 ] || h coverage list --run "$run" --json |
		grep -qE '"(filtered|excluded)"' ||
		fail "what was left out with $* is not in coverage"
}

# What no file can be is said before anybody is called; what only a wrong
# clock can mean, too.
runs=$(h run list --json | wc -l)
for words in "--min-size 2M --max-size 1M" "--mtime-after 1d --mtime-before 2d" \
	"--ctime-after 2021-01-01 --ctime-before 2020-01-01"; do
	# shellcheck disable=SC2086
	expect 2 "collect $words" h collect web01 --path "$top" $words
	says "no " "collect $words"
	# shellcheck disable=SC2086
	expect 2 "probe $words" "$HALLIGAN_PROBE" collect --path "$top" \
		--out "$tmp/none" $words
done
[ "$(h run list --json | wc -l)" = "$runs" ] || fail "a run was begun"
expect 0 "files of tomorrow" h collect web01 --path "$top" \
	--mtime-after 2199-01-01
says "--mtime-after is ahead of this machine's clock" "files of tomorrow"

want 5 a.php --
want 3 a.php B.PHP c.php -- --ext php
want 2 a.php B.PHP -- --ext php --exclude cache
want 2 page.html tool -- --include 'www/*.html' --include '**/bin/**'
want 1 tool -- --mode setuid,setgid
want 1 a.php -- --mtime-before 2020-02-03
want 4 tool -- --mtime-after 2020-02-03
want 5 tool -- --ctime-after 1h --one-fs
want 2 c.php tool -- --min-size 5 --exclude page.html
want 5 tool -- --owner "$(stat -c %u "$top")"
want 5 tool -- --owner "$(stat -c %U "$top")"
want 5 tool -- --not-packaged
want 0 -- --packaged

expect 2 "two at once" h collect web01 --path / --packaged --not-packaged
says "not both" "two at once"
expect 2 "no glob" h collect web01 --path / --include '[a'
says "--include" "no glob"
expect 3 "nobody" h collect web01 --path "$top" --owner no-such-user
says "unknown-user" "nobody"
if [ -s /var/lib/dpkg/info/bash.list ] && [ -f /bin/bash ]; then
	expect 0 "a package's" h collect web01 --path /bin/bash --packaged
	h evidence list --json | grep -q '/bin/bash' ||
		fail "bash belongs to no package"
fi
finish
