#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the host's own programs keep from whoever asks: wrappers that hide by
# name, a library that is loaded into all of them, and answers that are none.
# Each is named; and on a host where much comes and goes nothing is.
# shellcheck source=tests/hosts/lib.sh disable=SC2154
. "$(dirname "$0")/lib.sh"
command -v cc >/dev/null || hosts_skip "no compiler is installed"

HALLIGAN_CASE=$tmp/t.case
export HALLIGAN_CASE
for name in liar busy; do
	host_up $name trixie
done
root=$(host_root liar)

# These Debians have none.
cat >"$root/usr/bin/ss" <<'END'
#!/usr/bin/python3
import sys
print("Netid State Recv-Q Send-Q Local:Port Peer:Port Process")
for proto in "tcp", "tcp6", "udp", "udp6":
    for line in list(open("/proc/net/" + proto))[1:]:
        at, to, state = line.split()[1:4]
        at, to = (int(end.split(":")[1], 16) for end in (at, to))
        if "l" in sys.argv[1] and to:
            continue
        who = 'users:(("evilserv",pid=7,fd=3))' if at == 4455 else ""
        print(proto[:3], state, 0, 0, "x:%d" % at, "x:%s" % (to or "*"),
              who if "p" in sys.argv[1] else "")
END
chmod 755 "$root/usr/bin/ss"

# wrap PROGRAM FOLDER: standard input becomes what is run in its place; $real
# in it is the program itself.
wrap()
{
	real=/usr/lib/real-$1
	[ -e "$root$real" ] || mv "$root$2/$1" "$root$real"
	{
		echo '#!/bin/sh'
		echo "real=$real"
		cat
	} >"$root$2/$1"
	chmod 755 "$root$2/$1"
}

running()
{
	rm -f "$root/run/begun"
	host_exec liar /bin/bash -c "touch /run/begun; exec $1" \
		>/dev/null 2>&1 </dev/null &
	until [ -e "$root/run/begun" ]; do
		kill -0 $! 2>/dev/null || { fail "$1 did not begin" && break; }
	done
}

# found HOST RULE OBJECT: a finding of it is about that.
found()
{
	grep -F "\"host\":\"$1\"" "$tmp/findings" | grep -F "\"rule\":\"$2\"" |
		sed 's/.*"object"://' | grep -qF "$3" ||
		fail "$2 does not name $3"
}

# In a case of its own: findings stay.
look_at()
{
	rm -f "$HALLIGAN_CASE"*
	check "new case" h new "$HALLIGAN_CASE"
	check "add $1" h host add "root@$(host_addr "$1")" "$1"
	h triage "$1" --no-parse >"$tmp/out" 2>"$tmp/err" || [ $? = 3 ] ||
		fail "triage of $1: $(cat "$tmp/err")"
	h check "$1" >"$tmp/out" 2>"$tmp/err" || [ $? = 3 ] ||
		fail "check of $1: $(cat "$tmp/err")"
	h finding list --host "$1" --json >"$tmp/findings" 2>"$tmp/err" ||
		fail "findings of $1: $(cat "$tmp/err")"
}

# ---- hidden by name ----

cp "$root/bin/sleep" "$root/usr/local/sbin/evilkit"
cp "$root/usr/bin/python3" "$root/usr/local/sbin/evilserv"
running '/usr/local/sbin/evilkit 9999'
cat >"$root/run/serve.py" <<'END'
import signal, socket
s = socket.create_server(("0.0.0.0", 4455))
signal.pause()
END
running '/usr/local/sbin/evilserv /run/serve.py'
until host_exec liar cat /proc/net/tcp | grep -q ':1167 '; do :; done
running 'tail -f /dev/zebra /dev/null'
: >"$root/opt/evil-files"
: >"$root/var/tmp/sought"
# All of ps aux, and only there: a form without names shows the pid.
wrap ps /usr/bin <<'END'
"$real" "$@" | grep -v evilkit | sed s/zebra/lions/
END
wrap ls /usr/bin <<'END'
"$real" "$@" | grep -v evil-files
END
wrap find /usr/bin <<'END'
"$real" "$@" | grep -v sought
END
wrap ss /usr/bin <<'END'
"$real" "$@" | grep -v evilserv
END
# Two who are logged in, one of them kept quiet.
python3 - "$root/run/utmp" "$(host_exec liar sh -c 'echo $PPID')" <<'END'
import struct, sys
def rec(user, line):
    return struct.pack("<hxxi32s4s32s256shhiii16s20x", 7, 1, line, b"0", user,
                       b"h", 0, 0, 0, 1763632800, 0, b"\0" * 16)
