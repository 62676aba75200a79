#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The same work gives the same, whichever way its records came: over SSH, by
# a bundle that a probe wrote alone and that was imported, of a folder here
# that has the host's files, or by the host's own shell.
. "$HALLIGAN_SRCDIR/tests/e2e/lib.sh"
begin
add_hosts
where=$(tree web01)
mkdir -p "$where/srv/more"
# More than one file of a rule, more than one hit of a file, and a name of
# bytes that are no text.
agent=$where/srv/www/uploads/.font-unix/mta-agent
cat "$agent" "$agent" >"$where/srv/more/twice"
cp "$where/srv/more/twice" "$where/srv/more/$(printf 'na\377me')"

# And what is no file to be read, or more than one block of a shell's.
mkfifo "$where/srv/more/fifo"
ln -s twice "$where/srv/more/link"
: >"$where/srv/more/empty"
cp "$agent" "$where/srv/more/two
lines"
head -c 700001 /dev/zero >"$where/srv/more/large"
cat "$agent" >>"$where/srv/more/large"
truncate -s 300M "$where/srv/more/hole"
mkdir "$where/srv/more/left out"
cp "$agent" "$where/srv/more/left out/"

# What is secret, by its place and by its form: it stays, whichever way.
mkdir -p "$where/srv/kept/etc" "$where/srv/kept/.ssh"
salted=$(printf '%s' 'root:$6$saltsalt$' && printf 'SECRET%.0s' 1 2 3 4 5 6 7 \
	8 9 10 11 12 13 14 15)
echo "$salted:19700:0:99999:7:::" >"$where/srv/kept/etc/shadow"
echo "$salted:19700:0:99999:7:::" >"$where/srv/kept/shadow.old"
echo "* * * * * root echo '$salted' | chpasswd -e" >"$where/srv/kept/cron"
head -c 600000 /dev/zero | tr '\0' '\n' >"$where/srv/kept/long"
echo "x $salted y" >>"$where/srv/kept/long"
ssh-keygen -q -t ed25519 -N '' -C x -f "$where/srv/kept/.ssh/id_ed25519"
{
	printf '\357\273\277some text\n'
	cat "$where/srv/kept/.ssh/id_ed25519"
} >"$where/srv/kept/note"
printf '\005\002\000\000\000\100\000\002\000\013EXAMPLE.COM%64s' SECRET \
	>"$where/srv/kept/tab"
cat >"$where/srv/kept/marked.txt" <<END
a line that a rule finds: none
$salted
END
mkdir "$tmp/marks"
echo 'rule marked { strings: $a = "a line that a rule finds" condition: $a }' \
	>"$tmp/marks/marked.yar"

# fields VIEW HOST FIELD...: these fields of the host's rows, sorted.
fields()
{
	view=$1 host=$2
	shift 2
	h export --format jsonl --view "$view" --host "$host" -o - \
		2>"$tmp/err" >"$tmp/rows" || {
		fail "export of $view: $(cat "$tmp/err")"
		return
	}
	awk -v fields="$*" '{
		n = split(fields, f, " ")
		line = ""
		for (i = 1; i <= n; i++) {
			if (match($0, "\"" f[i] "\":(\"[^\"]*\"|[^,}]*)"))
				line = line " " substr($0, RSTART, RLENGTH)
			else
				line = line " no " f[i]
		}
		print line
	}' "$tmp/rows" | sort
}

# same VIEW MIN FIELD...: all hosts have the same rows, at least MIN.
same()
{
	view=$1 min=$2
	shift 2
	fields "$view" web01 "$@" >"$tmp/ssh"
	for other in carried image bare; do
		fields "$view" $other "$@" >"$tmp/other"
		diff -u "$tmp/ssh" "$tmp/other" ||
			fail "$view of $other differs"
	done
	[ "$(wc -l <"$tmp/ssh")" -ge "$min" ] ||
		fail "only $(wc -l <"$tmp/ssh") rows of $view over SSH"
	! grep -q ' no ' "$tmp/ssh" || fail "$view: $(grep ' no ' "$tmp/ssh")"
}

# An image has the same files at the same paths, and nothing beside: a
# symlink that would lead out of it leads nowhere.
[ "$(id -u)" = 0 ] || skip "only root may look at a folder as /"
image=$tmp/image
mkdir -p "$image$where"
cp -a "$where/." "$image$where"
ln -s /etc/passwd "$image/out"
expect 2 "a folder without a host" h hunt --root "$image" --rules "$rules" \
	--path /
