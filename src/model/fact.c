/* SPDX-License-Identifier: Apache-2.0 */
/* The kinds of facts. Members are only ever added. */
#include "base/base.h"
#include "model/fact.h"

static const struct fact_member process_members[] = {
	{"comm", FACT_TEXT, "its own name for itself, as the kernel has it"},
	{"state", FACT_TEXT, "R, S, D, Z, T"},
	{"kernel_thread", FACT_BOOL,
	 "the kernel says that it is one of its threads"},
	{"has_memory", FACT_BOOL,
	 "it has mappings: no thread of the kernel has"},
	{"argv0", FACT_TEXT, "the first of its arguments"},
	{"cwd", FACT_TEXT, "its current folder"},
	{"root", FACT_TEXT, "its root, when that is not /"},
	{"tty", FACT_INT, "number of its terminal, 0 for none"},
	{"sid", FACT_INT, "its session"},
	{"tracer", FACT_INT, "pid that traces it, 0 for none"},
	{"threads", FACT_INT, "how many it has"},
	{"caps", FACT_TEXT, "effective capabilities, hex"},
	{"gid", FACT_INT, "effective group"},
	{"seccomp", FACT_INT, "mode"},
	{"container", FACT_BOOL, "its namespaces are not those of pid 1"},
	{"namespaces", FACT_LIST,
	 "\"mnt:4026531841\", those that differ from pid 1's"},
	{"cgroup", FACT_TEXT, "the path of its group"},
	{"exe_mode", FACT_INT, "permission bits of its program"},
	{"exe_links", FACT_INT, "names its program has; 0: it is gone"},
	{"exe_ctime", FACT_TIME, "of its program"},
	{"exe_size", FACT_INT, "of its program"},
	{"exe_packaged", FACT_BOOL, "its program's path is a package's"},
	{"exe_kind", FACT_TEXT,
	 "what its first bytes say: elf, script, go, upx"},
	{"exe_replaced", FACT_BOOL,
	 "deleted, and another file has its path now"},
	{"environ", FACT_LIST,
	 "variables of interest, NAME=VALUE: LD_*, HIST*, PATH, SSH_*"},
	{"environ_empty", FACT_BOOL,
	 "its environment could be read and is empty"},
	{"maps_exec_memfd", FACT_LIST, "executable mappings of memory files"},
	{"maps_exec_deleted", FACT_LIST,
	 "executable mappings of deleted files"},
	{"maps_exec_odd", FACT_LIST,
	 "those in folders for scratch, homes, or hidden ones"},
	{"maps_exec_unpackaged", FACT_LIST,
	 "of sshd, cron, systemd, PAM users: no package's"},
	{"maps_rwx", FACT_INT,
	 "anonymous mappings that may be written and run"},
	{"stdin", FACT_TEXT,
	 "what fd 0 is: a path, \"pipe\", \"tcp 192.0.2.1:4444\", \"unix\", "
	 "\"tty\""},
	{"stdout", FACT_TEXT, "fd 1"},
	{"stderr", FACT_TEXT, "fd 2"},
	{"deleted_open", FACT_LIST,
	 "deleted files it has open, logs above all"},
	{"bpf_programs", FACT_INT, "programs of eBPF it holds"},
	{"listed", FACT_BOOL, "reading the folder /proc shows it"},
	{"found_by", FACT_TEXT, "readdir, number, cgroup: who saw it first"},
};

static const struct fact_member socket_members[] = {
	{"type", FACT_TEXT,
	 "of packet and raw ones: raw, dgram; of unix ones: stream, dgram, "
	 "seqpacket"},
	{"protocol", FACT_TEXT,
	 "of packet ones: 0003 is all; of raw ones: the protocol's number"},
	{"interface", FACT_TEXT, "of packet ones"},
	{"filter", FACT_BOOL, "a program of BPF is attached"},
	{"exe", FACT_TEXT, "the program of who holds it"},
	{"queue_recv", FACT_INT, "bytes that wait to be read"},
	{"queue_send", FACT_INT, "bytes that wait to be sent"},
};

