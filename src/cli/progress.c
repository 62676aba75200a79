/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a job goes, on standard error: on a terminal a line for each host that
 * is at work and one of totals, drawn over again and cleared at the end; and
 * in any case one lasting line for each host that ended.
 */
#include "base/base.h"

#include "base/fs.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/cli.h"

#define HOSTS_MAX   10000
#define DRAW_EVERY  (200 * NS_PER_MS)
#define SCREEN_MAX  (64u << 10)
#define HOST_CELLS  16
#define PHASE_CELLS 12

void progress_release(struct progress *p)
{
	free(p->hosts);
	free(p->told);
	*p = (struct progress){0};
}

static void size_text(uint64_t bytes, char out[16])
{
	static const char units[] = "BKMGTPE";
	double n = (double)bytes;
	unsigned unit = 0;

	while (n >= 1000 && unit + 2 < sizeof units) {
		n /= 1024;
		unit++;
	}
	(void)snprintf(out, 16, unit && n < 10 ? "%.1f%c" : "%.0f%c", n,
		       units[unit]);
}

static void make_room(struct progress *p, size_t n)
{
	n = MIN(n, (size_t)HOSTS_MAX);
	if (n <= p->room)
		return;
	p->hosts = xrealloc(p->hosts, n, sizeof *p->hosts);
	p->told = xrealloc(p->told, n, sizeof *p->told);
	memset(p->told + p->room, 0, (n - p->room) * sizeof *p->told);
	p->room = n;
}

/* Whoever reads its times must know. */
static void tell_clock(struct cli *cli, const struct job_host_view *h)
{
	char words[JOB_CLOCK_MAX];

	if (job_clock_off(h->clock_offset_ns, words)[0])
		cli_say(cli, "%s: %s" JOB_CLOCK_SO, h->host, words);
}

/* The lasting line of a host that ended. */
static void tell_end(struct cli *cli, const struct job_host_view *h, bool login)
{
	char size[16];

	size_text(h->bytes, size);
	tell_clock(cli, h);
	if (h->shell)
		cli_say(cli, "%s: in shell mode: %s", h->host, h->shell_why);
	if (h->phase == HOST_FAILED)
		cli_error("%s: %s", h->host,
			  h->err.msg[0] ? h->err.msg : err_name(h->err.code));
	else if (login)
		cli_say(cli, "%s: %s", h->host,
			h->phase == HOST_DONE ? "logged in"
					      : host_phase_name(h->phase));
	else
		cli_say(cli,
			"%s: %s%s, %" PRIu64 " files, %s, %" PRIu64
			" matches%s%s",
			h->host, host_phase_name(h->phase),
			h->shell ? " in shell mode" : "", h->files, size,
			h->matches, h->err.code != ERR_OK ? "; " : "",
			h->err.code != ERR_OK ? h->err.msg : "");
}

/* Those that a run left out have all the same reason: one line for them. */
static bool was_left_out(const struct job_host_view *h)
{
	return h->phase == HOST_CANCELLED && h->attempts == 0;
}

static void tell_left_out(size_t n, const struct job_host_view *h)
{
	if (n == 1)
		cli_error("%s: %s", h->host, h->err.msg);
	else if (n)
		cli_error("%zu hosts, %s the first: %s", n, h->host,
			  h->err.msg);
}

/* Where nothing is drawn a host that waits for its load to fall would look
 * like one that hangs. Once for each: a load goes up and down. */
static void tell_wait(struct progress *p, struct cli *cli, size_t i)
{
	const struct job_host_view *h = &p->hosts[i];

	if (!h->waits || cli->err_is_terminal || p->told[i].waits)
		return;
	p->told[i].waits = true;
	cli_say(cli, "%s: %s; nothing more is read there until it is lower",
		h->host, h->now);
}

void progress_update(struct progress *p, struct cli *cli,
		     const struct uuid *run)
{
	size_t all = app_job_hosts(cli->app, run, p->hosts, p->room);
	const struct job_host_view *out = NULL;
	struct job_view job;
	bool login = app_job(cli->app, run, &job) && job.op == JOB_CONNECT;
	size_t n_out = 0;

	if (all > p->room && p->room < HOSTS_MAX) {
		make_room(p, all);
		all = app_job_hosts(cli->app, run, p->hosts, p->room);
	}
	p->n = MIN(all, p->room);
	for (size_t i = 0; i < p->n; i++) {
		const struct job_host_view *h = &p->hosts[i];

		if (!host_phase_is_final(h->phase))
			tell_wait(p, cli, i);
		if (p->told[i].end || !host_phase_is_final(h->phase))
			continue;
		progress_clear(p);
		p->told[i].end = true;
		if (!was_left_out(h))
			tell_end(cli, h, login);
		else if (n_out++ == 0)
			out = h;
	}
	if (n_out)
		tell_left_out(n_out, out);
}

static bool is_at_work(const struct job_host_view *h)
{
	return h->phase != HOST_QUEUED && !host_phase_is_final(h->phase);
}

