# SPDX-License-Identifier: Apache-2.0
# Sourced by the tests that need hosts: real servers in network, process,
# mount and host name namespaces of their own, with addresses of their own on
# a bridge that nothing outside reaches. All of it ends with the test, however
# it ends: the test itself is the first process of a process namespace.
#
#   . "$(dirname "$0")/lib.sh"     runs the test again, inside; skips it when
#                                  that cannot be (not root, no chroots, ...)
#   host_up NAME KIND [behind=JUMP] [shell=SHELL] [LINE OF sshd_config...]
#       bookworm, trixie  OpenSSH of that Debian (scripts/test-chroots)
#       noexec            the same as bookworm; what can be written to runs
#                         no programs
#       dropbear          dropbear and BusyBox alone, no SFTP
#     With behind=JUMP it is reached from the host JUMP only. shell= is the
#     login shell of kim.
#   host_exec NAME COMMAND...      as root on that host, past its server
#   host_addr NAME                 its address
#   host_root NAME                 its files, as we see them
#   net_cut NAME, net_join NAME    take its cable out, and put it in again
#   net_slow NAME, net_fast NAME   let 4 MiB more come from it at once, and then
#                                  next to nothing; as before
#   net_sent NAME                  how many bytes have come from it
#   freeze NAME, thaw NAME         stop and continue its server and sessions
#   host_down NAME                 end it
#
# Users of the Debians: root; kim (may become nobody else); ada (sudo, with a
# password), bob (sudo, without), dee (doas, with a password); su asks for
# root's. Passwords are $password. All log in with $HOME/.ssh/id_ed25519 or
# the password. dropbear has root and kim.
#
# $HOME is the responder's, with a key and a known_hosts that has all hosts
# that are up. $tmp is for the test. Besides: skip, fail, check, expect, says
# and h of tests/e2e/lib.sh.
# shellcheck shell=sh
set -u

password='Kor rekt-7 "horse"'
hosts_net=10.77.0

hosts_skip()
{
	echo "skipped: $*"
	exit 77
}

hosts_cache()
{
	echo "${HALLIGAN_CHROOTS:-${XDG_CACHE_HOME:-$HOME/.cache}/halligan/chroots}"
}

hosts_need()
{
	[ "$(id -u)" = 0 ] || hosts_skip "only root can make hosts"
	for tool in ip unshare chroot ssh-keygen; do
		command -v $tool >/dev/null || hosts_skip "$tool is not installed"
	done
	for suite in bookworm trixie; do
		[ -s "$(hosts_cache)/$suite/.complete" ] ||
			hosts_skip "no $suite: scripts/test-chroots makes it"
	done
	unshare -m -n -u -p -f --mount-proc true 2>/dev/null ||
		hosts_skip "no namespaces here"
}

if [ -z "${HOSTS_INSIDE:-}" ]; then
	hosts_need
	HALLIGAN_CHROOTS=$(hosts_cache)
	HOSTS_INSIDE=$(mktemp -d /tmp/halligan-hosts.XXXXXX) || exit 1
	export HALLIGAN_CHROOTS HOSTS_INSIDE
	# What is mounted there goes with the namespace.
	unshare -m -n -u -p -f --mount-proc --kill-child=KILL "$0" "$@"
	status=$?
	rmdir "$HOSTS_INSIDE"
	exit $status
fi

hosts=$HOSTS_INSIDE
mount --make-rprivate / &&
	mount -t tmpfs -o mode=0700 hosts "$hosts" &&
	mkdir -p /run/netns && mount -t tmpfs netns /run/netns ||
	hosts_skip "nothing can be mounted here"
chmod 711 "$hosts"
hostname laptop
ip link set lo up
ip link add br0 type bridge 2>/dev/null ||
	hosts_skip "no bridges between networks here"
ip link add br1 type bridge
ip addr add $hosts_net.1/24 dev br0
ip link set br0 up
ip link set br1 up

mkdir -p "$hosts/home/.ssh"
chmod 700 "$hosts/home" "$hosts/home/.ssh"
ssh-keygen -q -t ed25519 -N '' -C kim@laptop -f "$hosts/home/.ssh/id_ed25519"

# shellcheck source=tests/e2e/lib.sh
. "$HALLIGAN_SRCDIR/tests/e2e/lib.sh"
leave() { rm -rf "$tmp"; }
HOME=$hosts/home
export HOME
unset SSH_AUTH_SOCK HALLIGAN_CASE
hosts_n=1

host_addr()
{
	cat "$hosts/$1/addr"
}

host_root()
{
	echo "$hosts/$1/root"
}

host_exec()
{
	name=$1
	shift
	nsenter -a -t "$(cat "$hosts/$name/pid")" chroot "$(host_root "$name")" "$@"
}

# ---- what is on them ----

