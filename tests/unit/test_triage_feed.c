/* SPDX-License-Identifier: Apache-2.0 */
/* The live picture as a shell tells it. */
#include "unit/unit.h"

#include <sys/mman.h>

#include "base/fs.h"
#include "base/hash.h"
#include "base/time.h"
#include "probe/feed.h"
#include "unit/triage_kit.h"

#define LIT(s) bytes_of(s, sizeof(s) - 1)
#define HOST "HLinux\n6.1\nx86_64\nweb01\n0\n2026 02 03 04 05 06\n1\nns\n\0"
#define STAT " S 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 3 0 500 0\0"
#define STATUS "Uid:\t0\t33\t0\t0\nVmSize: 1 kB\nTracerPid:\t5\n\0"
#define LINK "lrwxrwxrwx 1 root root 0 Jan  1 00:00 "

static const char picture[] = HOST
	"Ntcp   sl  local_address\n   0: 010200C0:C350 020200C0:115C 01 "
	"00000010:00000020 00:00000000 00000000   33        0 4711 1 0\n\0"
	"Npacket sk RefCnt\n0000000000000000 3 3 0003 2 1 7 0 815\n\0"
	"Xself 99\0Xhz 200\0Xstat btime 1700000000\0"
	"P7\0" "7 (s) h)" STAT STATUS "sh\001-i\001\0"
	LINK "/proc/7/exe -> /tmp/x (deleted)\n"
	LINK "/proc/7/cwd -> /tmp\n"
	LINK "/proc/7/root -> /\n"
	LINK "/proc/7/fd/0 -> socket:[4711]\n"
	LINK "/proc/7/fd/1 -> pipe:[1]\n"
	LINK "/proc/7/fd/5 -> /var/log/auth.log (deleted)\n\0"
	"P99\0" "99 (sh)" STAT STATUS "sh\001\0\0"
	"P8\0" "9 (liar)" STAT STATUS "x\001\0\0"
	"Xmodules rk 16384 0 - Live 0x0 (OE)\n\0"
	"Xmountinfo 36 35 98:0 / /proc/7 rw - tmpfs none rw\n\0"
	"Xroute eth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\n\0"
	"Xarp 192.0.2.1 0x1 0x2 02:fc:00:00:00:05 * eth0\n\0"
	"Xinterface eth0 0x1103 52:54:00:00:00:01 1500 up\0"
	"Xlocaltime ../usr/share/zoneinfo/Australia/Lord_Howe\0"
	"Xkernel tainted 12288\0"
	"Xkernel core_pattern |/tmp/x %p\0"
	"Xunheard of\0"
	"Q\0";

static void hear(struct bytes stream, struct took *t)
{
	const struct deadline never = {.mono_ns = INT64_MAX};
	int fd = memfd_create("feed", MFD_CLOEXEC);
	struct run_limits limits = {0};
	struct plan plan = {0};
	struct feed_host host;
	struct feed feed;
	struct err err;

	assert_ok(fs_write_all(fd, stream, &err), err);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	feed_init(&feed, fd);
	assert_ok(feed_begin(&feed, &host, &err), err);
	limits.feed = &feed;
	plan_go(&plan, (struct req_start){.triage = true});
	kit_run_within(&plan, never, &limits, t);
	feed_release(&feed);
	hold_contract(t);
}

static void a_shell_tells_the_picture(void **state UNUSED)
{
	const struct rec_process *p;
	const struct rec_socket *k;
	struct took t;

	hear(LIT(picture), &t);
	p = took_process(&t, 7);
	assert_non_null(p);
	assert_true(p->exe_deleted);
	assert_true(bytes_eq(p->exe, bytes_str("/tmp/x")));
	assert_true(bytes_eq(p->cmdline, LIT("sh\0-i")));
	assert_int_equal(p->uid, 33);
	assert_int_equal(p->ppid, 1);
	assert_int_equal(p->start_ns, INT64_C(1700000002500000000));
	assert_true(has_piece(p->detail, "\"comm\":\"s) h\""));
	assert_true(has_piece(p->detail, "\"argv0\":\"sh\""));
	assert_true(has_piece(p->detail, "\"tracer\":5"));
	assert_true(has_piece(p->detail,
			      "\"stdin\":\"tcp 192.0.2.2:4444\""));
	assert_true(has_piece(p->detail, "\"stdout\":\"pipe\""));
	assert_true(has_piece(p->detail,
			      "\"deleted_open\":[\"/var/log/auth.log\"]"));
	assert_int_equal(took_count(&t, REC_PROCESS), 1);
	k = took_socket(&t, "tcp", "established", "192.0.2.1:50000");
	assert_non_null(k);
	assert_int_equal(k->process_seq, p->seq);
	assert_true(has_piece(k->detail, "\"exe\":\"/tmp/x\""));
	k = took_socket(&t, "packet", "", "#2");
	assert_non_null(k);
	assert_true(has_piece(k->detail, "\"protocol\":\"0003\""));
	assert_false(has_piece(k->detail, "filter"));
	took_release(&t);
}

static void a_shell_tells_facts(void **state UNUSED)
{
	struct took t;

	hear(LIT(picture), &t);
	hold_told(&t, "module", "rk", PIECES("\"taint\":\"OE\""));
	hold_told(&t, "mount", "/proc/7", PIECES("\"fstype\":\"tmpfs\""));
	hold_told(&t, "route", "0.0.0.0/0",
		  PIECES("\"gateway\":\"192.0.2.1\""));
	hold_told(&t, "neighbour", "192.0.2.1", PIECES("\"flags\":2"));
	hold_told(&t, "interface", "eth0",
		  PIECES("\"promiscuous\":true", "\"mtu\":1500",
			 "\"state\":\"up\""));
	hold_told(&t, "kernel", "tainted", PIECES("\"number\":12288"));
	hold_told(&t, "time_zone", "Australia/Lord_Howe",
		  PIECES("\"source\":\"live\""));
	hold_told(&t, "kernel", "core_pattern",
		  PIECES("\"value\":\"|/tmp/x %p\""));
	hold_source(&t, "processes", "collected", "");
	hold_source(&t, "modules", "collected", "");
	hold_source(&t, "odd-files", "skipped", "no-probe");
	hold_source(&t, "views", "skipped", "no-probe");
	took_release(&t);
}

/* What a shell did not say is said to be missing. */
static void a_silent_shell_is_told_of(void **state UNUSED)
{
	struct took t;

	hear(LIT(HOST "Q\0"), &t);
	hold_source(&t, "processes", "skipped", "not-found");
	hold_source(&t, "kernel", "skipped", "not-found");
	assert_int_equal(took_count(&t, REC_PROCESS), 0);
	took_release(&t);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_shell_tells_the_picture),
		cmocka_unit_test(a_shell_tells_facts),
		cmocka_unit_test(a_silent_shell_is_told_of),
	};

	hash_lib_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
