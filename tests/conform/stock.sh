#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A whole Debian 12 and 13, with systemd, web, mail and database servers and
# people: a triage over SSH finds nothing to look at. scripts/test-chroots
# --stock makes them; they are too large to be made for each run of the tests.
# shellcheck source=tests/hosts/lib.sh disable=SC2154
. "$(dirname "$0")/../hosts/lib.sh"
for suite in bookworm trixie; do
	[ -s "$HALLIGAN_CHROOTS/$suite-stock/.complete" ] ||
		hosts_skip "no $suite-stock: scripts/test-chroots --stock makes it"
done

# What people leave behind, and nothing of other tests.
live_in()
{
	root=$1
	mkdir -p "$root/root/.ssh"
	chmod 700 "$root/root/.ssh"
	cp "$HOME/.ssh/id_ed25519.pub" "$root/root/.ssh/authorized_keys"
	chmod 600 "$root/root/.ssh/authorized_keys"
	chroot "$root" useradd -m -s /bin/bash -G sudo anna
	chroot "$root" useradd -m -s /bin/bash bert
	echo "anna:$password" | chroot "$root" chpasswd
	for user in anna bert; do
		mkdir -p "$root/home/$user/.ssh"
		ssh-keygen -q -t ed25519 -N '' -C $user@desk -f "$tmp/$user"
		cp "$tmp/$user.pub" "$root/home/$user/.ssh/authorized_keys"
		rm -f "$tmp/$user" "$tmp/$user.pub"
		printf '%s\n' 'ls -la' 'cd /var/www/html' 'vim index.html' \
			'sudo systemctl restart apache2' \
			>"$root/home/$user/.bash_history"
		chroot "$root" chown -R $user:$user /home/$user
		chmod 700 "$root/home/$user/.ssh"
	done
	echo '<h1>It works</h1>' >"$root/var/www/html/index.html"
	printf '17 3 * * * root /usr/bin/certbot -q renew\n' \
		>"$root/etc/cron.d/renew"
	: >"$root/etc/machine-id"
}

# From here on it is a host of its own: nothing of ours is in its namespaces.
cat >"$hosts/boot" <<'END'
set -e
mount --make-rprivate /
cd "$1"
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 dev dev
for node in null zero full random urandom tty; do
	touch dev/$node
	mount --bind /dev/$node dev/$node
done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
mount -t tmpfs -o mode=1777 shm dev/shm
mount -t tmpfs -o mode=755 run run
mkdir -p .outside
pivot_root . .outside
exec chroot . /bin/sh -c 'umount -l /.outside && rmdir /.outside &&
	exec env -i container=lxc PATH=/usr/sbin:/usr/bin:/sbin:/bin /sbin/init'
END

boot()
{
	suite=$1
	hosts_n=$((hosts_n + 1))
	dir=$hosts/$suite
	mkdir "$dir" "$dir/upper" "$dir/work" "$dir/root"
	mount -t overlay overlay -o \
		"lowerdir=$HALLIGAN_CHROOTS/$suite-stock,upperdir=$dir/upper,workdir=$dir/work" \
		"$dir/root" || hosts_skip "no overlay of folders here"
	echo "$suite" >"$dir/root/etc/hostname"
	ip netns add "$suite"
	ip -n "$suite" link set lo up
	echo "$hosts_net.$hosts_n" >"$dir/addr"
	host_cable "$suite" br0 "$hosts_net.$hosts_n" "v$hosts_n"
	live_in "$dir/root"
	ip netns exec "$suite" unshare -m -u -i -p -C -f --kill-child=KILL \
		sh "$hosts/boot" "$dir/root" >"$dir/log" 2>&1 </dev/null &
	starter=$!
	until pgrep -P $starter >"$dir/pid" 2>/dev/null &&
		nsenter -a -t "$(cat "$dir/pid")" systemctl \
			is-system-running --wait >"$dir/state" 2>/dev/null ||
		grep -q degraded "$dir/state" 2>/dev/null; do
		kill -0 $starter 2>/dev/null || {
			cat "$dir/log"
			hosts_skip "$suite does not boot in namespaces here"
		}
	done
}

HALLIGAN_CASE=$tmp/t.case
export HALLIGAN_CASE
check "new case" h new "$HALLIGAN_CASE"
for suite in bookworm trixie; do
	boot $suite
	check "add $suite" h host add "root@$(host_addr $suite)" $suite
	expect 0 "triage of $suite" h triage $suite --accept-new-host-keys
	! grep -q 'not judged' "$tmp/err" ||
		fail "$suite: $(grep 'not judged' "$tmp/err")"
	expect 0 "findings" h finding list --host $suite --json
	grep -E '"severity":"(critical|high|medium|low)"' "$tmp/out" |
		sed -n 's/.*"severity":"\([a-z]*\)".*"rule":"\([^"]*\)".*"object":"\([^"]*\)".*/\1 \2 \3/p' \
			>"$tmp/loud"
	[ ! -s "$tmp/loud" ] || fail "$suite: $(cat "$tmp/loud")"
	expect 0 "processes" h process list --host $suite --json
	for program in systemd systemd-journald apache2 mariadbd sshd; do
		grep -q "\"exe\":\"[^\"]*/$program\"" "$tmp/out" ||
			fail "$suite: no $program runs"
	done
	echo "$suite: $(wc -l <"$tmp/out") processes, nothing to look at"
done
finish
