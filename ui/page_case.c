/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first screen: the case in numbers, what needs somebody now, what runs,
 * and the last things done. A list of things to do, not decoration.
 */
#include "base/base.h"

#include "base/text.h"
#include "base/time.h"
#include "ui/console.h"
#include "ui/words.h"

#define NEEDS_MAX 64
#define HOSTS_MAX 5000
#define RUNS_MAX  20
#define JOBS_MAX  8
#define AUDIT_MAX 500 /* rows looked at */

/* Something to do, and where Enter leads. */
struct need {
	unsigned screen;
	char filter[FIND_MAX]; /* of the list there; "" : none */
	char column[32];       /* row to go to */
	char value[128];
};

/* What the hosts of the case came to, and as what they are counted. */
enum host_state {
	HOSTS_DONE,
	HOSTS_PARTLY,
	HOSTS_FAILED,
	HOSTS_STOPPED,
	HOSTS_RUNNING,
	HOSTS_FRESH,
	N_HOST_STATES
};

static const struct {
	const char *name;
	enum role role; /* of a count that is not 0 */
	bool always;    /* shown when it is 0 */
} host_states[N_HOST_STATES] = {
	[HOSTS_DONE] = {"done", ROLE_NORMAL, true},
	[HOSTS_PARTLY] = {"partly", ROLE_WARN, false},
	[HOSTS_FAILED] = {"failed", ROLE_BAD, true},
	[HOSTS_STOPPED] = {"stopped", ROLE_WARN, false},
	[HOSTS_RUNNING] = {"running", ROLE_MARK, false},
	[HOSTS_FRESH] = {"not seen yet", ROLE_NORMAL, true},
};

struct case_page {
	struct page page;
	struct doc doc;   /* numbers, needs */
	struct doc right; /* jobs, audit; of wide screens beside, else below */
	struct need needs[NEEDS_MAX];
	size_t n_needs;
	uint64_t n_hosts;
	uint64_t by_state[N_HOST_STATES];
	unsigned width;
	bool made;
};

static struct case_page *self(struct page *page)
{
	return (struct case_page *)page;
}

static struct need *add_need(struct case_page *cp, unsigned screen)
{
	struct need *n = &cp->needs[MIN(cp->n_needs, (size_t)NEEDS_MAX - 1)];

	*n = (struct need){.screen = screen};
	doc_begin(&cp->doc, (int)MIN(cp->n_needs, (size_t)NEEDS_MAX - 1));
	cp->n_needs++;
	return n;
}

/* ---- what needs somebody ---- */

static void need_questions(struct case_page *cp)
{
	const struct ui *ui = cp->page.ui;

	if (ui->n_asks == 0)
		return;
	(void)add_need(cp, 1);
	doc_putf(&cp->doc, ROLE_BAD, " ! ");
	doc_putf(&cp->doc, ROLE_NORMAL, "%zu %s for an answer: press !",
		 ui->n_asks, ui->n_asks == 1 ? "host waits" : "hosts wait");
}

/* Bars go on filling while nothing of it is saved: that must be said here. */
static void need_room(struct case_page *cp)
{
	const struct err *trouble = &cp->page.ui->trouble;

	if (trouble->code == ERR_OK)
		return;
	(void)add_need(cp, 1);
	doc_putf(&cp->doc, ROLE_BAD, " ! ");
	doc_putf(&cp->doc, ROLE_BAD, "NOT SAVED: %s", trouble->msg);
}

static void need_findings(struct case_page *cp)
{
	const struct case_info *info = &cp->page.ui->info;
	char n[WORDS_MAX];
	struct need *need;

	if (info->n_new_findings == 0)
		return;
	need = add_need(cp, 6);
	(void)snprintf(need->filter, sizeof need->filter, "status=new");
	doc_put(&cp->doc, ROLE_MARK, " * ");
	doc_putf(&cp->doc, ROLE_NORMAL, "%s %s new: nobody judged %s yet",
		 words_plural(info->n_new_findings, "finding", n),
		 info->n_new_findings == 1 ? "is" : "are",
		 info->n_new_findings == 1 ? "it" : "them");
}

