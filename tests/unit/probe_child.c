/* SPDX-License-Identifier: Apache-2.0 */
/* The static program in a process of its own, with both pipes. */
#include "unit/unit.h"

#include "unit/probe_child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#include "base/fs.h"
#include "base/time.h"
#include "wire/records.h"
#include "wire/stream.h"

#define LIT(s)  bytes_of(s, sizeof(s) - 1)
#define HANG_NS (60 * NS_PER_S) /* a machine may be slow; a hang is longer */
#define HANG_S  180 /* of one probe, or what is tested beside them */

const char *probe;
void (*child_before)(void);

bool probe_find(void)
{
	probe = getenv("HALLIGAN_PROBE");
	if (!probe || access(probe, X_OK) != 0) {
		puts("skipped: no static probe in HALLIGAN_PROBE");
		return false;
	}
	signal(SIGPIPE, SIG_IGN);
	(void)alarm(HANG_S); /* none was set before */
	return true;
}

void child_start(struct child *c, const char *root, char *const *argv)
{
	int in[2], out[2];
	unsigned left = alarm(HANG_S);

	if (left > HANG_S) /* a test that takes its time */
		(void)alarm(left);
	*c = (struct child){0};
	buf_init(&c->packed, 64 << 20);
	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	c->pid = fork();
	if (c->pid == 0) {
		if (root && (chroot(root) != 0 || chdir("/") != 0))
			_exit(99);
		if (dup2(in[0], 0) < 0 || dup2(out[1], 1) < 0)
			_exit(98);
		if (child_before)
			child_before();
		execv(argv[0], argv);
		_exit(97);
	}
	close_fd(in[0]);
	close_fd(out[1]);
	c->to = in[1];
	c->from = out[0];
}

int child_alone(char *const *argv)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY);

		if (child_before)
			child_before();
		if (dup2(null, 2) == 2)
			execv(argv[0], argv);
		_exit(97);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

bool child_read(struct child *c)
{
	uint8_t *to = buf_reserve(&c->packed, 65536);
	struct err err;
	ssize_t n;

	assert_non_null(to);
	assert_ok(wait_fd(c->from, POLLIN, deadline_in(HANG_NS, NULL), &err),
		  err);
	n = read(c->from, to, 65536);
	assert_true(n >= 0);
	buf_commit(&c->packed, (size_t)n);
	return n > 0;
}

int child_end(struct child *c)
{
	int status;

	while (child_read(c))
		continue;
	assert_int_equal(waitpid(c->pid, &status, 0), c->pid);
	took_parse(&c->took, buf_bytes(&c->packed));
	close_fd(c->to);
	close_fd(c->from);
	buf_release(&c->packed);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

void child_say(struct child *c, enum rec_type type, const void *msg)
{
	struct buf plain, packed;
	struct zwriter z;
	struct err err;

	buf_init(&plain, RECORD_BODY_MAX);
	buf_init(&packed, RECORD_BODY_MAX);
	zwriter_init(&z, 1);
	assert_ok(record_encode(type, msg, &plain, &err), err);
	assert_ok(zwriter_add(&z, buf_bytes(&plain), ZFLUSH_END, &packed, &err),
		  err);
	assert_ok(fs_write_all(c->to, buf_bytes(&packed), &err), err);
	zwriter_release(&z);
	buf_release(&plain);
	buf_release(&packed);
}

void child_ask(struct child *c, const char *rules, const char *path,
	       struct req_start start)
{
	struct bytes source = bytes_str(rules);
	struct req_rules r = {.name = LIT("r"), .ns = LIT("r")};
	struct req_path p = {.path = bytes_str(path)};

	r.source = bytes_of(source.p, source.n / 2);
	child_say(c, REQ_RULES, &r);
	r.source = bytes_skip(source, source.n / 2);
	r.last = true;
	child_say(c, REQ_RULES, &r);
	child_say(c, REQ_PATH, &p);
	child_say(c, REQ_START, &start);
}

void child_serve(struct child *c)
{
	char *argv[] = {xstrdup(probe), xstrdup("--serve"), NULL};

	child_start(c, NULL, argv);
	free(argv[0]);
	free(argv[1]);
}

/* Whether what came so far holds a record of that type. */
static bool has_come(struct child *c, enum rec_type type)
{
	struct took t;
	bool has;

	took_parse(&t, buf_bytes(&c->packed));
	has = took_count(&t, type) > 0;
	took_release(&t);
	return has;
}

void child_await(struct child *c, enum rec_type type)
{
	while (!has_come(c, type))
		assert_true(child_read(c));
}

void probe_copy(const char *to)
{
	struct buf b;
	struct err err;

	buf_init(&b, 64 << 20);
	assert_ok(fs_read(probe, &b, &err), err);
	assert_ok(fs_replace(to, buf_bytes(&b), 0755, &err), err);
	buf_release(&b);
}
