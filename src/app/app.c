/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The facade: owns the zygote, the case, the engine, and one descriptor that
 * says when any of them has news.
 */
#include "base/base.h"

#include <pwd.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>

#include "app/inside.h"
#include "app/judging.h"
#include "base/log.h"
#include "base/text.h"
#include "detect/detect.h"
#include "remote/remote.h"

/* In the order of enum child_kind_index. */
static const struct child_kind children[] = {
	[CHILD_CONNECT] = {"connect", connect_main},
	[CHILD_LINK] = {"link", link_main},
	[CHILD_KEYRING] = {"keyring", keyring_main},
	[CHILD_RULES] = {"rules", rules_main},
	[CHILD_BUNDLE] = {"bundle", bundle_main},
	[CHILD_LOCAL] = {"local", local_main},
	[CHILD_PROXY] = {"proxy", proxy_main, .group = true},
	[CHILD_JUDGE] = {"judge", judge_main},
};

static void warm_up(void)
{
	rules_warm_up();
	remote_warm_up();
}

static void find_self(struct app *app)
{
	const struct passwd *pw = getpwuid(getuid());
	char host[256] = "";

	if (gethostname(host, sizeof host - 1) != 0 || !host[0])
		(void)snprintf(host, sizeof host, "localhost");
	(void)snprintf(app->user, sizeof app->user, "%s",
		       pw ? pw->pw_name : "unknown");
	(void)snprintf(app->actor, sizeof app->actor, "%s@%s", app->user,
		       shown_str(host).s);
}

static void find_home(struct app *app)
{
	const char *home = getenv("HOME");
	const struct passwd *pw = getpwuid(getuid());

	if (!home || !home[0])
		home = pw ? pw->pw_dir : "/";
	app->home = xstrdup(home);
}

static enum err_code watch_fd(struct app *app, int fd, struct err *err)
{
	struct epoll_event ev = {.events = EPOLLIN};

	if (epoll_ctl(app->epoll_fd, EPOLL_CTL_ADD, fd, &ev) != 0)
		return err_errno(err, "watching a descriptor");
	return ERR_OK;
}

/* For many hosts at once. Not for children: what a command of the user's gets
 * by way of the zygote is what the user set. */
static void raise_files(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) != 0)
		return;
	files.rlim_cur = files.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &files); /* a job looks what it is */
}

enum err_code app_new(struct app **out, struct err *err)
{
	struct app *app = xcalloc(1, sizeof *app);
	enum err_code code;

	code = zygote_start(&app->zygote, children, ARRAY_SIZE(children),
			    warm_up, err);
	if (code != ERR_OK) {
		free(app);
		return code;
	}
	raise_files();
	app->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	app->case_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (app->epoll_fd < 0 || app->case_fd < 0)
		code = err_errno(err, "making descriptors");
	else
		code = watch_fd(app, app->case_fd, err);
	find_self(app);
	find_home(app);
	if (code == ERR_OK)
		*out = app;
	else
		app_free(app);
	return code;
}

void app_free(struct app *app)
{
	struct err err;

	if (!app)
		return;
	if (app_close_case(app, &err) != ERR_OK)
		log_line(LOG_ERROR, "app", "closing the case: %s", err.msg);
	zygote_stop(&app->zygote);
	bundle_release(&app->probes);
	close_fd(app->case_fd);
	close_fd(app->epoll_fd);
	free(app->home);
	buf_release(&app->said);
	free(app);
}

enum err_code app_open_case(struct app *app, const char *path, struct err *err)
{
	enum err_code code = app_close_case(app, err);

	if (code != ERR_OK)
		return code;
	return case_open(path, app->actor, app->case_fd, &app->casefile, err);
}

enum err_code app_close_case(struct app *app, struct err *err)
{
	enum err_code code = ERR_OK;

	/* The engine writes to the case until it has ended. */
	engine_stop(app->engine);
	app->engine = NULL;
	follows_release(app);
	unpacked_forget(app);
	if (app->casefile)
		code = case_close(app->casefile, err);
	app->casefile = NULL;
	return code;
}

struct casefile *app_case(struct app *app)
{
	return app->casefile;
}

const char *app_actor(const struct app *app)
{
	return app->actor;
}

int app_fd(const struct app *app)
{
	return app->epoll_fd;
}

void app_set_interactive(struct app *app, bool yes)
{
	app->interactive = yes;
}

enum err_code app_start_engine(struct app *app, struct err *err)
{
	struct engine_config config = {
		.zygote = &app->zygote,
		.had = app_had,
		.known = app_known,
		.had_arg = app->casefile,
	};
	enum err_code code;

	if (app->engine)
		return ERR_OK;
	code = case_sink(app->casefile, &config.sink, err);
	if (code == ERR_OK)
		code = probes_find(&app->probes, err);
	if (code != ERR_OK)
		return code;
	config.probes = &app->probes;
	code = engine_start(&config, &app->engine, err);
	if (code == ERR_OK)
		code = watch_fd(app, engine_fd(app->engine), err);
	return code;
}