static const struct {
	const char *state, *code;
	const char *what;
} says[] = {
	{"failed", "hostkey", "host key not trusted, refused"},
	{"failed", "auth", "did not let us in"},
	{"failed", "net", "cannot be reached"},
	{"failed", "timeout", "took too long"},
	{"failed", "", "failed"},
	{"partial", "", "was seen in part only"},
	{"cancelled", "", "was stopped"},
	{"interrupted", "", "was interrupted; run it again"},
};

static const char *host_trouble(const char *state, const char *code)
{
	for (size_t i = 0; i < ARRAY_SIZE(says); i++)
		if (strcmp(says[i].state, state) == 0 &&
		    (!says[i].code[0] || strcmp(says[i].code, code) == 0))
			return says[i].what;
	return NULL;
}

/* Code and message of the last run of the host. */
static void last_run(struct ui *ui, const char *host, char *code,
		     size_t code_room, struct buf *message)
{
	struct row_query query = {.view = "run_host", .limit = 1};
	struct source *src;
	struct row row;
	struct err err;

	query.where[0].column = "host";
	query.where[0].value = host;
	src = source_case(ui->app, &query, &err);
	if (src && source_get(src, 0, &row, &err) == ERR_OK) {
		const struct view *v = source_view(src);

		(void)snprintf(code, code_room, "%.30s",
			       shown(row_bytes(v, &row, "code")).s);
		(void)text_append(message, row_bytes(v, &row, "message"), 200);
	}
	source_close(src);
}

static void need_host(struct case_page *cp, const char *name, const char *state)
{
	bool failed = strcmp(state, "failed") == 0;
	enum role role = failed ? ROLE_BAD : ROLE_WARN;
	char code[32] = "";
	const char *what;
	struct need *need;
	struct buf message;

	if (!host_trouble(state, ""))
		return;
	buf_init(&message, 4096);
	last_run(cp->page.ui, name, code, sizeof code, &message);
	what = host_trouble(state, code);
	need = add_need(cp, 2);
	(void)snprintf(need->column, sizeof need->column, "name");
	(void)snprintf(need->value, sizeof need->value, "%s", name);
	doc_put(&cp->doc, role, " ! ");
	doc_putf(&cp->doc, ROLE_TITLE, "%-12s ", shown_str(name).s);
	doc_putf(&cp->doc, role, "%s", what);
	doc_put(&cp->doc, ROLE_DIM, "  ");
	doc_put(&cp->doc, ROLE_DIM, buf_str(&message));
	buf_release(&message);
}

static enum host_state count_as(const char *state)
{
	static const struct {
		const char *state;
		enum host_state as;
	} counted[] = {
		{"done", HOSTS_DONE},         {"partial", HOSTS_PARTLY},
		{"failed", HOSTS_FAILED},     {"cancelled", HOSTS_STOPPED},
		{"new", HOSTS_FRESH},         {"trusted", HOSTS_FRESH},
		{"interrupted", HOSTS_STOPPED},
	};

	for (size_t i = 0; i < ARRAY_SIZE(counted); i++)
		if (strcmp(counted[i].state, state) == 0)
			return counted[i].as;
	return HOSTS_RUNNING; /* one of its phases */
}

static void look_at_host(struct case_page *cp, const struct view *v,
			 const struct row *row)
{
	char *state = bytes_to_str(row_bytes(v, row, "state"));
	char *name = bytes_to_str(row_bytes(v, row, "name"));

	if (strcmp(state, "removed") != 0) {
		cp->n_hosts++;
		cp->by_state[count_as(state)]++;
		need_host(cp, name, state);
	}
	free(state);
	free(name);
}

static void need_hosts(struct case_page *cp)
{
	struct row_query query = {.view = "host"};
	struct err err;
	struct source *src = source_case(cp->page.ui->app, &query, &err);
	struct row row;

	cp->n_hosts = 0;
	memset(cp->by_state, 0, sizeof cp->by_state);
	if (!src) {
		doc_linef(&cp->doc, ROLE_BAD, "%s", err.msg);
		return;
	}
	for (uint64_t i = 0; i < MIN(source_count(src), (uint64_t)HOSTS_MAX);
	     i++)
		if (source_get(src, i, &row, &err) == ERR_OK)
			look_at_host(cp, source_view(src), &row);
	source_close(src);
	if (cp->n_hosts && cp->by_state[HOSTS_FRESH] == cp->n_hosts) {
		(void)add_need(cp, 2);
		doc_put(&cp->doc, ROLE_MARK, " * ");
		doc_put(&cp->doc, ROLE_NORMAL,
			"no host was looked at yet: H hunts, c collects");
	}
}

