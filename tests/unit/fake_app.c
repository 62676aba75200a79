/* SPDX-License-Identifier: Apache-2.0 */
/* An app in memory. */
#include "base/base.h"

#include "unit/fake_app.h"

#define ROWS_MAX 20000
#define TEXT_MAX (1u << 20)

struct fake_app fake;

static struct stored {
	const struct view *view;
	struct value *values;
} stored[ROWS_MAX];
static size_t n_stored;

struct rows {
	const struct view *view;
	struct row_query query;
	size_t index[ROWS_MAX];
	size_t n;
};

void fake_reset(void)
{
	for (size_t i = 0; i < n_stored; i++) {
		for (size_t c = 0; c < stored[i].view->n_columns; c++)
			free((void *)(uintptr_t)stored[i].values[c].b.p);
		free(stored[i].values);
	}
	n_stored = 0;
	buf_release(&fake.ran);
	fake = (struct fake_app){0};
	buf_init(&fake.ran, TEXT_MAX);
}

static void set_cell(struct stored *s, const char *cell)
{
	const char *eq = strchr(cell, '=');
	char *name = bytes_to_str(bytes_of(cell, (size_t)(eq - cell)));
	int c = view_column(s->view, name);
	struct value *v = &s->values[c];
	uint64_t n;

	free(name);
	if (c < 0)
		BUG("no column in %s", cell);
	if (column_is_number(s->view->columns[c].kind) &&
	    bytes_to_u64(bytes_str(eq + 1), &n)) {
		v->type = VALUE_INT;
		v->i = (int64_t)n;
		return;
	}
	v->type = VALUE_TEXT;
	v->b = bytes_of(xstrdup(eq + 1), strlen(eq + 1));
}

void fake_row(const char *view, ...)
{
	struct stored *s = &stored[n_stored++];
	const char *cell;
	va_list ap;

	s->view = view_find(view);
	for (size_t i = 0; !s->view && i < n_views; i++) {
		const struct stack *stack = stack_of(views[i].name);

		if (stack && strcmp(stack_view(stack)->name, view) == 0)
			s->view = stack_view(stack);
	}
	if (!s->view || n_stored > ROWS_MAX)
		BUG("view %s", view);
	s->values = xcalloc(s->view->n_columns, sizeof *s->values);
	va_start(ap, view);
	while ((cell = va_arg(ap, const char *)))
		set_cell(s, cell);
	va_end(ap);
}

static bool passes(const struct rows *r, const struct stored *s)
{
	for (size_t i = 0; i < ARRAY_SIZE(r->query.where); i++) {
		const char *column = r->query.where[i].column;
		int c = column ? view_column(r->view, column) : -1;

		if (!column)
			break;
		if (c < 0 && r->query.stack)
			continue; /* it is of the rows below */
		if (c < 0)
			return false;
		if (!r->query.where[i].value) {
			if (s->values[c].type != VALUE_NULL)
				return false;
		} else if (!bytes_eq(s->values[c].b,
				     bytes_str(r->query.where[i].value))) {
			return false;
		}
	}
	return true;
}

static void fill(struct rows *r)
{
	r->n = 0;
	for (size_t i = 0; i < n_stored; i++) {
		size_t at = r->query.reverse ? n_stored - 1 - i : i;

		if (stored[at].view == r->view && passes(r, &stored[at]))
			r->index[r->n++] = at;
	}
	if (r->query.limit)
		r->n = MIN(r->n, (size_t)r->query.limit);
}

enum err_code app_rows(struct app *app UNUSED, const struct row_query *query,
		       struct rows **rows, struct err *err UNUSED)
{
	*rows = xcalloc(1, sizeof **rows);
	(*rows)->view = query->stack ? stack_view(stack_of(query->view))
				     : view_find(query->view);
	(*rows)->query = *query;
	fill(*rows);
	return ERR_OK;
}

enum err_code rows_refresh(struct rows *rows, struct err *err UNUSED)
{
	fill(rows);
	return ERR_OK;
}

