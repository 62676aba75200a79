/* SPDX-License-Identifier: Apache-2.0 */
/* Asking the judge child, and ending it when it takes too long. */
#include "base/base.h"

#include <sys/mman.h>

#include "app/checks.h"
#include "app/judging.h"
#include "base/fs.h"
#include "base/text.h"
#include "base/time.h"
#include "job/job.h"
#include "remote/msg.h"

#define OPEN_NS	  (600 * NS_PER_S) /* a host may have millions of facts */
#define GRACE_NS  (5 * NS_PER_S)   /* over the child's own limit */
#define COLUMNS	  64
#define ROW_BYTES ((size_t)16 << 20)

struct judging {
	struct zygote *zygote;
	struct judge_case at; /* path NULL: a fixture */
	const char *host;
	int fixture; /* descriptor, or -1 */
	const struct checkset *set;
	size_t next;
	struct child child; /* none: the last was ended */
	bool ready;
	uint64_t rows;
	/* the row that is being told */
	struct buf text;
	size_t n;
	struct {
		size_t name, value; /* in text */
		struct value v;
	} cells[COLUMNS];
};

static void let_go(struct judging *g)
{
	if (!g->child.id)
		return;
	zygote_kill(g->zygote, &g->child);
	chan_release(&g->child.chan);
	g->child = (struct child){0};
	g->ready = false;
}

void judging_end(struct judging *g)
{
	if (!g)
		return;
	let_go(g);
	close_fd(g->fixture);
	buf_release(&g->text);
	free(g);
}

/* ---- beginning ---- */

static enum err_code send_asks(struct judging *g, struct err *err)
{
	struct msg_judge_start start = {
		.path = bytes_str(g->at.path ? g->at.path : ""),
		.mode = (uint64_t)g->at.mode,
		.host = bytes_str(g->host ? g->host : "")};
	struct chan *chan = &g->child.chan;
	enum err_code code = msg_send(chan, MSG_JUDGE_START, &start, err);

	for (size_t i = g->next; code == ERR_OK && i < g->set->n; i++) {
		const struct check *c = &g->set->v[i];
		struct msg_judge_ask ask = {.sql = bytes_str(c->source + c->sql),
					    .limit_ns = CHECK_LIMIT_NS,
					    .max_rows = CHECK_ROWS_MAX};

		code = msg_send(chan, MSG_JUDGE_ASK, &ask, err);
	}
	return code == ERR_OK ? chan_flush(chan, err) : code;
}

static enum err_code spawn(struct judging *g, struct err *err)
{
	enum err_code code = zygote_spawn(g->zygote, CHILD_JUDGE, g->fixture,
					  &g->child, err);

	return code == ERR_OK ? send_asks(g, err) : code;
}

static enum err_code keep_fixture(struct judging *g, struct bytes json,
				  struct err *err)
{
	g->fixture = memfd_create("fixture", MFD_CLOEXEC);
	if (g->fixture < 0)
		return err_errno(err, "keeping a fixture in memory");
	return fs_write_all(g->fixture, json, err);
}

enum err_code judging_begin(struct zygote *z, const struct judging_of *of,
			    const struct checkset *set, struct judging **out,
			    struct err *err)
{
	struct judging *g = xcalloc(1, sizeof *g);
	enum err_code code = ERR_OK;

	*g = (struct judging){
		.zygote = z, .host = of->host, .fixture = -1, .set = set};
	buf_init(&g->text, ROW_BYTES);
	if (of->cf)
		g->at = judge_case_of(of->cf);
	else
		code = keep_fixture(g, of->fixture, err);
	if (code == ERR_OK)
		code = spawn(g, err);
	*out = code == ERR_OK ? g : NULL;
	if (code != ERR_OK)
		judging_end(g);
	return code;
}

/* The child has its tables, or says why not. */
static enum err_code await_ready(struct judging *g,
				 const struct cancel *cancel, struct err *err)
{
	struct msg_judge_ready m;
	struct frame f;
	enum err_code code = ERR_OK;

	if (!g->child.id)
		code = spawn(g, err);
	if (code != ERR_OK || g->ready)
		return code;
	code = chan_wait(&g->child.chan, &f, deadline_in(OPEN_NS, cancel),
			 err);
	if (code == ERR_OK)
		code = msg_read(&f, MSG_JUDGE_READY, &m, err);
	if (code != ERR_OK)
		return code;
	g->ready = true;
	g->rows = m.rows;
	return ERR_OK;
}

/* Why a child was ended, or ended itself. */
static enum err_code explain(enum err_code code, struct err *err)
{
	if (code == ERR_TIMEOUT)
		return err_set(err, ERR_TIMEOUT,
			       "it took too long, and was ended with its "
			       "process");
	if (code == ERR_NET)
		return err_set(err, ERR_LIMIT,
			       "it ended the process that ran it: it wants "
			       "too much memory");
	return code;
}

