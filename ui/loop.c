/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The main loop: waits for keys, news of the case and the jobs, and signals;
 * draws when something changed and only then. Never waits on anything else.
 */
#include "base/base.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>

#include "base/time.h"
#include "ui/console.h"
#include "ui/term.h"
#include "ui/ui.h"

#define PROGRESS_MS  250 /* between looks at running jobs */
#define REFRESH_MS   100 /* between looks at a case that jobs write to */
#define KEYS_AT_ONCE 64

struct loop {
	struct ui ui;
	int signal_fd;
	int settle_fd; /* -1: nobody wants to know */
	sigset_t before;
	int64_t next_look_ns; /* at the jobs */
	int64_t next_refresh_ns;
	int64_t minute; /* on the clock of the first row */
	int ended_by;   /* signal, 0 */
	bool settled;   /* nothing happened since the byte was sent */
};

static const int signals[] = {SIGWINCH, SIGTERM, SIGHUP,
			      SIGINT,   SIGCONT, SIGPIPE};

static enum err_code catch_signals(struct loop *l, struct err *err)
{
	sigset_t set;

	(void)sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		(void)sigaddset(&set, signals[i]);
	(void)sigprocmask(SIG_BLOCK, &set, &l->before);
	l->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (l->signal_fd < 0)
		return err_errno(err, "waiting for signals");
	return ERR_OK;
}

static void find_settle_fd(struct loop *l)
{
	const char *s = getenv("HALLIGAN_SETTLE_FD");
	uint64_t fd;

	l->settle_fd = -1;
	if (!s || !bytes_to_u64(bytes_str(s), &fd) || fd < 3 || fd > 1023 ||
	    fcntl((int)fd, F_SETFD, FD_CLOEXEC) != 0)
		return;
	l->settle_fd = (int)fd;
}

static void fit_grid(struct ui *ui)
{
	unsigned rows, cols;

	term_size(&rows, &cols);
	if (rows == ui->grid.rows && cols == ui->grid.cols)
		return;
	grid_release(&ui->grid);
	grid_init(&ui->grid, rows, cols);
	ui->changed = true;
}

static void take_signals(struct loop *l)
{
	struct signalfd_siginfo si;

	while (read(l->signal_fd, &si, sizeof si) == sizeof si) {
		int sig = (int)si.ssi_signo;

		l->settled = false;
		if (sig == SIGWINCH || sig == SIGCONT) {
			term_resized();
			fit_grid(&l->ui);
			l->ui.changed = true;
		} else if (sig == SIGTERM || sig == SIGHUP) {
			l->ended_by = sig;
			l->ui.quit = true;
		}
	}
}

static void take_event(struct ui *ui, const struct app_event *event)
{
	switch (event->type) {
	case APP_CASE: /* the writer was heard of: trouble follows, or is over */
		ui->trouble.code = ERR_OK;
		ui->case_changed = true;
		ui_watch_jobs(ui); /* an end may have waited for the case */
		break;
	case APP_JOBS:
		ui_watch_jobs(ui);
		ui->changed = true;
		break;
	case APP_ASK:
		ui_asked(ui, &event->ask);
		break;
	case APP_UNASK:
		ui_unasked(ui, event->ask_id);
		break;
	case APP_TROUBLE:
		ui->trouble = event->err;
		ui->changed = true;
		ui_say_err(ui, &event->err);
		break;
	case APP_NOTHING:
		break;
	}
}

static void take_news(struct loop *l)
{
	struct app_event event;

	for (;;) {
		app_poll(l->ui.app, &event);
		if (event.type == APP_NOTHING)
			break;
		l->settled = false;
		take_event(&l->ui, &event);
	}
}

/* At once when somebody did something; in steps while a hunt writes. */
static void take_changes(struct loop *l)
{
	int64_t now = time_mono_ns();

	if (!l->ui.case_changed ||
	    (l->ui.n_running && now < l->next_refresh_ns))
		return;
	l->next_refresh_ns = now + REFRESH_MS * NS_PER_MS;
	ui_refresh(&l->ui);
}

static void take_keys(struct loop *l)
{
	struct key key;

	for (int n = 0; n < KEYS_AT_ONCE && !l->ui.quit; n++) {
		if (!term_key(&key))
			return;
		l->settled = false;
		ui_key(&l->ui, &key);
	}
}

