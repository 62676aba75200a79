/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line's main loop: while a job runs, look at it, draw it, ask
 * what it asks. The first signal cancels it and waits for its end, so that
 * the case says what happened; the second ends the program.
 */
#include "base/base.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>

#include "base/text.h"
#include "base/time.h"
#include "cli/cli.h"

#define LOOK_EVERY_MS 250 /* with a progress display */
/* A case that cannot be written for so long ends the job: nobody may be there
 * to make room, and what was recorded is safe. */
#define TROUBLE_NS (10 * NS_PER_S)
#define CALM_NS	   (4 * NS_PER_S) /* the writer tries again each second */

/* How many hosts of the run ended how. */
struct fared {
	uint64_t done, partly, failed, cancelled, not_begun;
};

struct waiting {
	struct cli *cli;
	struct fared fared;
	const struct uuid *run;
	struct asker asker;
	struct keys keys;
	struct progress progress;
	struct job_view job;
	int signal_fd;
	int signal_no;
	bool told_problems; /* of the rules */
	uint64_t n_changes; /* since the last such run, when asked for */
	char trouble[ERR_MSG_MAX]; /* the last one told */
	int64_t trouble_ns, last_trouble_ns; /* monotonic; 0: none */
	bool given_up;
};

static void cancel(struct waiting *w, int signal_no)
{
	if (w->signal_no) { /* asked twice */
		keys_release(&w->keys); /* the terminal as it was */
		asker_release(&w->asker);
		_exit(128 + signal_no);
	}
	w->signal_no = signal_no;
	progress_clear(&w->progress);
	cli_error("stopping; once more to end at once");
	app_cancel_job(w->cli->app, w->run, NULL);
}

static void take_signal(struct waiting *w)
{
	struct signalfd_siginfo info;

	if (read(w->signal_fd, &info, sizeof info) == sizeof info)
		cancel(w, (int)info.ssi_signo);
}

static void tell_trouble(struct waiting *w, const struct err *err)
{
	if (strcmp(w->trouble, err->msg) == 0)
		return;
	(void)snprintf(w->trouble, sizeof w->trouble, "%s", err->msg);
	progress_clear(&w->progress);
	cli_error("%s", err->msg);
}

/* The writer says so each second while the case cannot be written. */
static void judge_trouble(struct waiting *w, const struct err *err)
{
	int64_t now = time_mono_ns();

	tell_trouble(w, err);
	if (err->code != ERR_IO || w->given_up)
		return;
	if (!w->trouble_ns || now - w->last_trouble_ns > CALM_NS)
		w->trouble_ns = now;
	w->last_trouble_ns = now;
	if (now - w->trouble_ns < TROUBLE_NS)
		return;
	w->given_up = true;
	cli_error("the case still cannot be written: stopping; what was "
		  "recorded is safe, make room and run it again");
	app_cancel_job(w->cli->app, w->run, NULL);
}

static void take_events(struct waiting *w)
{
	struct app_event event;

	for (;;) {
		app_poll(w->cli->app, &event);
		switch (event.type) {
		case APP_NOTHING:
			return;
		case APP_ASK:
			progress_clear(&w->progress);
			asker_add(&w->asker, &event.ask);
			break;
		case APP_UNASK:
			asker_remove(&w->asker, event.ask_id);
			break;
		case APP_TROUBLE:
			judge_trouble(w, &event.err);
			break;
		case APP_CASE:
		case APP_JOBS:
			break; /* looked at anyway */
		}
	}
}

/* Before anything is heard of hosts; the error at the end names the first. */
static void tell_problems(struct waiting *w)
{
	char *problems = app_job_problems(w->cli->app, w->run);
	struct bytes rest = bytes_str(problems), line;

	w->told_problems = rest.n != 0;
	if (rest.n)
		progress_clear(&w->progress);
	while (bytes_split(&rest, '\n', &line))
		if (line.n)
			cli_say(w->cli, "%.*s", (int)line.n,
				(const char *)line.p);
	free(problems);
}

/* Looks and draws; true once the job is over. */
static bool look(struct waiting *w)
{
	if (!app_job(w->cli->app, w->run, &w->job))
		return false; /* the engine has not taken it up yet */
	if (!w->told_problems)
		tell_problems(w);
	if (!w->asker.is_open && w->job.err.code == ERR_OK)
		progress_update(&w->progress, w->cli, w->run);
	if (w->job.over)
		return true;
	if (w->asker.n)
		keys_release(&w->keys);
	asker_show(&w->asker);
	if (!w->asker.is_open)
		progress_draw(&w->progress, w->cli, &w->job);
	return false;
}

