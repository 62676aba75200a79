/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prompts: what the console wants to know, and what a host wants somebody to
 * say (a new host key, a passphrase). One at a time; the others wait.
 */
#include "base/base.h"

#include "ui/console.h"

#define COMPLETIONS_MAX (64u << 10)
#define RUN_DIGITS      8
#define ANSWER_CELLS    16 /* beside a prompt, for what is not shown */

void ui_prompt(struct ui *ui, enum prompt_kind kind, const char *label,
	       struct history *history, prompt_fn *done)
{
	prompt_open(&ui->prompt, kind, label, history);
	ui->prompt_done = done;
	ui->prompt_changed = NULL;
	ui->completes = false;
	ui->message[0] = '\0';
	ui->changed = true;
}

static void complete(struct ui *ui)
{
	struct prompt *p = &ui->prompt;
	char *begun;
	struct buf out;

	if (!ui->completes)
		return;
	buf_init(&out, COMPLETIONS_MAX);
	begun = bytes_to_str(bytes_of(p->line, p->at));
	ui_complete(ui, begun, &out);
	prompt_offer(p, buf_bytes(&out));
	free(begun);
	buf_release(&out);
}

/* The prompt is over: its owner is told once it is closed, because it may
 * open the next. */
static void finish(struct ui *ui, bool accepted)
{
	char *line = accepted ? xstrdup(ui->prompt.line) : NULL;
	prompt_fn *done = ui->prompt_done;
	struct history *history = ui->prompt.history;

	prompt_close(&ui->prompt);
	if (done)
		done(ui, line);
	if (line && !history)
		explicit_bzero(line, strlen(line));
	free(line);
	ui_next_ask(ui);
}

static void ask_key(struct ui *ui, const struct key *key);

void ui_prompt_key(struct ui *ui, const struct key *key)
{
	if (ui->asking) {
		ask_key(ui, key);
		return;
	}
	switch (prompt_key(&ui->prompt, key->code)) {
	case PROMPT_STAYS:
		break;
	case PROMPT_CHANGED:
		if (ui->prompt_changed)
			ui->prompt_changed(ui, ui->prompt.line);
		break;
	case PROMPT_DONE:
		finish(ui, true);
		break;
	case PROMPT_LEFT:
		finish(ui, false);
		break;
	case PROMPT_COMPLETE:
		complete(ui);
		break;
	}
}

/* ---- questions of hosts ---- */

static void drop_ask(struct ui *ui, size_t i)
{
	memmove(&ui->asks[i], &ui->asks[i + 1],
		(ui->n_asks - i - 1) * sizeof ui->asks[0]);
	ui->n_asks--;
}

/* What is said of an answer. */
static const char *said(const struct ask *ask, bool yes)
{
	if (ask->kind == ASK_GO_ON)
		return yes ? "all hosts are begun now"
			   : "no more hosts are begun";
	if (!yes)
		return "refused";
	if (ask->kind == ASK_HOST_KEY)
		return "its key is trusted from now on";
	return ask->shares ? "tries it first, then all that want the same get it"
			   : "answered";
}

const char *ui_asker_name(const struct ask *ask)
{
	return ask->host[0] ? ask->host : "the run";
}

static bool is_yes_no(const struct ask *ask)
{
	return ask->kind == ASK_HOST_KEY || ask->kind == ASK_GO_ON;
}

static void answer(struct ui *ui, bool yes, const struct secret *secret)
{
	struct ask ask = ui->asks[0];

	app_answer(ui->app, ask.id, yes, secret, ask.shares);
	drop_ask(ui, 0);
	ui->asking = false;
	prompt_close(&ui->prompt);
	ui_say(ui, yes ? ROLE_GOOD : ROLE_WARN, "%s: %s",
	       shown_str(ui_asker_name(&ask)).s, said(&ask, yes));
	ui_next_ask(ui);
}

/* Neither yes nor no: somebody looks around first. */
static void ask_later(struct ui *ui)
{
	ui->asking = false;
	ui->ask_later = true;
	prompt_close(&ui->prompt);
	ui->changed = true;
}

/* Seen while it is typed, by leave of the server. */
static void answer_seen(struct ui *ui)
{
	struct secret typed = {0};

	secret_set(&typed, bytes_str(ui->prompt.line));
	answer(ui, true, &typed);
	secret_release(&typed);
}

static void answer_yes_no(struct ui *ui)
{
	if (strcmp(ui->prompt.line, "yes") == 0)
		answer(ui, true, NULL);
	else if (strcmp(ui->prompt.line, "no") == 0)
		answer(ui, false, NULL);
	else
		prompt_set(&ui->prompt, "");
}