/* Progress while jobs run; the minute on the clock. */
static void take_time(struct loop *l)
{
	struct ui *ui = &l->ui;
	int64_t minute = time_now_ns() / (60 * NS_PER_S);
	struct page *page = ui_page(ui);

	if (minute != l->minute)
		ui->changed = true;
	l->minute = minute;
	if (ui->n_running == 0 || time_mono_ns() < l->next_look_ns)
		return;
	l->next_look_ns = time_mono_ns() + PROGRESS_MS * NS_PER_MS;
	ui_watch_jobs(ui);
	if (page->type->live && page->type->refresh)
		page->type->refresh(page);
	ui->changed = true;
}

static int time_left_ms(const struct loop *l)
{
	int64_t now = time_now_ns();
	int64_t left = (l->minute + 1) * 60 * NS_PER_S - now;

	if (l->ui.n_running)
		left = MIN(left, l->next_look_ns - time_mono_ns());
	if (l->ui.case_changed)
		left = MIN(left, l->next_refresh_ns - time_mono_ns());
	return (int)(MAX(left, INT64_C(0)) / NS_PER_MS) + 1;
}

static void tell_settled(struct loop *l, const struct pollfd *fds, size_t n)
{
	if (l->settled || l->settle_fd < 0 || l->ui.case_changed)
		return;
	for (size_t i = 0; i < n; i++)
		if (fds[i].revents)
			return;
	l->settled = true;
	if (write(l->settle_fd, "s", 1) != 1)
		l->settle_fd = -1;
}

static void wait_for_more(struct loop *l, bool more_work)
{
	struct pollfd fds[] = {
		{.fd = STDIN_FILENO, .events = POLLIN},
		{.fd = app_fd(l->ui.app), .events = POLLIN},
		{.fd = l->signal_fd, .events = POLLIN},
	};

	(void)poll(fds, ARRAY_SIZE(fds), 0);
	if (more_work)
		return;
	tell_settled(l, fds, ARRAY_SIZE(fds));
	(void)poll(fds, ARRAY_SIZE(fds), time_left_ms(l));
	if (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL) &&
	    !(fds[0].revents & POLLIN)) {
		l->ended_by = SIGHUP; /* the terminal is gone */
		l->ui.quit = true;
	}
}

static void run(struct loop *l)
{
	struct ui *ui = &l->ui;

	while (!ui->quit) {
		bool more = ui_work(ui);

		take_time(l);
		if (ui->changed) {
			ui->changed = false;
			l->settled = false;
			ui_draw(ui);
			term_draw(&ui->grid);
		}
		wait_for_more(l, more);
		take_signals(l);
		take_news(l);
		take_keys(l);
		take_changes(l);
	}
}

static void ui_release(struct ui *ui)
{
	prompt_close(&ui->prompt);
	ui_free_pages(ui);
	history_release(&ui->commands);
	history_release(&ui->searches);
	source_close(ui->log);
	grid_release(&ui->grid);
	free(ui->note_host);
	free(ui->asks);
}

static enum err_code start(struct loop *l, struct err *err)
{
	struct ui *ui = &l->ui;

	ui->log = source_table(messages_view());
	ui->screen = 1;
	ui->last_screen = 1;
	ui_refresh_info(ui);
	fit_grid(ui);
	ui_go(ui, 1);
	if (!ui->tops[1])
		return err_set(err, ERR_IO, "the case cannot be read: %.400s",
			       ui->message);
	if (case_is_read_only(app_case(ui->app)))
		ui_say(ui, ROLE_WARN,
		       "the case cannot be written; it is open for reading "
		       "only");
	ui_watch_jobs(ui);
	l->minute = time_now_ns() / (60 * NS_PER_S);
	return ERR_OK;
}

enum err_code ui_run(struct app *app, const char *case_path, struct err *err)
{
	struct loop *l = xcalloc(1, sizeof *l);
	enum err_code code;

	l->ui.app = app;
	l->signal_fd = -1;
	/* Before the case and its threads: they inherit the blocked set. */
	code = catch_signals(l, err);
	if (code == ERR_OK && case_path && !app_case(app))
		code = app_open_case(app, case_path, err);
	if (code == ERR_OK)
		code = term_open(err);
	if (code == ERR_OK) {
		find_settle_fd(l);
		app_set_interactive(app, true);
		code = start(l, err);
		if (code == ERR_OK)
			run(l);
		app_set_interactive(app, false);
		term_close();
	}
	if (code == ERR_OK && l->ended_by)
		code = err_set(err, ERR_CANCELLED, "ended by %s",
			       l->ended_by == SIGHUP ? "SIGHUP" : "SIGTERM");
	ui_release(&l->ui);
	close_fd(l->signal_fd);
	(void)sigprocmask(SIG_SETMASK, &l->before, NULL);
	free(l);
	return code;
}
