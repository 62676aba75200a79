/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line's own state and rooms: what is printed (print.c), what is
 * asked (ask.c), what is drawn while a job runs (progress.c) and the loop
 * around it (wait.c). One thread.
 */
#ifndef HALLIGAN_CLI_CLI_H
#define HALLIGAN_CLI_CLI_H

#include "app/command.h"
#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/secret.h"

/* Exit status of --fail-empty, beside those of err.h. */
#define EXIT_EMPTY 5

/* A row kept until the widths of a table are known. */
struct kept_row {
	struct value *values;
	uint8_t *bytes; /* what the values point to */
	struct kept_row *next;
};

struct cli {
	struct front front; /* first */
	struct app *app;
	const struct invocation *inv;
	bool quiet, colour;
	bool is_terminal;     /* standard output */
	bool err_is_terminal; /* standard error */
	bool may_ask;

	/* ask.c */
	struct secret given; /* from --password-fd */
	bool has_given;
	char given_what[ASK_WHAT_MAX]; /* what it turned out to be; "" */
	char given_host[128]; /* whose question that was */

	/* print.c */
	struct buf out;
	struct err out_err; /* the first failed write; code ERR_OK: none */
	const struct view *view;
	unsigned n_lists; /* begun so far */
	uint64_t n_rows;
	struct kept_row *kept, **kept_end;
	size_t n_kept;
	unsigned *widths; /* by column; NULL: not known yet */
};

/* Sets the front's functions and what the terminal allows. */
void cli_print_init(struct cli *cli, const struct invocation *inv);
/* Writes what is left; ERR_IO with the first failure. A reader that went
 * away (EPIPE) is no failure. */
enum err_code cli_print_finish(struct cli *cli, struct err *err) MUST_CHECK;

/* One line to standard error; text is sanitised by the caller. */
void cli_error(const char *fmt, ...) PRINTF_LIKE(1, 2);
/* The same, not with --quiet. */
void cli_say(struct cli *cli, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Columns of the terminal behind fd, 80 when it does not say. */
unsigned cli_width(int fd, unsigned *rows);

/* ---- progress.c ---- */

struct progress {
	unsigned lines; /* drawn and still on the screen */
	int64_t drawn_ns;
	struct job_host_view *hosts;
	size_t room, n;
	struct progress_told {
		bool end, waits;
	} *told; /* by host: what was printed of it */
};

void progress_release(struct progress *p);
/* Takes a new look at the run; prints hosts that ended since the last one. */
void progress_update(struct progress *p, struct cli *cli,
		     const struct uuid *run);
void progress_draw(struct progress *p, struct cli *cli,
		   const struct job_view *job);
void progress_clear(struct progress *p);

/* ---- ask.c ---- */

/* Questions of the engine and the person who may answer them: no more than
 * there are hosts at work. */
struct asker {
	struct cli *cli;
	int tty; /* -1: nobody to ask */
	struct ask *queue;
	size_t n, room;
	bool is_open; /* queue[0] is on the screen */
	bool silent;  /* echo is off */
	struct buf line;
};

/*
 * Whether --password-fd, if there is one, names a descriptor. Before anything
 * else is opened: a number nobody gave us would be that of a file of our own.
 */
enum err_code cli_check_given(struct cli *cli, struct err *err) MUST_CHECK;
/* Reads the line there. After the zygote, whose children it is none of. */
enum err_code cli_read_given(struct cli *cli, struct err *err) MUST_CHECK;

bool cli_has_terminal(void);

/* A yes or no on /dev/tty, whatever standard input is. */
enum confirmed cli_confirm(struct front *front, const char *question);

void asker_init(struct asker *a, struct cli *cli);
void asker_release(struct asker *a);
void asker_add(struct asker *a, const struct ask *ask);
void asker_remove(struct asker *a, uint64_t ask_id);
/* Puts the next question on the screen when none is. */
void asker_show(struct asker *a);
/* Reads what was typed; answers when a line is whole. */
void asker_read(struct asker *a);

/* ---- keys.c ---- */

/* Zeroed to begin with. */
struct keys {
	int tty;
	bool raw;    /* the terminal gives single keys */
	bool paused; /* as the last p said */
};

/* What to poll for keys, -1 when there are none now. */
int keys_fd(struct keys *k, int tty);
void keys_read(struct keys *k, struct cli *cli, const struct uuid *run);
/* The terminal as it was. */
void keys_release(struct keys *k);

/* ---- wait.c ---- */

/*
 * Leads a started job to its end. *signal_no: the signal that cancelled it,
 * 0 when none. Returns the exit status.
 */
int cli_wait_job(struct cli *cli, const struct uuid *run, int *signal_no);

#endif