/* A password may be for others, too; one at a time says so. */
static void toggle_sharing(struct ui *ui)
{
	struct ask *ask = &ui->asks[0];

	if (ask->may_share)
		ask->shares = !ask->shares;
	ui->changed = true;
}

static void ask_key(struct ui *ui, const struct key *key)
{
	enum prompt_event event;

	/* What a paste holds is never taken for trust. */
	if (ui->prompt.pasting && key->code != K_PASTE_END &&
	    is_yes_no(&ui->asks[0]))
		return;
	event = prompt_key(&ui->prompt, key->code);
	if (event == PROMPT_LEFT)
		ask_later(ui);
	else if (event == PROMPT_COMPLETE)
		toggle_sharing(ui);
	else if (event != PROMPT_DONE)
		return;
	else if (is_yes_no(&ui->asks[0]))
		answer_yes_no(ui);
	else if (ui->asks[0].echo)
		answer_seen(ui);
	else
		answer(ui, ui->prompt.secret.n > 0, &ui->prompt.secret);
}

/* Its end is what is asked for: it gets rows of its own. */
static bool is_long(const struct ui *ui, const struct ask *ask)
{
	return ask->kind == ASK_PASSWORD &&
	       strlen(ask->prompt) + ANSWER_CELLS > ui->grid.cols;
}

void ui_next_ask(struct ui *ui)
{
	const struct ask *ask;
	char label[PROMPT_LABEL];

	if (ui->n_asks == 0 || ui->ask_later || ui->prompt.kind != PROMPT_NONE)
		return;
	ask = &ui->asks[0];
	if (ask->kind == ASK_HOST_KEY)
		(void)snprintf(label, sizeof label,
			       "type yes to trust this key, no to refuse it: ");
	else if (ask->kind == ASK_GO_ON)
		(void)snprintf(label, sizeof label,
			       "type yes to begin the others, no to leave "
			       "them out: ");
	else if (is_long(ui, ask))
		(void)snprintf(label, sizeof label, "your answer: ");
	else
		(void)snprintf(label, sizeof label, "%.200s: ", ask->prompt);
	ui_prompt(ui,
		  is_yes_no(ask) || ask->echo ? PROMPT_LINE : PROMPT_SECRET,
		  label, NULL, NULL);
	ui->asking = true;
}

void ui_asked(struct ui *ui, const struct ask *ask)
{
	if (ui->n_asks == ui->room_asks) {
		ui->room_asks = 2 * ui->room_asks + 8;
		ui->asks = xrealloc(ui->asks, ui->room_asks, sizeof *ui->asks);
	}
	ui->asks[ui->n_asks++] = *ask;
	ui->ask_later = false;
	ui_next_ask(ui);
	ui->changed = true;
}

void ui_answer(struct ui *ui)
{
	if (ui->n_asks == 0)
		ui_say(ui, ROLE_NORMAL, "no host waits for an answer");
	ui->ask_later = false;
	ui_next_ask(ui);
}

void ui_unasked(struct ui *ui, uint64_t id)
{
	for (size_t i = 0; i < ui->n_asks; i++) {
		if (ui->asks[i].id != id)
			continue;
		if (i == 0 && ui->asking) {
			ui->asking = false;
			prompt_close(&ui->prompt);
			ui_say(ui, ROLE_WARN,
			       "%s: the question was not answered in time",
			       shown_str(ui_asker_name(&ui->asks[0])).s);
		}
		drop_ask(ui, i);
		ui_next_ask(ui);
		ui->changed = true;
		return;
	}
}

static void draw_key(const struct ask *ask, struct grid *g, struct rect r)
{
	struct pen p = pen_at(g, r, 1);
	bool on_the_way = ask->server[0] != '\0';

	(void)pen_putf(&p, ROLE_WARN, " %s%s", on_the_way ? "jump host " : "",
		       shown_str(on_the_way ? ask->server : ask->host).s);
	(void)pen_putf(&p, ROLE_NORMAL,
		       "  %s  has a key this case does not "
		       "know",
		       shown_str(ask->address).s);
	p = pen_at(g, r, 2);
	(void)pen_putf(&p, ROLE_BAD, "   %s %s", shown_str(ask->key_type).s,
		       shown_str(ask->fingerprint).s);
	p = pen_at(g, r, 3);
	if (on_the_way)
		(void)pen_putf(&p, ROLE_WARN, " On the way to %s.",
			       shown_str(ask->host).s);
	(void)pen_put(&p, ROLE_NORMAL,
		      " A new host, a new installation, or somebody between "
		      "you and it.");
	p = pen_at(g, r, 4);
	(void)pen_put(&p, ROLE_NORMAL,
		      " Compare by another route: a colleague's known_hosts, "
		      "SSHFP records, or there:");
	p = pen_at(g, r, 5);
	(void)pen_putf(&p, ROLE_NORMAL, "   %s", shown_str(ask->confirm).s);
	p = pen_at(g, r, 6);
	(void)pen_putf(&p, ROLE_WARN, " %s", ask->prompt);
}

