#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The same work gives the same, whichever way its records came: over SSH, or
# by a bundle that a probe wrote alone and that was imported.
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

# rows VIEW HOST FIELD...: these fields of the host's rows, sorted.
rows()
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

# same VIEW MIN FIELD...: both hosts have the same rows, at least MIN.
same()
{
	view=$1 min=$2
	shift 2
	rows "$view" web01 "$@" >"$tmp/ssh"
	rows "$view" carried "$@" >"$tmp/bundle"
	[ "$(wc -l <"$tmp/ssh")" -ge "$min" ] ||
		fail "only $(wc -l <"$tmp/ssh") rows of $view over SSH"
	! grep -q ' no ' "$tmp/ssh" || fail "$view: $(grep ' no ' "$tmp/ssh")"
	diff -u "$tmp/ssh" "$tmp/bundle" || fail "$view differs by its way"
}

expect 0 "hunt over SSH" h hunt web01 --rules "$rules" --path "$where"
check "hunt alone" "$HALLIGAN_PROBE" hunt --rules "$rules" --path "$where" \
	--out "$tmp/hunt.bundle"
expect 0 "import of the hunt" h import --host carried "$tmp/hunt.bundle"
same finding 4 kind rule namespace path sha256 severity score technique tags \
	offset description author reference status rules_sha256
same hit 5 identifier offset length context context_offset
same coverage 1 what outcome reason path files bytes
[ "$(rows finding carried rules_sha256 | sort -u | wc -l)" = 1 ] ||
	fail "more than one rule set"

expect 0 "collect over SSH" h collect web01 --path "$where/srv"
check "collect alone" "$HALLIGAN_PROBE" collect --path "$where/srv" \
	--out "$tmp/collect.bundle"
expect 0 "import of the collection" \
	h import --host carried "$tmp/collect.bundle"
same evidence 5 path size sha256 sha256_source mode uid gid complete
same coverage 2 what outcome reason path files bytes
expect 0 "verify" h verify
finish