/* ---- events ---- */

static bool case_event(struct app *app, struct app_event *event)
{
	uint64_t count;
	struct err err;

	if (read(app->case_fd, &count, sizeof count) == (ssize_t)sizeof count) {
		event->type = APP_CASE;
		return true;
	}
	if (app->casefile && case_health(app->casefile, &err) != ERR_OK) {
		event->type = APP_TROUBLE;
		event->err = err;
		return true;
	}
	return false;
}

static const enum app_event_type event_of[] = {
	[NOTICE_JOBS] = APP_JOBS,
	[NOTICE_ASK] = APP_ASK,
	[NOTICE_UNASK] = APP_UNASK,
	[NOTICE_TROUBLE] = APP_TROUBLE,
};

/* False when it was a question nobody is there to answer. */
static bool engine_event(struct app *app, const struct notice *n,
			 struct app_event *event)
{
	if (n->kind == NOTICE_ASK && !app->interactive) {
		engine_answer(app->engine, n->ask.id, false, (struct bytes){0},
			      false);
		return false;
	}
	event->type = event_of[n->kind];
	event->ask = n->ask;
	event->ask_id = n->ask.id;
	event->err = n->err;
	return true;
}

void app_poll(struct app *app, struct app_event *event)
{
	struct notice *n;

	*event = (struct app_event){.type = APP_NOTHING};
	while (app->engine && (n = engine_notice(app->engine))) {
		bool is_news = engine_event(app, n, event);

		free(n);
		if (is_news)
			return;
	}
	(void)case_event(app, event);
}

void app_answer(struct app *app, uint64_t ask_id, bool yes,
		const struct secret *secret, bool shares)
{
	if (app->engine)
		engine_answer(app->engine, ask_id, yes,
			      secret ? secret_bytes(secret)
				     : (struct bytes){0},
			      shares);
}

void app_refuse(struct app *app, uint64_t ask_id, const char *why)
{
	if (app->engine)
		engine_refuse(app->engine, ask_id, why);
}

enum err_code app_check_rules(struct app *app, const char *const *paths,
			      size_t n_paths,
			      void (*say)(void *arg,
					  const struct rule_problem *p),
			      void *arg, uint64_t *n_rules, struct err *err)
{
	struct ruleset set;
	enum err_code code = ruleset_load(&set, paths, n_paths, err);

	if (code != ERR_OK)
		return code;
	code = ruleset_check(&set, &app->zygote, CHILD_RULES, say, arg, err);
	*n_rules = set.n_rules;
	ruleset_release(&set);
	return code;
}

/* ---- reading ---- */

enum err_code app_rows(struct app *app, const struct row_query *query,
		       struct rows **rows, struct err *err)
{
	return case_rows(app->casefile, query, rows, err);
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

enum err_code app_each_row(struct casefile *cf, const struct row_query *q,
			   app_row_fn *each, void *arg, struct err *err)
{
	struct rows *rows;
	struct row row;
	enum err_code code = case_rows(cf, q, &rows, err);

	if (code != ERR_OK)
		return code;
	for (uint64_t i = 0; code == ERR_OK && i < rows_count(rows); i++) {
		code = rows_get(rows, i, &row, err);
		if (code == ERR_OK)
			code = each(arg, rows_view(rows), &row, err);
	}
	rows_close(rows);
	return code;
}

size_t app_jobs(struct app *app, struct job_view *out, size_t room)
{
	return app->engine ? engine_jobs(app->engine, out, room) : 0;
}

size_t app_job_hosts(struct app *app, const struct uuid *run,
		     struct job_host_view *out, size_t room)
{
	return app->engine ? engine_job_hosts(app->engine, run, out, room) : 0;
}

char *app_job_problems(struct app *app, const struct uuid *run)
{
	return app->engine ? engine_job_problems(app->engine, run)
			   : xstrdup("");
}

bool app_job(struct app *app, const struct uuid *run, struct job_view *out)
{
	size_t n = app_jobs(app, NULL, 0);
	struct job_view *all = xcalloc(n, sizeof *all);
	bool found = false;

	n = MIN(n, app_jobs(app, all, n)); /* there may be one more by now */
	for (size_t i = 0; i < n && !found; i++) {
		found = strcmp(all[i].run.s, run->s) == 0;
		if (found)
			*out = all[i];
	}
	free(all);
	return found;
}

void app_cancel_job(struct app *app, const struct uuid *run, const char *host)
{
	if (app->engine)
		engine_cancel(app->engine, run, host);
}

void app_skip_job(struct app *app, const struct uuid *run, const char *host)
{
	if (app->engine)
		engine_skip(app->engine, run, host);
}

void app_control_job(struct app *app, const struct uuid *run, const char *host,
		     enum control action)
{
	if (app->engine)
		engine_control(app->engine, run, host, action);
}