static void draw_secret(const struct ask *ask, struct grid *g, struct rect r)
{
	struct pen p = pen_at(g, r, 1);

	(void)pen_putf(&p, ROLE_WARN, " %s", shown_str(ask->host).s);
	(void)pen_putf(&p, ROLE_NORMAL, "  %s  wants to know you",
		       shown_str(ask->address).s);
	p = pen_at(g, r, 2);
	(void)pen_put(&p, ROLE_NORMAL,
		      ask->echo ? " What you type is shown, but not kept. Esc "
				  "says later."
				: " What you type is not shown and not kept. "
				  "Enter alone says no, Esc later.");
}

static void draw_password(const struct ask *ask, struct grid *g, struct rect r)
{
	struct pen p;

	draw_secret(ask, g, r);
	p = pen_at(g, r, 3);
	if (ask->shares)
		(void)pen_put(&p, ROLE_WARN,
			      " Kept for all hosts of this run that want the same; "
			      "one tries first.");
	else
		(void)pen_put(&p, ROLE_NORMAL,
			      " It is for this host alone.");
	if (ask->may_share)
		(void)pen_put(&p, ROLE_DIM,
			      ask->shares ? " Tab: not"
					  : " Tab: for all hosts of this run "
					    "that want the same.");
}

static void draw_go_on(const struct ask *ask, struct grid *g, struct rect r)
{
	struct pen p = pen_at(g, r, 1);

	(void)pen_putf(&p, ROLE_NORMAL, " %s", ask->prompt);
	p = pen_at(g, r, 2);
	(void)pen_put(&p, ROLE_NORMAL,
		      " Nothing is begun until you say so. Esc looks around "
		      "first, ! comes back.");
}

/* How each kind of question is shown. */
static const struct {
	const char *title;
	unsigned rows;
	void (*draw)(const struct ask *ask, struct grid *g, struct rect r);
} shows[] = {
	[ASK_HOST_KEY] = {"NOT CONNECTED", 7, draw_key},
	[ASK_PASSPHRASE] = {"LOG IN", 3, draw_secret},
	[ASK_PASSWORD] = {"LOG IN", 4, draw_password},
	[ASK_GO_ON] = {"GO ON?", 3, draw_go_on},
};

/* On two rows, the last of which goes on to its end. */
static void draw_long(const struct ask *ask, struct grid *g, struct rect r,
		      unsigned row)
{
	char first[sizeof ask->prompt];
	size_t n = MIN(strlen(ask->prompt), (size_t)(r.cols > 2 ? r.cols - 2 : 0));
	struct pen p = pen_at(g, r, row);

	while (n && ask->prompt[n] && ask->prompt[n] != ' ')
		n--;
	(void)snprintf(first, sizeof first, " %.*s", (int)n, ask->prompt);
	(void)pen_put(&p, ROLE_WARN, first);
	p = pen_at(g, r, row + 1);
	(void)pen_putf(&p, ROLE_WARN, " %s", ask->prompt + n);
}

void ui_draw_ask(struct ui *ui, struct grid *g)
{
	const struct ask *ask = &ui->asks[0];
	unsigned more = is_long(ui, ask) ? 2 : 0;
	unsigned rows = shows[ask->kind].rows + more;
	struct rect r = {
		.row = g->rows - 2 - rows, .rows = rows, .cols = g->cols};
	struct pen p;

	for (unsigned line = 0; line < rows; line++) {
		p = pen_at(g, r, line);
		pen_fill(&p, ROLE_NORMAL);
	}
	p = pen_at(g, r, 0);
	(void)pen_put(&p, ROLE_DIM, "── ");
	(void)pen_put(&p, ROLE_WARN, shows[ask->kind].title);
	if (ui->n_asks > 1)
		(void)pen_putf(&p, ROLE_DIM, ", %zu more wait", ui->n_asks - 1);
	(void)pen_put(&p, ROLE_DIM, " ");
	pen_line(&p, ROLE_DIM);
	shows[ask->kind].draw(ask, g, r);
	if (more)
		draw_long(ask, g, r, rows - more);
}

/* ---- questions of ours ---- */

static void stop_said(struct ui *ui, const char *line)
{
	if (!line || line[0] != 'y') {
		ui_say(ui, ROLE_NORMAL, "it goes on");
		return;
	}
	app_cancel_job(ui->app, &ui->stopping, NULL);
	ui_say(ui, ROLE_WARN, "stopping; what came so far is kept");
}

