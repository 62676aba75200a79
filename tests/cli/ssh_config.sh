#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What `host explain` says of ssh_config(5) is what `ssh -G` makes of it: for
# every file of tests/data/ssh_config and each target that it names.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2154,SC2088
. "$(dirname "$0")/lib.sh"
need ssh
need getent

passwd_home=$(getent passwd "$(id -u)" | cut -d: -f6)
data=$HALLIGAN_SRCDIR/tests/data/ssh_config
cp -R "$data" conf
find conf -type f -exec sed -i "s|HERE|$here/conf|" {} +
chmod -R u+w,go-w conf
mkdir -p home/.ssh/conf.d
printf 'Host web\n\tUser relative\n' >home/.ssh/conf.d/a.conf
printf 'Host db\n\tUser not-read\n' >home/.ssh/conf.d/b.txt
printf 'Host db\n\tUser blank\n' >'home/.ssh/conf.d/with blank'
chmod -R go-w home/.ssh

# theirs FILE TARGET: keyword and value of ssh -G, sorted; ssh takes ~ from
# passwd(5), we and the rest of ssh from the environment.
theirs()
{
	ssh -G -F "$1" -- "$2" 2>ssh.err </dev/null >ssh.out || return 1
	sed "s|$passwd_home/|$HOME/|g" ssh.out
}

# Our lines in ssh's words: what is printed as it was written, and what as it
# came to. Settings that nobody set are left to ssh's own.
cat >ours.awk <<'AWK'
function field(name,    s, v) {
	s = $0
	if (!match(s, "\"" name "\":(null|\"([^\"\\\\]|\\\\.)*\")"))
		return "?"
	v = substr(s, RSTART + length(name) + 3, RLENGTH - length(name) - 3)
	if (v == "null")
		return ""
	v = substr(v, 2, length(v) - 2)
	gsub(/\\"/, "\"", v)
	gsub(/\\\\/, "\\", v)
	return v
}
/"honoured":false/ { next }
{
	key = tolower(field("keyword"))
	value = field("value")
	written = field("written")
	from = field("from")
	known[key] = 1
	if (from == "default")
		next
	set[key] = 1
	if (key == "identityfile" || key ~ /^(connecttimeout|serveralive)/ ||
	    key ~ /^proxy/ || key == "stricthostkeychecking" ||
	    (key == "identityagent" && written ~ /^(SSH_AUTH_SOCK$|\$)/))
		if (value != "none" || written != "")
			value = written != "" ? written : value
	if (key == "stricthostkeychecking")
		value = value == "yes" ? "true" : value == "no" ? "false" : value
	if (key ~ /^proxy/ && value == "none")
		next
	if (key ~ /knownhostsfile$/)
		list[key] = list[key] (list[key] == "" ? "" : " ") value
	else
		print key " " value
}
END {
	for (key in list)
		print key " " list[key]
	while ((getline line < "default") > 0) {
		split(line, words, " ")
		if (words[1] in known && !(words[1] in set))
			print line
	}
}
AWK
keywords='hostname|hostkeyalias|user|port|addressfamily|bindaddress'
keywords="$keywords|connecttimeout|serveraliveinterval|serveralivecountmax"
keywords="$keywords|proxyjump|proxycommand|stricthostkeychecking"
keywords="$keywords|userknownhostsfile|globalknownhostsfile"
keywords="$keywords|preferredauthentications|identityfile|identitiesonly"
keywords="$keywords|identityagent"

# agree FILE TARGET
agree()
{
	"$HALLIGAN" host explain --json --ssh-config "$1" "$2" >out 2>err \
		</dev/null
	got=$?
	if ! theirs "$1" "$2" >theirs.all; then
		[ "$got" -ne 0 ] || fail "$1: ssh refuses it: $(cat ssh.err)"
		one_line
		refused=$((refused + 1))
		return
	fi
	[ "$got" = 0 ] || {
		fail "$1: $2: ssh takes it: $(cat err)"
		return
	}
	theirs none "$2" >default
	awk -f ours.awk out | sort >ours
	grep -E "^($keywords) " theirs.all | sort >theirs
	diff theirs ours >diff || {
		fail "$1: $2: < ssh -G, > host explain"
		cat diff
	}
	agreed=$((agreed + 1))
}