/* The newest run that took up that one; false: none did. */
static bool newest_resume(struct ui *ui, struct bytes id, struct uuid *newest)
{
	char *run = bytes_to_str(id);
	struct row_query query = {.view = "run",
				  .where = {{"resumes", run, ROW_IS}},
				  .limit = 1};
	struct err err;
	struct source *src = source_case(ui->app, &query, &err);
	struct row row;
	bool is = src && source_count(src) > 0 &&
		  source_get(src, 0, &row, &err) == ERR_OK;

	if (is)
		(void)snprintf(
			newest->s, sizeof newest->s, "%s",
			shown(row_bytes(source_view(src), &row, "id")).s);
	source_close(src);
	free(run);
	return is;
}

/* Whether another run has taken it up, or again what it took up: then that
 * one tells how it went. */
static bool is_resumed(struct ui *ui, const struct view *v,
		       const struct row *row)
{
	struct bytes id = row_bytes(v, row, "id");
	struct bytes first = row_bytes(v, row, "resumes");
	struct uuid newest;

	return newest_resume(ui, id, &newest) ||
	       (first.n && newest_resume(ui, first, &newest) &&
		!bytes_eq(id, bytes_str(newest.s)));
}

static void need_runs(struct case_page *cp)
{
	struct row_query query = {.view = "run", .limit = RUNS_MAX};
	struct err err;
	struct source *src;
	struct row row;

	query.where[0].column = "state";
	query.where[0].value = "interrupted";
	src = source_case(cp->page.ui->app, &query, &err);
	for (uint64_t i = 0; src && i < source_count(src); i++) {
		struct need *need;

		if (source_get(src, i, &row, &err) != ERR_OK)
			break;
		if (is_resumed(cp->page.ui, source_view(src), &row))
			continue;
		need = add_need(cp, 3);
		(void)snprintf(need->column, sizeof need->column, "id");
		(void)snprintf(
			need->value, sizeof need->value, "%.120s",
			shown(row_bytes(source_view(src), &row, "id")).s);
		doc_put(&cp->doc, ROLE_WARN, " ! ");
		doc_putf(&cp->doc, ROLE_NORMAL,
			 "%s was interrupted: R there takes it up",
			 shown(row_bytes(source_view(src), &row, "op")).s);
	}
	source_close(src);
}

/* ---- numbers ---- */

/* Three on a line: all of them have to be read at once. */
static void put_host_states(const struct case_page *cp, struct doc *d)
{
	unsigned n = 0;

	for (size_t k = 0; k < N_HOST_STATES; k++) {
		uint64_t hosts = cp->by_state[k];

		if (hosts == 0 && !host_states[k].always)
			continue;
		if (n && n % 3 == 0) {
			doc_begin(d, -1);
			doc_putf(d, ROLE_NORMAL, "%16s", "");
		}
		doc_putf(d, hosts ? host_states[k].role : ROLE_NORMAL,
			 "%s %" PRIu64 "   ", host_states[k].name, hosts);
		n++;
	}
}

static void put_numbers(struct case_page *cp, struct doc *d)
{
	const struct case_info *i = &cp->page.ui->info;
	char a[WORDS_MAX], b[WORDS_MAX], c[WORDS_MAX];

	doc_begin(d, -1);
	doc_put(d, ROLE_DIM, "HOSTS     ");
	doc_putf(d, ROLE_TITLE, "%-6s", words_count(cp->n_hosts, a));
	put_host_states(cp, d);
	doc_begin(d, -1);
	doc_put(d, ROLE_DIM, "FINDINGS  ");
	doc_putf(d, ROLE_TITLE, "%-6s", words_count(i->n_findings, a));
	doc_putf(d, i->n_new_findings ? ROLE_MARK : ROLE_NORMAL, "new %s",
		 words_count(i->n_new_findings, b));
	if (i->n_excluded)
		doc_putf(d, ROLE_DIM, "   excluded %s",
			 words_count(i->n_excluded, c));
	doc_begin(d, -1);
	doc_put(d, ROLE_DIM, "EVIDENCE  ");
	doc_putf(d, ROLE_TITLE, "%-6s", words_count(i->n_evidence, a));
	doc_putf(d, ROLE_NORMAL, "%s", words_size(i->evidence_bytes, b));
	doc_begin(d, -1);
	doc_put(d, ROLE_DIM, "RECORD    ");
	doc_putf(d, ROLE_NORMAL, "notes %s   events %s   audit %s",
		 words_count(i->n_notes, a), words_count(i->n_events, b),
		 words_count(i->n_audit, c));
}

