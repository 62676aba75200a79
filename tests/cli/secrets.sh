#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What is secret in files that somebody brings, one by one, in an archive or in
# a bundle, is overwritten as it is on a host; --with-secrets leaves it.
. "$(dirname "$0")/lib.sh"
[ -x "$HALLIGAN_PROBE" ] || {
	echo "skipped: built without the probe"
	exit 77
}
HALLIGAN_CASE=$here/c.halligan
export HALLIGAN_CASE
run 0 new "$HALLIGAN_CASE"

mkdir -p img/etc img/root img/srv
hash=$(printf 'SECRET%.0s' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15)
cat >img/root/.bash_history <<END
#1764140000
echo 'al:\$6\$salt\$$hash' | chpasswd -e
#1764140060
ls /tmp
END
printf 'root:$6$salt$%s:19700:0:99999:7:::\nal:!:19700::::::\n' "$hash" \
	>img/etc/shadow.old
cp img/etc/shadow.old img/etc/shadow
printf '\005\002\000\000\000\100\000\002\000\013EXAMPLE.COM%64s' SECRET \
	>img/srv/tab
cat >img/srv/rules.yar <<'END'
rule hashes { strings: $a = "$6$" $b = "-----BEGIN RSA PRIVATE KEY-----"
	condition: any of them }
END

# evidence HOST: what there is of it, a line each.
evidence()
{
	"$HALLIGAN" evidence list --host "$1" --json
}

# bytes_of HOST PATH: the newest item of it.
bytes_of()
{
	id=$(evidence "$1" | grep "\"path\":\"$2\"" |
		sed 's/.*"id":"\([^"]*\)".*/\1/' | tail -n 1)
	"$HALLIGAN" evidence get "$id" -o - 2>err
}

sum()
{
	sha256sum <"$1" | cut -d ' ' -f 1
}

# One file: the events are those of its lines, at their places.
run 0 import img/root/.bash_history --host one --as bash
bytes_of one img/root/.bash_history >got
never_says got SECRET
says got "al:\$6\$redacted"
[ "$(wc -c <got)" = "$(wc -c <img/root/.bash_history)" ] || fail "other size"
evidence one >items
says items "\"original_sha256\":\"$(sum img/root/.bash_history)\""
says items '"reason":"redacted"'
run 0 timeline --host one --json
says out '"message":"ls /tmp"'
never_says out SECRET
"$HALLIGAN" coverage list --host one --json >coverage
grep '"outcome":"redacted"' coverage | grep -q '"bytes":95' ||
	fail "coverage does not say how much"
"$HALLIGAN" audit list --json >audit
never_says audit with_secrets

# All of it in an archive, and what is nothing but secret not at all.
(cd img && tar -cf ../img.tar etc root srv)
run 0 import img.tar --host two
for path in /etc/shadow /etc/shadow.old /root/.bash_history; do
	bytes_of two $path >got
	never_says got SECRET
	says got '$6$redacted'
done
bytes_of two /srv/tab >got
[ ! -s got ] || fail "a keytab was taken"
bytes_of two /srv/rules.yar >got
cmp got img/srv/rules.yar || fail "a rule was taken for a secret"
"$HALLIGAN" coverage list --host two --json |
	grep '"path":"/srv/tab"' | grep -q '"reason":"secret"' ||
	fail "coverage does not say that a keytab stayed"
run 0 fact list --host two --kind password --json
grep '\\"state\\":\\"set\\"\|"state":"set"' out >accounts ||
	fail "shadow says nothing any more"

# UAC has the host's files below [root]/: what a place means is meant there.
mkdir -p 'uac/[root]/proc/7'
printf 'DEPLOY=SECRET-of-a-process\0' >'uac/[root]/proc/7/environ'
tar -C uac -cf uac.tar '[root]'
run 0 import uac.tar --host six
bytes_of six /proc/7/environ >got
[ ! -s got ] || fail "the environment of a process was taken"
"$HALLIGAN" coverage list --host six --json |
	grep '"path":"/proc/7/environ"' | grep -q '"reason":"secret"' ||
	fail "coverage does not say that it stayed"

# By a probe, alone, that hunts and takes.
"$HALLIGAN_PROBE" hunt --root img --rules img/srv/rules.yar --path / \
	--take --context 200 --out taken 2>err || fail "the probe: $(cat err)"
run 0 import taken --host three
for path in /etc/shadow /etc/shadow.old /root/.bash_history; do
	bytes_of three $path >got
	never_says got SECRET
	says got '$6$redacted'
done
"$HALLIGAN" export --format jsonl --view hit --host three -o hits 2>err
never_says hits SECRET
never_says hits "$(printf SECRET | od -An -tx1 | tr -d ' \n')"

# And all of it, where that is asked for.
run 0 import img.tar --host four --with-secrets
"$HALLIGAN_PROBE" hunt --root img --rules img/srv/rules.yar --path / \
	--take --with-secrets --out whole 2>err || fail "the probe: $(cat err)"
run 0 import whole --host four
run 0 hunt --root img --host five --rules img/srv/rules.yar --path / \
	--take-hits --with-secrets
for host in four five; do
	bytes_of $host /etc/shadow.old >got
	cmp got img/etc/shadow.old || fail "$host has no secrets"
done
bytes_of four /srv/tab >got
cmp got img/srv/tab || fail "the keytab was not taken"
"$HALLIGAN" audit list --json >audit
says audit with_secrets
run 0 verify
finish