static void wait_some(struct waiting *w)
{
	struct pollfd fds[] = {
		{.fd = app_fd(w->cli->app), .events = POLLIN},
		{.fd = w->signal_fd, .events = POLLIN},
		{.fd = w->asker.is_open ? w->asker.tty : -1, .events = POLLIN},
		{.fd = -1, .events = POLLIN}, /* keys */
	};
	bool draws = w->progress.lines > 0;

	if (draws && !w->asker.is_open)
		fds[3].fd = keys_fd(&w->keys, w->asker.tty);
	if (poll(fds, ARRAY_SIZE(fds), draws ? LOOK_EVERY_MS : -1) < 0)
		return; /* EINTR: look again */
	if (fds[1].revents)
		take_signal(w);
	if (fds[2].revents)
		asker_read(&w->asker);
	if (fds[3].revents)
		keys_read(&w->keys, w->cli, w->run);
	take_events(w);
}

/* Files of the run that were not read, how many of them for want of the right
 * to; and those of a kind that no parser reads, which is no fault. */
struct missing {
	uint64_t n, denied, unknown;
};

static enum err_code add_missing(void *arg, const struct view *v,
				 const struct row *row, struct err *err UNUSED)
{
	struct missing *m = arg;
	struct bytes outcome = row_bytes(v, row, "outcome");
	uint64_t n = (uint64_t)row_int(v, row, "files", 0);

	if (bytes_eq(outcome, bytes_str("unknown")))
		m->unknown += n;
	else if (bytes_eq(outcome, bytes_str("skipped")) ||
		 bytes_eq(outcome, bytes_str("failed")))
		m->n += n;
	if (bytes_eq(row_bytes(v, row, "reason"), bytes_str("permission")))
		m->denied += n;
	return ERR_OK;
}

/* A summary is made without what cannot be read. */
static bool each_row(struct waiting *w, const struct row_query *query,
		     app_row_fn *each, void *arg)
{
	struct err err;

	return app_each_row(app_case(w->cli->app), query, each, arg, &err) ==
	       ERR_OK;
}

static struct missing count_missing(struct waiting *w)
{
	/* Summed by the case: few rows, whatever hosts say. */
	const struct row_query query = {.view = "coverage_sum",
					.stack = true,
					.where[0] = {"run_id", w->run->s}};
	struct missing m = {0};

	(void)each_row(w, &query, add_missing, &m);
	return m;
}

/* ---- how its hosts fared, as the case has it ---- */

static enum err_code take_fared(void *arg, const struct view *v,
				const struct row *row, struct err *err UNUSED)
{
	struct fared *f = arg;

	f->done = (uint64_t)row_int(v, row, "n_done", 0);
	f->partly = (uint64_t)row_int(v, row, "n_partial", 0);
	f->failed = (uint64_t)row_int(v, row, "n_failed", 0);
	f->cancelled = (uint64_t)row_int(v, row, "n_cancelled", 0);
	return ERR_OK;
}

/* Once all that they said is in: some of it may have been refused. */
static void count_hosts(struct waiting *w)
{
	const struct row_query query = {.view = "run",
					.where[0] = {"id", w->run->s}};

	if (!each_row(w, &query, take_fared, &w->fared)) /* as we heard it */
		w->fared = (struct fared){.done = w->job.n_done,
					  .partly = w->job.n_partial,
					  .failed = w->job.n_failed,
					  .cancelled = w->job.n_cancelled};
	w->fared.not_begun = MIN((uint64_t)w->job.n_not_begun,
				 w->fared.cancelled);
	w->fared.cancelled -= w->fared.not_begun;
}

struct doubt {
	struct waiting *w;
	const char *reason, *words;
};

static enum err_code say_host_doubted(void *arg, const struct view *v,
				      const struct row *row,
				      struct err *err UNUSED)
{
	const struct doubt *doubt = arg;

	cli_say(doubt->w->cli, "%s: partly: %s",
		shown(row_bytes(v, row, "host")).s, doubt->words);
	return ERR_OK;
}