static bool find_running(struct ui *ui, const char *run_id,
			 struct job_view *job)
{
	struct job_view jobs[16];
	size_t n = MIN(app_jobs(ui->app, jobs, ARRAY_SIZE(jobs)),
		       ARRAY_SIZE(jobs));

	for (size_t i = 0; i < n; i++)
		if (!jobs[i].over &&
		    (!run_id || strcmp(run_id, jobs[i].run.s) == 0)) {
			*job = jobs[i];
			return true;
		}
	return false;
}

static const char *last_digits(const char *id)
{
	size_t n = strlen(id);

	return n > RUN_DIGITS ? id + n - RUN_DIGITS : id;
}

void ui_stop_job(struct ui *ui, const char *run_id)
{
	struct job_view job;
	char label[PROMPT_LABEL];

	/* Of one that is over the newest that runs is meant: it is asked. */
	if (!find_running(ui, run_id, &job) && !find_running(ui, NULL, &job)) {
		ui_say(ui, ROLE_NORMAL,
		       run_id ? "that job is over" : "no job runs");
		return;
	}
	ui->stopping = job.run;
	(void)snprintf(
		label, sizeof label,
		"stop %.16s %.8s on %zu hosts? y stops it, n lets it run ",
		job_op_name(job.op), last_digits(job.run.s),
		job.n_hosts - MIN(job_n_over(&job), job.n_hosts));
	ui_prompt(ui, PROMPT_CHOICE, label, NULL, stop_said);
	ui->prompt.choices = "yn";
}

static void quit_said(struct ui *ui, const char *line)
{
	if (line && line[0] == 'y')
		ui->quit = true;
}

void ui_quit(struct ui *ui)
{
	char label[PROMPT_LABEL];

	ui_watch_jobs(ui);
	if (ui->n_running == 0) {
		ui->quit = true;
		return;
	}
	(void)snprintf(label, sizeof label,
		       "%zu job%s run%s; leave and stop %s? y leaves, n stays ",
		       ui->n_running, ui->n_running == 1 ? "" : "s",
		       ui->n_running == 1 ? "s" : "",
		       ui->n_running == 1 ? "it" : "them");
	ui_prompt(ui, PROMPT_CHOICE, label, NULL, quit_said);
	ui->prompt.choices = "yn";
}

static const struct {
	char key;
	const char *line;
} statuses[] = {
	{'n', "finding set %{id} --status new"},
	{'c', "finding set %{id} --status confirmed"},
	{'b', "finding set %{id} --status benign"},
	{'f', "finding set %{id} --status false-positive"},
};

static void status_said(struct ui *ui, const char *line)
{
	for (size_t i = 0; line && i < ARRAY_SIZE(statuses); i++) {
		size_t n;
		char *lines;

		if (statuses[i].key != line[0])
			continue;
		lines = ui_expand(ui, statuses[i].line, &n);
		if (lines)
			ui_batch(ui, lines, n);
	}
}

/* Words of a person's at the end of a template: never places of it. */
static void exclude_for(struct ui *ui, const char *reason)
{
	struct buf line;
	char *lines;
	size_t n;

	if (!reason || !*reason)
		return;
	if (strstr(reason, "%{")) {
		ui_say(ui, ROLE_WARN, "a reason without %%{, please");
		return;
	}
	buf_init(&line, PROMPT_LINE_MAX);
	(void)buf_addf(&line, "exclusion add %%{id}%s --reason ",
		       ui->exclude_by_path ? " --by-path" : "");
	(void)command_quote(&line, bytes_str(reason));
	lines = ui_expand(ui, buf_str(&line), &n);
	if (lines)
		ui_batch(ui, lines, n);
	buf_release(&line);
}

static void exclude_said(struct ui *ui, const char *line)
{
	if (!line || (line[0] != 'h' && line[0] != 'p'))
		return;
	ui->exclude_by_path = line[0] == 'p';
	ui_prompt(ui, PROMPT_LINE, "why is it harmless? ", NULL, exclude_for);
}

void ui_exclude(struct ui *ui)
{
	ui_prompt(ui, PROMPT_CHOICE,
		  "false positive: h this rule and this content, p this rule "
		  "at this path ",
		  NULL, exclude_said);
	ui->prompt.choices = "hp";
}

void ui_set_status(struct ui *ui)
{
	ui_prompt(ui, PROMPT_CHOICE,
		  "status: n new, c confirmed, b benign, f false positive ",
		  NULL, status_said);
	ui->prompt.choices = "ncbf";
}