host_devices()
{
	root=$1
	mount -t tmpfs -o mode=0755 dev "$root/dev"
	for node in null zero full random urandom tty; do
		touch "$root/dev/$node"
		mount --bind /dev/$node "$root/dev/$node"
	done
	mkdir "$root/dev/pts" "$root/dev/shm"
	mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 devpts \
		"$root/dev/pts"
	ln -s pts/ptmx "$root/dev/ptmx"
	ln -s /proc/self/fd "$root/dev/fd"
	mount -t tmpfs -o "mode=1777$2" shm "$root/dev/shm"
	mount -t tmpfs -o "mode=1777$2" tmp "$root/tmp"
	mount -t tmpfs -o "mode=0755$2" run "$root/run"
	mkdir -p "$root/run/sshd"
}

host_keys()
{
	name=$1 etc=$2
	ssh-keygen -q -t ed25519 -N '' -C "$name" -f "$etc/host_ed25519"
	echo "$(host_addr "$name") $(cut -d ' ' -f 1,2 "$etc/host_ed25519.pub")" \
		>>"$HOME/.ssh/known_hosts"
}

host_authorize()
{
	root=$1 home=$2 owner=$3
	mkdir -p "$root$home/.ssh"
	cp "$hosts/home/.ssh/id_ed25519.pub" "$root$home/.ssh/authorized_keys"
	chroot "$root" chown -R "$owner" "$home"
	chmod 700 "$root$home/.ssh"
}

host_debian()
{
	name=$1 suite=$2 shell=$3
	dir=$hosts/$name root=$hosts/$name/root
	mkdir "$dir/upper" "$dir/work" "$root"
	mount -t overlay overlay -o \
		"lowerdir=$HALLIGAN_CHROOTS/$suite,upperdir=$dir/upper,workdir=$dir/work" \
		"$root" || hosts_skip "no overlay of folders here"
	echo "$name" >"$root/etc/hostname"
	for user in kim ada bob dee; do
		chroot "$root" useradd -m -s /bin/bash $user
		host_authorize "$root" /home/$user $user:$user
	done
	host_authorize "$root" /root root:root
	for user in root kim ada bob dee; do
		echo "$user:$password"
	done | chroot "$root" chpasswd
	chroot "$root" usermod -s "$shell" kim
	printf 'ada ALL=(ALL) ALL\nbob ALL=(ALL) NOPASSWD: ALL\n' \
		>"$root/etc/sudoers.d/test"
	chmod 440 "$root/etc/sudoers.d/test"
	echo 'permit dee as root' >"$root/etc/doas.conf"
	host_keys "$name" "$root/etc/ssh"
	cat >"$root/etc/ssh/test_config" <<-END
		HostKey /etc/ssh/host_ed25519
		UsePAM yes
		PermitRootLogin yes
		PasswordAuthentication yes
		KbdInteractiveAuthentication no
		PrintMotd no
		MaxStartups 500
		Subsystem sftp internal-sftp
	END
}

# Programs of this machine with the libraries they want.
host_copy()
{
	root=$1 program=$2
	cp "$program" "$root/usr/sbin/"
	ldd "$program" | grep -o '/[^ ]*' | while read -r lib; do
		mkdir -p "$root$(dirname "$lib")"
		cp -L "$lib" "$root$lib"
	done
}