/* Up to `cells` of an already safe string, filled up with blanks. */
static unsigned add_cut(struct buf *out, const char *s, unsigned cells)
{
	struct buf cut;
	unsigned used;

	buf_init(&cut, SCREEN_MAX);
	used = text_append(&cut, bytes_str(s), cells);
	(void)buf_add_bytes(out, buf_bytes(&cut));
	(void)buf_addf(out, "%*s", (int)(cells - MIN(used, cells)), "");
	buf_release(&cut);
	return cells;
}

#define NEWS_MAX 320

/* How far it is, and what is read now. Of a large file, how much is: it would
 * look like a host that hangs. */
static const char *news(const struct job_host_view *h, char out[NEWS_MAX])
{
	char left[JOB_LEFT_MAX], percent[16] = "", part[48] = "", whole[16];

	if (h->percent)
		(void)snprintf(percent, sizeof percent, "~%u%% ",
			       MIN(h->percent, 99u));
	if (h->whole >= JOB_LARGE) {
		size_text(h->whole, whole);
		(void)snprintf(part, sizeof part, "%.0f%% of %s: ",
			       100 * (double)h->part / (double)h->whole, whole);
	}
	(void)job_left(h->left_ns, left);
	(void)snprintf(out, NEWS_MAX, "%s%s%s%s%s", percent, left,
		       left[0] ? " " : "", part, h->now);
	return out;
}

static void draw_host(struct buf *out, const struct job_host_view *h,
		      unsigned width)
{
	char size[16], numbers[64], pace[16] = "", now[NEWS_MAX];
	unsigned used = 0;

	size_text(h->bytes, size);
	(void)snprintf(numbers, sizeof numbers,
		       " %7" PRIu64 " files %6s %4" PRIu64 " hits ", h->files,
		       size, h->matches);
	used += add_cut(out, h->host, HOST_CELLS);
	(void)buf_add_str(out, " ");
	if (h->pace && !h->paused)
		(void)snprintf(pace, sizeof pace, "pace %u%%", h->pace);
	used += 1 + add_cut(out,
			    h->paused ? "paused"
			    : pace[0] ? pace
				      : host_phase_name(h->phase),
			    PHASE_CELLS);
	if (used + strlen(numbers) < width) {
		(void)buf_add_str(out, numbers);
		used += (unsigned)strlen(numbers);
	}
	if (used + 8 < width)
		(void)add_cut(out, news(h, now), width - used - 1);
	(void)buf_add_str(out, "\033[K\n");
}

static void draw_total(struct buf *out, const struct job_view *job,
		       const char *keys, unsigned width)
{
	char size[16], span[TIME_TEXT_MAX], pace[16] = "", line[280];
	char sent[100] = ""; /* a login brings nothing */
	char failed[40] = "";
	char left[JOB_LEFT_MAX];

	size_text(job->bytes, size);
	(void)job_left(job->left_ns, left);
	if (job->pace)
		(void)snprintf(pace, sizeof pace, ", pace %u%%", job->pace);
	if (job->n_failed)
		(void)snprintf(failed, sizeof failed, "%zu failed, ",
			       job->n_failed);
	if (job->op != JOB_CONNECT)
		(void)snprintf(sent, sizeof sent,
			       "%" PRIu64 " files, %s, %" PRIu64 " matches, ",
			       job->files, size, job->matches);
	(void)snprintf(line, sizeof line,
		       "%s: %zu of %zu hosts, %s%s%s%s%s%s%s",
		       job_op_name(job->op), job_n_over(job),
		       job->n_hosts, failed,
		       left, left[0] ? ", " : "",
		       sent,
		       time_format_span(time_now_ns() - job->started_ns, span),
		       job->paused ? ", paused" : pace, keys);
	(void)add_cut(out, line, width - 1);
	(void)buf_add_str(out, "\033[K\n");
}

static void put(const struct buf *out)
{
	struct err err;

	(void)!fs_write_all(STDERR_FILENO, buf_bytes(out), &err);
}

void progress_draw(struct progress *p, struct cli *cli,
		   const struct job_view *job)
{
	int64_t now = time_mono_ns();
	unsigned rows, width = cli_width(STDERR_FILENO, &rows), lines = 1;
	struct buf out;

	if (cli->quiet || !cli->err_is_terminal ||
	    (p->lines && now - p->drawn_ns < DRAW_EVERY))
		return;
	buf_init(&out, SCREEN_MAX);
	if (p->lines)
		(void)buf_addf(&out, "\033[%uA", p->lines);
	for (size_t i = 0; i < p->n && lines + 2 < rows; i++) {
		if (!is_at_work(&p->hosts[i]))
			continue;
		draw_host(&out, &p->hosts[i], width);
		lines++;
	}
	draw_total(&out, job, cli->may_ask ? "; p - + s" : "", width);
	(void)buf_add_str(&out, "\033[J");
	put(&out);
	buf_release(&out);
	p->lines = lines;
	p->drawn_ns = now;
}

void progress_clear(struct progress *p)
{
	struct buf out;

	if (!p->lines)
		return;
	buf_init(&out, 64);
	(void)buf_addf(&out, "\033[%uA\033[J", p->lines);
	put(&out);
	buf_release(&out);
	p->lines = 0;
}