static const struct fact_member module_members[] = {
	{"size", FACT_INT, "bytes"},
	{"refs", FACT_INT, "how many use it"},
	{"users", FACT_LIST, "modules that use it"},
	{"state", FACT_TEXT, "Live, Loading"},
	{"taint", FACT_TEXT,
	 "letters: O out of tree, E unsigned, P proprietary, F forced"},
	{"proc", FACT_BOOL, "/proc/modules has it"},
	{"sys", FACT_BOOL, "/sys/module has it as one that was loaded"},
	{"symbols", FACT_BOOL, "/proc/kallsyms has symbols of it"},
	{"path", FACT_TEXT, "its file"},
	{"packaged", FACT_BOOL, "that file is a package's"},
};

static const struct fact_member kernel_members[] = {
	{"value", FACT_TEXT, "as the kernel has it"},
	{"number", FACT_INT, "as a number, when it is one"},
};

static const struct fact_member bpf_members[] = {
	{"type", FACT_TEXT, "kprobe, tracing, xdp, cgroup_skb, ..."},
	{"program", FACT_TEXT, "the name it was loaded with"},
	{"tag", FACT_TEXT, "hash of its instructions"},
	{"loaded_at", FACT_TIME, "when"},
	{"uid", FACT_INT, "who loaded it"},
	{"pinned", FACT_TEXT, "path under /sys/fs/bpf"},
	{"holder", FACT_INT, "a pid that holds it"},
};

static const struct fact_member mount_members[] = {
	{"fstype", FACT_TEXT, "ext4, overlay, ..."},
	{"source", FACT_TEXT, "device or what it is of"},
	{"subtree", FACT_TEXT,
	 "the folder of that file system that is mounted"},
	{"options", FACT_TEXT, "of the mount"},
	{"super_options", FACT_TEXT, "of the file system"},
	{"id", FACT_INT, "mountinfo's number"},
	{"parent", FACT_INT, "of the mount it is in"},
};

static const struct fact_member interface_members[] = {
	{"mac", FACT_TEXT, "hardware address"},
	{"flags", FACT_INT, "as net/if.h has them"},
	{"promiscuous", FACT_BOOL, "it takes all packets"},
	{"mtu", FACT_INT, "bytes"},
	{"state", FACT_TEXT, "up, down, unknown"},
	{"addresses", FACT_LIST, "192.0.2.7/24"},
	{"master", FACT_TEXT, "the bridge or bond it is in"},
	{"kind", FACT_TEXT, "bridge, veth, tun, wireguard, ... when told"},
};

static const struct fact_member route_members[] = {
	{"gateway", FACT_TEXT, "empty: none"},
	{"interface", FACT_TEXT, "out of which"},
	{"metric", FACT_INT, "the lower wins"},
	{"family", FACT_TEXT, "inet, inet6"},
};

static const struct fact_member neighbour_members[] = {
	{"mac", FACT_TEXT, "hardware address"},
	{"interface", FACT_TEXT, "on which"},
	{"flags", FACT_INT, "as the kernel has them"},
};

static const struct fact_member firewall_members[] = {
	{"tool", FACT_TEXT, "nft, iptables, ip6tables"},
	{"policy", FACT_TEXT, "accept, drop; empty: none"},
	{"rules", FACT_INT, "how many rules"},
	{"text", FACT_TEXT, "the rules, cut at 16 KiB"},
};

static const struct fact_member session_members[] = {
	{"tty", FACT_TEXT, "line"},
	{"from", FACT_TEXT, "remote host; empty: here"},
	{"pid", FACT_INT, "of the leader"},
	{"since", FACT_TIME, "login time"},
	{"source", FACT_TEXT, "utmp, logind"},
};

static const struct fact_member timesync_members[] = {
	{"synced", FACT_BOOL, "the kernel says so"},
	{"offset_ns", FACT_INT, "estimated by the kernel"},
	{"max_error_ns", FACT_INT, "bound by the kernel"},
	{"source", FACT_TEXT, "what keeps it"},
};

