#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Whose a bundle is: what somebody named it, else what it calls itself; two
# machines of one name are two hosts, and what only its own word ties to a host
# that is reached over SSH is said.
# shellcheck source=tests/cli/lib.sh disable=SC2154
. "$(dirname "$0")/lib.sh"
a=0123456789abcdef0123456789abcdef b=abcdef0123456789abcdef0123456789

# of FILE HOSTNAME MACHINE_ID PRODUCT_ID [NAME]
of()
{
	file=$1
	shift
	"$HALLIGAN_BUILDDIR/tests/cli/bad_bundle" of "$@" >"$file" ||
		fail "no bundle of $*"
}

# is_of BUNDLE HOST: who the run that read it last is of
is_of()
{
	"$HALLIGAN" run list --json | grep -F "\"source\":\"$1\"" | head -n 1 \
		>the_run
	"$HALLIGAN" run show "$(member the_run id)" --json >out
	says out "\"host\":\"$2\""
}

# case_of NAME: a new case, which is the one from now on
case_of()
{
	unset HALLIGAN_CASE
	run 0 new "$1.case"
	HALLIGAN_CASE=$here/$1.case
	export HALLIGAN_CASE
}

# Two machines that call themselves the same, in one session and in two.
of one.bundle clone $a ''
of two.bundle clone $b ''
of again.bundle clone $b $a
of board.bundle clone $b $b
case_of session # whichever of them comes first
run 0 import one.bundle two.bundle
says err 'it says it is of clone, but that is another machine'
run 0 host list --json
lines out 2
case_of clones
run 0 import one.bundle
lines err 2 # it is done, and that was all
run 0 import two.bundle
says err 'two.bundle: it says it is of clone, but that is another machine: it is kept apart, as clone-2'
is_of one.bundle clone
is_of two.bundle clone-2
says out 'it is kept apart, as clone-2'
run 0 import again.bundle
is_of again.bundle clone-2
# A template's clones share a machine-id, not a board.
run 0 import board.bundle
is_of board.bundle clone-3
run 0 host list --json
lines out 3
says out '"name":"clone"'
says out "\"machine_id\":\"$a\",\"product_id\":null"
# What the responder says goes, and what says nothing more is as it was.
run 0 import --again --host clone two.bundle
is_of two.bundle clone
never_says err 'another machine'
of older.bundle clone '' ''
run 0 import older.bundle
is_of older.bundle clone
never_says err 'another machine'

# Two names that are one once they are cleaned.
of blank.bundle 'web 1' '' ''
of line.bundle web_1 '' ''
of other.bundle 'web/1' $a ''
case_of blurred
run 0 import blank.bundle line.bundle other.bundle
run 0 host list --json
lines out 3
for name in web_1 web_1-2 web_1-3; do
	says out "\"name\":\"$name\""
done

# The name that it was given goes before the one it gives itself.
of named.bundle localhost $a '' db07
case_of named
run 0 import named.bundle
is_of named.bundle db07
run 0 host list --json
lines out 1
says out '"hostname":"localhost"'

# A host that is reached: its own word is not enough to go without saying.
case_of reached
run 0 host add 192.0.2.21 db01
run 0 host add - kiosk
of liar.bundle db01 $a ''
of kiosk.bundle kiosk $a ''
run 0 import liar.bundle kiosk.bundle
says err 'liar.bundle: it is taken to be of db01, which is reached over SSH, on its own word'
never_says err 'kiosk.bundle: it'
is_of liar.bundle db01
says out 'which is reached over SSH, on its own word'
of second.bundle db01 $b ''
run 0 import second.bundle
says err 'kept apart, as db01-2'
is_of second.bundle db01-2
of third.bundle db01 $a $b
run 0 import third.bundle
is_of third.bundle db01
never_says err 'third.bundle: it'

# A probe says it itself; of an image, too, which has no other name.
[ ! -x "$HALLIGAN_PROBE" ] || {
	case_of probe
	mkdir -p image/etc
	"$HALLIGAN_PROBE" walk --path "$here/home" --host-name front \
		--out own.bundle 2>probe.out || fail "walk: $(cat probe.out)"
	"$HALLIGAN_PROBE" walk --root "$here/image" --path /etc \
		--host-name disk --out image.bundle 2>probe.out ||
		fail "walk of an image: $(cat probe.out)"
	run 0 import own.bundle image.bundle
	is_of own.bundle front
	is_of image.bundle disk
	run 0 host show disk --json
	says out '"machine_id":null'
	"$HALLIGAN_PROBE" walk --path /etc --host-name '' \
		--out none.bundle 2>probe.out && fail "an empty name is one"
	says probe.out 'make a name'

	# No larger than it may be, and whole.
	head -c 9000000 /dev/urandom >noise
	"$HALLIGAN_PROBE" collect --path "$here/noise" --max-bundle 2M \
		--out small.bundle 2>probe.out
	[ $? = 3 ] || fail "a bundle that is full: $(cat probe.out)"
	[ "$(stat -c %s small.bundle)" -lt 4000000 ] || fail "it is too large"
	run 3 import small.bundle
	says err 'as large as --max-bundle'
}
for case in session clones blurred named reached; do
	run 0 verify $case.case
done
finish