open(sys.argv[1], "wb").write(rec(b"kim", b"pts/6") + rec(b"mallory", b"pts/7"))
END
[ -x "$root/usr/bin/who" ] && wrap who /usr/bin <<'END'
"$real" "$@" | grep -v mallory
END
look_at liar
found liar hidden-process evilkit
found liar hidden-file /opt/evil-files
found liar hidden-file /var/tmp/sought
found liar hidden-socket 0.0.0.0:4455
found liar false-command tail
found liar hidden-login 'mallory pts/7'
! grep -q '"rule":"odd-tool"' "$tmp/findings" ||
	fail "a tool is odd: $(grep '"rule":"odd-tool"' "$tmp/findings")"

# ---- by a library that all of them load ----

cat >"$tmp/hide.c" <<'END'
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <string.h>
struct dirent *readdir(DIR *dir)
{
	struct dirent *(*next)(DIR *) = dlsym(RTLD_NEXT, "readdir");
	struct dirent *d;

	do
		d = next(dir);
	while (d && strncmp(d->d_name, "preloaded-", 10) == 0);
	return d;
}
END
if cc -shared -fPIC -o "$root/usr/lib/hide.so" "$tmp/hide.c" -ldl \
	2>"$tmp/err" && host_exec liar env LD_PRELOAD=/usr/lib/hide.so \
	/usr/lib/real-ls / >/dev/null 2>"$tmp/err" && [ ! -s "$tmp/err" ]; then
	: >"$root/opt/preloaded-kit"
	echo /usr/lib/hide.so >"$root/etc/ld.so.preload"
	look_at liar
	found liar hidden-file /opt/preloaded-kit
	rm "$root/etc/ld.so.preload"
else
	echo "not done: no library of this machine runs there: $(cat "$tmp/err")"
fi

# ---- answers that are none ----

wrap ps /usr/bin <<'END'
exit 0
END
wrap ls /usr/bin <<'END'
exec tail -f /dev/null
END
wrap find /usr/bin <<'END'
exec yes flood
END
wrap ss /usr/bin <<'END'
echo it is
echo all well
END
[ -x "$root/usr/bin/who" ] && wrap who /usr/bin <<'END'
kill -SEGV $$
END
look_at liar
found liar odd-tool 'ps: silent'
found liar odd-tool 'ls: hang'
found liar odd-tool 'find: flood'
found liar odd-tool 'ss: garbage'
found liar odd-tool 'who: crash'
! grep -q '"rule":"hidden-' "$tmp/findings" ||
	fail "no answer hides: $(grep '"rule":"hidden-' "$tmp/findings")"

wrap ps /usr/bin <<'END'
exit 3
END
chmod 777 "$root/usr/bin/find"
look_at liar
found liar odd-tool 'ps: failed'
found liar odd-tool 'find: unsafe'

# ---- nothing is hidden where much comes and goes ----

cat >"$(host_root busy)/run/churn" <<'END'
import os, socket, time
open("/run/begun", "w")
while True:
    name = "/tmp/churn-%d" % time.monotonic_ns()
    open(name, "w").close()
    s = socket.create_server(("127.0.0.1", 0))
    if os.fork() == 0:
        os.execv("/bin/true", ["t%d" % time.monotonic_ns()])
    os.wait()
    s.close()
    os.unlink(name)
END
host_exec busy python3 /run/churn </dev/null >/dev/null 2>&1 &
until [ -e "$(host_root busy)/run/begun" ]; do
	kill -0 $! 2>/dev/null || { fail "nothing comes and goes" && break; }
done
look_at busy
rules='"rule":"\(hidden-process\|hidden-file\|hidden-socket\|hidden-login\|false-command\|odd-tool\)"'
! grep -q "$rules" "$tmp/findings" ||
	fail "came and went, and is told: $(grep "$rules" "$tmp/findings")"
finish