static const struct fact_member time_zone_members[] = {
	{"rules", FACT_TEXT, "after the last change: CET-1CEST,M3.5.0,..."},
	{"offset_s", FACT_INT, "east of UTC, when it was taken"},
	{"changes", FACT_INT, "how many it lists"},
	{"source", FACT_TEXT, "localtime, timezone; or live, of a triage"},
};

static const struct fact_member container_members[] = {
	{"runtime", FACT_TEXT, "docker, podman, containerd, lxc, crio"},
	{"image", FACT_TEXT, "what it was made from"},
	{"pid", FACT_INT, "of its first process"},
	{"state", FACT_TEXT, "running, ..."},
	{"privileged", FACT_BOOL, "it may do everything"},
	{"mounts", FACT_LIST, "SOURCE:TARGET"},
	{"command", FACT_TEXT, "what it runs"},
	{"created_at", FACT_TIME, "when it was made"},
};

static const struct fact_member tool_members[] = {
	{"path", FACT_TEXT, "which file; empty: there is none"},
	{"said", FACT_INT, "things it said"},
	{"status", FACT_INT, "its exit status"},
	{"timeout", FACT_BOOL, "it did not end in time"},
	{"packaged", FACT_BOOL, "its file is a package's"},
	{"answer", FACT_TEXT,
	 "how it answered badly, each time: missing, unsafe (its file is not "
	 "root's alone, and it was not run), hang, flood, crash, failed, "
	 "silent, garbage; empty: it did not"},
	{"asked", FACT_TEXT, "the arguments it was last given"},
};

static const struct fact_member difference_members[] = {
	{"subject", FACT_TEXT,
	 "process, command (of a process), file, module, socket, login"},
	{"seen_by", FACT_TEXT,
	 "the view that has it: proc, number, cgroup, getdents, sysfs, "
	 "netlink, utmp, wtmp"},
	{"not_by", FACT_TEXT,
	 "the view that has not: readdir, ps, ls, find, lsmod, ss, netstat, "
	 "who, last, proc"},
	{"note", FACT_TEXT, "what else is known: command line, size"},
	{"asked", FACT_TEXT, "the arguments of the program that has not"},
};

static const struct fact_member odd_file_members[] = {
	{"why", FACT_TEXT,
	 "suid, sgid, caps, immutable, append, world-writable, hidden, "
	 "device-folder, scratch-executable, archive, recent-executable, "
	 "web-script, path-writable, history, log"},
	{"mode", FACT_INT, "permission bits and type"},
	{"uid", FACT_INT, "owner"},
	{"gid", FACT_INT, "group"},
	{"size", FACT_INT, "bytes"},
	{"mtime", FACT_TIME, "content"},
	{"ctime", FACT_TIME, "metadata"},
	{"btime", FACT_TIME, "birth"},
	{"packaged", FACT_BOOL, "the path is a package's"},
	{"caps", FACT_TEXT, "cap_setuid+ep, ..."},
	{"attributes", FACT_INT, "as FS_IOC_GETFLAGS has them"},
	{"kind", FACT_TEXT,
	 "first bytes: elf, go, upx, script, php, jsp, gzip, zip, tar, ..."},
	{"target", FACT_TEXT, "where a symlink leads"},
	{"signs", FACT_LIST, "what in the content is odd: see script"},
	{"sha256", FACT_TEXT, "of the content, when it was read"},
};

static const struct fact_member package_members[] = {
	{"version", FACT_TEXT, "as the package manager has it"},
	{"arch", FACT_TEXT, "amd64, noarch"},
	{"status", FACT_TEXT, "installed, half-configured, ..."},
	{"installed_at", FACT_TIME, "when, if it is told"},
	{"manager", FACT_TEXT, "dpkg, rpm, apk, pacman"},
};

static const struct fact_member changed_file_members[] = {
	{"package", FACT_TEXT, "whose it is"},
	{"config", FACT_BOOL, "the package says people may change it"},
	{"missing", FACT_BOOL, "it is gone"},
	{"expected", FACT_TEXT, "hash in the database"},
	{"actual", FACT_TEXT, "hash of the file"},
	{"critical", FACT_BOOL,
	 "it is one that logins or lists depend on: sshd, login, ps, PAM "
	 "modules"},
};