static void put_jobs(struct case_page *cp, struct doc *d)
{
	struct job_view jobs[JOBS_MAX];
	size_t n = MIN(app_jobs(cp->page.ui->app, jobs, JOBS_MAX),
		       (size_t)JOBS_MAX);

	if (n == 0)
		return;
	doc_line(d, ROLE_NORMAL, "");
	doc_line(d, ROLE_TITLE, "JOBS");
	for (size_t i = 0; i < n; i++)
		doc_job(d, &jobs[i]);
}

static void put_audit_row(struct doc *d, const struct view *v,
			  const struct row *row)
{
	char at[TIME_TEXT_MAX];

	(void)time_format_short(row_int(v, row, "at", 0), at);
	doc_begin(d, -1);
	doc_putf(d, ROLE_DIM, " %.9s ", at + 11);
	doc_putf(d, ROLE_DIM, "%s  ", shown(row_bytes(v, row, "actor")).s);
	doc_putf(d, ROLE_NORMAL, "%s  ", shown(row_bytes(v, row, "action")).s);
	doc_putf(d, ROLE_NORMAL, "%s  ", shown(row_bytes(v, row, "host")).s);
	doc_putf(d, ROLE_DIM, "%s", shown(row_bytes(v, row, "detail")).s);
}

/* What was done, without the thousand records that a hunt brings. */
static void put_audit(struct case_page *cp, struct doc *d, unsigned most)
{
	struct row_query query = {
		.view = "audit", .reverse = true, .limit = AUDIT_MAX};
	struct err err;
	struct source *src = source_case(cp->page.ui->app, &query, &err);
	struct row row;

	doc_line(d, ROLE_NORMAL, "");
	doc_line(d, ROLE_TITLE, "LAST DONE");
	if (!src) {
		doc_linef(d, ROLE_BAD, "%s", err.msg);
		return;
	}
	for (uint64_t i = 0; most && i < source_count(src); i++) {
		const struct view *v = source_view(src);

		if (source_get(src, i, &row, &err) != ERR_OK)
			break;
		if (bytes_starts(row_bytes(v, &row, "action"), "record") ||
		    bytes_starts(row_bytes(v, &row, "action"), "run.host"))
			continue;
		put_audit_row(d, v, &row);
		most--;
	}
	source_close(src);
}

/* A rule that does not compile ends a hunt before any host is reached. */
static void need_rules(struct case_page *cp)
{
	struct job_view job;
	struct need *need;

	if (app_jobs(cp->page.ui->app, &job, 1) == 0 || !job.over ||
	    job.err.code == ERR_OK)
		return;
	need = add_need(cp, 3);
	(void)snprintf(need->column, sizeof need->column, "id");
	(void)snprintf(need->value, sizeof need->value, "%s", job.run.s);
	doc_putf(&cp->doc, ROLE_BAD, " ! %s did not begin  ",
		 job_op_name(job.op));
	doc_put(&cp->doc, ROLE_DIM, job.err.msg);
}

static void put_needs(struct case_page *cp)
{
	struct doc *d = &cp->doc;
	size_t at;

	doc_line(d, ROLE_NORMAL, "");
	doc_line(d, ROLE_TITLE, "NEEDS YOU");
	at = d->n;
	need_room(cp);
	need_questions(cp);
	need_rules(cp);
	need_findings(cp);
	need_hosts(cp);
	need_runs(cp);
	if (d->n > at)
		return;
	if (cp->n_hosts == 0)
		doc_line(d, ROLE_DIM,
			 " New case.  a adds the first host   m writes what "
			 "you were told   ? help");
	else
		doc_line(d, ROLE_DIM, " nothing right now");
}

