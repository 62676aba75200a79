/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program: words to a command, a case to work on, an exit status. The
 * error that ends it is printed here, once.
 */
#include "base/base.h"

#include <locale.h>
#include <signal.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/cli.h"
#include "ui/ui.h"

#define HELP_MAX (256u << 10)

/* Raised by the first signal while a command runs that looks at it. */
static struct cancel interrupt = {.fd = -1};
static volatile sig_atomic_t interrupt_no;

static void on_signal(int signal_no)
{
	interrupt_no = signal_no;
	cancel_raise(&interrupt);
}

static const int ending_signals[] = {SIGINT, SIGTERM, SIGHUP};

/* Blocked from before the first child is made: Ctrl-C reaches the whole
 * process group, and the front alone decides what it means. */
static void block_signals(int how)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(ending_signals); i++)
		sigaddset(&set, ending_signals[i]);
	(void)pthread_sigmask(how, &set, NULL); /* arguments are right */
}

/* The first signal asks a command to stop, the second ends the program. */
static enum err_code watch_signals(struct cli *cli, struct err *err)
{
	struct sigaction action = {.sa_handler = on_signal,
				   .sa_flags = (int)SA_RESETHAND};
	enum err_code code = cancel_init(&interrupt, err);

	if (code != ERR_OK)
		return code;
	cli->front.cancel = &interrupt;
	for (size_t i = 0; i < ARRAY_SIZE(ending_signals); i++)
		(void)sigaction(ending_signals[i], &action, NULL);
	return ERR_OK;
}

/* The line for the record: words as they were given, none of them secret. */
static char *whole_line(int argc, char **argv)
{
	struct buf line;

	buf_init(&line, 64u << 10);
	(void)buf_add_str(&line, "halligan");
	for (int i = 1; i < argc; i++) {
		struct text shown = {0};

		(void)buf_add_str(&line, " ");
		if (!utf8_is_valid(bytes_str(argv[i])))
			text_from_bytes(&shown, bytes_str(argv[i]),
					TEXT_ANY_WIDTH);
		(void)command_quote(&line, shown.s ? bytes_str(shown.s)
						   : bytes_str(argv[i]));
		text_release(&shown);
	}
	return buf_detach(&line);
}

/* Text that needs no case and no command. */
static int print_text(const struct buf *text)
{
	struct cli cli = {0};
	struct invocation none = {0};
	struct err err;
	int status = 0;

	cli_print_init(&cli, &none);
	(void)cli.front.data(&cli.front, buf_bytes(text)); /* seen below */
	if (cli_print_finish(&cli, &err) != ERR_OK) {
		cli_error("%s", err.msg);
		status = 1;
	}
	return status;
}

static int print_version(void)
{
	struct buf out;
	int status;

	buf_init(&out, HELP_MAX);
	(void)buf_addf(&out, "halligan %s\n", PACKAGE_VERSION);
	status = print_text(&out);
	buf_release(&out);
	return status;
}

/* Whether the one word that names no command is a case. */
static bool looks_like_case(const char *word)
{
	size_t n = strlen(word);
	struct stat st;

	return (n > 5 && strcmp(word + n - 5, ".case") == 0) ||
	       (stat(word, &st) == 0 && S_ISREG(st.st_mode));
}

static int fail(const struct err *err)
{
	cli_error("%s", err->msg);
	return err_exit_status(err->code);
}

/* --help without a command, or with half of one; why: what is wrong with it */
static int print_help(const struct invocation *inv, const struct err *why)
{
	struct buf out;
	int status;

	buf_init(&out, HELP_MAX);
	status = command_help(inv->args, inv->n_args, &out) ? print_text(&out)
							    : fail(why);
	buf_release(&out);
	return status;
}

/* ---- the console ---- */

static enum err_code open_console(struct app *app, const struct invocation *inv,
				  struct err *err)
{
	char *path = NULL;
	enum err_code code;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return err_set(err, ERR_USAGE,
			       "the console needs a terminal; see `halligan "
			       "help` for commands that do not");
	code = app_find_case(inv->n_args ? inv->args[0]
					 : option_text(inv, "case"),
			     &path, err);
	if (code == ERR_OK)
		code = ui_run(app, path, err);
	free(path);
	return code;
}

