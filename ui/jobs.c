/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs as they run: one line in all, one a host, and word when one ends. */
#include "base/base.h"

#include "base/time.h"
#include "ui/console.h"
#include "ui/words.h"

#define JOBS_SEEN  40
#define HOSTS_SEEN 2000

static bool was_told(const struct ui *ui, const struct uuid *run)
{
	for (size_t i = 0; i < ui->n_told; i++)
		if (strcmp(ui->told[i].s, run->s) == 0)
			return true;
	return false;
}

static void remember_told(struct ui *ui, const struct uuid *run)
{
	if (ui->n_told == UI_TOLD_MAX)
		memmove(ui->told, ui->told + 1,
			--ui->n_told * sizeof ui->told[0]);
	ui->told[ui->n_told++] = *run;
}

static enum role role_of_code(enum err_code code)
{
	if (code == ERR_OK)
		return ROLE_GOOD;
	return code == ERR_PARTIAL || code == ERR_CANCELLED ? ROLE_WARN
							    : ROLE_BAD;
}

/* Hosts that did not do all of it, and what the first of them says. */
static void put_trouble(struct ui *ui, const struct job_view *job,
			struct buf *counts, struct buf *first)
{
	struct job_host_view *hosts = xcalloc(HOSTS_SEEN, sizeof *hosts);
	size_t n = MIN(app_job_hosts(ui->app, &job->run, hosts, HOSTS_SEEN),
		       (size_t)HOSTS_SEEN);

	for (size_t i = 0; i < n; i++)
		if (hosts[i].err.code != ERR_OK && first->n == 0)
			(void)buf_addf(first, "; %s: %s",
				       shown_str(hosts[i].host).s,
				       hosts[i].err.msg);
	if (job->n_partial)
		(void)buf_addf(counts, ", %zu partly", job->n_partial);
	if (job->n_failed)
		(void)buf_addf(counts, ", %zu failed", job->n_failed);
	if (job->n_cancelled)
		(void)buf_addf(counts, ", %zu cancelled", job->n_cancelled);
	free(hosts);
}

/* How much a run brought into the case. */
static void put_evidence(struct ui *ui, const struct uuid *run,
			 struct buf *out)
{
	struct case_brought b;
	char n[WORDS_MAX];
	struct err err;

	if (case_brought(app_case(ui->app), run, &b, &err) != ERR_OK)
		return; /* a line without it, then */
	(void)buf_addf(out, ", %s",
		       words_plural(b.n_evidence - b.n_unchanged,
				    "new evidence item", n));
	if (b.n_unchanged)
		(void)buf_addf(out, ", %s unchanged",
			       words_count(b.n_unchanged, n));
}

/* A login brings nothing; what it says is that it worked. */
static void put_result(struct ui *ui, const struct job_view *job,
		       struct buf *out)
{
	char n[WORDS_MAX];

	if (job->op == JOB_HUNT || job->op == JOB_IMPORT)
		(void)buf_addf(out, ", %s%s", words_count(job->matches, n),
			       job->matches == 1 ? " match" : " matches");
	else if (job->op == JOB_WALK)
		(void)buf_addf(out, ", %s",
			       words_plural(job->files, "file", n));
	else if (job->op == JOB_COLLECT || job->op == JOB_TRIAGE)
		put_evidence(ui, &job->run, out);
}

/* Its logs and configuration are read next, without another word. */
static void follow(struct ui *ui, const struct job_view *job)
{
	struct follow_step step;
	char n[WORDS_MAX];
	struct err err;

	if (app_follow_next(ui->app, &job->run, &step, &err) != ERR_OK)
		ui_say(ui, ROLE_BAD, "what %s brought: %s",
		       job_op_name(job->op), err.msg);
	if (step.has_checked)
		ui_say(ui, step.checked.n_loud ? ROLE_WARN : ROLE_GOOD,
		       "the checks found %s to look at; 6 shows what was found",
		       words_plural(step.checked.n_loud, "thing", n));
}

static void tell_end(struct ui *ui, const struct job_view *job)
{
	struct buf counts, first;
	char hosts[WORDS_MAX];

	remember_told(ui, &job->run);
	if (job->err.code != ERR_OK) {
		ui_say(ui, ROLE_BAD, "%s did not begin: %s",
		       job_op_name(job->op), job->err.msg);
		return;
	}
	buf_init(&counts, UI_MSG_MAX);
	buf_init(&first, 2 * UI_MSG_MAX);
	put_trouble(ui, job, &counts, &first);
	put_result(ui, job, &counts);
	ui_say(ui, role_of_code(job->code), "%s is over: %s%s%s",
	       job_op_name(job->op), words_plural(job->n_hosts, "host", hosts),
	       buf_str(&counts), buf_str(&first));
	buf_release(&counts);
	buf_release(&first);
	follow(ui, job);
}

