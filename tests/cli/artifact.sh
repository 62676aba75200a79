#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Artifacts of a mounted image: homes are those of its accounts, symlinks do
# not lead out, secrets stay, what the case has is not copied again.
. "$(dirname "$0")/lib.sh"
[ -x "$HALLIGAN_PROBE" ] || {
	echo "skipped: built without the probe"
	exit 77
}
HALLIGAN_CASE=$here/c.halligan
export HALLIGAN_CASE
run 0 new "$HALLIGAN_CASE"

mkdir -p img/etc/ssh img/root/.ssh img/home/al/.ssh img/srv/bo img/var img/run \
	img/home/gone
cat >img/etc/passwd <<'END'
root:x:0:0::/root:/bin/sh
bo:x:5:5::/srv/link:/bin/sh
again:x:6:5::/srv/bo:/bin/sh
daemon:x:2:2::/:/bin/sh
none:x:3:3::/nonexistent:/bin/false
rel:x:4:4::home/al:/bin/false
END
cat >img/etc/shadow <<'END'
root:$y$j9T$saltsalt$hashhashhash:19700:0:99999:7:::
bo:!$6$saltsalt$hashhash:19000:0:9:7:::
daemon:*:1::::::
old:abJnggxhB/yWI:1::::::
END
ln -s bo img/srv/link
ln -s /run img/var/run
ln -s /etc/shadow img/srv/bo/.zsh_history
ln -s "$here/outside" img/home/al/.zsh_history
echo stranger >outside
echo utmp >img/run/utmp
for home in img/root img/home/al img/srv/bo img/home/gone img; do
	echo "echo $home" >$home/.bash_history
done
echo token >img/home/al/.netrc
mkfifo img/home/al/.profile
yes line | head -c 70000 >img/home/al/.bashrc
key=img/root/.ssh/id_ed25519
ssh-keygen -q -t ed25519 -N '' -C x -f $key 2>/dev/null || {
	echo "skipped: no ssh-keygen"
	exit 77
}
ssh-keygen -lf $key >print
# A key of the old kind says the same of itself, when nothing guards it.
for format in PEM PKCS8; do
	rm -f rsa rsa.pub
	ssh-keygen -q -t rsa -b 2048 -m $format -N '' -C x -f rsa 2>/dev/null
	mv rsa "img/home/al/.ssh/$format"
	ssh-keygen -lf rsa.pub >"print.$format"
done

cat >own.yaml <<'END'
name: OwnHistories
doc: A test.
sources:
- type: FILE
  attributes: {paths: ['%%users.homedir%%/.*_history', '/var/run/utmp', '/etc/s*']}
- type: FILE
  attributes: {paths: ['%%users.homedir%%/.bashrc', '%%users.homedir%%/.profile', '%%users.homedir%%/.ssh/*']}
- type: PATH
  attributes: {paths: ['%%users.homedir%%/.netrc']}
- type: COMMAND
  attributes: {cmd: /bin/ps, args: []}
supported_os: [Linux]
---
name: Cap
doc: A cap.
sources:
- type: FILE
  attributes: {paths: ['%%users.homedir%%/.bashrc']}
supported_os: [Linux]
END
collect()
{
	run "$1" collect --root img --host box --definitions own.yaml \
		--artifact OwnHistories
}
paths()
{
	"$HALLIGAN" evidence list --json | sed 's/.*"path":"\([^"]*\)".*/\1/' |
		sort
}
collect 0
says err "not run: /bin/ps"
paths >got
cat >want <<'END'
/.bash_history
/etc/shadow
/home/al/.bash_history
/home/al/.bashrc
/home/al/.ssh/PEM
/home/al/.ssh/PKCS8
/home/gone/.bash_history
/root/.bash_history
/root/.ssh/id_ed25519
/root/.ssh/id_ed25519.pub
/run/utmp
/srv/bo/.bash_history
END
diff want got >diffs || {
	fail "other files than those were collected"
	cat diffs
}
"$HALLIGAN" file list --json >files
says files '"path":"/home/al/.netrc"'
"$HALLIGAN" coverage list --json >coverage
grep '"reason":"symlink"' coverage | grep -q '"files":2' ||
	fail "two symlinks are not in coverage"