expect 2 "a folder and a host" h hunt web01 --root "$image" --host image \
	--rules "$rules" --path /

check "the same host again" h host add \
	"$(awk '$2 == "web01" { print $1 }' "$range/hosts.txt")" bare
expect 0 "hunt over SSH" h hunt web01 --rules "$rules" --path "$where"
expect 0 "hunt by a shell" h hunt bare --no-probe --rules "$rules" \
	--path "$where"
check "hunt alone" "$HALLIGAN_PROBE" hunt --rules "$rules" --path "$where" \
	--out "$tmp/hunt.bundle"
expect 0 "import of the hunt" h import --host carried "$tmp/hunt.bundle"
expect 0 "hunt in a folder" h hunt --root "$image" --host image \
	--rules "$rules" --path "$where"
same finding 4 kind rule namespace path sha256 severity score technique tags \
	offset description author reference status rules_sha256
same hit 5 identifier offset length context context_offset
same coverage 1 what outcome reason path files bytes
[ "$(fields finding carried rules_sha256 | sort -u | wc -l)" = 1 ] ||
	fail "more than one rule set"

expect 0 "collect over SSH" h collect web01 --path "$where/srv"
expect 0 "collect by a shell" h collect bare --no-probe --path "$where/srv"
check "collect alone" "$HALLIGAN_PROBE" collect --path "$where/srv" \
	--out "$tmp/collect.bundle"
expect 0 "import of the collection" \
	h import --host carried "$tmp/collect.bundle"
expect 0 "collect in a folder" h collect --root "$image" --host image \
	--path "$where/srv"
same evidence 5 path size sha256 sha256_source mode uid gid mtime_ns complete
same coverage 2 what outcome reason path files bytes

# Nothing of what is secret is in the case, and all else is.
expect 0 "hunt that takes, over SSH" h hunt web01 --rules "$tmp/marks" \
	--path "$where" --take-hits
expect 0 "hunt that takes, by a shell" h hunt bare --no-probe \
	--rules "$tmp/marks" --path "$where" --take-hits
check "hunt that takes, alone" "$HALLIGAN_PROBE" hunt --rules "$tmp/marks" \
	--path "$where" --take --out "$tmp/taken.bundle"
expect 0 "import of what it took" \
	h import --host carried "$tmp/taken.bundle"
expect 0 "hunt that takes, in a folder" h hunt --root "$image" --host image \
	--rules "$tmp/marks" --path "$where" --take-hits
(cd "$where" && tar -cf "$tmp/srv.tar" srv/kept)
expect 0 "import of an archive" h import --host packed "$tmp/srv.tar"
same evidence 5 path size sha256 reason redacted original_sha256
same hit 1 identifier offset length context context_offset
for host in web01 carried image bare packed; do
	rows evidence --host $host | grep '/srv/kept/' >"$tmp/kept"
	[ "$(wc -l <"$tmp/kept")" -ge 6 ] || fail "too little is of $host"
	grep 'kept/shadow.old"' "$tmp/kept" >"$tmp/old"
	grep -q '"redacted":99,' "$tmp/old" ||
		fail "$host: it is not said how much: $(cat "$tmp/old")"
	grep -q "$(sha256sum <"$where/srv/kept/shadow.old" | cut -d ' ' -f 1)" \
		"$tmp/old" || fail "$host: not the hash of what is there"
	rows coverage --host $host | grep 'kept/shadow.old"' |
		grep '"outcome":"redacted"' | grep -q '"bytes":99' ||
		fail "$host: coverage does not say how much"
	# Keys are withheld whole, which is told; all else can be had.
	while read -r row; do
		id=$(printf '%s\n' "$row" | sed 's/.*"id":"\([^"]*\)".*/\1/') told=0
		case $row in *'"reason":"secret"'*) told=1 ;; esac
		expect $told "evidence $id" h evidence get "$id" -o -
		! grep -q SECRET "$tmp/out" || fail "a secret of $host: $id"
	done <"$tmp/kept"
done
# More rules than one message to a child holds, and no two alike.
mkdir "$tmp/many"
od -An -v -tx1 -w16 /dev/urandom | head -n 60000 | awk '{
	gsub(" ", "")
	print "rule r" NR " { strings: $a = \"" $0 "\" condition: $a }"
}' >"$tmp/many/many.yar"
expect 0 "many rules in a folder" h hunt --root "$image" --host image \
	--rules "$tmp/many" --path "$where"
expect 0 "verify" h verify
finish