static const struct fact_member unpackaged_file_members[] = {
	{"kind", FACT_TEXT, "elf, script"},
	{"mode", FACT_INT, "permission bits"},
	{"ctime", FACT_TIME, "metadata"},
	{"size", FACT_INT, "bytes"},
	{"sha256", FACT_TEXT, "of it"},
};

static const struct fact_member account_members[] = {
	{"uid", FACT_INT, "user id"},
	{"gid", FACT_INT, "its group"},
	{"gecos", FACT_TEXT, "who"},
	{"home", FACT_TEXT, "folder"},
	{"shell", FACT_TEXT, "login shell"},
	{"field", FACT_TEXT,
	 "second field when it is not x: \"\" is no password"},
};

static const struct fact_member password_members[] = {
	{"state", FACT_TEXT, "set, locked, empty, none"},
	{"method", FACT_TEXT, "y, 6, 5, 2b, 1, des"},
	{"changed_at", FACT_TIME, "day"},
	{"max_days", FACT_INT, "until it must be changed"},
	{"expires_at", FACT_TIME, "of the account"},
};

static const struct fact_member account_group_members[] = {
	{"gid", FACT_INT, "group id"},
	{"members", FACT_LIST, "accounts"},
};

static const struct fact_member sudoers_members[] = {
	{"hosts", FACT_TEXT, "where"},
	{"runas", FACT_TEXT, "as whom"},
	{"commands", FACT_TEXT, "what"},
	{"tags", FACT_LIST, "NOPASSWD, SETENV, ..."},
	{"options", FACT_LIST, "of a Defaults line: !authenticate, ..."},
	{"all", FACT_BOOL, "any command as root"},
	{"nopasswd", FACT_BOOL, "without a password"},
	{"source", FACT_TEXT, "sudoers, doas"},
};

static const struct fact_member authorized_key_members[] = {
	{"account", FACT_TEXT, "whose it opens"},
	{"type", FACT_TEXT, "ssh-ed25519, ..."},
	{"bits", FACT_INT, "length, if known"},
	{"comment", FACT_TEXT, "behind the key"},
	{"options", FACT_TEXT, "in front of it"},
	{"command", FACT_TEXT, "forced command"},
	{"from", FACT_TEXT, "from="},
	{"source", FACT_TEXT, "authorized_keys, authorized_keys2, ..."},
};

static const struct fact_member known_host_members[] = {
	{"account", FACT_TEXT, "whose"},
	{"type", FACT_TEXT, "of the key"},
	{"fingerprint", FACT_TEXT, "SHA256:..."},
};

static const struct fact_member sshd_setting_members[] = {
	{"value", FACT_TEXT, "as written"},
	{"match", FACT_TEXT, "of the Match block; empty: global"},
};

static const struct fact_member ssh_setting_members[] = {
	{"value", FACT_TEXT, "as written"},
	{"host", FACT_TEXT, "of the Host block"},
	{"account", FACT_TEXT, "whose; empty: all"},
};

static const struct fact_member cron_members[] = {
	{"schedule", FACT_TEXT, "five fields, or @reboot"},
	{"account", FACT_TEXT, "as whom"},
	{"source", FACT_TEXT, "crontab, cron.d, spool, cron.daily, anacrontab"},
	{"signs", FACT_LIST, "what in it is odd: see script"},
};

static const struct fact_member at_members[] = {
	{"run_at", FACT_TIME, "when"},
	{"account", FACT_TEXT, "as whom"},
	{"signs", FACT_LIST, "see script"},
};

