#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Hosts as people write them down: lists, inventories, networks; tags and
# groups; and which hosts a command means. Nothing is connected.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2154
. "$(dirname "$0")/lib.sh"

# names WORD...: the names that host list WORD... has, by blanks
names()
{
	run 0 host list "$@" --json
	sed 's/.*"name":"\([^"]*\)".*/\1/' out | tr '\n' ' '
}

# lists WANT WORD...
lists()
{
	want_names=$1
	shift
	got_names=$(names "$@")
	[ "$got_names" = "$want_names" ] ||
		fail "host list $*: '$got_names' instead of '$want_names'"
}

run 0 new a.case
HALLIGAN_CASE=a.case
export HALLIGAN_CASE

# One, with the name that is said or that its target has.
run 0 host add kim@192.0.2.1:2222 web01
run 0 host add ssh://kim@192.0.2.2/ --name web02
run 0 host add alias
says err 'added alias (alias)'
run 0 host add - kiosk
run 2 host add -
run 2 host add
run 2 host add web09 web10 --name one
says err 'one is the name of one host, not of 2'
run 0 host add alias
says err 'added 0 hosts; 1 is in the case already and was left alone'
run 1 host add kim@192.0.2.9 web01
says err '--name gives this one another name'
lists 'alias kiosk web01 web02 '

# Several, ranges, and ports of one address.
run 0 host add db01 'db[02:04]' 127.0.0.1:1 127.0.0.1:2 --tag db --group east
lists '127.0.0.1 127.0.0.1:2 db01 db02 db03 db04 ' --group east
run 2 host add x --tag 'a b'
run 2 host add x --group a,b

# A list: from a file, from standard input; a bad line adds nothing.
printf '# all\nkim@192.0.2.7:2222 web01\nmail01 # the old one\nsix 6\n' >list
run 0 host add @list --tag dmz
says err 'added 2 hosts; 1 is in the case already and was left alone'
says err 'in the case with another target, left alone: web01'
lists '6 mail01 ' --tag dmz
printf 'new01\nnew02 two words\n' >bad
run 1 host add @bad
one_line
says err 'bad:2: a target and a name'
run 1 host list new01
run 1 host add @missing
run 2 host add @.
"$HALLIGAN" host add @- >out 2>err <bad && fail "a bad list from stdin"
says err 'standard input:2:'
echo in01 | "$HALLIGAN" host add @- >out 2>err || fail "stdin"
lists 'in01 ' in01

cp list home/mine
run 0 host add '@~/mine'
says err 'added 0 hosts; 3 are in the case already'

# Networks are asked about above 256 addresses, by nobody here.
run 0 host add 198.51.100.0/30
says err 'added 2 hosts'
run 2 host add 198.51.100.0/23 --no-input
says err '510 addresses of networks'
says err '--yes'
run 1 host add 10.0.0.0/8 --yes
run 0 new net.case
run 0 -C net.case host add 198.51.100.0/23 --yes
says err 'added 510 hosts'
run 0 -C net.case verify
ask()
{
	"$HALLIGAN_BUILDDIR/tests/cli/dialog" 'add each as a host?' "$1" -- \
		"$HALLIGAN" -C net.case host add 203.0.112.0/23 >out 2>err
	got=$?
	[ "$got" = "$2" ] || fail "'$1' to a network: exit $got, not $2"
}
ask n 130
ask y 0
says out 'added 510 hosts'

# An inventory: groups, variables, what is not taken.
cat >inventory.ini <<'END'
[app]
app[1:2] ansible_user=ops ansible_port=2200
[cache]
cache ansible_host=192.0.2.50 ansible_password=hunter2
[prod:children]
app
cache
[prod:vars]
ansible_become=true
ansible_become_method=doas
ansible_ssh_common_args='-o ProxyJump=jump@bastion'
ansible_python_interpreter=/bin/p
ansible_ssh_private_key_file=/nowhere/key
END
run 0 host add @inventory.ini
says err 'never taken from a file: ansible_password'
says err 'not honoured: ansible_python_interpreter'
says err 'key files that are not here: /nowhere/key'
! grep -q hunter2 a.case* || fail "a password is in the case"
lists 'app1 app2 cache ' --group prod
run 0 host list app2 --json
says out '"target":"ops@app2:2200"'
says out '"groups":"app,prod"'
says out '"jump":"jump@bastion"'
says out '"escalate":"doas"'
run 0 host add --inventory inventory.ini --tag again
says err 'added 0 hosts; 3 are in the case already and were left alone'
lists 'app1 app2 cache ' --tag again

# Arguments of ssh, in the form of Ansible's documentation; what is not taken
# is told with its hosts.
cat >args.ini <<'END'
[far]
far[1:5]
[far:vars]
ansible_ssh_common_args='-o Ciphers=x -o ProxyCommand="ssh -W %h:%p -q j@gate"'
END
run 0 host add @args.ini
says err '-o Ciphers of ansible_ssh_common_args (for far1, far2, far3 and 2 more)'
run 0 host list far5 --json
says out '"jump":"j@gate"'

# Tags and groups come and go, and are on record.
run 0 host tag 'web*' alias tier1
says err 'put the tag tier1 on 3 hosts'
run 0 host tag 'web*' db01 tier1
says err 'put the tag tier1 on 1 host'
says err '2 hosts had it already'
lists 'alias db01 web01 web02 ' --tag tier1
run 0 host untag alias tier1
run 0 host group --tag tier1 west
lists 'db01 web01 web02 ' --group west
run 0 host ungroup db01 west
lists 'web01 web02 ' --group west
run 2 host tag web01 web02
says err 'web02 is a host: the tag comes last'
run 2 host tag tier1
says err 'which hosts?'
run 2 host tag web01 'a b'
run 0 audit list --json
says out '"action":"host.label"'
says out '"action":"host.unlabel"'
run 0 host show web01
says out 'tier1'
run 0 host list
says out 'TAGS'
says out 'GROUPS'

# All that is said must hold; of tags, any. What means nobody says why.
run 1 host list --tag nobody
says err 'no host has the tag nobody'
run 1 host list --group nobody
says err 'no host is in the group nobody'
lists '6 db01 mail01 web01 web02 ' --tag tier1 --tag dmz
lists 'web01 web02 ' --tag tier1 --tag dmz --group west
lists 'web01 ' 'web*1' --tag tier1
lists 'db02 db03 web01 ' 'db0[23]' web01
run 1 host list 'zz*'
says err 'no host of the case is called zz*'
run 1 host list zz
run 1 host list mail01 --tag tier1
says err 'none of the 1 hosts that are named is of that tag'
run 1 host list --failed
says err 'there was no run yet'
run 2 hunt --rules x --path /
says err 'which hosts?'
run 2 connect web01 --all
run 2 connect kiosk
says err 'is not reached'
run 0 verify

# Saved hunts keep the words.
echo 'rule r { condition: true }' >r.yar
run 0 hunt save sweep --rules r.yar --path /tmp --tag tier1 --failed
run 0 hunt list --json
says out '--tag tier1 --failed'
run 1 hunt run sweep
says err 'there was no run of that hunt yet'
finish
