# SPDX-License-Identifier: Apache-2.0
# Sourced: makes a host of tests/hosts look as if somebody had lived in it.
#   live_in NAME           logs, jobs, keys, processes; all of it is harmless
#   of_host NAME QUERY     what the query says of that host alone
# shellcheck shell=sh

of_host()
{
	views=''
	for view in process socket fact account unit event evidence coverage; do
		views="$views CREATE TEMP VIEW $view AS SELECT * FROM main.$view
			WHERE host = '$1';"
	done
	sqlite3 -bail "$case" "$views $2" 2>>"$tmp/sql"
}

live_in_files()
{
	root=$1
	mkdir -p "$root/var/log/nginx" "$root/srv/lib" "$root/etc/udev/rules.d" \
		"$root/etc/systemd/system" "$root/etc/modprobe.d" \
		"$root/etc/cron.d" "$root/etc/apt/apt.conf.d"
	printf '%s\n' \
		'2026-11-20T10:00:00.123456+00:00 host sshd[811]: Failed password for root from 203.0.113.9 port 4022 ssh2' \
		'2026-11-20T10:00:09.123456+00:00 host sshd[811]: Accepted password for kim from 198.51.100.7 port 4023 ssh2' \
		>"$root/var/log/auth.log"
	echo '2026-11-10T10:00:00.123456+00:00 host own[9]: this is from the rotated log' |
		gzip >"$root/var/log/syslog.2.gz"
	echo '203.0.113.9 - - [20/Nov/2026:10:11:12 +0000] "GET /index.html HTTP/1.1" 200 12 "-" "curl/8"' \
		>"$root/var/log/nginx/access.log"
	echo '2026-11-20 10:00:00 install own-tool:amd64 <none> 1.0' \
		>>"$root/var/log/dpkg.log"
	printf '#1763632800\ncurl https://files.example/x\n' \
		>"$root/root/.bash_history"
	echo '17 3 * * * root /srv/backup' >"$root/etc/cron.d/own"
	printf '[Service]\nExecStart=/srv/backup --now\n[Install]\nWantedBy=multi-user.target\n' \
		>"$root/etc/systemd/system/own.service"
	echo 'blacklist pcspkr' >"$root/etc/modprobe.d/own.conf"
	echo 'ACTION=="add", SUBSYSTEM=="usb", RUN+="/lib/udev/own"' \
		>"$root/etc/udev/rules.d/90-own.rules"
	echo 'DPkg::Post-Invoke { "true"; };' >"$root/etc/apt/apt.conf.d/90own"
	printf '127.0.0.1 localhost\n' >"$root/etc/hosts"
	echo 'nameserver 192.0.2.53' >"$root/etc/resolv.conf"
	cp "$root/usr/bin/true" "$root/usr/bin/own-tool"
	cp "$root/usr/bin/true" "$root/usr/bin/who"
	cat "$HALLIGAN_SRCDIR/tests/fuzz/seeds/parse/utmp-384" \
		>"$root/var/log/wtmp"
	: >"$root/var/log/btmp"
	: >"$root/var/log/lastlog"
}

live_in_databases()
{
	root=$1
	mkdir -p "$root/var/lib/wtmpdb" "$root/var/lib/lastlog"
	sqlite3 "$root/var/lib/wtmpdb/wtmp.db" "CREATE TABLE wtmp(ID INTEGER
		PRIMARY KEY, Type INTEGER, User TEXT NOT NULL, Login INTEGER,
		Logout INTEGER, TTY TEXT, RemoteHost TEXT, Service TEXT) STRICT;
		INSERT INTO wtmp VALUES (1, 3, 'kim', 1763632800000000, NULL,
		'pts/0', '198.51.100.7', 'sshd');"
	sqlite3 "$root/var/lib/lastlog/lastlog2.db" "CREATE TABLE Lastlog2(Name
		TEXT PRIMARY KEY, Time INTEGER, TTY TEXT, RemoteHost TEXT,
		Service TEXT); INSERT INTO Lastlog2 VALUES ('kim', 1763632800,
		'ssh', '198.51.100.7', 'sshd');"
}

live_in()
{
	name=$1 root=$(host_root "$1")
	live_in_files "$root"
	[ "$name" != trixie ] || live_in_databases "$root"
	host_exec "$name" mount -t sysfs sys /sys
	host_exec "$name" ssh-agent -a /run/agent.sock >/dev/null
	cp "$root/usr/bin/sleep" "$root/tmp/gone"
	host_exec "$name" sh -c \
		'LD_LIBRARY_PATH=/srv/lib /tmp/gone 3600 &
		until readlink /proc/$!/exe | grep -q gone; do :; done
		rm /tmp/gone' \
		</dev/null >/dev/null 2>&1 &
	wait $!
	# One that takes all packets of its interfaces.
	printf '%s\n' 'import signal, socket' \
		'a = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0x300)' \
		'open("/run/taking", "w")' 'signal.pause()' \
		>"$root/srv/take.py"
	host_exec "$name" python3 /srv/take.py </dev/null >/dev/null 2>&1 &
	until [ -e "$root/run/taking" ]; do
		kill -0 $! 2>/dev/null ||
			{ fail "nobody takes packets on $name" && break; }
	done
}