/* Ended by a signal: there is nothing to tell. */
static int console_status(enum err_code code, const struct err *err)
{
	if (code == ERR_CANCELLED)
		return err_exit_status(code);
	return code == ERR_OK ? 0 : fail(err);
}

/* ---- one command ---- */

static enum err_code open_case(struct app *app, const struct invocation *inv,
			       struct err *err)
{
	char *path;
	enum err_code code;

	const char *given = option_text(inv, "case");
	unsigned flags = inv->command->flags;

	if (!(flags & (COMMAND_NEEDS_CASE | COMMAND_TAKES_CASE)) ||
	    (flags & COMMAND_CONSOLE_ONLY) || option_flag(inv, "help"))
		return ERR_OK; /* none is needed to say where it works */
	code = app_find_case(given, &path, err);
	if (code != ERR_OK && !given && (flags & COMMAND_TAKES_CASE))
		return ERR_OK; /* it does without one */
	if (code != ERR_OK)
		return code;
	code = app_open_case(app, path, err);
	free(path);
	return code;
}

/* Signals while it runs: a job has its own loop for them. */
static enum err_code run_command(struct cli *cli, struct invocation *inv,
				 struct err *err)
{
	unsigned flags = inv->command->flags;
	enum err_code code = open_case(cli->app, inv, err);

	if (code == ERR_OK && (flags & COMMAND_CANCELS))
		code = watch_signals(cli, err);
	if (code != ERR_OK)
		return code;
	if (!(flags & COMMAND_STARTS_JOB))
		block_signals(SIG_UNBLOCK);
	return command_run(cli->app, inv, err);
}

/* Runs to be awaited, in the order in which they were begun. */
struct queue {
	struct uuid runs[FOLLOW_MAX];
	size_t n;
	bool are_parts; /* of what was asked for */
};

static void take_first(struct queue *q, struct uuid *run)
{
	*run = q->runs[0];
	memmove(q->runs, q->runs + 1, --q->n * sizeof q->runs[0]);
}

static void add_next(struct queue *q, const struct follow_step *step)
{
	for (size_t i = 0; i < step->n_next && q->n < FOLLOW_MAX; i++)
		q->runs[q->n++] = step->next[i];
}

/* What follows a run that is over; its status. */
static int follow(struct cli *cli, struct invocation *inv,
		  const struct uuid *ended, struct queue *q)
{
	struct follow_step step;
	struct err err;
	int status = 0;

	if (app_follow_next(cli->app, ended, &step, &err) != ERR_OK)
		status = fail(&err);
	if (step.has_checked &&
	    app_show_checked(cli->app, inv, &step.checked, &err) != ERR_OK)
		status = fail(&err);
	add_next(q, &step);
	q->are_parts |= step.is_part;
	return status;
}

/* Of parts as wait_jobs has it; else the first that fails decides. */
static int join_status(const struct queue *q, int status, int got)
{
	if (!q->are_parts)
		return status ? status : got;
	return status == got ? status : err_exit_status(ERR_PARTIAL);
}

/* Its run, and what follows it. Once somebody stops it nothing more is begun,
 * and what is at work is awaited. */
static int wait_job(struct cli *cli, struct invocation *inv,
		    const struct uuid *run, int *signal_no)
{
	struct queue q = {.runs = {*run}, .n = 1};
	struct uuid ended;
	bool begun = false;
	int status = 0, got;

	while (q.n) {
		take_first(&q, &ended);
		if (*signal_no)
			app_cancel_job(cli->app, &ended, NULL);
		got = cli_wait_job(cli, &ended, signal_no);
		status = begun ? join_status(&q, status, got) : got;
		begun = true;
		if (*signal_no) {
			status = got;
			continue;
		}
		got = follow(cli, inv, &ended, &q);
		status = status ? status : got;
	}
	return status;
}

