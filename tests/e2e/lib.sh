# SPDX-License-Identifier: Apache-2.0
# Sourced by the end-to-end tests: practice hosts behind real sshds, a case,
# and the program as a user types it. Nothing here talks past loopback.
set -u

skip()
{
	echo "skipped: $*"
	exit 77
}

failed=0

fail()
{
	failed=1
	echo "FAILED: $*"
}

# check WHAT COMMAND...: the command must succeed.
check()
{
	what=$1
	shift
	"$@" >"$tmp/out" 2>&1 || {
		fail "$what: exit $?"
		sed 's/^/    /' "$tmp/out"
	}
}

# expect STATUS WHAT COMMAND...: the command must end with that status; what
# it said is in $tmp/out and $tmp/err afterwards.
expect()
{
	want=$1 what=$2
	shift 2
	"$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	got=$?
	[ "$got" = "$want" ] || {
		fail "$what: exit $got instead of $want"
		sed 's/^/    /' "$tmp/out" "$tmp/err"
	}
}

# says WORDS WHAT: the last error must hold these words, on one line.
says()
{
	grep -qF -- "$1" "$tmp/err" || {
		fail "$2: does not say '$1'"
		sed 's/^/    /' "$tmp/err"
	}
}

h()
{
	"$HALLIGAN" "$@"
}

[ -x "$HALLIGAN" ] || skip "halligan is not built"
[ -x "$HALLIGAN_PROBE" ] || skip "built without the probe"
command -v sshd >/dev/null || [ -x /usr/sbin/sshd ] ||
	skip "openssh-server is not installed"
command -v ssh-keygen >/dev/null || skip "openssh-client is not installed"

tmp=$(mktemp -d /tmp/halligan-e2e.XXXXXX)
range=$tmp/range
case=$tmp/t.case
rules=$HALLIGAN_SRCDIR/rules/yara

leave()
{
	[ -d "$range" ] && h range down --dir "$range" >/dev/null 2>&1
	rm -rf "$tmp"
}
trap leave EXIT
trap 'exit 1' INT TERM

# Hosts up, keys in place, an empty case chosen.
begin()
{
	h range up "$HALLIGAN_SRCDIR/rules/scenarios/first-watch" \
		--dir "$range" >"$tmp/out" 2>&1 || {
		cat "$tmp/out"
		echo "FAILED: no practice hosts"
		exit 1
	}
	HOME=$range/home
	HALLIGAN_CASE=$case
	export HOME HALLIGAN_CASE
	check "new case" h new "$case" --name "End to end" --tlp amber
}

add_hosts()
{
	check "host add" h host add "@$range/hosts.txt"
}

tree()
{
	echo "$range/hosts/$1"
}

# The number of rows a list prints.
count()
{
	h "$@" --json | wc -l
}

# The id of the newest run.
newest()
{
	h run list --limit 1 --json | sed 's/^{"id":"\([^"]*\)".*/\1/'
}

# files_of RUN OUTCOME: of how many files its coverage says that.
files_of()
{
	h coverage list --run "$1" --json |
		sed -n "s/.*\"outcome\":\"$2\".*\"files\":\([0-9]*\).*/\1/p" |
		awk '{ n += $1 } END { print n + 0 }'
}

# rows VIEW [OPTION...]: of the case, one a line.
rows()
{
	h export --format jsonl -o - --view "$@" 2>/dev/null
}

# What runs in a session of one of our servers: sshd gives each the port.
probes()
{
	for port in $(awk '{ sub(/.*:/, "", $1); print $1 }' "$range/hosts.txt"); do
		grep -lz "^SSH_CONNECTION=.* $port\$" /proc/[0-9]*/environ \
			2>/dev/null
	done | sed 's|/proc/\([0-9]*\)/.*|\1|'
}

# Files named as probes are placed, newer than the test.
leftovers()
{
	for dir in /dev/shm "/run/user/$(id -u)" /tmp /var/tmp "$HOME"; do
		find "$dir" -maxdepth 1 -type f -user "$(id -u)" -newer \
			"$tmp/before" -name '.[0-9a-f]*' 2>/dev/null |
			grep -E '/\.[0-9a-f]{32}-[0-9]*-[0-9]+$'
	done
}

finish()
{
	[ $failed = 0 ] && echo "ok"
	exit $failed
}
