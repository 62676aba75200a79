/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What both fronts (cli, ui) see of everything below: one case, its jobs,
 * questions somebody has to answer, and rows to show. The front thread is
 * the only caller. Nothing here waits on the network; what takes long is a
 * job whose progress is read with app_jobs and whose changes are announced
 * by app_fd becoming readable.
 */
#ifndef HALLIGAN_APP_APP_H
#define HALLIGAN_APP_APP_H

#include "base/base.h"
#include "base/err.h"
#include "base/secret.h"
#include "base/uuid.h"
#include "case/case.h"
#include "model/filter.h"
#include "model/job.h"
#include "model/record.h"
#include "model/rows.h"

struct app;
struct rule_problem; /* detect/detect.h */

/*
 * Forks the zygote: call first thing in main(), before threads and before
 * anything is open. The engine starts with the first job.
 */
enum err_code app_new(struct app **out, struct err *err) MUST_CHECK;
/* Cancels jobs, flushes the case, ends threads and children. */
void app_free(struct app *app);

enum err_code app_open_case(struct app *app, const char *path,
			    struct err *err) MUST_CHECK;
enum err_code app_close_case(struct app *app, struct err *err);
struct casefile *app_case(struct app *app); /* NULL: none is open */

/*
 * Which case is meant: `given`, else $HALLIGAN_CASE, else the one *.case file
 * of the current folder. *path is the caller's to free. ERR_USAGE when there
 * is none or more than one.
 */
enum err_code app_find_case(const char *given, char **path,
			    struct err *err) MUST_CHECK;

/* Who acts: user@machine, for the audit log. */
const char *app_actor(const struct app *app);

/* Readable when something happened; app_poll then says what. */
int app_fd(const struct app *app);

enum app_event_type {
	APP_NOTHING, /* no more events */
	APP_CASE,    /* the case has new content: refresh rows */
	APP_JOBS,    /* a job or host changed state */
	APP_ASK,     /* somebody must answer; `ask` is set */
	APP_UNASK,   /* the question `ask_id` is moot (timeout, cancel) */
	APP_TROUBLE, /* `err`: e.g. the disk is full; work goes on */
};

struct app_event {
	enum app_event_type type;
	struct ask ask;
	uint64_t ask_id;
	struct err err;
};

/* Takes the next event; type APP_NOTHING when there is none. */
void app_poll(struct app *app, struct app_event *event);

/* Answers a question; the secret (may be NULL) is copied. A question that is
 * gone already is ignored. With shares a password is for all hosts of the run
 * that want the same. */
void app_answer(struct app *app, uint64_t ask_id, bool yes,
		const struct secret *secret, bool shares);

/* Nobody can answer it; why becomes part of the reason. */
void app_refuse(struct app *app, uint64_t ask_id, const char *why);

/*
 * Whether there is somebody to ask. With false (no terminal) every question
 * is answered no at once. True by default only once a front says so.
 */
void app_set_interactive(struct app *app, bool yes);

/* ---- jobs ---- */

/* What a job does again. */
struct job_again {
	const char *hunt;    /* id of a saved hunt; NULL */
	const char *resumes; /* id of a run that was cut: NULL, or ... */
	const char *words;   /* ... its words: it is the same that goes on */
	const char *rules_sha256;	/* ... what its rules were */
};

