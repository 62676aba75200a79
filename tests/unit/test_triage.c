/* SPDX-License-Identifier: Apache-2.0 */
/* Texts of /proc and /sys to facts: each parser by texts as kernels write
 * them, and by such as only a hostile one would. */
#include "unit/unit.h"

#include <fcntl.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "base/hash.h"
#include "probe/hidden.h"
#include "probe/pathsign.h"
#include "probe/procstat.h"
#include "probe/proctext.h"
#include "probe/socket.h"
#include "probe/take.h"
#include "probe/triage_module.h"
#include "probe/triage_program.h"
#include "unit/triage_kit.h"

#define LIT(s) bytes_of(s, sizeof(s) - 1)

static void assert_bytes(struct bytes b, const char *want)
{
	if (!bytes_eq(b, bytes_str(want)))
		fail_msg("%.*s is not %s", (int)b.n, (const char *)b.p, want);
}

static void a_name_may_hold_anything(void **state UNUSED)
{
	static const char text[] =
		"42 (a) S 1 (b)) S 7 40 41 34816 -1 4194560 1 2 3 4 5 6 7 8 20"
		" 0 3 0 12345 99 0\n";
	struct proc_stat s;

	assert_true(proc_stat_parse(LIT(text), &s));
	assert_int_equal(s.pid, 42);
	assert_bytes(s.comm, "a) S 1 (b)");
	assert_int_equal(s.state, 'S');
	assert_int_equal(s.ppid, 7);
	assert_int_equal(s.sid, 41);
	assert_int_equal(s.tty, 34816);
	assert_int_equal(s.threads, 3);
	assert_int_equal(s.ticks, 12345);
	assert_int_equal(s.flags & 0x200000, 0);
	assert_false(proc_stat_parse(LIT("42 (a) S 1"), &s));
	assert_false(proc_stat_parse(LIT(")42("), &s));
	assert_false(proc_stat_parse((struct bytes){0}, &s));
}