/* What it brought is in the case before the run's end is. */
static bool is_in_case(struct ui *ui, const struct job_view *job)
{
	struct source *src;
	struct row row;
	struct err err;
	bool runs;

	if (job->err.code != ERR_OK)
		return true;
	src = source_of_row(ui->app, "run", job->run.s, &row, &err);
	runs = src && bytes_eq(row_bytes(source_view(src), &row, "state"),
			       bytes_str("running"));
	source_close(src);
	return !runs;
}

void ui_watch_jobs(struct ui *ui)
{
	struct job_view jobs[JOBS_SEEN];
	size_t n = MIN(app_jobs(ui->app, jobs, JOBS_SEEN), (size_t)JOBS_SEEN);
	size_t running = 0;

	for (size_t i = 0; i < n; i++) {
		if (!jobs[i].over)
			running++;
		else if (!was_told(ui, &jobs[i].run) && is_in_case(ui, &jobs[i]))
			tell_end(ui, &jobs[i]);
	}
	ui->n_running = running;
}

#define BROUGHT_MAX (3 * WORDS_MAX)

/* What its hosts have sent so far; a login brings nothing. */
static const char *brought(const struct job_view *job, char out[BROUGHT_MAX])
{
	char files[WORDS_MAX], size[WORDS_MAX];

	out[0] = '\0';
	if (job->op != JOB_CONNECT)
		(void)snprintf(out, BROUGHT_MAX,
			       "  %s files  %s  %" PRIu64 " matches",
			       words_count(job->files, files),
			       words_size(job->bytes, size), job->matches);
	return out;
}

bool ui_progress(struct ui *ui, struct pen *p)
{
	struct job_view jobs[JOBS_SEEN];
	size_t n = MIN(app_jobs(ui->app, jobs, JOBS_SEEN), (size_t)JOBS_SEEN);
	char bar[WORDS_MAX], sent[BROUGHT_MAX];
	char left[JOB_LEFT_MAX];

	for (size_t i = 0; i < n; i++) {
		const struct job_view *j = &jobs[i];

		if (j->over)
			continue;
		(void)pen_putf(p, ROLE_MARK, "%s %s", job_op_name(j->op),
			       words_bar(job_percent(j), 100, bar));
		if (j->paused || j->pace)
			(void)pen_putf(p, ROLE_WARN, "  %s",
				       words_pace(j->paused, j->pace, bar));
		(void)pen_putf(p, ROLE_NORMAL, "  %zu/%zu hosts", job_n_over(j),
			       j->n_hosts);
		if (job_left(j->left_ns, left)[0])
			(void)pen_putf(p, ROLE_MARK, "  %s", left);
		(void)pen_put(p, ROLE_NORMAL, brought(j, sent));
		if (ui->n_running > 1)
			(void)pen_putf(p, ROLE_DIM, "  %zu more jobs",
				       ui->n_running - 1);
		(void)pen_put(p, ROLE_DIM, "  X stops");
		return true;
	}
	return false;
}

static void put_span(struct doc *d, int64_t from, int64_t to)
{
	char span[TIME_TEXT_MAX];

	if (from == TIME_UNKNOWN)
		return;
	if (to == TIME_UNKNOWN)
		to = time_now_ns();
	doc_putf(d, ROLE_DIM, "  %s",
		 time_format_span(MAX(to - from, INT64_C(0)), span));
}

/* What is over of it, and what people have to do with it. */
static void put_hosts(struct doc *d, const struct job_view *job)
{
	char word[WORDS_MAX];

	doc_putf(d, ROLE_NORMAL, "%s %zu/%zu hosts",
		 words_bar(job_percent(job), 100, word), job_n_over(job),
		 job->n_hosts);
	if (job->paused || job->pace)
		doc_putf(d, ROLE_WARN, "  %s",
			 words_pace(job->paused, job->pace, word));
	if (!job->paused && job->n_paused)
		doc_putf(d, ROLE_WARN, "  %zu paused", job->n_paused);
	if (job->waits)
		doc_put(d, ROLE_WARN, "  waits for you: !");
	if (job->n_failed)
		doc_putf(d, ROLE_BAD, "  %zu failed", job->n_failed);
	if (job->n_partial)
		doc_putf(d, ROLE_WARN, "  %zu partly", job->n_partial);
	if (job->n_cancelled)
		doc_putf(d, ROLE_WARN, "  %zu cancelled", job->n_cancelled);
}