struct job_spec {
	enum job_op op;
	const char *const *hosts; /* names or ids, one at least */
	size_t n_hosts;
	const char *const *paths;
	size_t n_paths;
	struct bytes patterns;	  /* REQ_PATTERN records, beside the paths */
	bool with_secrets;	  /* collect: also what is secret */
	const char *const *rules; /* files or folders; hunt only */
	size_t n_rules;
	/* Hunt: lists that go into the case and are looked for; or all that
	 * the case has. say (may be NULL) hears of lines that are none. */
	const char *const *indicators;
	size_t n_indicators;
	bool case_indicators;
	void (*say)(void *arg, const char *line);
	void *say_arg;
	const char *escalate; /* "sudo", "su", "doas"; NULL: as each host has */
	bool accept_new_host_keys;
	bool share_password; /* one answer is for all that want it */
	bool share_known; /* hosts are told what others brought */
	bool no_probe;		/* shell mode */
	bool take_hits;		/* hunt: bring matched files as evidence */
	bool hash;		/* walk: read files for their SHA-256 */
	uint64_t max_file_size; /* 0: the default */
	enum rules_form rules_form;
	uint64_t context;	/* bytes either side of a match; 0: 32 */
	bool archives;		/* hunt: look into them */
	uint64_t archive_depth, archive_bytes; /* 0: the probe's own */
	const struct filter_words *filter; /* NULL: every file */
	struct job_fleet fleet;
	const char *root; /* a folder of this machine that stands for / of the
			     one host, which is made when it is new; NULL */
	struct req_budget budget; /* zeroed: the probe's own */
	struct req_memory memory;
	bool has_memory;	  /* processes, too */
	uint64_t deadline_s;	  /* 0: none */
	const char *ssh_config; /* file in place of the usual ones; NULL */
	const char *jump; /* servers on the way, by commas; NULL: as usual */
	const char *command;	/* the command line, for the record */
	const char *words;	/* the same, to be said again elsewhere */
	const char *how;	/* options beside these words; NULL: none */
	const struct job_again *again; /* NULL: nothing */
};

/*
 * Checks what can be checked at once (hosts exist, rule files can be read)
 * and starts it. Its rules are compiled first; a bad one ends the job before
 * any host was bothered, with job_view.err "file:line: message".
 */
enum err_code app_start_job(struct app *app, const struct job_spec *spec,
			    struct uuid *run, struct err *err) MUST_CHECK;

struct import_spec {
	const char *file; /* the bundle */
	const char *host; /* whose it is; NULL: the bundle says so */
	bool again;	  /* also when it was imported before */
	const char *identity; /* the file of the key it is encrypted to; NULL */
	const char *parser; /* when it is a file of a host; NULL: it tells */
	const char *zone;   /* of local times in it: "+02:00",
			       "Europe/Berlin"; NULL: the host's */
	bool with_secrets;  /* when it is files of a host: what is secret, too */
	const char *command;
};

/* A bundle that a probe wrote when it worked alone, or a file of a host that
 * a parser knows, becomes a run. */
enum err_code app_start_import(struct app *app, const struct import_spec *spec,
			       struct uuid *run, struct err *err) MUST_CHECK;

struct parse_spec {
	const char *host;   /* of the case, by its name */
	const char *of_run; /* only what that run brought; NULL: any */
	bool again;	    /* also evidence that has events already */
	bool assumed; /* only such as was read before the host's zone was
			 known: its local times were taken for UTC */
	const char *parser, *zone; /* as in struct import_spec */
	const char *command;
};

/* Events for the timeline out of a host's evidence that has none yet, or was
 * read when nobody knew in which zone its local times are, and now is: a run.
 * ERR_NOTFOUND when there is no such evidence. */
enum err_code app_start_parse(struct app *app, const struct parse_spec *spec,
			      struct uuid *run, struct err *err) MUST_CHECK;

/* The hosts that have such evidence; the caller frees each and the list. */
enum err_code app_parse_hosts(struct app *app, const struct parse_spec *spec,
			      char ***hosts, size_t *n,
			      struct err *err) MUST_CHECK;

/* What checks found, as a run. */
struct check_result {
	struct uuid run;
	size_t n_checks, n_hosts;
	uint64_t n_loud; /* findings above info */
	uint64_t n_info; /* and those that are not, quiet ones left out */
	uint64_t n_quiet;
	uint64_t n_failed; /* checks, on any host */
	uint64_t n_unseen; /* hosts that nothing is known of */
	uint64_t n_lacking; /* checks without all that they judge by, on any */
	uint64_t n_wanting; /* those of them for which it was to be there */
};

/* What follows a run. */
struct follow_spec {
	const char *command;  /* for the record */
	bool checks;	      /* at last, what is wrong is looked for */
	bool only_pictures;   /* when that run is no triage: nothing follows */
	const char *baseline; /* as check has it; NULL */
};

/* The evidence of those hosts is read (app_start_parse), a run for each and
 * some at a time: the first is begun, the others follow it; empty: there is
 * none. Takes the list and each name in it. */
