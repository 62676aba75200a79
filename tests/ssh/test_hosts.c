/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Our own probe placed and run in the userland of other Debian releases, by
 * their shell and with their tools. scripts/test-chroots makes them; without
 * it, and without root, there is nothing to test here.
 */
#include "ssh/sim.h"

#include <sched.h>
#include <sys/mount.h>

#include "base/fs.h"
#include "wire/records.h"
#include "wire/stream.h"

static const char *const suites[] = {"bookworm", "trixie"};
static struct buf probe;

/* Where the chroots are; the caller frees. */
static char *chroots(void)
{
	const char *given = getenv("HALLIGAN_CHROOTS");
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

	if (given && given[0])
		return xstrdup(given);
	if (cache && cache[0])
		return xasprintf("%s/halligan/chroots", cache);
	return xasprintf("%s/.cache/halligan/chroots", home ? home : "");
}

static char *find_chroot(const char *suite)
{
	char *top = chroots(), *dir = xasprintf("%s/%s", top, suite);
	char *mark = xasprintf("%s/.complete", dir);

	if (access(mark, F_OK) != 0) {
		print_message("no %s: scripts/test-chroots makes it\n", dir);
		free(dir);
		dir = NULL;
	}
	free(mark);
	free(top);
	return dir;
}

/* Looks into the release's own folder of shells, with a rule that matches. */
static void add_request(struct buf *plain)
{
	struct req_rules rules = {
		.ns = bytes_str("r"),
		.name = bytes_str("r"),
		.source = bytes_str("rule r { condition: uint32(0) == "
				    "0x464c457f and filename == \"dash\" }"),
		.last = true};
	struct req_path path = {.path = bytes_str("/usr/bin/dash")};
	struct req_path old = {.path = bytes_str("/bin/dash")};
	struct req_start start = {.scan = true};
	struct err err;

	assert_ok(record_encode(REQ_RULES, &rules, plain, &err), err);
	assert_ok(record_encode(REQ_PATH, &path, plain, &err), err);
	assert_ok(record_encode(REQ_PATH, &old, plain, &err), err);
	assert_ok(record_encode(REQ_START, &start, plain, &err), err);
}

/* How many records of that type have come. */
static unsigned count(const struct sim *s, enum rec_type type)
{
	struct bytes rest = buf_bytes(&s->output);
	unsigned n = 0;

	while (rest.n) {
		struct record rec;
		struct err err;
		size_t used;

		assert_ok(record_next(rest, &used, &rec, &err), err);
		if (used == 0)
			break;
		if (rec.type == REC_HELLO)
			assert_true(rec.u.hello.unlinked);
		n += rec.type == type;
		rest = bytes_skip(rest, used);
	}
	return n;
}

/* The end of its input would be the end of the hunt: only once it is done. */
static void converse(struct sim *s)
{
	struct msg_data end = {.last = true};

	s->stop_at = MSG_LINK_PLACED;
	sim_run(s);
	s->stop_at = MSG_LINK_OUTPUT;
	while (s->fault.code == ERR_OK && count(s, REC_DONE) == 0) {
		assert_false(s->exited);
		sim_run(s);
	}
	s->stop_at = 0;
	if (s->fault.code == ERR_OK)
		tell(&s->link, MSG_LINK_INPUT, &end);
	sim_run(s);
}

/* The probe asks /proc for its own name. */
static const char *proc_in;

static void mount_proc(void)
{
	if (unshare(CLONE_NEWNS) != 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("proc", proc_in, "proc", 0, NULL) != 0)
		_exit(126);
}

static void hunt_in(const char *dir)
{
	char *config = xasprintf("ForceCommand /usr/sbin/chroot %s /bin/sh -c "
				 "\"$SSH_ORIGINAL_COMMAND\"",
				 dir);
	struct buf plain, packed;
	char *left, *proc = xasprintf("%s/proc", dir);
	struct sim s;
	pid_t sshd;

	buf_init(&plain, 1 << 20);
	add_request(&plain);
	compress_for_probe(buf_bytes(&plain), &packed);
	sim_defaults(&s);
	sim_probe_bytes(&s, buf_bytes(&probe));
	s.input = buf_bytes(&packed);
	proc_in = proc;
	sshd_before = mount_proc;
	sim_start(&s, sshd_start(config, &sshd));
	sshd_before = NULL;
	converse(&s);
	if (s.fault.code != ERR_OK)
		fail_msg("%s: %s: %s", dir, err_name(s.fault.code),
			 s.fault.msg);
	assert_true(s.placed);
	assert_true(s.checked);
	assert_true(count(&s, REC_MATCH) >= 1);
	left = xasprintf("%s%s", dir, s.path);
	(void)sim_end(&s);
	await_all_gone();
	assert_int_not_equal(access(left, F_OK), 0);
	free(left);
	free(proc);
	free(config);
	buf_release(&plain);
	buf_release(&packed);
}

static void a_hunt_in_other_releases(void **state UNUSED)
{
	unsigned n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(suites); i++) {
		char *dir = find_chroot(suites[i]);

		if (!dir)
			continue;
		hunt_in(dir);
		free(dir);
		n++;
	}
	if (n == 0)
		skip();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hunt_in_other_releases),
	};
	const char *path = getenv("HALLIGAN_PROBE");
	struct err err;

	buf_init(&probe, 64u << 20);
	if (!sshd_is_there() || geteuid() != 0 || !path ||
	    fs_read(path, &probe, &err) != ERR_OK) {
		print_message("skipped: this takes sshd, a probe, and root "
			      "for chroots\n");
		return 77;
	}
	return cmocka_run_group_tests_name("hosts", tests, fixture_make,
					   fixture_remove);
}