/* A host that was done, as far as it had been heard, is not. */
static void say_doubts(struct waiting *w)
{
	struct doubt doubts[] = {
		{w, "refused", "some of what it said made no sense and was "
			       "refused, see the audit log"},
		{w, "sha256 differs after transfer",
		 "the content of a file is not what its hash says, see "
		 "`halligan evidence list`"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(doubts); i++) {
		const struct row_query query = {
			.view = "coverage_sum",
			.where = {{"run_id", w->run->s, ROW_IS},
				  {"reason", doubts[i].reason, ROW_IS}}};

		(void)each_row(w, &query, say_host_doubted, &doubts[i]);
	}
}

static void add_count(char *out, size_t room, uint64_t n, const char *what)
{
	size_t at = strlen(out);

	if (n)
		(void)snprintf(out + at, room - at, ", %" PRIu64 " %s", n,
			       what);
}

static void say_hosts(const struct waiting *w, char *out, size_t room)
{
	const struct fared *f = &w->fared;

	(void)snprintf(out, room, "%" PRIu64 " %s done", f->done,
		       f->done == 1 ? "host" : "hosts");
	add_count(out, room, f->partly, "partly");
	(void)snprintf(out + strlen(out), room - strlen(out),
		       ", %" PRIu64 " failed", f->failed);
	add_count(out, room, f->cancelled, "cancelled");
	add_count(out, room, f->not_begun, "not begun");
}

static enum err_code is_of_root(void *arg, const struct view *v,
				const struct row *row, struct err *err UNUSED)
{
	struct bytes as = row_bytes(v, row, "ran_as");
	bool *all = arg;

	*all &= as.n == 0 ? geteuid() == 0 /* a folder of this machine */
			  : bytes_eq(as, bytes_str("root")) ||
				    bytes_starts(as, "root by ");
	return ERR_OK;
}

/* Whether there is no more to be had by becoming root. */
static bool ran_as_root(struct waiting *w)
{
	const struct row_query query = {.view = "run_host",
					.where[0] = {"run_id", w->run->s}};
	bool all = true;

	return each_row(w, &query, is_of_root, &all) && all;
}

static void say_found(const struct waiting *w, const struct case_brought *b,
		      char *out, size_t room)
{
	const struct job_view *job = &w->job;
	char excluded[40] = "";

	if (b->n_excluded)
		(void)snprintf(excluded, sizeof excluded,
			       ", %" PRIu64 " excluded", b->n_excluded);
	if (job->op == JOB_PARSE ||
	    (job->op == JOB_IMPORT && !job->matches && !b->n_findings))
		(void)snprintf(out, room,
			       "; %" PRIu64 " events for the timeline, %" PRIu64
			       " facts",
			       job->events, job->facts);
	else if (job->op == JOB_TRIAGE)
		(void)snprintf(out, room, "; %" PRIu64 " facts", job->facts);
	else if (job->op == JOB_HUNT || job->op == JOB_IMPORT)
		(void)snprintf(out, room,
			       "; %" PRIu64 " matches, %" PRIu64
			       " new findings%s",
			       job->matches, b->n_findings, excluded);
	else if (job->op == JOB_WALK)
		(void)snprintf(out, room, "; %" PRIu64 " files listed",
			       job->files);
}

static void say_evidence(const struct waiting *w, const struct case_brought *b,
			 char *out, size_t room)
{
	char unchanged[48] = "";

	if (b->n_unchanged)
		(void)snprintf(unchanged, sizeof unchanged,
			       ", %" PRIu64 " unchanged", b->n_unchanged);
	if (b->n_evidence || w->job.op == JOB_COLLECT)
		(void)snprintf(out, room, "; %" PRIu64 " new evidence items%s",
			       b->n_evidence - b->n_unchanged, unchanged);
}

static void say_missing(struct waiting *w, const char *id)
{
	struct missing missing = count_missing(w);

	if (missing.n)
		cli_say(w->cli,
			"coverage: %" PRIu64 " files not read, see `halligan "
			"coverage summary --run %s`",
			missing.n, id);
	if (missing.denied && !ran_as_root(w))
		cli_say(w->cli,
			"%" PRIu64 " of them are not for who logged in there: "
			"--sudo, --su or --doas looks as root",
			missing.denied);
	if (missing.unknown)
		cli_say(w->cli,
			"%" PRIu64 " files are of kinds that no parser reads: "
			"they are evidence, and nothing else",
			missing.unknown);
}

static void summarise(struct waiting *w)
{
	const char *id = w->run->s + UUID_TEXT_LEN - 8;
	struct case_brought brought;
	struct err err;
	char findings[120] = "", evidence[100] = "", hosts[160];

	if (case_brought(app_case(w->cli->app), w->run, &brought, &err) !=
	    ERR_OK) /* a summary without news, then */
		brought = (struct case_brought){.n_findings = 0};
	say_found(w, &brought, findings, sizeof findings);
	say_evidence(w, &brought, evidence, sizeof evidence);
	say_hosts(w, hosts, sizeof hosts);
	cli_say(w->cli, "%s %s: %s%s%s", job_op_name(w->job.op), id, hosts,
		findings, evidence);
	say_missing(w, id);
}

/* None of the hosts could be worked on: the reason decides. */
static int status_of_failures(const struct waiting *w)
{
	int status = 1;

	for (size_t i = 0; i < w->progress.n; i++)
		status = MAX(status, err_exit_status(
					     w->progress.hosts[i].err.code));
	return status;
}

static int exit_status(const struct waiting *w)
{
	if (w->signal_no)
		return 128 + w->signal_no;
	if (w->given_up)
		return err_exit_status(ERR_IO);
	if (w->job.err.code != ERR_OK)
		return err_exit_status(w->job.err.code);
	if (w->job.n_hosts &&
	    w->job.n_failed + w->job.n_cancelled == w->job.n_hosts &&
	    w->job.code != ERR_PARTIAL)
		return status_of_failures(w);
	if (w->job.code != ERR_OK)
		return err_exit_status(w->job.code);
	if (w->fared.partly)
		return err_exit_status(ERR_PARTIAL);
	if (option_flag(w->cli->inv, "fail-empty") && w->job.op == JOB_HUNT &&
	    (w->cli->inv->wants_changes ? w->n_changes : w->job.matches) == 0)
		return EXIT_EMPTY;
	return 0;
}

/* With --json the data of a job is its row of the view run. */
static void print_run(struct waiting *w)
{
	struct row_query query = {.view = "run",
				  .where[0] = {"id", w->run->s}};
	struct front *front = &w->cli->front;
	struct rows *rows;
	struct row row;
	struct err err;

	if (app_rows(w->cli->app, &query, &rows, &err) != ERR_OK) {
		cli_error("%s", err.msg);
		return;
	}
	front->begin(front, rows_view(rows));
	if (rows_get(rows, 0, &row, &err) == ERR_OK)
		front->row(front, &row);
	front->end(front);
	rows_close(rows);
}

/* Data of a run of which only the changes are wanted. */
static void print_changes(struct waiting *w)
{
	struct case_diff diff;
	struct err err;

	if (cmd_changes(w->cli->app, &w->cli->front, w->run, NULL, &diff,
			&err) != ERR_OK)
		cli_error("%s", err.msg);
	w->n_changes = diff.n_changes;
}

static void run_to_end(struct waiting *w)
{
	while (!look(w))
		wait_some(w);
	take_events(w);
	if (w->job.err.code == ERR_OK) /* else it never began */
		progress_update(&w->progress, w->cli, w->run);
	progress_clear(&w->progress);
}

int cli_wait_job(struct cli *cli, const struct uuid *run, int *signal_no)
{
	struct waiting w = {.cli = cli, .run = run};
	struct err err;
	sigset_t signals;
	int status = 1;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	asker_init(&w.asker, cli);
	w.signal_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	run_to_end(&w);
	if (w.job.err.code != ERR_OK) { /* it never began */
		cli_error("%s", w.job.err.msg);
		status = exit_status(&w);
	} else if (case_flush(app_case(cli->app), &err) == ERR_OK) {
		count_hosts(&w);
		say_doubts(&w);
		summarise(&w);
		if (cli->inv->wants_changes)
			print_changes(&w);
		status = exit_status(&w);
	} else {
		tell_trouble(&w, &err);
	}
	if (cli->front.json && w.job.err.code == ERR_OK &&
	    !cli->inv->wants_changes)
		print_run(&w);
	if (w.signal_no)
		*signal_no = w.signal_no;
	keys_release(&w.keys);
	asker_release(&w.asker);
	progress_release(&w.progress);
	close_fd(w.signal_fd);
	return status;
}
