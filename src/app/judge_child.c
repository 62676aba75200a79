/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The judge child: opens the case for reading, enters a jail in which nothing
 * else can be opened, and runs one check after another.
 */
#include "base/base.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "app/judging.h"
#include "base/jail.h"
#include "base/log.h"
#include "base/secret.h"
#include "base/time.h"
#include "remote/msg.h"

#define MEMORY_MAX (UINT64_C(2) << 30)
#define ORDERS_NS  (60 * NS_PER_S)
#define KEEP_MAX   16
#define WHY_MAX	   1000u

struct child_judge {
	struct chan chan;
	int fd; /* of the fixture, or -1 */
	struct judge *judge;
};

static struct deadline never(void)
{
	return deadline_in(INT64_MAX, NULL);
}

/* ---- opening ---- */

static enum err_code open_fixture(struct child_judge *c, struct err *err)
{
	struct stat st;
	void *json = NULL;

	if (fstat(c->fd, &st) != 0)
		return err_errno(err, "reading the fixture");
	if (st.st_size)
		json = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE,
			    c->fd, 0);
	if (json == MAP_FAILED)
		return err_errno(err, "reading the fixture");
	return judge_open_fixture(bytes_of(json, (size_t)st.st_size),
				  &c->judge, err);
}

static enum err_code open_case(struct child_judge *c,
			       const struct msg_judge_start *m,
			       struct err *err)
{
	char *path = bytes_to_str(m->path), *host = bytes_to_str(m->host);
	const struct judge_case at = {path, (int)m->mode};
	enum err_code code = judge_open_at(&at, host, &c->judge, err);

	free(path);
	free(host);
	return code;
}

/* What is open by now beside its own ends is SQLite's: the case, which it
 * goes on to read. */
static enum err_code enter_jail(struct err *err)
{
	const struct jail_limits limits = {.memory_bytes = MEMORY_MAX};
	struct jail_report report;
	int keep[KEEP_MAX];

	for (int i = 0; i < KEEP_MAX; i++)
		keep[i] = i;
	return jail_enter(&limits, keep, KEEP_MAX, &report, err);
}

static enum err_code begin(struct child_judge *c, struct err *err)
{
	struct msg_judge_start m;
	struct msg_judge_ready ready;
	struct frame f;
	enum err_code code = chan_wait(&c->chan, &f,
				       deadline_in(ORDERS_NS, NULL), err);

	if (code == ERR_OK)
		code = msg_read(&f, MSG_JUDGE_START, &m, err);
	if (code == ERR_OK)
		code = m.path.n ? open_case(c, &m, err) : open_fixture(c, err);
	if (code == ERR_OK)
		code = enter_jail(err);
	if (code != ERR_OK)
		return code;
	ready.rows = judge_rows(c->judge);
	return msg_send(&c->chan, MSG_JUDGE_READY, &ready, err);
}

/* ---- answers ---- */

static enum err_code send_row(void *arg, const char *const *names,
			      const struct value *values, size_t n,
			      struct err *err)
{
	struct child_judge *c = arg;
	enum err_code code = ERR_OK;

	for (size_t i = 0; code == ERR_OK && i < n; i++) {
		struct msg_judge_cell m = {.name = bytes_str(names[i]),
					   .type = values[i].type,
					   .number = values[i].i,
					   .value = values[i].b,
					   .last = i + 1 == n};

		if (values[i].type == VALUE_REAL)
			memcpy(&m.number, &values[i].real, sizeof m.number);
		code = msg_send(&c->chan, MSG_JUDGE_CELL, &m, err);
	}
	return code == ERR_OK ? chan_drain(&c->chan, never(), err) : code;
}

/* Who does not hear it does not hear the end either. */
static void send_lack(void *arg, const char *kind, const char *why, bool failed)
{
	struct child_judge *c = arg;
	struct bytes b = bytes_str(why);
	struct msg_judge_lack m = {.kind = bytes_str(kind), .failed = failed};
	struct err ignored;

	b.n = MIN(b.n, (size_t)WHY_MAX);
	m.why = b;
	(void)!msg_send(&c->chan, MSG_JUDGE_LACK, &m, &ignored);
}

static enum err_code answer(struct child_judge *c,
			    const struct msg_judge_ask *m, struct err *err)
{
	char *sql = bytes_to_str(m->sql);
	const struct judge_ask ask = {.sql = sql,
				      .limit_ns = m->limit_ns,
				      .max_rows = m->max_rows,
				      .row = send_row,
				      .lack = send_lack,
				      .arg = c};
	struct err how = {.msg = ""};
	size_t at = 0;
	enum err_code code = judge_run(c->judge, &ask, &at, &how);
	struct msg_judge_done done = {
		.code = bytes_str(err_name(code)),
		.message = bytes_str(code == ERR_OK ? "" : how.msg),
		.at = at};

	free(sql);
	code = msg_send(&c->chan, MSG_JUDGE_DONE, &done, err);
	return code == ERR_OK ? chan_drain(&c->chan, never(), err) : code;
}

static enum err_code run(struct child_judge *c, struct err *err)
{
	enum err_code code = begin(c, err);

	while (code == ERR_OK) {
		struct msg_judge_ask m;
		struct frame f;

		code = chan_wait(&c->chan, &f, never(), err);
		if (code == ERR_OK)
			code = msg_read(&f, MSG_JUDGE_ASK, &m, err);
		if (code == ERR_OK)
			code = answer(c, &m, err);
	}
	return code;
}

int judge_main(int chan_fd, int fd)
{
	struct child_judge c = {.fd = fd};
	struct err err;

	secret_harden_process();
	(void)signal(SIGPIPE, SIG_IGN);
	chan_init(&c.chan, chan_fd);
	if (run(&c, &err) != ERR_OK && !c.chan.eof)
		msg_send_fault(&c.chan, &err);
	judge_close(c.judge);
	chan_release(&c.chan);
	return 0;
}
