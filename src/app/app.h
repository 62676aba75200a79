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
#include "model/rows.h"

struct app;

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

enum ask_kind {
	ASK_HOST_KEY,	/* unknown host key: yes = trust and go on */
	ASK_PASSPHRASE, /* of a key file */
	ASK_PASSWORD,	/* of the user on the host */
};

struct ask {
	uint64_t id;
	enum ask_kind kind;
	char host[128];	   /* the host's name in the case */
	char prompt[256];  /* sanitised text to show */
	char key_type[64]; /* ASK_HOST_KEY */
	char fingerprint[64]; /* ASK_HOST_KEY: "SHA256:..." */
	char address[128];
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
 * gone already is ignored. */
void app_answer(struct app *app, uint64_t ask_id, bool yes,
		const struct secret *secret);

/*
 * Whether there is somebody to ask. With false (no terminal) every question
 * is answered no at once. True by default only once a front says so.
 */
void app_set_interactive(struct app *app, bool yes);

/* ---- jobs ---- */

enum job_op { JOB_HUNT, JOB_COLLECT, JOB_CONNECT };

struct job_spec {
	enum job_op op;
	const char *const *hosts; /* names or ids; n_hosts 0: all */
	size_t n_hosts;
	const char *const *paths;
	size_t n_paths;
	const char *const *rules; /* files or folders; hunt only */
	size_t n_rules;
	bool accept_new_host_keys;
	bool take_hits;		/* hunt: bring matched files as evidence */
	uint64_t max_file_size; /* 0: the default */
	unsigned parallel;	/* 0: the default, 32 */
	const char *command;	/* the command line, for the record */
};

/*
 * Checks all that can be checked without a host (rules compile, hosts exist)
 * and starts it. ERR_FORMAT with "file:line: message" for a bad rule.
 */
enum err_code app_start_job(struct app *app, const struct job_spec *spec,
			    struct uuid *run, struct err *err) MUST_CHECK;

/* host NULL: all of the run. Evidence so far stays, marked incomplete. */
void app_cancel_job(struct app *app, const struct uuid *run, const char *host);

enum host_phase {
	HOST_QUEUED,
	HOST_CONNECTING,
	HOST_HANDSHAKE,
	HOST_ASKING, /* waits for a person */
	HOST_AUTH,
	HOST_PLACING,
	HOST_RUNNING,
	HOST_DONE,    /* all of it */
	HOST_PARTIAL, /* done, with coverage that says what is missing */
	HOST_FAILED,
	HOST_CANCELLED,
};

const char *host_phase_name(enum host_phase phase); /* "connecting" */

struct job_host_view {
	char host[128];
	struct uuid host_id;
	enum host_phase phase;
	uint64_t files, bytes, matches;
	int64_t started_ns, ended_ns; /* TIME_UNKNOWN: not yet */
	char now[160];		      /* sanitised: path being read */
	struct err err;		      /* code ERR_OK when nothing is wrong */
};

struct job_view {
	struct uuid run;
	enum job_op op;
	char command[200]; /* sanitised */
	int64_t started_ns, ended_ns;
	bool over;
	enum err_code code; /* once over: ERR_OK, ERR_PARTIAL, ... */
	size_t n_hosts, n_done, n_failed;
	uint64_t files, bytes, matches;
};

/* Snapshots, newest job first. Return how many there are in all. */
size_t app_jobs(struct app *app, struct job_view *out, size_t room);
size_t app_job_hosts(struct app *app, const struct uuid *run,
		     struct job_host_view *out, size_t room);
bool app_job(struct app *app, const struct uuid *run, struct job_view *out);

/* ---- reading; the case must be open ---- */

enum err_code app_rows(struct app *app, const struct row_query *query,
		       struct rows **rows, struct err *err) MUST_CHECK;

#endif