static const struct fact_member unit_members[] = {
	{"type", FACT_TEXT, "service, timer, path, socket, ..."},
	{"exec", FACT_LIST, "what it runs, of all Exec lines"},
	{"account", FACT_TEXT, "User="},
	{"wanted_by", FACT_LIST, "targets"},
	{"description", FACT_TEXT, "as it says"},
	{"drop_in", FACT_BOOL, "it only changes another"},
	{"masked", FACT_BOOL, "it leads to /dev/null"},
	{"schedule", FACT_TEXT, "of a timer"},
	{"state", FACT_TEXT,
	 "enabled when a link in .wants or .requires was taken"},
	{"scope", FACT_TEXT, "system, user"},
	{"account_home", FACT_TEXT, "whose, of a user's own units"},
	{"signs", FACT_LIST, "see script"},
	{"leads_to", FACT_TEXT,
	 "the unit's file, of a link in .wants or .requires"},
};

static const struct fact_member script_members[] = {
	{"role", FACT_TEXT,
	 "rc, init, profile, shell, motd, cron, generator, dispatcher, apt, "
	 "dhcp, ifup, logrotate, pam, ssh-rc, xdg, git-hook, python-start, "
	 "initramfs, udev, web"},
	{"account", FACT_TEXT, "whose, of files in homes"},
	{"packaged", FACT_BOOL,
	 "the path is a package's; told with the file, for checks"},
	{"lines", FACT_INT, "how many it has"},
	{"signs", FACT_LIST,
	 "fetch, pipe-to-shell, base64, dev-tcp, netcat, scratch-path, "
	 "hidden-path, preload, history-off, alias, trap, prompt, eval, "
	 "interpreter, chmod-suid, key-write, cron-write, request-eval, "
	 "request-exec, decode-eval, reverse-shell, auto-prepend"},
	{"sample", FACT_TEXT, "the first line that has a sign"},
};

static const struct fact_member pam_members[] = {
	{"type", FACT_TEXT, "auth, account, password, session"},
	{"control", FACT_TEXT,
	 "required, sufficient, [success=1 default=ignore], include"},
	{"module", FACT_TEXT, "pam_unix.so, or a path"},
	{"arguments", FACT_TEXT, "of the module"},
};

static const struct fact_member udev_members[] = {
	{"runs", FACT_LIST, "RUN, PROGRAM, IMPORT"},
	{"always", FACT_BOOL, "it is about devices that are always there"},
	{"signs", FACT_LIST, "see script"},
};

static const struct fact_member modprobe_members[] = {
	{"directive", FACT_TEXT,
	 "install, remove, options, blacklist, alias, load"},
	{"value", FACT_TEXT, "the rest"},
};

static const struct fact_member preload_members[] = {
	{"source", FACT_TEXT, "ld.so.preload, ld.so.conf, environment"},
};

static const struct fact_member hosts_entry_members[] = {
	{"address", FACT_TEXT, "where it leads"},
};

static const struct fact_member resolver_members[] = {
	{"value", FACT_TEXT, "the rest"},
	{"source", FACT_TEXT, "resolv.conf, nsswitch.conf"},
};

static const struct fact_member environment_members[] = {
	{"value", FACT_TEXT, "what it is set to"},
	{"source", FACT_TEXT, "path"},
};

static const struct fact_member hook_members[] = {
	{"command", FACT_TEXT, "what"},
	{"signs", FACT_LIST, "see script"},
};

static const struct fact_member autostart_members[] = {
	{"exec", FACT_TEXT, "what it runs"},
	{"account", FACT_TEXT, "whose; empty: all"},
	{"hidden", FACT_BOOL, "it is not shown or not run"},
	{"signs", FACT_LIST, "see script"},
};

static const struct fact_member logging_members[] = {
	{"value", FACT_TEXT, "as written"},
	{"source", FACT_TEXT,
	 "journald.conf, rsyslog, auditd.conf, audit.rules, selinux, apparmor, "
	 "ufw, firewalld, logrotate"},
};

static const struct fact_member history_members[] = {
	{"account", FACT_TEXT, "whose"},
	{"size", FACT_INT, "bytes"},
	{"target", FACT_TEXT, "where it leads, of a symlink"},
	{"attributes", FACT_INT, "immutable, append"},
	{"lines", FACT_INT, "how many commands"},
};

