/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A command is the only verb: the subcommand of the command line, the words
 * at the console's `:` prompt, what a key is bound to and a line of a test
 * script all name a row of the table here. Help, completion and the man
 * page's tables are made from the same rows.
 */
#ifndef HALLIGAN_APP_COMMAND_H
#define HALLIGAN_APP_COMMAND_H

#include "app/app.h"
#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/wait.h"
#include "model/rows.h"

#define COMMAND_VALUES_MAX 256

enum option_kind {
	OPTION_FLAG,
	OPTION_TEXT,
	OPTION_NUMBER,
	OPTION_SIZE,
	/* A run may follow: behind =, or as the next word when that is an id
	 * as lists print it; "" is a flag. */
	OPTION_RUN,
};

struct option_spec {
	const char *name; /* without the dashes */
	char letter;	  /* short form, 0: none */
	enum option_kind kind;
	bool repeats;
	const char *value; /* "PATH", for help; NULL for flags */
	const char *help;  /* a sentence the user can act on */
};

struct invocation;

enum confirmed { CONFIRM_YES, CONFIRM_NO, CONFIRM_NOBODY };

/* Where a command's data and talk go; given by the front. */
struct front {
	/* A list begins; NULL rows: no data command. Borrowed. */
	void (*begin)(struct front *front, const struct view *view);
	void (*row)(struct front *front, const struct row *row);
	void (*end)(struct front *front);
	/* One sentence for people (stderr, status line), without newline.
	 * Already sanitised by the caller. */
	void (*say)(struct front *front, const char *line);
	/* Raw data (an export to stdout). false: it could not be written. */
	bool (*data)(struct front *front, struct bytes b);
	/* Long loops of a COMMAND_CANCELS command look at it; NULL: nothing
	 * cancels. */
	const struct cancel *cancel;
	/* Asks a person; NULL: nobody is there. */
	enum confirmed (*confirm)(struct front *front, const char *question);
	bool json; /* --json was given */
	bool asks; /* somebody may answer while a job runs */
	bool is_console; /* the ncurses front: long work must not be waited on */
};

enum command_flags {
	COMMAND_NEEDS_CASE = 1 << 0,
	COMMAND_STARTS_JOB = 1 << 1, /* fills in runs; the front waits */
	COMMAND_CLI_ONLY = 1 << 2,   /* no meaning inside the console */
	COMMAND_CONSOLE_ONLY = 1 << 3,
	COMMAND_LISTS = 1 << 4, /* takes --json */
	COMMAND_SHOWS = 1 << 5, /* the first rows are one record, shown whole */
	COMMAND_TAKES_CASE = 1 << 7, /* opens one when there is one */
	COMMAND_SHOWS_ALL = 1 << 8, /* and so are all that follow */
	COMMAND_CANCELS = 1 << 6, /* looks at front->cancel while it runs */
};

struct command {
	const char *name;     /* "host add" */
	const char *args;     /* "TARGET [NAME]" */
	const char *help;     /* one sentence */
	const char *details;  /* a paragraph for help and man; NULL */
	unsigned min_args, max_args;
	unsigned flags;
	const struct option_spec *options; /* ends with name == NULL; NULL */
	/* Runs in the front thread. Data through inv->front. */
	enum err_code (*run)(struct app *app, struct invocation *inv,
			     struct err *err);
};

struct option_value {
	const struct option_spec *spec;
	const char *text; /* as given; NULL for flags */
	uint64_t number;  /* OPTION_NUMBER, OPTION_SIZE */
};

struct invocation {
	const struct command *command;
	const char *args[COMMAND_VALUES_MAX]; /* positional, borrowed */
	size_t n_args;
	struct option_value options[COMMAND_VALUES_MAX];
	size_t n_options;
	struct front *front;
	const char *line;     /* the whole line, for the record */
	struct uuid run;      /* out: the job this started; s[0]==0: none */
	bool wants_changes;   /* out: only what is new since the last such run
				 is to be told of it */
	/* out: jobs beside it, when it started several */
	struct uuid more_runs[COMMAND_VALUES_MAX];
	size_t n_more_runs;
};

/* What checks found that is to be looked at, through the front; the rest is
 * counted. */
struct check_result;
enum err_code app_show_checked(struct app *app, struct invocation *inv,
			       const struct check_result *r,
			       struct err *err) MUST_CHECK;

extern const struct command commands[];
extern const size_t n_commands;

/* Options that every command takes; those of the program, not of a row. They
 * end up among the invocation's options like the others. */
extern const struct option_spec global_options[];

/*
 * Finds the command named by the first words of argv and parses the rest
 * after them (options anywhere, "--" ends them). Strings stay borrowed.
 * ERR_USAGE with a hint ("did you mean") otherwise; inv->command is NULL then
 * when no command was found, its args are the words that name none, and the
 * global options seen so far are there. With --help the number of arguments
 * is not checked.
 */
enum err_code command_parse(int argc, const char *const *argv,
			    struct invocation *inv,
			    struct err *err) MUST_CHECK;

/* Splits a `:` line into words: blanks, '...', "..." with backslashes. The
 * words live in *words (caller frees with command_words_free). */
struct command_words {
	char **v;
	size_t n;
};

enum err_code command_split(const char *line, struct command_words *words,
			    struct err *err) MUST_CHECK;
void command_words_free(struct command_words *words);
/* Adds the word as one that command_split gives back as it is; false when
 * there is no room. */
bool command_quote(struct buf *out, struct bytes word);

/* Checks flags against the state (case open, front) and runs it. */
enum err_code command_run(struct app *app, struct invocation *inv,
			  struct err *err) MUST_CHECK;

/* Option access for command functions. */
const char *option_text(const struct invocation *inv, const char *name);
bool option_flag(const struct invocation *inv, const char *name);
uint64_t option_number(const struct invocation *inv, const char *name,
		       uint64_t otherwise);
size_t option_all(const struct invocation *inv, const char *name,
		  const char **out, size_t room);

/* What changed from other (NULL: the last such run) to run, as a list of
 * diff_view and sentences; diff: how much. */
enum err_code cmd_changes(struct app *app, struct front *front,
			  const struct uuid *run, const struct uuid *other,
			  struct case_diff *diff, struct err *err) MUST_CHECK;

/* The row of that name ("host add"), NULL when there is none. */
const struct command *command_find(const char *name);

/* Whether names of two words begin with that one. */
bool command_is_group(const char *word);

/* What a mistyped name may have meant, or NULL: a command, or the word that
 * several begin with. */
const char *command_closest(const char *typed, char *out, size_t room);

/* "host add TARGET [NAME]  a host joins..." for help overlays and --help. */
void command_usage(const struct command *command, struct buf *out);
void command_list(struct buf *out);
/* The rows whose names begin with that word; false when there are none. */
bool command_list_group(const char *word, struct buf *out);
/* Usage of the command, or the list of the group, that words name. */
bool command_help(const char *const *words, size_t n, struct buf *out);

/* The same rows for other programs: sections of halligan(1) in mdoc, and a
 * completion script; false for a shell we know no script for. */
void command_mdoc(struct buf *out);
bool command_completion(const char *shell, struct buf *out);

/* Completions of the last word of a line, one per line, into out. */
void command_complete(struct app *app, const char *line, struct buf *out);

#endif