host_busybox()
{
	name=$1
	root=$hosts/$name/root
	command -v dropbear >/dev/null || hosts_skip "dropbear is not installed"
	[ -x /bin/busybox ] || hosts_skip "busybox-static is not installed"
	for dir in bin usr/sbin usr/bin sbin etc/dropbear dev proc tmp run \
		var/tmp root home/kim; do
		mkdir -p "$root/$dir"
	done
	cp /bin/busybox "$root/bin/"
	for applet in $(/bin/busybox --list); do
		[ "$applet" = busybox ] || ln -s busybox "$root/bin/$applet"
	done
	host_copy "$root" "$(command -v dropbear)"
	mkdir -p "$root/lib/x86_64-linux-gnu"
	cp -L /lib/*/libnss_files.so.2 "$root/lib/x86_64-linux-gnu/" 2>/dev/null
	echo 'passwd: files' >"$root/etc/nsswitch.conf"
	printf '%s\n' /bin/sh /bin/ash >"$root/etc/shells"
	hash=$(openssl passwd -6 "$password")
	printf 'root:x:0:0::/root:/bin/sh\nkim:x:1000:1000::/home/kim:/bin/ash\n' \
		>"$root/etc/passwd"
	printf 'root:x:0:\ntty:x:5:\nkim:x:1000:\n' >"$root/etc/group"
	printf 'root:%s:19000::::::\nkim:%s:19000::::::\n' "$hash" "$hash" \
		>"$root/etc/shadow"
	host_authorize "$root" /root 0:0
	host_authorize "$root" /home/kim 1000:1000
	key=$(dropbearkey -t ed25519 -f "$root/etc/dropbear/key" 2>/dev/null |
		grep -o '^ssh-ed25519 [^ ]*')
	echo "$(host_addr "$name") $key" >>"$HOME/.ssh/known_hosts"
}

# ---- up and down ----

# A cable from the host to a bridge.
host_cable()
{
	whose=$1 bridge=$2 addr=$3 end=$4
	ip link add "$end" type veth peer name "p$end" netns "$whose"
	ip link set "$end" master "$bridge" up
	ip -n "$whose" addr add "$addr/24" dev "p$end"
	ip -n "$whose" link set "p$end" up
}

# The first process of a host: what it mounts is its own, what it starts ends
# with it. The server says when it listens.
host_start()
{
	name=$1 flags=$2
	dir=$hosts/$name
	shift 2
	mkfifo "$dir/says"
	ip netns exec "$name" unshare -m -u -i -p -f --kill-child=KILL sh -c '
		. "$0/start" && exec chroot "$0/root" "$@"
	' "$dir" "$@" >"$dir/says" 2>&1 </dev/null &
	starter=$!
	{
		while read -r line <&7; do
			echo "$line" >>"$dir/log"
			case $line in
			*listening\ on\ 0.0.0.0* | *"Not backgrounding"*) break ;;
			esac
		done
		# What runs behind us has no standard input of ours.
		cat <&7 >>"$dir/log" &
	} 7<"$dir/says"
	# The child of unshare is the first process in there.
	pgrep -P $starter >"$dir/pid" 2>/dev/null ||
		fail "the host $name did not start: $(cat "$dir/log")"
}

host_script()
{
	name=$1 flags=$2
	cat >"$hosts/$name/start" <<-END
		hostname $name
		mount --make-rprivate /
		mount -t proc proc $hosts/$name/root/proc
	END
	host_devices "$hosts/$name/root" "$flags"
}

host_up()
{
	name=$1 kind=$2 behind='' shell=/bin/bash config=''
	shift 2
	for word; do
		case $word in
		behind=*) behind=${word#behind=} ;;
		shell=*) shell=${word#shell=} ;;
		*) config="$config
$word" ;;
		esac
	done
	hosts_n=$((hosts_n + 1))
	mkdir "$hosts/$name"
	ip netns add "$name"
	ip -n "$name" link set lo up
	if [ -n "$behind" ]; then
		ip -n "$behind" link show "pi$behind" >/dev/null 2>&1 || {
			host_cable "$behind" br1 10.78.0.1 "i$behind"
			ip -n "$behind" link set "pi$behind" up
		}
		echo "10.78.0.$hosts_n" >"$hosts/$name/addr"
		host_cable "$name" br1 "10.78.0.$hosts_n" "v$hosts_n"
	else
		echo "$hosts_net.$hosts_n" >"$hosts/$name/addr"
		host_cable "$name" br0 "$hosts_net.$hosts_n" "v$hosts_n"
	fi
	echo "v$hosts_n" >"$hosts/$name/cable"
	mkdir "$hosts/$name/root" 2>/dev/null
	case $kind in
	dropbear)
		host_busybox "$name"
		host_script "$name" ''
		host_start "$name" '' /usr/sbin/dropbear -F -E -r \
			/etc/dropbear/key -p 22
		;;
	*)
		rmdir "$hosts/$name/root"
		case $kind in
		noexec) suite=bookworm flags=,noexec ;;
		*) suite=$kind flags='' ;;
		esac
		host_debian "$name" "$suite" "$shell"
		# Of a keyword the first line counts.
		usual=$(cat "$hosts/$name/root/etc/ssh/test_config")
		printf '%s\n%s\n' "$config" "$usual" \
			>"$hosts/$name/root/etc/ssh/test_config"
		[ -z "$flags" ] || for dir in root home var/tmp; do
			cp -a "$hosts/$name/root/$dir" "$hosts/$name/was"
			mount -t tmpfs -o noexec,mode=0755 noexec \
				"$hosts/$name/root/$dir"
			cp -a "$hosts/$name/was/." "$hosts/$name/root/$dir/"
			rm -rf "$hosts/$name/was"
		done
		host_script "$name" "$flags"
		host_start "$name" "$flags" /usr/sbin/sshd -D -e -f \
			/etc/ssh/test_config
		;;
	esac
}

net_cut()
{
	ip link set "$(cat "$hosts/$1/cable")" down
}

# Nobody is told any more that there is no way: what asked while it was out
# would hear of it a little later.
net_join()
{
	ip link set "$(cat "$hosts/$1/cable")" up
	ip neigh flush to "$(host_addr "$1")"
}

# Whoever is to be found in the midst of something can be waited for then,
# however busy this machine is.
net_slow()
{
	tc -n "$1" qdisc add dev "p$(cat "$hosts/$1/cable")" root tbf \
		rate 128kbit burst 4mb limit 256kb 2>/dev/null ||
		hosts_skip "no slow networks here"
}

net_fast()
{
	tc -n "$1" qdisc del dev "p$(cat "$hosts/$1/cable")" root
}

net_sent()
{
	ip -s -j link show dev "$(cat "$hosts/$1/cable")" |
		sed 's/.*"rx":{"bytes":\([0-9]*\).*/\1/'
}

# All processes of a host but its first, which is its server: that one is not
# to be stopped from inside.
host_signal()
{
	for pid in $(ip netns pids "$1"); do
		kill "-$2" "$pid" 2>/dev/null # it may be gone by now
	done
}

freeze()
{
	host_signal "$1" STOP
}

thaw()
{
	host_signal "$1" CONT
}

host_down()
{
	kill -KILL "$(cat "$hosts/$1/pid")"
}
