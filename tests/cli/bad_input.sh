#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What is wrong is said in one line, with the exit status for it.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2154
. "$(dirname "$0")/lib.sh"

# Words.
run 2 frobnicate
says err "halligan: 'frobnicate' is not a command; see"
run 2 hsot add x
says err "did you mean 'host add'?"
run 2 host
says err "'host' wants a verb"
run 2 hunt --frob
says err "'hunt' has no option --frob"
run 2 finding set
says err 'usage: halligan finding set ID'
run 2 run pause
says err "'run pause' is for the console, of what runs in it"
run 0 help run
! grep -q 'run pause' out || fail "what works in the console only is offered"
run 2 hun
run 2 "$(printf 'x\033[2J')"
! grep -q "$(printf '\033')" err || fail "an escape reached standard error"
run 2
says err 'the console needs a terminal'

# Help and version are data, and need no case.
run 0 --version
says out 'halligan '
run 0 version
says out 'libssh2'
run 0 --help
says out 'finding list'
run 0 hunt -h
says out 'usage: halligan hunt'
run 0 help host
says out 'host trust NAME'
run 2 help frobnicate

# Cases that are none.
run 2 host list
says err 'which case?'
run 1 -C missing.case host list
says err 'missing.case'
one_line
printf 'not a database at all, only some words to fill it up\n' >junk.case
run 1 -C junk.case host list
says err 'junk.case'
one_line
run 1 -C junk.case verify
one_line
: >empty.case
run 1 -C empty.case note list
one_line
mkdir folder.case
run 1 -C folder.case note list
one_line
rm -r junk.case empty.case folder.case

run 0 new real.case
if command -v sqlite3 >/dev/null; then
	cp real.case newer.case
	sqlite3 newer.case 'pragma user_version = 999'
	run 1 -C newer.case note list
	says err 'newer'
	one_line
	sqlite3 foreign.case 'create table t (x)'
	run 1 -C foreign.case note list
	one_line
	rm -f newer.case foreign.case
fi

# Files.
run 2 export -o x.csv
says err '--format is one of csv, jsonl, bodyfile'
run 2 export --format csv
says err 'where to?'
run 2 export --format csv --view frob -o x.csv
run 2 export --format bodyfile --view note -o x.body
run 1 export --format csv -o missing/x.csv
one_line
run 1 evidence get ffffffff -o x
[ -z "$(find . -name 'x*')" ] || fail "a failed export left something"
run 2 note add hello --json
says err '--json has no meaning'
run 1 -v missing/log note list
one_line

# Rules.
printf 'rule good { condition: true }\n' >good.yar
printf '\n\nrule bad { condition: $a }\n' >bad.yar
run 0 rule lint good.yar
says err '1 rule compiles'
run 1 rule lint good.yar bad.yar
says out 'bad.yar:3:23: '
says err '1 error in the rules'
run 1 rule lint missing.yar
one_line
# What the probe compiles, the console does: they know the same modules.
if [ -x "${HALLIGAN_PROBE:-}" ]; then
	mkdir nothing
	for module in pe elf hash math dotnet console time string; do
		printf 'import "%s"\nrule r { condition: false }\n' $module \
			>module.yar
		"$HALLIGAN_PROBE" hunt --rules module.yar --path "$PWD/nothing" \
			--out module.bundle >/dev/null 2>&1
		theirs=$?
		"$HALLIGAN" rule lint module.yar >out 2>&1
		ours=$?
		[ $theirs -eq 1 ] || known="${known:-} $module"
		[ $theirs -eq 1 ] || [ $ours -eq 0 ] ||
			fail "the console does not know module $module: $(cat out)"
		rm -f module.bundle
	done
	case ${known:-} in
	*pe*hash*) ;;
	*) fail "the probe knows no modules but:${known:-}" ;;
	esac
fi
run 0 host add 127.0.0.1:1 nowhere
if [ -f "${HALLIGAN_PROBE:-}" ]; then
	run 1 hunt nowhere --rules bad.yar --path /tmp
	says err 'bad.yar:3:23: '
	one_line
	# All errors, of all files, as far as anybody reads on.
	printf 'rule a { condition: $x }\n' >worse.yar
	for i in $(seq 2 30); do
		printf 'rule r%s { condition: nothing }\n' "$i"
	done >>worse.yar
	printf 'rule l { condition: for all i in (1..9999999): (i > 0) }\n' \
		>slow.yar
	run 1 hunt nowhere --rules bad.yar --rules worse.yar --path /tmp
	says err 'bad.yar:3:23: undefined string "$a", the first of 31 errors'
	says err 'worse.yar:1:21: error: undefined string "$x"'
	says err 'worse.yar:19:'
	never_says err 'worse.yar:20:'
	says err 'and 11 more: `halligan rule lint` has them all'
	lines err 21
	# What is slow is said before any host is heard of.
	run 0 new other.case
	run 0 -C other.case host add 127.0.0.1:1 nowhere
	run 1 -C other.case hunt nowhere --rules slow.yar --path /tmp
	[ "$(head -n 1 err)" = "slow.yar:1:21: warning: a loop of 9999999 \
rounds, for each file" ] || fail "a slow rule is not warned of first"
	rm -f worse.yar slow.yar other.case*
fi

# A descriptor that nobody gave us is never one of our own.
for fd in 3 9 12 99999999999; do
	run 2 --password-fd $fd connect nowhere 9<&-
	says err "descriptor $fd is not open"
	one_line
done
run 2 --password-fd 9 connect nowhere 9>/dev/null
says err 'descriptor 9 cannot be read'

# Jobs that cannot begin.
run 2 hunt
says err 'which hosts?'
run 2 hunt --all nowhere --rules good.yar --path /tmp
run 2 hunt nowhere --rules good.yar
run 2 hunt nowhere --path /tmp
run 2 collect nowhere --path etc/passwd
run 2 collect nowhere --path /etc --max-size 12Q
run 2 hunt nowhere --rules /etc --path /etc --rules-form telepathy
run 1 hunt nobody --rules good.yar --path /tmp
says err 'nobody'
one_line
run 0 run list --json
lines out 0

# A host that is not there.
if [ -f "${HALLIGAN_PROBE:-}" ]; then
	run 1 hunt nowhere --rules good.yar --path /tmp
	says err 'halligan: nowhere: '
	run 1 -q collect --all --path /etc/passwd --json
	one_line
	json out id op state hosts
	says out '"state":"failed"'
	run 0 run list --json
	lines out 2
fi

run 0 verify
finish