/* Two lines: all of it on one is more than 80 columns. */
void doc_job(struct doc *d, const struct job_view *job)
{
	char sent[BROUGHT_MAX], left[JOB_LEFT_MAX];

	doc_begin(d, -1);
	doc_putf(d, job->over ? role_of_code(job->code) : ROLE_MARK, "%-8s",
		 job_op_name(job->op));
	put_hosts(d, job);
	doc_begin(d, -1);
	doc_put(d, ROLE_NORMAL, "      ");
	if (job_left(job->left_ns, left)[0])
		doc_putf(d, ROLE_MARK, "  %s", left);
	doc_putf(d, ROLE_NORMAL, "%s", brought(job, sent));
	put_span(d, job->started_ns, job->ended_ns);
	if (job->err.code != ERR_OK)
		doc_field(d, "not begun", ROLE_BAD, job->err.msg);
}

static enum role role_of_phase(enum host_phase phase)
{
	static const enum role roles[] = {
		[HOST_QUEUED] = ROLE_DIM,       [HOST_RECONNECTING] = ROLE_WARN,
		[HOST_CONNECTING] = ROLE_NORMAL,
		[HOST_HANDSHAKE] = ROLE_NORMAL, [HOST_ASKING] = ROLE_WARN,
		[HOST_AUTH] = ROLE_NORMAL,      [HOST_PLACING] = ROLE_NORMAL,
		[HOST_RUNNING] = ROLE_MARK,     [HOST_DONE] = ROLE_GOOD,
		[HOST_PARTIAL] = ROLE_WARN,     [HOST_FAILED] = ROLE_BAD,
		[HOST_CANCELLED] = ROLE_WARN,
	};

	return roles[phase];
}

/* What somebody told it to do is what it does; else its phase. */
static void put_state(struct doc *d, const struct job_host_view *h)
{
	char state[WORDS_MAX];
	bool told = h->paused || h->pace;

	doc_putf(d, told ? ROLE_WARN : role_of_phase(h->phase), "%-12s",
		 told ? words_pace(h->paused, h->pace, state)
		      : host_phase_name(h->phase));
}

/* How much is done; nothing where there is nothing to hold it against. */
static void put_percent(struct doc *d, const struct job_host_view *h)
{
	char percent[8] = "";

	if (h->percent)
		(void)snprintf(percent, sizeof percent, "~%u%%",
			       MIN(h->percent, 99u));
	doc_putf(d, ROLE_MARK, "%4s", percent);
}

/* What is read now: of a large file, how much of it is. */
static void put_now(struct doc *d, const struct job_host_view *h)
{
	char part[WORDS_MAX], whole[WORDS_MAX];

	doc_begin(d, -1);
	doc_put(d, ROLE_DIM, "             ");
	if (h->whole >= JOB_LARGE)
		doc_putf(d, ROLE_MARK, "%s of %s under way: ",
			 words_size(h->part, part),
			 words_size(h->whole, whole));
	doc_put(d, ROLE_DIM, h->now);
}

static void put_shell(struct doc *d, const struct job_host_view *h)
{
	char why[sizeof h->shell_why + 32];

	if (!h->shell)
		return;
	(void)snprintf(why, sizeof why, "in shell mode: %s", h->shell_why);
	doc_field(d, "", ROLE_DIM, why);
}

/* What matters most is what is left in 80 columns. */
static void put_host(struct doc *d, const struct job_host_view *h)
{
	char files[WORDS_MAX], size[WORDS_MAX], left[JOB_LEFT_MAX];

	doc_begin(d, -1);
	doc_putf(d, ROLE_NORMAL, "%-12s ", shown_str(h->host).s);
	put_state(d, h);
	put_percent(d, h);
	doc_putf(d, ROLE_NORMAL, " %9s files %8s %4" PRIu64 " hits",
		 words_count(h->files, files), words_size(h->bytes, size),
		 h->matches);
	if (job_left(h->left_ns, left)[0])
		doc_putf(d, ROLE_MARK, "  %s", left);
	put_span(d, h->started_ns, h->ended_ns);
	if (h->attempts > 1)
		doc_putf(d, ROLE_DIM, "  attempt %u", h->attempts);
	put_shell(d, h);
	if (h->err.code != ERR_OK)
		doc_field(d, "", h->phase == HOST_FAILED ? ROLE_BAD : ROLE_WARN,
			  h->err.msg);
	else if (h->phase == HOST_RUNNING && h->now[0])
		put_now(d, h);
}

void doc_job_hosts(struct ui *ui, struct doc *d, const struct uuid *run)
{
	struct job_host_view *hosts = xcalloc(HOSTS_SEEN, sizeof *hosts);
	size_t n = app_job_hosts(ui->app, run, hosts, HOSTS_SEEN);

	for (size_t i = 0; i < MIN(n, (size_t)HOSTS_SEEN); i++)
		put_host(d, &hosts[i]);
	if (n > HOSTS_SEEN)
		doc_linef(d, ROLE_DIM, "and %zu more hosts", n - HOSTS_SEEN);
	free(hosts);
}