agreed=0
refused=0
for file in conf/*; do
	[ -f "$file" ] || continue
	targets=$(sed -n '1s/^# targets: //p' "$file" | tr -d '\r')
	[ -n "$targets" ] || fail "$file names no targets"
	for target in $targets; do
		agree "$file" "$target"
	done
done
echo "$agreed agree, $refused are refused by both"
[ "$agreed" -ge 80 ] || fail "only $agreed of ssh's answers were compared"
[ "$refused" -ge 20 ] || fail "only $refused were refused by both"

# Where a value is from, and the file that is usually read.
printf 'Host web\n  Port 2001\nHost *\n  User ir\n' >home/.ssh/config
run 0 host explain web
grep -Eq '^Port +2001 +~/.ssh/config:2$' out || fail 'where Port is from'
grep -Eq '^User +ir +~/.ssh/config:4$' out || fail 'where User is from'
grep -Eq '^ConnectTimeout +10 +default$' out || fail 'a default'
[ "$(awk '{ if (length > 80) n++ } END { print n + 0 }' out)" = 0 ] ||
	fail 'a line of host explain is longer than 80'
run 0 host explain ssh://kim@web:24
grep -Eq '^Port +24 +target$' out || fail 'Port of the target'
grep -Eq '^User +kim +target$' out || fail 'User of the target'
run 0 host explain --ssh-config none web
grep -Eq '^Port +22 +default$' out || fail 'no file at all'
run 1 host explain --ssh-config missing web
one_line
says err 'there is no file missing'
run 2 host explain 'a b'

# A comment is none of the value. To ssh 9.2 this is a server called none, so
# that it cannot be compared; nobody means one.
printf 'Host web\n\tProxyJump none # direct\nHost *\n\tProxyJump gate # x\n' \
	>home/.ssh/config
run 0 host explain web
grep -Eq '^ProxyJump +none ' out || fail 'none before a comment'
run 0 host explain other
grep -Eq '^ProxyJump +gate +~/.ssh/config:4$' out ||
	fail 'a jump host before a comment'
printf 'Host web\n  Port 2001\nHost *\n  User ir\n' >home/.ssh/config

# A host of the case, by its name; without a case it is a target.
run 0 new a.case
touch key
run 0 -C a.case host add kim@web:2222 front --identity "$here/key"
run 0 -C a.case host explain front
grep -Eq '^HostName +web +target$' out || fail 'the target of a host'
grep -Eq '^User +kim +target$' out || fail 'the user of a host'
grep -Eq "^IdentityFile +$here/key +case$" out || fail 'the key of a host'
run 0 -C a.case host explain web
grep -Eq '^Port +2001 ' out || fail 'a target beside a case'
run 1 -C missing.case host explain web

# What is not honoured is listed, with a command that nobody runs.
cat >home/.ssh/config <<'CONFIG'
Host web
	Ciphers aes128-ctr
	ForwardAgent yes
	StrictHostKeyChecking off
Match exec "touch ran"
	Port 2001
CONFIG
run 0 host explain web
says out 'Not honoured here:'
says out '  Ciphers '
says out '  Match exec '
says out 'Of no concern here:'
says out '  ForwardAgent '
says out 'StrictHostKeyChecking no is taken as accept-new'
[ ! -e ran ] || fail 'a command of Match exec was run'
grep -Eq '^Port +22 ' out || fail 'a command of Match exec decided'
run 0 host explain --json web
json out keyword value written from honoured

# Others may not write what we believe.
chmod 0666 home/.ssh/config
run 1 host explain web
one_line
says err 'may be written by others than you'
chmod 0644 home/.ssh/config
printf 'Include inner\n' >home/.ssh/config
printf 'Port 2001\n' >home/.ssh/inner
chmod 0664 home/.ssh/inner
run 1 host explain web
says err 'home/.ssh/inner may be written by others than you'
printf 'Include pipe\n' >home/.ssh/config
mkfifo home/.ssh/pipe
run 1 host explain web
says err 'pipe is no file'
finish