grep '"reason":"fifo"' coverage | grep -q '"files":1' ||
	fail "the fifo is not in coverage"
grep '"reason":"secret"' coverage | grep -q '"path":"/etc/shadow"' ||
	fail "coverage does not say that there was a secret"

item()
{
	"$HALLIGAN" evidence list --json | grep "\"path\":\"$1\"" |
		sed 's/.*"id":"\([^"]*\)".*/\1/' | tail -n 1
}
"$HALLIGAN" evidence list --json | grep '"path":"/etc/shadow"' |
	grep '"complete":true' | grep -q '"reason":"redacted"' ||
	fail "the evidence does not say that it was redacted"
run 0 evidence get "$(item /etc/shadow)" -o shadow
cat >want <<'END'
root:$y$redacted*****************:19700:0:99999:7:::
bo:!$6$redacted*********:19000:0:9:7:::
daemon:*:1::::::
old:redacted-des*:1::::::
END
diff want shadow || fail "hashes left, or more than hashes was taken out"
run 0 evidence get "$(item /root/.ssh/id_ed25519)" -o key
says key "$(cut -d ' ' -f 2 print)"
[ "$(wc -l <key)" = "$(wc -l <$key)" ] || fail "the key has other lines"
body=$(sed -n 3p $key)
never_says key "$body"
for format in PEM PKCS8; do
	run 0 evidence get "$(item /home/al/.ssh/$format)" -o key
	says key "$(cut -d ' ' -f 2 print.$format)"
	never_says key "$(sed -n 3p img/home/al/.ssh/$format)"
done
"$HALLIGAN" audit list --json >audit
never_says audit with_secrets

# Nothing of it is sent again, and each is evidence all the same.
n=$(paths | wc -l)
collect 0
[ "$(paths | wc -l)" = $((2 * n)) ] || fail "not all is evidence twice"
"$HALLIGAN" coverage list --json | grep '"reason":"known"' |
	grep -q '"files":8' || fail "what the case has was copied again"
run 0 evidence get "$(item /home/al/.bashrc)" -o again
cmp again img/home/al/.bashrc || fail "what was known is not what it is"
run 0 verify

run 0 collect --root img --host box --definitions own.yaml --with-secrets \
	--artifact OwnHistories
run 0 evidence get "$(item /etc/shadow)" -o shadow
cmp shadow img/etc/shadow || fail "--with-secrets takes no secrets"
run 0 evidence get "$(item /root/.ssh/id_ed25519)" -o key
cmp key $key || fail "--with-secrets takes no keys"
"$HALLIGAN" audit list --json >audit
says audit with_secrets

# A path that was asked for by itself holds secrets, too.
run 0 collect --root img --host two --path /etc/shadow
run 0 evidence get "$(item /etc/shadow)" -o shadow
never_says shadow hashhash

run 1 collect --root img --host box --artifact OwnHistories
says err "there is no artifact 'OwnHistories'"
run 1 collect --root img --host box --profile nosuch
says err "there are: quick triage"
run 2 collect --root img --host box
says err "--profile NAME"

# The same by a probe that works alone.
run 0 artifact plan --definitions own.yaml --artifact OwnHistories -o plan
"$HALLIGAN_PROBE" collect --root img --plan plan --out bundle 2>err ||
	fail "the probe alone: $(cat err)"
says err "13 files,"
run 0 new d.halligan
HALLIGAN_CASE=$here/d.halligan
run 0 import bundle --host box
paths >got
[ "$(wc -l <got)" = 12 ] || fail "the bundle has other files"
"$HALLIGAN_PROBE" collect --root img --plan own.yaml --out bundle2 2>err &&
	fail "a plan that is none was taken"

# Profiles that come along name what a first hour needs.
run 0 collect --root img --host box --profile triage
"$HALLIGAN" evidence list --json >evidence
for path in /etc/passwd /etc/shadow /root/.bash_history /run/utmp; do
	says evidence "\"path\":\"$path\""
done
run 0 artifact list --json
for name in quick triage full logs web persistence; do
	says out "\"profile\":\"$name\""
done
finish