enum err_code judging_rows(struct judging *g, const struct cancel *cancel,
			   uint64_t *n, struct err *err)
{
	enum err_code code = await_ready(g, cancel, err);

	*n = code == ERR_OK ? g->rows : 0;
	return code == ERR_OK ? code : explain(code, err);
}

/* ---- rows ---- */

static size_t keep(struct judging *g, struct bytes b)
{
	size_t at = g->text.n;

	(void)buf_add_bytes(&g->text, b);
	return at;
}

/* Frames move in their buffer; a row is kept until it is whole. */
static enum err_code take_cell(struct judging *g,
			       const struct msg_judge_cell *m, struct err *err)
{
	struct value v = {.type = (enum value_type)m->type, .i = m->number};

	if (g->n == COLUMNS || m->type > VALUE_BLOB)
		return err_set(err, ERR_FORMAT, "no row of a check");
	if (v.type == VALUE_REAL)
		memcpy(&v.real, &m->number, sizeof v.real);
	v.b.n = m->value.n;
	g->cells[g->n].name = keep(g, m->name);
	(void)buf_add_byte(&g->text, '\0');
	g->cells[g->n].value = keep(g, m->value);
	g->cells[g->n++].v = v;
	return g->text.full ? err_set(err, ERR_LIMIT, "a row is too large")
			    : ERR_OK;
}

static enum err_code give_row(struct judging *g, const struct judge_ask *ask,
			      struct err *err)
{
	const char *names[COLUMNS];
	struct value values[COLUMNS];
	enum err_code code;

	for (size_t i = 0; i < g->n; i++) {
		names[i] = (const char *)g->text.p + g->cells[i].name;
		values[i] = g->cells[i].v;
		values[i].b.p = g->text.p + g->cells[i].value;
	}
	code = ask->row(ask->arg, names, values, g->n, err);
	buf_clear(&g->text);
	g->n = 0;
	return code;
}

static enum err_code take_done(const struct msg_judge_done *m, size_t *at,
			       struct err *err)
{
	char *name = bytes_to_str(m->code);
	enum err_code code = err_from_name(name);

	free(name);
	*at = (size_t)m->at;
	if (code == ERR_OK)
		return ERR_OK;
	/* It was made safe there, and must not be spelled out twice. */
	if (text_is_plain(m->message))
		return err_set(err, code, "%.*s", (int)m->message.n,
			       (const char *)m->message.p);
	return err_set(err, code, "%s", shown(m->message).s);
}

static void give_lack(const struct judge_ask *ask,
		      const struct msg_judge_lack *m)
{
	char *kind = bytes_to_str(m->kind), *why = bytes_to_str(m->why);

	if (ask->lack)
		ask->lack(ask->arg, kind, why, m->failed);
	free(kind);
	free(why);
}

static enum err_code take_frame(struct judging *g, const struct frame *f,
				const struct judge_ask *ask, size_t *at,
				bool *done, struct err *err)
{
	struct msg_judge_cell cell;
	struct msg_judge_lack lack;
	struct msg_judge_done end;
	enum err_code code;

	*done = f->type == MSG_JUDGE_DONE;
	if (*done) {
		code = msg_read(f, MSG_JUDGE_DONE, &end, err);
		return code == ERR_OK ? take_done(&end, at, err) : code;
	}
	if (f->type == MSG_JUDGE_LACK) {
		code = msg_read(f, MSG_JUDGE_LACK, &lack, err);
		if (code == ERR_OK)
			give_lack(ask, &lack);
		return code;
	}
	code = msg_read(f, MSG_JUDGE_CELL, &cell, err);
	if (code == ERR_OK)
		code = take_cell(g, &cell, err);
	return code == ERR_OK && cell.last ? give_row(g, ask, err) : code;
}

enum err_code judging_next(struct judging *g, const struct judge_ask *ask,
			   size_t *at, struct err *err)
{
	struct deadline until;
	bool done = false;
	enum err_code code = await_ready(g, ask->cancel, err);

	*at = 0;
	g->next++;
	buf_clear(&g->text);
	g->n = 0;
	until = deadline_in(ask->limit_ns + GRACE_NS, ask->cancel);
	while (code == ERR_OK && !done) {
		struct frame f;

		code = chan_wait(&g->child.chan, &f, until, err);
		if (code == ERR_OK)
			code = take_frame(g, &f, ask, at, &done, err);
	}
	if (done || code == ERR_OK)
		return code;
	let_go(g); /* what it would say next is not of the next check */
	return explain(code, err);
}