uint64_t rows_count(const struct rows *rows)
{
	return rows->n;
}

const struct view *rows_view(const struct rows *rows)
{
	return rows->view;
}

enum err_code rows_get(struct rows *rows, uint64_t index, struct row *row,
		       struct err *err)
{
	fake.gets++;
	if (index >= rows->n)
		return err_set(err, ERR_NOTFOUND, "no row");
	row->values = stored[rows->index[index]].values;
	return ERR_OK;
}

void rows_close(struct rows *rows)
{
	free(rows);
}

enum err_code app_count(struct app *app, const struct row_query *query,
			uint64_t *n, struct err *err)
{
	struct rows *rows;
	enum err_code code = app_rows(app, query, &rows, err);

	if (code != ERR_OK)
		return code;
	*n = rows_count(rows);
	rows_close(rows);
	return ERR_OK;
}

/* ---- the rest of the app ---- */

struct casefile *app_case(struct app *app)
{
	return (struct casefile *)app;
}

const char *app_actor(const struct app *app UNUSED)
{
	return "kim@laptop";
}

const char *case_path(const struct casefile *cf UNUSED)
{
	return "/cases/acme.case";
}

bool case_is_read_only(const struct casefile *cf UNUSED)
{
	return false;
}

enum err_code case_info(struct casefile *cf UNUSED, struct case_info *info,
			struct err *err UNUSED)
{
	*info = fake.info;
	return ERR_OK;
}

enum err_code case_brought(struct casefile *cf UNUSED,
			   const struct uuid *run UNUSED,
			   struct case_brought *out, struct err *err UNUSED)
{
	*out = fake.brought;
	return ERR_OK;
}

enum err_code case_diff(struct casefile *cf UNUSED,
			const struct uuid *run UNUSED,
			const struct uuid *other UNUSED,
			struct case_diff *diff UNUSED, struct err *err UNUSED)
{
	return ERR_OK;
}

enum err_code case_evidence_read(struct casefile *cf UNUSED,
				 const char *id UNUSED, uint64_t offset,
				 uint8_t *to, size_t *n, struct err *err UNUSED)
{
	uint64_t left = offset < fake.n_evidence ? fake.n_evidence - offset : 0;

	*n = (size_t)MIN((uint64_t)*n, left);
	if (*n)
		memcpy(to, fake.evidence + offset, *n);
	return ERR_OK;
}

bool app_is_packed(struct app *app UNUSED, const char *evidence_id UNUSED)
{
	return fake.n_evidence > 1 && fake.evidence[0] == 0x1f;
}

enum err_code app_said_read(struct app *app UNUSED, const char *id,
			    uint64_t offset, uint8_t *to, size_t *n,
			    struct err *err)
{
	enum err_code code = case_evidence_read(NULL, id, offset, to, n, err);

	/* What is in a packed one, here: the same in capitals. */
	for (size_t i = 0; app_is_packed(app, id) && i < *n; i++)
		if (to[i] >= 'a' && to[i] <= 'z')
			to[i] = (uint8_t)(to[i] - 'a' + 'A');
	return code;
}

enum err_code app_unpacked_size(struct app *app UNUSED, const char *id UNUSED,
				uint64_t *size, struct err *err UNUSED)
{
	*size = fake.n_evidence;
	return ERR_OK;
}

enum err_code app_follow_next(struct app *app UNUSED,
			      const struct uuid *ended UNUSED,
			      struct follow_step *step, struct err *err UNUSED)
{
	*step = (struct follow_step){.has_checked = false};
	return ERR_OK;
}

void app_each_member(struct bytes detail UNUSED, app_member *each, void *arg)
{
	each(arg, "uid", bytes_str("0"));
}

size_t app_jobs(struct app *app UNUSED, struct job_view *out, size_t room)
{
	memcpy(out, fake.jobs, MIN(room, fake.n_jobs) * sizeof *out);
	return fake.n_jobs;
}

