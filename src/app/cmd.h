/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The functions behind the rows of the command table, and what they share.
 * Only command_table.c and cmd_*.c include this.
 */
#ifndef HALLIGAN_APP_CMD_H
#define HALLIGAN_APP_CMD_H

#include "app/command.h"

#define COMMAND_RUN(name)                                            \
	enum err_code name(struct app *app, struct invocation *inv, \
			   struct err *err)

/* One function for all lists, one for all records shown by id. */
COMMAND_RUN(cmd_list);
COMMAND_RUN(cmd_show);
COMMAND_RUN(cmd_host_show);

COMMAND_RUN(cmd_artifact_list);
COMMAND_RUN(cmd_artifact_show);
COMMAND_RUN(cmd_artifact_lint);
COMMAND_RUN(cmd_artifact_plan);
COMMAND_RUN(cmd_new);
COMMAND_RUN(cmd_verify);
COMMAND_RUN(cmd_host_add);
COMMAND_RUN(cmd_host_explain);
COMMAND_RUN(cmd_host_label);
COMMAND_RUN(cmd_host_list);
COMMAND_RUN(cmd_host_remove);
COMMAND_RUN(cmd_host_trust);
COMMAND_RUN(cmd_hunt);
COMMAND_RUN(cmd_collect);
COMMAND_RUN(cmd_triage);
COMMAND_RUN(cmd_walk);
COMMAND_RUN(cmd_connect);
COMMAND_RUN(cmd_hunt_save);
COMMAND_RUN(cmd_hunt_list);
COMMAND_RUN(cmd_hunt_show);
COMMAND_RUN(cmd_hunt_run);
COMMAND_RUN(cmd_hunt_remove);
COMMAND_RUN(cmd_run_resume);
COMMAND_RUN(cmd_run_diff);
COMMAND_RUN(cmd_coverage_summary);
COMMAND_RUN(cmd_finding_list);
COMMAND_RUN(cmd_exclusion_add);
COMMAND_RUN(cmd_exclusion_list);
COMMAND_RUN(cmd_exclusion_show);
COMMAND_RUN(cmd_exclusion_remove);
COMMAND_RUN(cmd_import);
COMMAND_RUN(cmd_parser_list);
COMMAND_RUN(cmd_parse);
COMMAND_RUN(cmd_run_show);
COMMAND_RUN(cmd_run_control);
COMMAND_RUN(cmd_note_add);
COMMAND_RUN(cmd_note_edit);
COMMAND_RUN(cmd_finding_show);
COMMAND_RUN(cmd_finding_set);
COMMAND_RUN(cmd_evidence_get);
COMMAND_RUN(cmd_indicator_add);
COMMAND_RUN(cmd_indicator_import);
COMMAND_RUN(cmd_indicator_show);
COMMAND_RUN(cmd_indicator_remove);
COMMAND_RUN(cmd_export);
COMMAND_RUN(cmd_rule_lint);
COMMAND_RUN(cmd_rule_test);
COMMAND_RUN(cmd_check);
COMMAND_RUN(cmd_check_list);
COMMAND_RUN(cmd_check_show);
COMMAND_RUN(cmd_key_new);
COMMAND_RUN(cmd_key_show);
COMMAND_RUN(cmd_range_up);
COMMAND_RUN(cmd_range_down);
COMMAND_RUN(cmd_help);
COMMAND_RUN(cmd_version);
COMMAND_RUN(cmd_completion);

/* A sentence for people; outside bytes only through shown(). */
void cmd_say(struct invocation *inv, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* The same for a line that is sanitised; arg is the invocation. */
void cmd_say_line(void *arg, const char *line);

/* Which of --sudo, --su and --doas was given; NULL: none. */
enum err_code cmd_escalate(const struct invocation *inv, const char **how,
			   struct err *err) MUST_CHECK;

/* The checks among the arguments; *any: there are some. */
enum err_code cmd_lint_checks(struct app *app, struct invocation *inv,
			      bool *any, struct err *err) MUST_CHECK;

/* What is wrong with a file, printed as data. */
struct cmd_problem {
	const char *file;
	unsigned line, column; /* column 0: not known */
	bool is_error;	       /* else a warning */
	const char *message;   /* sanitised */
};
void cmd_problem(struct invocation *inv, const struct cmd_problem *p);

/* Text for stdout; ERR_IO when it could not be written. */
enum err_code cmd_print(struct invocation *inv, const struct buf *text,
			struct err *err) MUST_CHECK;

/* Whether the front wants the command to stop. */
enum err_code cmd_cancelled(const struct invocation *inv,
			    struct err *err) MUST_CHECK;

/* Asks a person whether to go on, unless --yes says so. ERR_USAGE when nobody
 * can be asked, ERR_CANCELLED for a no. */
enum err_code cmd_confirm(struct invocation *inv, const char *question,
			  struct err *err) MUST_CHECK;

/* All rows of the query to the front. */
enum err_code cmd_rows(struct app *app, struct invocation *inv,
		       const struct row_query *query,
		       struct err *err) MUST_CHECK;

/* Those of them that have one of these ids, up to the query's limit. */
enum err_code cmd_rows_of(struct app *app, struct invocation *inv,
			  const struct row_query *query, char *const *ids,
			  size_t n, struct err *err) MUST_CHECK;

/* The rows of view where column is value. */
enum err_code cmd_rows_where(struct app *app, struct invocation *inv,
			     const char *view, const char *column,
			     const char *value, struct err *err) MUST_CHECK;

/* The newest row that the query has, one column of it as text; "" for none
 * there, ERR_NOTFOUND without a row. */
enum err_code cmd_newest(struct app *app, const struct row_query *query,
			 const char *column, char *out, size_t room,
			 struct err *err) MUST_CHECK;

/* The id of the host the person named. ERR_NOTFOUND names it. */
enum err_code cmd_host_id(struct app *app, const char *name, struct uuid *id,
			  struct err *err) MUST_CHECK;

/* Starts a job as the invocation says, on the hosts that it selects.
 * again: NULL, or what it does again; scope: NULL, or where to select. */
struct select_scope;
enum err_code cmd_job(struct app *app, struct invocation *inv, enum job_op op,
		      const struct job_again *again,
		      const struct select_scope *scope,
		      struct err *err) MUST_CHECK;

#define COMMAND_WORDS_MAX (256u << 10)

/* Which options of a command are kept as words. */
enum words_kind {
	WORDS_ALL,  /* but those of the program: a saved hunt's */
	WORDS_WHAT, /* what is done, on any hosts */
	WORDS_HOW,  /* how hosts are reached and spared; a run that takes
		       another up has them anew, or as they were */
};
bool cmd_is_kept(enum words_kind kind, const char *option);

/* Adds the options of a kind as words that can be said again, from any
 * folder. */
enum err_code cmd_words(const struct invocation *inv, enum words_kind kind,
			struct buf *out, struct err *err) MUST_CHECK;

void cmd_drop_option(struct invocation *inv, const char *name);

/* What is said now counts more than what was said then; what may be said more
 * than once adds up. The front and the line are those of now. */
enum err_code cmd_add_options(struct invocation *then,
			      const struct invocation *now,
			      struct err *err) MUST_CHECK;

/* Adds column = value to the query; more than fit are a mistake of ours. */
void cmd_where(struct row_query *query, const char *column, const char *value);
void cmd_where_op(struct row_query *query, const char *column, enum row_op op,
		  const char *value);

#endif