enum err_code app_parse_all(struct app *app, const struct parse_spec *spec,
			    char **hosts, size_t n, struct uuid *first,
			    struct err *err) MUST_CHECK;

#define FOLLOW_MAX 20 /* runs of one follow that are begun and not over */

struct follow_step {
	struct uuid next[FOLLOW_MAX]; /* begun, to be awaited in that order */
	size_t n_next;
	bool goes_on; /* some that were begun are not over */
	bool is_part; /* each run is a part of what was asked for, as the one
			 that ended */
	bool has_checked; /* it was the last, and this is what came of it */
	struct check_result checked;
};

/*
 * Once that run is over what it brought is read (app_start_parse), a run for
 * each host, as many at once as there are processors. The front that waits for
 * runs calls app_follow_next when one is over and in the case. ERR_PARTIAL:
 * some checks could not be made.
 */
void app_follow(struct app *app, const struct uuid *run,
		const struct follow_spec *spec);
enum err_code app_follow_next(struct app *app, const struct uuid *ended,
			      struct follow_step *step,
			      struct err *err) MUST_CHECK;

/* The members of a fact's detail, each as people read it. */
typedef void app_member(void *arg, const char *name, struct bytes value);
void app_each_member(struct bytes detail, app_member *each, void *arg);

/* Whether the item is a packed log: events in it count their bytes in what it
 * unpacks to. Front thread. */
bool app_is_packed(struct app *app, const char *evidence_id);

/* The bytes that events and facts of an item count in: of a packed log what
 * is in it, which a jailed child unpacks. As case_evidence_read. */
enum err_code app_said_read(struct app *app, const char *evidence_id,
			    uint64_t offset, uint8_t *to, size_t *n,
			    struct err *err) MUST_CHECK;
/* How many there are, of a packed one. */
enum err_code app_unpacked_size(struct app *app, const char *evidence_id,
				uint64_t *size, struct err *err) MUST_CHECK;

/* host NULL: all of the run. Evidence so far stays, marked incomplete. */
void app_cancel_job(struct app *app, const struct uuid *run, const char *host);

/* Leaves it out; host NULL: all whose turn has not come. */
void app_skip_job(struct app *app, const struct uuid *run, const char *host);

/* Pauses it and so on; a host that is not at work yet remembers. */
void app_control_job(struct app *app, const struct uuid *run, const char *host,
		     enum control action);

/* Snapshots, newest job first. Return how many there are in all. */
size_t app_jobs(struct app *app, struct job_view *out, size_t room);
size_t app_job_hosts(struct app *app, const struct uuid *run,
		     struct job_host_view *out, size_t room);
/* What is wrong with the rules of a job, or may be slow in them, a line each,
 * once it was looked for: "FILE:LINE:COLUMN: error: ..."; not the first error,
 * which is the job's. The caller frees. */
char *app_job_problems(struct app *app, const struct uuid *run) MUST_CHECK;
/* One job; false for one not (or, just after its start, not yet) known. */
bool app_job(struct app *app, const struct uuid *run, struct job_view *out);

/*
 * Reads and compiles rule files and folders without any host, as a job would
 * before it starts. Each problem is said (one sanitised line, "file:line:
 * message"); the first error comes back as ERR_FORMAT. *n_rules: how many
 * rules there are.
 */
enum err_code app_check_rules(struct app *app, const char *const *paths,
			      size_t n_paths,
			      void (*say)(void *arg,
					  const struct rule_problem *p),
			      void *arg, uint64_t *n_rules,
			      struct err *err) MUST_CHECK;

/* ---- reading; the case must be open ---- */

enum err_code app_rows(struct app *app, const struct row_query *query,
		       struct rows **rows, struct err *err) MUST_CHECK;

/* How many rows the query has, up to its limit. */
enum err_code app_count(struct app *app, const struct row_query *query,
			uint64_t *n, struct err *err) MUST_CHECK;

/* Each row of the query in turn, until one is refused. */
typedef enum err_code app_row_fn(void *arg, const struct view *v,
				 const struct row *row, struct err *err);
enum err_code app_each_row(struct casefile *cf, const struct row_query *q,
			   app_row_fn *each, void *arg,
			   struct err *err) MUST_CHECK;

#endif