/* One after the other; they work side by side. Different ends: partial. */
static int wait_jobs(struct cli *cli, struct invocation *inv,
		     int *signal_no)
{
	int status = wait_job(cli, inv, &inv->run, signal_no);

	for (size_t i = 0; i < inv->n_more_runs; i++) {
		int got = wait_job(cli, inv, &inv->more_runs[i], signal_no);

		if (*signal_no)
			status = got;
		else if (got != status)
			status = err_exit_status(ERR_PARTIAL);
	}
	return status;
}

static int run_and_wait(struct cli *cli, struct invocation *inv)
{
	struct err err = {0}, close_err = {0};
	int status = 0, signal_no = 0;
	enum err_code code = run_command(cli, inv, &err);

	if (inv->run.s[0]) /* some may have begun before another could not */
		status = wait_jobs(cli, inv, &signal_no);
	else if (code == ERR_CANCELLED && interrupt_no)
		status = 128 + interrupt_no;
	else if (code == ERR_OK && cli->n_lists && cli->n_rows == 0 &&
		 option_flag(inv, "fail-empty"))
		status = EXIT_EMPTY;
	if (code != ERR_OK && cli->out_err.code != ERR_OK)
		code = ERR_OK; /* the cause is told below */
	if (code != ERR_OK)
		status = status ? status : fail(&err);
	if (cli_print_finish(cli, &err) != ERR_OK)
		status = fail(&err);
	if (app_case(cli->app) &&
	    app_close_case(cli->app, &close_err) != ERR_OK && status == 0)
		status = fail(&close_err); /* else it was told already */
	return status;
}

static int run_app(struct cli *cli, struct invocation *inv)
{
	struct err err;
	int status;

	if (app_new(&cli->app, &err) != ERR_OK)
		return fail(&err);
	app_set_interactive(cli->app, true); /* or ask.c answers no */
	if (cli_read_given(cli, &err) != ERR_OK)
		status = fail(&err);
	else if (inv->command)
		status = run_and_wait(cli, inv);
	else
		status = console_status(open_console(cli->app, inv, &err),
					&err);
	app_free(cli->app);
	return status;
}

/* Which descriptors are the caller's is known before we open our own. */
static enum err_code prepare(struct cli *cli, struct err *err)
{
	const char *log = option_text(cli->inv, "log");
	enum err_code code = cli_check_given(cli, err);

	if (code == ERR_OK && log)
		code = log_open(log, LOG_DEBUG, err);
	if (code == ERR_OK)
		hash_lib_init();
	return code;
}

static int run(struct invocation *inv, int argc, char **argv)
{
	struct cli cli = {0};
	struct err err;
	char *line = whole_line(argc, argv);
	int status;

	cli_print_init(&cli, inv);
	cli.may_ask = !option_flag(inv, "no-input");
	cli.front.asks = cli.may_ask && cli_has_terminal();
	inv->front = &cli.front;
	inv->line = line;
	status = prepare(&cli, &err) == ERR_OK ? run_app(&cli, inv)
					       : fail(&err);
	secret_release(&cli.given);
	buf_release(&cli.out);
	free(line);
	return status;
}

/* No command was named: help, the console, or a mistake. */
static bool wants_console(const struct invocation *inv)
{
	return inv->n_args == 0 ||
	       (inv->n_args == 1 && looks_like_case(inv->args[0]));
}

static int start(struct invocation *inv, int argc, char **argv)
{
	struct err err;
	enum err_code code = command_parse(argc - 1,
					   (const char *const *)argv + 1, inv,
					   &err);

	if (option_flag(inv, "version"))
		return print_version();
	if (code != ERR_OK && !inv->command && option_flag(inv, "help"))
		return print_help(inv, &err);
	if (code != ERR_OK && (inv->command || !wants_console(inv)))
		return fail(&err);
	return run(inv, argc, argv);
}

int main(int argc, char **argv)
{
	struct invocation *inv;
	int status;

	(void)setlocale(LC_ALL, ""); /* text is UTF-8 by our own tables */
	secret_harden_process();
	(void)signal(SIGPIPE, SIG_IGN);
	block_signals(SIG_BLOCK);
	inv = xcalloc(1, sizeof *inv);
	status = start(inv, argc, argv);
	free(inv);
	return status;
}