static void make(struct case_page *cp, unsigned cols)
{
	bool wide = cols >= UI_WIDE;
	struct doc numbers, needs;

	cp->n_needs = 0;
	doc_clear(&cp->doc, cols);
	doc_clear(&cp->right, cols);
	put_needs(cp); /* counts the hosts on its way */
	doc_init(&numbers, false);
	put_numbers(cp, &numbers);
	/* Numbers first on the page. */
	needs = cp->doc;
	cp->doc.lines = NULL;
	cp->doc.n = cp->doc.cap = 0;
	doc_append(&cp->doc, &numbers);
	doc_append(&cp->doc, &needs);
	free(needs.lines);
	doc_release(&numbers);
	put_jobs(cp, wide ? &cp->right : &cp->doc);
	put_audit(cp, wide ? &cp->right : &cp->doc, wide ? 40 : 12);
	cp->width = cols;
	cp->made = true;
}

/* ---- the page ---- */

static void draw(struct page *page, struct grid *g, struct rect r)
{
	struct case_page *cp = self(page);
	unsigned left = r.cols / 2;

	if (!cp->made || cp->width != r.cols)
		make(cp, r.cols);
	if (r.cols < UI_WIDE) {
		doc_draw(&cp->doc, g, r);
		return;
	}
	doc_draw(&cp->doc, g, (struct rect){r.row, r.col, r.rows, left - 1});
	grid_rule(g, (struct rect){r.row, r.col + left, r.rows, 1}, ROLE_DIM);
	doc_draw(&cp->right, g,
		 (struct rect){r.row, r.col + left + 2, r.rows,
			       r.cols - left - 2});
}

static void context(struct page *page, struct pen *p)
{
	const struct ui *ui = page->ui;
	char tlp[sizeof ui->info.tlp], created[TIME_TEXT_MAX];
	bool strict = strncmp(ui->info.tlp, "red", 3) == 0;

	for (size_t i = 0; i < sizeof tlp; i++)
		tlp[i] = (char)(ui->info.tlp[i] >= 'a' && ui->info.tlp[i] <= 'z'
					? ui->info.tlp[i] - 32
					: ui->info.tlp[i]);
	(void)pen_putf(p, ROLE_TITLE, "%s  ", shown_str(ui->info.name).s);
	(void)pen_putf(p, strict ? ROLE_BAD : ROLE_WARN, "TLP:%s",
		       shown_str(tlp).s);
	(void)pen_putf(p, ROLE_DIM, "  opened %s",
		       time_format_short(ui->info.created_ns, created));
	(void)pen_putf(p, ROLE_DIM, "  you %s",
		       shown_str(app_actor(ui->app)).s);
	(void)pen_putf(p, ROLE_DIM, "  %s",
		       shown_str(case_path(app_case(ui->app))).s);
}

static bool open_need(struct case_page *cp)
{
	int target = doc_target(&cp->doc);
	struct ui *ui = cp->page.ui;
	const struct need *need;
	struct page *page;

	if (target < 0) {
		ui_say(ui, ROLE_NORMAL, "nothing needs you right now");
		return true;
	}
	need = &cp->needs[target];
	ui_go(ui, need->screen);
	page = ui_page(ui);
	if (need->filter[0] && page->type->filter)
		page->type->filter(page, need->filter);
	if (need->column[0])
		page_seek(page, need->column, need->value);
	return true;
}

static bool act(struct page *page, enum action action)
{
	struct case_page *cp = self(page);

	if (action == ACT_OPEN)
		return open_need(cp);
	return doc_act(&cp->doc, action);
}

static void click(struct page *page, unsigned line)
{
	struct doc *d = &self(page)->doc;

	if (d->scroll.top + line < d->n &&
	    d->lines[d->scroll.top + line].target >= 0)
		d->scroll.cursor = d->scroll.top + line;
}

static void refresh(struct page *page)
{
	self(page)->made = false;
}

static void free_page(struct page *page)
{
	doc_release(&self(page)->doc);
	doc_release(&self(page)->right);
	free(page);
}

static const struct page_type case_type = {
	.name = "case",
	.widget = "",
	.live = true,
	.draw = draw,
	.context = context,
	.act = act,
	.click = click,
	.refresh = refresh,
	.free = free_page,
};

struct page *page_case(struct ui *ui)
{
	struct case_page *cp = xcalloc(1, sizeof *cp);

	cp->page = (struct page){.type = &case_type, .ui = ui};
	doc_init(&cp->doc, true);
	doc_init(&cp->right, false);
	return &cp->page;
}
