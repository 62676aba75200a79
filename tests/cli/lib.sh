# SPDX-License-Identifier: Apache-2.0
# What the command line tests share: a folder of their own, `run`, and looks
# at what came out. Each test says `. "$(dirname "$0")/lib.sh"`.
# shellcheck shell=sh disable=SC2034
set -u
: "${HALLIGAN:?}" "${HALLIGAN_BUILDDIR:?}" "${HALLIGAN_SRCDIR:?}"
here=$(mktemp -d "${TMPDIR:-/tmp}/halligan-cli.XXXXXX") || exit 99
cleanup() { :; }
trap 'cleanup; rm -rf "$here"' EXIT
trap 'exit 1' HUP INT TERM
cd "$here" || exit 99
mkdir home || exit 99
HOME=$here/home
NO_COLOR=1
export HOME NO_COLOR
unset HALLIGAN_CASE SSH_AUTH_SOCK
failed=0

fail()
{
	failed=1
	printf 'FAILED: %s\n' "$*"
}

# run STATUS WORD...: halligan WORD..., which must exit with STATUS. What it
# printed is in the files out and err.
run()
{
	want=$1
	shift
	"$HALLIGAN" "$@" >out 2>err </dev/null
	got=$?
	[ "$got" = "$want" ] || {
		fail "halligan $*: exit $got instead of $want"
		sed 's/^/	/' err
	}
}

# says FILE TEXT: a line of the file holds the text.
says()
{
	grep -qF -- "$2" "$1" || {
		fail "'$2' is not in $1 of: halligan ... (below)"
		sed 's/^/	/' "$1"
	}
}

never_says()
{
	! grep -qF -- "$2" "$1" || fail "'$2' is in $1"
}

# lines FILE N
lines()
{
	n=$(wc -l <"$1")
	[ "$n" -eq "$2" ] || {
		fail "$1 has $n lines instead of $2"
		sed 's/^/	/' "$1"
	}
}

# One clear line, no more.
one_line() { lines err 1; }

# json FILE KEY...: each line is an object with these members.
json()
{
	file=$1
	shift
	"$HALLIGAN_BUILDDIR/tests/cli/json_lines" "$@" <"$file" ||
		fail "JSON of $file"
}

# The value of a string or number member, of the first line.
member()
{
	sed -n "1s/.*\"$2\":\"\{0,1\}\([^\",}]*\).*/\1/p" "$1"
}

need()
{
	command -v "$1" >/dev/null && return
	echo "skipped: $1 is not installed"
	exit 77
}

finish()
{
	exit "$failed"
}
