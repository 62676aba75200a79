#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Artifacts of hosts behind real sshds: by name and by profile; secrets stay
# there; no host is told what another brought, unless it may be.
. "$HALLIGAN_SRCDIR/tests/e2e/lib.sh"
begin
add_hosts

top=$(tree web01)/artifacts
mkdir -p "$top/etc" "$top/deep/1/2/3"
echo 'root:$6$salt$hashhash:19700:0:99999:7:::' >"$top/etc/shadow"
head -c 3000000 /dev/urandom >"$top/deep/1/2/3/large.log"
echo small >"$top/deep/small.log"
echo token >"$top/.pgpass"
cat >"$tmp/own.yaml" <<END
name: OwnLogs
doc: A test.
sources:
- type: FILE
  attributes: {paths: ['$top/deep/**/*.log', '$top/deep/*.log', '$top/etc/*']}
- type: FILE
  attributes: {paths: ['$top/.pgpass']}
- type: FILE
  attributes: {paths: ['/proc/sys/kernel/osrelease']}
supported_os: [Linux]
END
mkdir "$tmp/more" && cp "$tmp/own.yaml" "$tmp/more/"

expect 0 "by name" h collect web01 --definitions "$tmp/more" --artifact OwnLogs
h evidence list --json >"$tmp/items"
for path in "$top/deep/small.log" "$top/deep/1/2/3/large.log" \
	"$top/etc/shadow" /proc/sys/kernel/osrelease; do
	grep -qF "\"path\":\"$path\"" "$tmp/items" || fail "no $path"
done
grep -qF .pgpass "$tmp/items" && fail "a token left its host"
grep -F "$top/etc/shadow" "$tmp/items" | grep -q '"reason":"redacted"' ||
	fail "shadow is not called redacted"
h coverage list --json | grep '"reason":"secret"' | grep -qF .pgpass ||
	fail "coverage does not say what stayed"
id=$(grep -F osrelease "$tmp/items" | sed 's/.*"id":"\([^"]*\)".*/\1/')
expect 0 "a file of /proc" h evidence get "$id" -o "$tmp/release"
[ "$(cat "$tmp/release")" = "$(uname -r)" ] || fail "/proc was not read"

# The other host has the same files, and is not told of it: what web01 brought
# is web01's. What it has sent itself it need not send again.
expect 0 "another host" h collect db01 --definitions "$tmp/more" \
	--artifact OwnLogs
h coverage list --host db01 --json | grep -q '"reason":"known"' &&
	fail "db01 was told what web01 brought"
expect 0 "another host again" h collect db01 --definitions "$tmp/more" \
	--artifact OwnLogs
h coverage list --host db01 --json | grep '"reason":"known"' |
	grep -q '"files":2,"bytes":3000006' ||
	fail "what db01 brought was sent again"
expect 0 "a third one" h host add \
	"$(awk '$2 == "db01" { print $1 }' "$range/hosts.txt")" db02
expect 0 "which may be told" h collect db02 --definitions "$tmp/more" \
	--artifact OwnLogs --share-known
h coverage list --host db02 --json | grep '"reason":"known"' |
	grep -q '"files":2,"bytes":3000006' ||
	fail "what others brought was sent again"
id=$(h evidence list --host db02 --json | grep large |
	sed 's/.*"id":"\([^"]*\)".*/\1/')
expect 0 "what was not sent" h evidence get "$id" -o "$tmp/large"
cmp "$tmp/large" "$top/deep/1/2/3/large.log" || fail "it is not the same"
expect 0 "verify" h verify

# Where no probe can run, the shell finds the same; of /proc, and of what is
# nothing but secret, it is said that they were not read.
expect 0 "a case for shells" h new "$tmp/shell.case"
HALLIGAN_CASE=$tmp/shell.case
add_hosts
h collect web01 --no-probe --definitions "$tmp/more" --artifact OwnLogs \
	>"$tmp/out" 2>"$tmp/err" </dev/null
case $? in
0 | 3) ;;
*) fail "shell mode: $(cat "$tmp/err")" ;;
esac
h evidence list --json | sed 's/.*"path":"\([^"]*\)".*/\1/' | sort >"$tmp/got"
printf '%s\n' "$top/deep/1/2/3/large.log" "$top/deep/small.log" \
	"$top/etc/shadow" >"$tmp/want"
diff "$tmp/want" "$tmp/got" || fail "a shell finds other files"
h coverage list --json >"$tmp/coverage"
h evidence list --json | grep -F "$top/etc/shadow" |
	grep -q '"reason":"redacted"' || fail "a shell's shadow is not redacted"
grep '"outcome":"redacted"' "$tmp/coverage" | grep -qF "$top/etc/shadow" ||
	fail "coverage does not tell what was overwritten"
grep '"reason":"pseudo-fs"' "$tmp/coverage" | grep -qF osrelease ||
	fail "coverage does not tell that a shell reads no /proc"
h collect web01 --no-probe --artifact HalliganAccounts >"$tmp/out" \
	2>"$tmp/err" </dev/null
h evidence list --json | grep -q '"path":"/etc/passwd"' ||
	fail "a shell brings no accounts"

h collect web01 --profile quick >"$tmp/out" 2>"$tmp/err" </dev/null
case $? in
0 | 3) ;;
*) fail "by profile: $(cat "$tmp/err")" ;;
esac
run=$(h run list --json | grep -F -- '--profile quick' |
	grep -F '"op":"collect"' | sed 's/^{"id":"\([^"]*\)".*/\1/')
h evidence list --run "$run" --json | grep -q '"path":"/etc/passwd"' ||
	fail "a profile brings no accounts"
finish
