# SPDX-License-Identifier: Apache-2.0
# Sourced by what works on hundreds of hosts: addresses of loopback behind one
# sshd, in a network of its own so that nothing beyond it hears, and with a
# home of its own so that no profile is run and no file of the user's read.
# Runs the script again, inside, as the first process of a process namespace:
# all of it ends with it. Skips it when that cannot be.
#
#   fleet_up [LINE OF sshd_config...]  starts the server; sets $fleet_port
#   fleet_targets N one target a line: root@127.1.0.1:PORT, ...
#   fleet_names N   the addresses alone
# shellcheck shell=sh disable=SC2154

fleet_skip()
{
	echo "skipped: $*"
	exit 77
}

if [ -z "${FLEET_INSIDE:-}" ]; then
	[ "$(id -u)" = 0 ] || fleet_skip "only root can serve 200 addresses"
	for tool in ip unshare ssh-keygen; do
		command -v $tool >/dev/null || fleet_skip "$tool is not installed"
	done
	unshare -m -n -p -f --mount-proc true 2>/dev/null || fleet_skip "no namespaces here"
	FLEET_INSIDE=yes exec unshare -m -n -p -f --mount-proc \
		--kill-child "$0" "$@"
fi

fleet_port=2200

fleet_sshd()
{
	command -v sshd || echo /usr/sbin/sshd
}

# sshd asks passwd(5) for the home, so that one is covered.
fleet_up()
{
	[ -x "$(fleet_sshd)" ] || fleet_skip "openssh-server is not installed"
	ip link set lo up || fleet_skip "no loopback"
	fleet=$tmp/fleet
	home=$(getent passwd root | cut -d : -f 6)
	mkdir -p "$fleet/home/.ssh" /run/sshd
	chmod 700 "$fleet/home" "$fleet/home/.ssh"
	ssh-keygen -q -t ed25519 -N '' -f "$fleet/home/.ssh/id_ed25519"
	ssh-keygen -q -t ed25519 -N '' -f "$fleet/key"
	cp "$fleet/home/.ssh/id_ed25519.pub" "$fleet/home/.ssh/authorized_keys"
	cat >"$fleet/config" <<-CONFIG
		ListenAddress 0.0.0.0
		Port $fleet_port
		HostKey $fleet/key
		PidFile $fleet/pid
		AuthorizedKeysFile .ssh/authorized_keys
		UsePAM no
		StrictModes no
		MaxStartups 1000
		LogLevel ERROR
		PrintMotd no
		Subsystem sftp internal-sftp
	CONFIG
	echo "PerSourcePenalties no" | cat "$fleet/config" - >"$fleet/both"
	"$(fleet_sshd)" -t -f "$fleet/both" 2>/dev/null &&
		mv "$fleet/both" "$fleet/config"
	for line in "$@"; do
		echo "$line" >>"$fleet/config"
	done
	mount --bind "$fleet/home" "$home" || fleet_skip "nothing can be mounted"
	HOME=$home
	export HOME
	fleet_names 250 | sed "s/.*/[&]:$fleet_port $(cut -d ' ' -f 1,2 \
		"$fleet/key.pub" | sed 's|/|\\/|g')/" >"$HOME/.ssh/known_hosts"
	"$(fleet_sshd)" -f "$fleet/config" -E "$fleet/log" || {
		cat "$fleet/log"
		exit 1
	}
}

fleet_names()
{
	seq -f '127.1.0.%g' "$1"
}

fleet_targets()
{
	fleet_names "$1" | sed "s/.*/root@&:$fleet_port/"
}
