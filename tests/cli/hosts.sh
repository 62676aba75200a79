#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What is asked about hosts and keys, and what happens with nobody to ask:
# against a practice host on loopback.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2154
. "$(dirname "$0")/lib.sh"

need ssh-keygen
if [ ! -f "${HALLIGAN_PROBE:-}" ]; then
	echo "skipped: there is no probe to place"
	exit 77
fi
if ! "$HALLIGAN" range up first-watch --dir "$here/range" >out 2>err; then
	cat err
	echo "skipped: practice hosts cannot be started here"
	exit 77
fi
cleanup() { "$HALLIGAN" range down --dir "$here/range" 2>/dev/null; }
HOME=$here/range/home
export HOME
read -r target name _ tree <range/hosts.txt

# ask STATUS EXPECT ANSWER... -- WORD...: halligan WORD... on a terminal
ask()
{
	want=$1
	shift
	"$HALLIGAN_BUILDDIR/tests/cli/dialog" "$@" >out 2>err
	got=$?
	[ "$got" = "$want" ] || {
		fail "exit $got instead of $want"
		sed 's/^/	/' out
	}
}

# A host of known_hosts is known; its key is pinned, and on record.
run 0 new a.case
run 0 host add "$target" "$name"
run 0 connect "$name"
run 0 host show "$name" --json
key=$(member out key_fingerprint)
case $key in SHA256:?*) ;; *) fail "no key was pinned: $key" ;; esac
# What was negotiated, of the last connection alone.
run 0 connect "$name"
run 0 host show "$name"
for line in 'position *0' 'kex *[a-z0-9@.-]*sha' 'host_key *[a-z0-9-]*' \
	'cipher *aes' 'mac *h*mac'; do
	[ "$(grep -c "^$line" out)" = 1 ] || {
		fail "not one line '$line'"
		cat out
	}
done
run 0 audit list --json
says out '"action":"host.trust"'

# One nobody knows is refused when nobody can be asked, and it is said what
# would trust it; on a terminal only the word yes goes on.
rm "$HOME/.ssh/known_hosts"
run 0 new b.case
HALLIGAN_CASE=b.case
export HALLIGAN_CASE
run 0 host add "$target" "$name"
run 12 connect "$name" --no-input
says err "halligan host trust $name --fingerprint $key"
ask 12 'Is that its key?' y -- "$HALLIGAN" connect "$name"
says out "$key"
ask 12 'Is that its key?' yes -- "$HALLIGAN" connect "$name" --no-input
run 0 host show "$name" --json
says out '"key_fingerprint":null'
ask 0 'Is that its key?' yes -- "$HALLIGAN" connect "$name"
run 0 connect "$name" --no-input

# A key vouched for beforehand needs no question; another is refused.
run 0 new c.case
HALLIGAN_CASE=c.case
run 0 host add "$target" "$name"
run 0 host trust "$name" --fingerprint "$key"
run 0 connect "$name" --no-input
other=SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
run 0 host trust "$name" --fingerprint $other
run 12 connect "$name" --accept-new-host-keys
says err 'CHANGED'
says err "$key"
says err "$other"
run 0 audit list --json
says out '"action":"host.key_refused"'

# A passphrase is asked for without echo, or comes from a descriptor.
run 0 new d.case
HALLIGAN_CASE=d.case
for file in "$HOME"/.ssh/id_*; do
	case $file in *.pub) continue ;; esac
	ssh-keygen -q -p -N 'open sesame' -P '' -f "$file" >keygen ||
		fail "ssh-keygen"
done
run 0 host add "$target" "$name"
run 12 connect "$name" --accept-new-host-keys --no-input
says err 'no --password-fd'
ask 0 'passphrase for' 'open sesame' -- "$HALLIGAN" connect "$name"
never_says out 'sesame'
printf 'open sesame\n' >secret
run 0 connect "$name" --no-input --password-fd 5 5<secret
printf 'wrong\n' >secret
run 12 connect "$name" --no-input --password-fd 5 5<secret
! grep -aq sesame d.case* || fail "the passphrase is in the case"

# From a hit to the bytes that matched, and out of the case.
for file in "$HOME"/.ssh/id_*; do
	case $file in *.pub) continue ;; esac
	ssh-keygen -q -p -P 'open sesame' -N '' -f "$file" >keygen ||
		fail "ssh-keygen"
done
run 0 hunt "$name" --rules "$HALLIGAN_SRCDIR/rules/yara" --path "$tree" \
	--take-hits
says err "$name: done"
says err 'new findings'
run 3 collect "$name" --path "$tree/nowhere" --path "$tree/srv" --json
json out id op state
says out '"state":"partial"'
says err 'coverage: 1 files not read'
run 0 coverage list --outcome failed --json
lines out 1
run 0 finding list --json
json out id host kind rule severity status path sha256 offset technique \
	found_at evidence_id
id=$(member out id)
run 0 finding set "$id" --status confirmed --severity critical
run 2 finding set "$id" --status frob
run 0 finding list --status confirmed --json
lines out 1
says out '"severity":"critical"'
run 0 finding show "$id"
# All that is known of the file, not its modification alone.
for column in mtime_ns ctime_ns atime_ns mode uid gid owner sha256; do
	says out "$column "
done
says out 'critical'
says out 'CONTEXT'
evidence=$(sed -n 's/^evidence_id *//p' out)
run 0 evidence show "$evidence" --json
hash=$(member out sha256)
run 0 evidence get "$evidence" -o copy
[ "$(sha256sum <copy)" = "$hash  -" ] || fail "the copy is another"
[ "$(stat -c %a copy)" = 600 ] || fail "mode of the copy"
run 0 run list --json
run 0 run show "$(member out id)"
says out 'partial'
says out 'not-found'
run 0 export --format bodyfile -o - --host "$name"
[ "$(sed 1q out | tr -cd '|' | wc -c)" = 10 ] || fail "fields of a bodyfile"
run 0 verify
finish