static void a_group_names_its_container(void **state UNUSED)
{
	static const struct {
		const char *path, *runtime, *id;
	} rows[] = {
		{"/system.slice/docker-0123456789ab.scope", "docker",
		 "0123456789ab"},
		{"/docker/0123456789ab", "docker", "0123456789ab"},
		{"/kubepods.slice/x/cri-containerd-77.scope", "containerd",
		 "77"},
		{"/machine.slice/libpod-abc.scope/container", "podman", "abc"},
		{"/machine.slice/libpod-conmon-abc.scope", "", NULL},
		{"/lxc.payload.web/system.slice", "lxc", "web"},
		{"/system.slice/ssh.service", "", NULL},
		{"/", "", NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct bytes id = {0};

		assert_string_equal(
			cgroup_container(bytes_str(rows[i].path), &id),
			rows[i].runtime);
		if (rows[i].id)
			assert_bytes(id, rows[i].id);
	}
	assert_bytes(proc_cgroup(LIT("12:pids:/a/longer/one\n0::/b\n")), "/b");
	assert_bytes(proc_cgroup(LIT("3:cpu:/\n1:name=systemd:/u\n0::/\n")),
		     "/u");
	assert_bytes(proc_cgroup(LIT("junk\n")), "");
}

static void programs_are_known_by_their_begin(void **state UNUSED)
{
	assert_string_equal(program_kind(LIT("#!/bin/sh\n")), "script");
	assert_string_equal(program_kind(LIT("\177ELF\2\1\1")), "elf");
	assert_string_equal(program_kind(LIT("\177ELF\2\1\1....UPX!....")),
			    "upx");
	assert_string_equal(
		program_kind(LIT("\177ELF\2 Go build ID: \"abc/def\"")), "go");
	assert_string_equal(program_kind(LIT("MZ")), "");
	assert_true(environ_matters(LIT("LD_PRELOAD=/tmp/x.so")));
	assert_true(environ_matters(LIT("HISTFILE=/dev/null")));
	assert_false(environ_matters(LIT("AWS_SECRET_ACCESS_KEY=x")));
}

static void paths_say_what_they_are(void **state UNUSED)
{
	assert_true(path_is_scratch(LIT("/dev/shm/x")));
	assert_true(path_is_scratch(LIT("/tmp")));
	assert_false(path_is_scratch(LIT("/tmpfs/x")));
	assert_true(path_is_hidden(LIT("/usr/lib/.x/y")));
	assert_true(path_is_hidden(LIT("/tmp/.. /y")));
	assert_false(path_is_hidden(LIT("/usr/lib/x.y")));
	assert_true(name_is_odd(LIT("...")));
	assert_true(name_is_odd(LIT(".. ")));
	assert_true(name_is_odd(LIT("x ")));
	assert_false(name_is_odd(LIT("..")));
	assert_false(name_is_odd(LIT("..data")));
}

static void numbers_are_asked_as_far_as_they_were_given(void **state UNUSED)
{
	struct bytes load = LIT("0.10 0.20 0.30 1/200 5000\n");

	assert_int_equal(hidden_cap(load, LIT("4194304\n"), 4990), 5000);
	/* they began anew: one is larger than the last */
	assert_int_equal(hidden_cap(load, LIT("32768\n"), 30000), 32768);
	assert_int_equal(hidden_cap(load, LIT("99999999\n"), 30000), 1 << 22);
	assert_int_equal(hidden_cap(LIT("junk"), LIT("400"), 1), 400);
}

/* ---- sockets ---- */

static void tables_of_sockets_are_read(void **state UNUSED)
{
	static const char tcp[] =
		"  sl  local_address rem_address   st tx_queue rx_queue tr\n"
		"   0: 0100007F:0019 0201A8C0:C350 01 00000010:00000020 00:0000"
		"0000 00000000   33        0 4711 1 0\n";
	static const char packet[] =
		"sk               RefCnt Type Proto  Iface R Rmem   User   "
		"Inode\n0000000000000000 3      3    0003   2     1 7      0"
		"      815\n";
	static const char unix_[] =
		"Num       RefCount Protocol Flags    Type St Inode Path\n"
		"0000000000000000: 00000002 00000000 00010000 0001 01 17 "
		"/run/a socket\n"
		"0000000000000000: 00000002 00000000 00000000 0002 03 18\n";
	char shown[SOCK_SHOWN_MAX];
	struct socktable t;
	struct sock *s;

	socktable_init(&t);
	socktable_add(&t, "tcp", LIT(tcp), 1, false);
	socktable_add(&t, "packet", LIT(packet), 1, false);
	socktable_add(&t, "unix", LIT(unix_), 1, false);
	assert_int_equal(t.n, 4);
	s = socktable_find(&t, 4711);
	assert_non_null(s);
	assert_bytes(sock_show(s, shown), "tcp 192.168.1.2:50000");
	assert_int_equal(s->queue_send, 16);
	assert_int_equal(s->queue_recv, 32);
	s = socktable_find(&t, 815);
	assert_int_equal(s->type, 3);
	assert_int_equal(s->number, 3);
	assert_int_equal(s->interface, 2);
	s = socktable_find(&t, 17);
	assert_string_equal(s->path, "/run/a socket");
	assert_null(socktable_find(&t, 18)->path);
	assert_null(socktable_find(&t, 19));
	assert_null(socktable_find(&t, 0));
	socktable_release(&t);
}

static void a_link_names_a_socket(void **state UNUSED)
{
	uint64_t inode = 0;

	assert_true(socket_of_link(LIT("socket:[4711]"), &inode));
	assert_int_equal(inode, 4711);
	assert_false(socket_of_link(LIT("socket:[]"), &inode));
	assert_false(socket_of_link(LIT("socket:[0]"), &inode));
	assert_false(socket_of_link(LIT("pipe:[4711]"), &inode));
	assert_false(socket_of_link(LIT("socket:[47"), &inode));
}

/* ---- modules ---- */

static void modules_are_read(void **state UNUSED)
{
	static const char line[] =
		"nf_tables 376832 217 nft_compat,nft_chain_nat, Live "
		"0x0000000000000000 (OE)";
	struct module_line m;
	struct bed b = {0};
	struct took t;

	assert_true(module_parse(LIT(line), &m));
	assert_bytes(m.taint, "OE");
	bed_make(&b);
	module_tell(&b.tell, &m);
	triage_end(&b.tell);
	bed_end(&b, &t);
	hold_told(&t, "module", "nf_tables",
		  PIECES("\"size\":376832", "\"refs\":217",
			 "\"users\":[\"nft_compat\",\"nft_chain_nat\"]",
			 "\"state\":\"Live\"", "\"taint\":\"OE\"",
			 "\"proc\":true"));
	took_release(&t);
	assert_true(module_parse(LIT("dm 16384 0 - Live 0x0"), &m));
	assert_int_equal(m.users.n, 0);
	assert_int_equal(m.taint.n, 0);
	assert_false(module_parse(LIT("dm x 0 -"), &m));
	assert_false(module_parse((struct bytes){0}, &m));
}

static void symbols_name_their_module(void **state UNUSED)
{
	static const char dep[] =
		"kernel/fs/nfs/nfs.ko.xz: kernel/net/sunrpc/sunrpc.ko.xz\n"
		"kernel/drivers/net/virtio-net.ko:\n";

	assert_bytes(symbol_module(LIT("0 t hide_it\t[diamorphine]")),
		     "diamorphine");
	assert_bytes(symbol_module(LIT("0 t bpf_prog_1\t[bpf]")), "");
	assert_bytes(symbol_module(LIT("0 T _text")), "");
	assert_bytes(symbol_module(LIT("]")), "");
	assert_bytes(module_file(LIT(dep), LIT("virtio_net")),
		     "kernel/drivers/net/virtio-net.ko");
	assert_bytes(module_file(LIT(dep), LIT("nfs")),
		     "kernel/fs/nfs/nfs.ko.xz");
	assert_bytes(module_file(LIT(dep), LIT("sunrpc")), "");
}

/* ---- facts of texts ---- */

static void mounts_are_told(void **state UNUSED)
{
	static const char text[] =
		"36 35 98:0 /sub\\040dir /mnt/a\\040b rw,noatime master:1 - "
		"ext3 /dev/root rw,errors=continue\n"
		"99 36 98:0 /x /proc/1234 rw - ext3 /dev/root rw\n"
		"junk\n - \n";
	struct bed b = {0};
	struct took t;

	bed_make(&b);
	take_mounts(&b.tell, LIT(text));
	bed_end(&b, &t);
	hold_told(&t, "mount", "/mnt/a b",
		  PIECES("\"fstype\":\"ext3\"", "\"source\":\"/dev/root\"",
			 "\"subtree\":\"/sub dir\"",
			 "\"options\":\"rw,noatime\"",
			 "\"super_options\":\"rw,errors=continue\"",
			 "\"id\":36", "\"parent\":35"));
	hold_told(&t, "mount", "/proc/1234", PIECES("\"subtree\":\"/x\""));
	assert_int_equal(took_count(&t, REC_FACT), 2);
	took_release(&t);
}

static void routes_are_told(void **state UNUSED)
{
	static const char v4[] =
		"Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask"
		"\t\tMTU\n"
		"eth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\n"
		"eth0\t000200C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\n";
	static const char v6[] =
		"fd000000000000000000000000000000 40 "
		"00000000000000000000000000000000 00 "
		"00000000000000000000000000000000 00000100 00000001 00000000 "
		"00000001     eth0\n"
		"fd000000000000000000000000000002 80 "
		"00000000000000000000000000000000 00 "
		"00000000000000000000000000000000 00000000 00000002 00000000 "
		"80200001     eth0\n";
	static const char arp[] =
		"IP address       HW type     Flags       HW address            "
		"Mask     Device\n"
		"192.0.2.1        0x1         0x2         02:fc:00:00:00:05     "
		"*        eth0\n";
	struct bed b = {0};
	struct took t;

	bed_make(&b);
	take_routes(&b.tell, LIT(v4), false);
	take_routes6(&b.tell, LIT(v6));
	take_neighbours(&b.tell, LIT(arp));
	bed_end(&b, &t);
	hold_told(&t, "route", "0.0.0.0/0",
		  PIECES("\"gateway\":\"192.0.2.1\"",
			 "\"interface\":\"eth0\"", "\"metric\":100",
			 "\"family\":\"inet\""));
	hold_told(&t, "route", "192.0.2.0/24", PIECES("\"gateway\":\"\""));
	hold_told(&t, "route", "fd00::/64", PIECES("\"metric\":256"));
	assert_null(took_fact(&t, "route", "fd00::2/128"));
	hold_told(&t, "neighbour", "192.0.2.1",
		  PIECES("\"mac\":\"02:fc:00:00:00:05\"", "\"flags\":2"));
	assert_int_equal(took_count(&t, REC_FACT), 4);
	took_release(&t);
}

/* As the kernel answers: a neighbour, a group, the end. */
static void neighbours_by_netlink_are_told(void **state UNUSED)
{
	static const uint8_t to[16] = {0xfd, [15] = 5},
			     mac[6] = {2, 0xfc, 0, 0, 0, 5};
	struct message {
		struct nlmsghdr head;
		struct ndmsg body;
		struct rtattr a;
		uint8_t to[16];
		struct rtattr b;
		uint8_t mac[8];
	} m[3] = {
		{.head = {.nlmsg_len = sizeof *m, .nlmsg_type = RTM_NEWNEIGH},
		 .body = {.ndm_family = AF_INET6, .ndm_ifindex = 1,
			  .ndm_state = NUD_REACHABLE, .ndm_flags = NTF_ROUTER},
		 .a = {.rta_len = 20, .rta_type = NDA_DST},
		 .b = {.rta_len = 10, .rta_type = NDA_LLADDR}},
	};
	struct bed b = {0};
	struct took t;

	memcpy(m[0].to, to, sizeof to);
	memcpy(m[0].mac, mac, sizeof mac);
	m[1] = m[0];
	m[1].body.ndm_state = NUD_NOARP;
	m[1].to[0] = 0xff;
	m[2].head = (struct nlmsghdr){.nlmsg_len = 20,
				      .nlmsg_type = NLMSG_DONE};
	bed_make(&b);
	assert_true(take_netlink_neighbours(&b.tell, bytes_of(m, sizeof *m)));
	assert_false(take_netlink_neighbours(
		&b.tell, bytes_of(m + 1, 2 * sizeof *m)));
	m[0].head.nlmsg_len = 4000; /* longer than there is */
	assert_false(take_netlink_neighbours(&b.tell, bytes_of(m, sizeof *m)));
	bed_end(&b, &t);
	hold_told(&t, "neighbour", "fd00::5",
		  PIECES("\"mac\":\"02:fc:00:00:00:05\"",
			 "\"interface\":\"lo\"", "\"flags\":128"));
	assert_int_equal(took_count(&t, REC_FACT), 1);
	took_release(&t);
}

static void mappings_are_told(void **state UNUSED)
{
	static const char text[] =
		"1000-2000 r-xp 00000000 08:01 11 /usr/sbin/sshd\n"
		"2000-3000 r-xp 00000000 00:05 12 /memfd:x (deleted)\n"
		"3000-4000 r-xp 00000000 08:01 13 /usr/lib/old.so (deleted)\n"
		"4000-5000 r-xp 00000000 08:01 14 /tmp/evil.so\n"
		"5000-6000 rw-p 00000000 08:01 15 /tmp/data\n"
		"6000-7000 rwxp 00000000 00:00 0 \n"
		"7000-8000 r-xp 00000000 08:01 16 /opt/own.so\n"
		"8000-9000 rwxs 00000000 00:01 17 /dev/zero (deleted)\n";
	struct bed b = {0};
	struct buf maps;
	struct took t;

	bed_make(&b);
	b.triage.has_packages = true; /* of which none has a file */
	triage_begin(&b.tell, "process", LIT("7"));
	buf_init(&maps, 4096);
	assert_true(buf_add(&maps, text, sizeof text - 1));
	maps_take(&b.tell, &maps, true);
	buf_release(&maps);
	triage_end(&b.tell);
	bed_end(&b, &t);
	hold_told(&t, "process", "7",
		  PIECES("\"maps_exec_memfd\":[\"/memfd:x (deleted)\"]",
			 "\"maps_exec_deleted\":[\"/usr/lib/old.so "
			 "(deleted)\"]",
			 "\"maps_exec_odd\":[\"/tmp/evil.so\"]",
			 "\"maps_exec_unpackaged\":[\"/usr/sbin/sshd\","
			 "\"/opt/own.so\"]",
			 "\"maps_rwx\":1"));
	took_release(&t);
}

/* ---- what does not fit ---- */

static void what_does_not_fit_is_left_out(void **state UNUSED)
{
	struct bed b = {0};
	uint8_t *raw = noise(TELL_TEXT_MAX * 2);
	struct took t;
	char key[16];

	memset(raw, 0xff, TELL_TEXT_MAX * 2);
	bed_make(&b);
	triage_begin(&b.tell, "sshd_setting", LIT("x"));
	for (unsigned i = 0; i < 40; i++) {
		(void)snprintf(key, sizeof key, i % 2 ? "value" : "match");
		tell_bytes(&b.tell, key, bytes_of(raw, TELL_TEXT_MAX * 2));
	}
	triage_end(&b.tell);
	triage_begin(&b.tell, "unit", LIT("y"));
	tell_list(&b.tell, "exec");
	for (unsigned i = 0; i < 500; i++)
		tell_entry(&b.tell, bytes_of(raw, TELL_TEXT_MAX));
	tell_list_end(&b.tell);
	triage_end(&b.tell);
	bed_end(&b, &t); /* which holds the form of each */
	assert_int_equal(took_count(&t, REC_FACT), 2);
	took_release(&t);
	free(raw);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_may_hold_anything),
		cmocka_unit_test(a_group_names_its_container),
		cmocka_unit_test(programs_are_known_by_their_begin),
		cmocka_unit_test(paths_say_what_they_are),
		cmocka_unit_test(numbers_are_asked_as_far_as_they_were_given),
		cmocka_unit_test(tables_of_sockets_are_read),
		cmocka_unit_test(a_link_names_a_socket),
		cmocka_unit_test(modules_are_read),
		cmocka_unit_test(symbols_name_their_module),
		cmocka_unit_test(mounts_are_told),
		cmocka_unit_test(routes_are_told),
		cmocka_unit_test(neighbours_by_netlink_are_told),
		cmocka_unit_test(mappings_are_told),
		cmocka_unit_test(what_does_not_fit_is_left_out),
	};

	hash_lib_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