bool app_job(struct app *app UNUSED, const struct uuid *run,
	     struct job_view *out)
{
	for (size_t i = 0; i < fake.n_jobs; i++)
		if (strcmp(fake.jobs[i].run.s, run->s) == 0) {
			*out = fake.jobs[i];
			return true;
		}
	return false;
}

size_t app_job_hosts(struct app *app UNUSED, const struct uuid *run UNUSED,
		     struct job_host_view *out, size_t room)
{
	memcpy(out, fake.hosts, MIN(room, fake.n_hosts) * sizeof *out);
	return fake.n_hosts;
}

void app_skip_job(struct app *app UNUSED, const struct uuid *run UNUSED,
		  const char *host UNUSED)
{
}

void app_cancel_job(struct app *app UNUSED, const struct uuid *run,
		    const char *host UNUSED)
{
	(void)snprintf(fake.cancelled, sizeof fake.cancelled, "%s", run->s);
}

void app_answer(struct app *app UNUSED, uint64_t ask_id, bool yes,
		const struct secret *secret, bool shares)
{
	fake.answered = ask_id;
	fake.answer = yes;
	fake.shares = shares;
	if (secret)
		(void)snprintf(fake.secret, sizeof fake.secret, "%.*s",
			       (int)secret->n, (const char *)secret->page);
}

void app_refuse(struct app *app UNUSED, uint64_t ask_id, const char *why UNUSED)
{
	fake.answered = ask_id;
	fake.answer = false;
}

/* ---- commands ---- */

static const struct option_spec any_options[] = {
	{.name = "status", .kind = OPTION_TEXT, .value = "S", .help = "x"},
	{.name = "host", .kind = OPTION_TEXT, .value = "H", .help = "x"},
	{.name = "rules", .kind = OPTION_TEXT, .value = "R", .help = "x"},
	{.name = NULL},
};

const struct option_spec global_options[] = {{.name = NULL}};

const struct command commands[] = {
	{.name = "finding set",
	 .args = "ID",
	 .min_args = 1,
	 .max_args = 1,
	 .help = "Judge a finding.",
	 .options = any_options},
	{.name = "note add",
	 .args = "TEXT",
	 .min_args = 1,
	 .max_args = 1,
	 .help = "Write a note.",
	 .options = any_options},
	{.name = "hunt",
	 .args = "[HOST...]",
	 .max_args = 8,
	 .help = "Sweep hosts.",
	 .options = any_options},
	{.name = "run pause", .args = "[RUN]", .max_args = 1, .help = "P."},
	{.name = "run continue", .args = "[RUN]", .max_args = 1, .help = "C."},
	{.name = "run slower", .args = "[RUN]", .max_args = 1, .help = "S."},
	{.name = "run faster", .args = "[RUN]", .max_args = 1, .help = "F."},
	{.name = "finding list",
	 .max_args = 0,
	 .help = "List findings.",
	 .options = any_options,
	 .flags = COMMAND_LISTS},
};
const size_t n_commands = ARRAY_SIZE(commands);

static void put_list(struct front *front)
{
	front->begin(front, view_find("finding"));
	for (size_t i = 0; i < n_stored; i++)
		if (stored[i].view == view_find("finding")) {
			struct row row = {.values = stored[i].values};

			front->row(front, &row);
		}
	front->end(front);
}

enum err_code command_run(struct app *app UNUSED, struct invocation *inv,
			  struct err *err UNUSED)
{
	(void)buf_addf(&fake.ran, "%s\n", inv->line);
	if (inv->command->flags & COMMAND_LISTS)
		put_list(inv->front);
	else
		inv->front->say(inv->front, "done");
	return ERR_OK;
}

void command_complete(struct app *app UNUSED, const char *line, struct buf *out)
{
	if (strncmp("hunt", line, strlen(line)) == 0)
		(void)buf_add_str(out, "hunt\n");
}
