#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The YARA rules we ship: they compile without a warning, say all that the
# console shows of them, and each finds its sample and nothing else. Samples
# are headers nothing can run (e_type 0) and strings put together from
# halves, here and now, so that none lies in the tree.
set -u
LC_ALL=C
export LC_ALL
rules=$HALLIGAN_SRCDIR/rules/yara
practice=$HALLIGAN_SRCDIR/rules/scenarios/first-watch
if ! command -v yara >/dev/null; then
	echo "skipped: yara is not installed"
	exit 77
fi
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=0

fail()
{
	failed=1
	echo "FAILED: $*"
}

# elf NAME, mz NAME: a stub with the strings of standard input.
elf()
{
	{
		printf '\177ELF\002\001\001'
		head -c 57 /dev/zero
		cat
		printf '\000'
	} >"$tmp/$1"
}

mz()
{
	{
		printf 'MZ'
		head -c 126 /dev/zero
		cat
		printf '\000'
	} >"$tmp/$1"
}

# expect FILE RULE...: exactly these match.
expect()
{
	file=$1
	shift
	want=$(printf '%s\n' "$@")
	got=$(for set in "$rules"/*.yar; do yara "$set" "$file"; done |
		cut -d ' ' -f 1 | sort)
	[ "$got" = "$want" ] ||
		fail "${file##*/}: found [$got] instead of [$want]"
}

for set in "$rules"/*.yar; do
	out=$(yara --fail-on-warnings "$set" /dev/null 2>&1) ||
		fail "$set: does not compile: $out"
	[ -z "$out" ] || fail "$set: $out"
	awk -v file="${set##*/}" '
	function close_rule(    i, n, key) {
		n = split("description author reference date attack tlp " \
			"severity", key, " ")
		for (i = 1; rule != "" && i <= n; i++)
			if (!(key[i] in meta)) {
				print file ": " rule " has no " key[i]
				bad = 1
			}
	}
	$1 == "rule" { close_rule(); rule = $2; split("", meta) }
	$2 == "=" && $3 ~ /^"./ { meta[$1] = 1 }
	END { close_rule(); exit bad }' "$set" || failed=1
	# A folder of rules may be swept too.
	expect "$set"
done

# WellMess: a name of the package, and what goes along with it.
x= # nothing: keeps two halves apart
elf package <<E
bot${x}lib.well${x}Mess
E
expect "$tmp/package" halligan_wellmess_implant
mz builder <<E
C:/Server/Bot${x}UI/App_Data/${x}Temp/abc/src/abc.go
E
expect "$tmp/builder" halligan_wellmess_implant
elf functions <<E
bot${x}lib.Join${x}DnsChunks bot${x}lib.z32${x}decode
bot${x}lib.convert${x}FromString
E
expect "$tmp/functions" halligan_wellmess_implant
elf tags <<E
bot${x}lib.Get${x}RandomBytes <;he${x}ad;> <;ti${x}tle;> <;ser${x}vice;>
E
expect "$tmp/tags" halligan_wellmess_implant
elf one-function <<E
bot${x}lib.AES_${x}Encrypt
E
expect "$tmp/one-function"
echo "bot${x}lib.well${x}Mess" >"$tmp/text"
expect "$tmp/text"

# The certificate: name and key id, as DER and in Base64 at each alignment.
name='\125\004\006\023\005Tun''is1\0130\011\006\003\125\004\012\023\002IT'
key_id='\125\035\016\004\007\004\005\001\002\003\004\006'
# shellcheck disable=SC2059
{
	printf "$name" | elf name-only
	printf "$name....$key_id" | elf der
	for pad in '' a ab; do
		printf "$pad$name....$key_id" | base64 -w 0 | elf "pem$pad"
	done
}
expect "$tmp/name-only"
expect "$tmp/der" halligan_wellmess_certificate
for pad in '' a ab; do
	expect "$tmp/pem$pad" halligan_wellmess_certificate
done

# WellMail: where it was built, or two of its constants.
elf mail-path <<E
C:/Server/Mail/${x}App_Data/Temp/agent.sh/src/main.go
E
expect "$tmp/mail-path" halligan_wellmail_implant
elf mail-constants <<E
-HgQdbx${x}4qRNv main.${x}zipit-
E
expect "$tmp/mail-constants" halligan_wellmail_implant
elf mail-constant <<E
-main.${x}zipit-
E
expect "$tmp/mail-constant"
mz mail-windows <<E
C:/Server/Mail/${x}App_Data/Temp/agent.sh/src/main.go
E
expect "$tmp/mail-windows"

# Practice samples: the marker in its kind of file, and nowhere else.
for implant in DRYWELL WELLPOST; do
	elf "$implant" <<E
INERT-TRAINING-${x}SAMPLE $implant/1
E
	expect "$tmp/$implant" \
		"training_$(echo $implant | tr '[:upper:]' '[:lower:]')"
	echo "INERT-TRAINING-${x}SAMPLE $implant/1" >"$tmp/$implant.txt"
	expect "$tmp/$implant.txt"
done
expect "$practice/web01/fig3_thumb.php" training_webshell
expect "$practice/db01/netplan-helper" training_cron

# Harmless: programs, Go programs, scripts, logs.
elf benign <<'E'
Go build ID: "abc" main.main runtime.goexit net/http.(*Client).Do
E
expect "$tmp/benign"
expect /bin/sh
for file in "$practice"/manifest "$practice"/web01/submit.php \
	"$practice"/web01/*-log "$practice"/db01/plate-07.csv; do
	expect "$file"
done
exit $failed