static const struct fact_member login_record_members[] = {
	{"format", FACT_TEXT, "utmp, wtmpdb, lastlog, lastlog2"},
	{"size", FACT_INT, "bytes"},
	{"records", FACT_INT, "how many"},
	{"zeroed", FACT_INT, "records of zeros between others"},
	{"torn", FACT_BOOL, "its length is no multiple of a record"},
	{"backwards", FACT_INT, "how often time runs backwards"},
	{"first", FACT_TIME, "of the records"},
	{"last", FACT_TIME, "of the records"},
};

static const struct fact_member rotation_gap_members[] = {
	{"newer", FACT_TEXT, "path of the next newer one that is here"},
	{"older", FACT_TEXT, "path of the next older one that is here"},
	{"missing", FACT_INT, "how many are, from that number on"},
};

#define KIND_OF(kind, home_, name_is_, help_, ...)                             \
	{                                                                      \
		.name = #kind, .home = (home_), .name_is = (name_is_),         \
		.help = (help_), .members = kind##_members,                    \
		.n_members = ARRAY_SIZE(kind##_members), __VA_ARGS__           \
	}
#define LIVE(kind, source_, home_, name_is_, help_)                            \
	KIND_OF(kind, home_, name_is_, help_, .source = (source_))
#define SAID(kind, files_, name_is_, help_)                                    \
	KIND_OF(kind, FACT_OWN, name_is_, help_, .files = (files_))

const struct fact_kind fact_kinds[] = {
	LIVE(process, "processes", FACT_PROCESS, "",
	     "a process, or a thread of the kernel"),
	LIVE(socket, "sockets", FACT_SOCKET, "", "a socket, of any family"),
	LIVE(module, "modules", FACT_OWN, "name of the module",
	     "a module of the kernel"),
	LIVE(kernel, "kernel", FACT_OWN,
	     "what it is: tainted, release, cmdline, core_pattern, ...",
	     "a setting or state of the kernel"),
	LIVE(bpf, "bpf", FACT_OWN, "id, or the path of a pin",
	     "a program of eBPF"),
	LIVE(mount, "mounts", FACT_OWN, "where it is mounted",
	     "a mounted file system"),
	LIVE(interface, "interfaces", FACT_OWN, "name of the interface",
	     "a network interface"),
	LIVE(route, "routes", FACT_OWN, "destination: 0.0.0.0/0", "a route"),
	LIVE(neighbour, "neighbours", FACT_OWN, "address",
	     "an entry of the ARP or NDP table"),
	LIVE(firewall, "firewall", FACT_OWN,
	     "table or chain: \"nft inet filter input\"",
	     "state of the packet filter"),
	LIVE(session, "sessions", FACT_OWN, "user",
	     "somebody who is logged in"),
	LIVE(timesync, "clock", FACT_OWN, "clock, chrony, timesyncd, ...",
	     "how the clock is kept"),
	LIVE(time_zone, "time-zone", FACT_OWN,
	     "Europe/Berlin; its rules, if no name",
	     "the time zone of the host"),
	LIVE(container, "containers", FACT_OWN, "id or name", "a container"),
	LIVE(tool, "views", FACT_OWN, "name: ps, ls, ss, lsmod",
	     "a program of the host that was asked for its view"),
	LIVE(difference, "views", FACT_OWN, "pid, path, module or socket",
	     "two views of the host that disagree"),
	LIVE(odd_file, "odd-files", FACT_OWN, "path",
	     "a file whose mode, attributes, name or place matter"),
	LIVE(package, "packages", FACT_OWN, "name",
	     "a package that is installed"),
	LIVE(changed_file, "changed-files", FACT_OWN, "path",
	     "a file of a package that is not as the package has it"),
	LIVE(unpackaged_file, "unpackaged-files", FACT_OWN, "path",
	     "a program or library in a system folder that no package has"),
	SAID(account, "/etc/passwd", "name", "a line of passwd(5)"),
	SAID(password, "/etc/shadow", "name of the account",
	     "a line of shadow(5), without its hash"),
	SAID(account_group, "/etc/group", "name", "a line of group(5)"),
	SAID(sudoers, "/etc/sudoers /etc/sudoers.d/* /etc/doas.conf",
	     "who: user, %group, alias",
	     "a rule of sudoers(5) or doas.conf(5)"),
	SAID(authorized_key, "*/.ssh/authorized_keys*",
	     "SHA256:... fingerprint", "a key that may log in"),
	SAID(known_host, "*/.ssh/known_hosts*",
	     "host as it is written, |1|... when hashed",
	     "a host that an account has been to"),
	SAID(sshd_setting, "/etc/ssh/sshd_config*", "keyword in lower case",
	     "a setting of sshd_config(5)"),
	SAID(ssh_setting, "/etc/ssh/ssh_config* */.ssh/config",
	     "keyword in lower case",
	     "a setting of ssh_config(5) that runs or redirects something"),
	SAID(cron, "/etc/crontab /etc/cron.d/* /var/spool/cron/*", "command",
	     "a job of cron"),
	SAID(at, "/var/spool/cron/atjobs/* /var/spool/at/*",
	     "command, its first line of interest", "a job of at(1)"),
	SAID(unit, "*/systemd/system/* */systemd/user/*", "name: ssh.service",
	     "a unit of systemd"),
	SAID(script,
	     "/etc/rc* /etc/init.d/* /etc/profile* /etc/cron.* "
	     "/etc/update-motd.d/* /etc/network/* */.bash* */.profile", "path",
	     "a file that is run at a start, a login or an event"),
	SAID(pam, "/etc/pam.d/* /etc/pam.conf", "service", "a line of PAM"),
	SAID(udev, "/etc/udev/rules.d/*", "the rule, without what it runs",
	     "a rule of udev that runs something"),
	SAID(modprobe, "/etc/modprobe.d/* /etc/modules*", "module",
	     "a line of modprobe.d, modules-load.d or modules"),
	SAID(preload, "/etc/ld.so.preload", "path or name of the library",
	     "a line of ld.so.preload"),
	SAID(hosts_entry, "/etc/hosts", "host name",
	     "a line of hosts(5), name by name"),
	SAID(resolver, "/etc/resolv.conf /etc/nsswitch.conf",
	     "keyword: nameserver, search, hosts, passwd, ...",
	     "a line of resolv.conf(5) or nsswitch.conf(5)"),
	SAID(environment, "/etc/environment* /etc/security/pam_env.conf",
	     "name of the variable", "a line of environment files"),
	SAID(hook, "/etc/apt/* /etc/logrotate*",
	     "key: DPkg::Post-Invoke, inittab respawn, ...",
	     "a command that a package manager, logrotate, init or the "
	     "network runs"),
	SAID(autostart, "*/autostart/*", "name of the entry",
	     "an entry of XDG autostart"),
	SAID(logging, "/etc/rsyslog* /etc/systemd/journald* /etc/audit/*",
	     "what it is: journald Storage, rsyslog forward, audit rule, "
	     "selinux, ...", "how logging and protection are set up"),
	LIVE(history, "histories", FACT_OWN, "path", "a shell history"),
	SAID(login_record, "/var/log/wtmp* /var/log/btmp* /var/log/lastlog*",
	     "path", "a file of login records"),
	SAID(rotation_gap, "/var/log/*", "path of the newest that is missing",
	     "a number that a set of rotated logs has not: it was "
	     "removed, or not collected"),
};
const size_t n_fact_kinds = ARRAY_SIZE(fact_kinds);

const struct fact_kind *fact_kind_find(struct bytes name)
{
	for (size_t i = 0; i < n_fact_kinds; i++)
		if (bytes_eq(name, bytes_str(fact_kinds[i].name)))
			return &fact_kinds[i];
	return NULL;
}

bool fact_source_is_whole(struct bytes outcome, struct bytes reason)
{
	static const char *const parts[] = {"stopped", "deadline", "hang",
					    "timeout", "permission"};

	if (bytes_eq(outcome, bytes_str("skipped")))
		return bytes_eq(reason, bytes_str("not-found"));
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (bytes_eq(reason, bytes_str(parts[i])))
			return false;
	return bytes_eq(outcome, bytes_str("collected"));
}
