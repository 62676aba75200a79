/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine: one thread that takes jobs, leads every host of them through
 * its phases by talking to the children that do the work, checks each record
 * that comes back and hands it to the sink. It knows neither SQL nor curses;
 * what it wants to ask a person it asks through its outbox.
 *
 * engine_* functions are for one thread, the front; the board may be read by
 * it at any time.
 */
#ifndef HALLIGAN_JOB_JOB_H
#define HALLIGAN_JOB_JOB_H

#include "base/base.h"
#include "base/buf.h"
#include "base/mailbox.h"
#include "base/secret.h"
#include "base/zygote.h"
#include "detect/detect.h"
#include "job/bundle.h"
#include "model/change.h"
#include "model/job.h"
#include "remote/reach.h"

#define JOB_PARALLEL_DEFAULT 32
#define JOB_PARALLEL_MAX     256
#define JOB_HEARD_S	     8	/* without a word of ours a probe ends */
#define JOB_REQUEST_MAX	     (96u << 20) /* rules and paths, encoded */

/* The rows of the zygote's table of children, in this order. */
enum child_kind_index {
	CHILD_CONNECT,
	CHILD_LINK,
	CHILD_KEYRING,
	CHILD_RULES,
	CHILD_BUNDLE,
	CHILD_LOCAL,
	CHILD_PROXY,
	CHILD_JUDGE, /* the front's own: app/judging.h */
};

/* One host of a job. Strings are owned. */
struct job_host {
	struct uuid id;
	char *name;
	struct reach reach;	 /* VIA_SSH */
	char *pinned_key_type;	 /* NULL: nothing is pinned, or its type is
				    not known */
	char *pinned_fingerprint; /* NULL: nothing is pinned */
	/* VIA_SSH: the servers on the way, nearest first. They have a name, a
	 * reach and a pin, and an id if they are hosts of the case. */
	struct job_host *jumps;
	size_t n_jumps;
	char *jump, *escalate, *mode; /* as in change_host; NULL */
	/* What the same words met the last time; 0: nothing, or no such time. */
	uint64_t earlier_files, earlier_bytes;
	/* Where an earlier run came to, as run_host has it: this one goes on
	 * behind it. */
	bool has_cursor;
	bool cursor_of_shell; /* whose order is not that of a probe */
	uint64_t cursor_root;
	uint8_t *cursor;
	size_t cursor_n;
};

/* How the records of a job's hosts come here. */
enum job_via {
	VIA_SSH,
	VIA_BUNDLE, /* of one host, from a file that a probe wrote */
	VIA_LOCAL,  /* of one host, whose files are in a folder here */
};

/* What the key of a server is pinned under that is no host of the case. */
#define JOB_PIN_NAME_MAX 280
void job_pin_name(const struct reach *r, char out[JOB_PIN_NAME_MAX]);

/* What tells machines of one name apart, in their own words. All of it is
 * owned; NULL: not known. */
struct job_machine {
	char *machine_id, *product_id; /* as REC_HELLO has them */
	char *hostname;
};

void job_machine_release(struct job_machine *machine);

/* What the case has: hosts by name, or runs by the hash of what they
 * imported, and by that and its path. */
struct job_known {
	char *name;
	struct uuid id;
	struct job_machine machine; /* of a host */
	bool is_reached; /* over SSH, and not only told of */
};

struct job_known_list {
	struct job_known *v;
	size_t n;
};

/* In which zone local times of a host are read, and who says so. */
#define JOB_ZONE_OPTION "--zone"

struct job_zone { /* all of it is owned */
	uint8_t *bytes; /* as zone_read takes them; NULL: not known */
	size_t n;
	char *name;     /* "Europe/Berlin", or its rules */
	char *source;   /* "/etc/localtime", JOB_ZONE_OPTION, ... */
	char *evidence; /* id of what has it; NULL */
};

void job_zone_release(struct job_zone *zone);

/* A job as submitted. Made by job_new, given away with engine_submit. */
struct job {
	struct uuid run;
	enum job_op op;
	struct job_host *hosts;
	size_t n_hosts;
	struct ruleset *rules; /* to be compiled here first; owned, NULL */
	bool unpacks; /* without rules too: for indicators */
	struct buf request; /* REQ_ records for the probe but for the rules;
			       empty: connect */
	char *command;	    /* the command line, for people */
	char *words;	    /* to be said again; NULL */
	char *how;	    /* options beside these words; NULL: none */
	char *hunt;	    /* id of the saved hunt it repeats; NULL */
	char *resumes;	    /* id of the run it takes up; NULL */
	struct job_fleet fleet;
	enum rules_form rules_form;
	bool with_secrets; /* for the record */
	char *escalate; /* "sudo", "su", "doas"; NULL: as each host has it */
	bool accept_new_host_keys;
	bool share_password; /* one answer is for all hosts that want it */
	bool share_known; /* what any host brought need not be sent again */
	bool no_probe; /* shell mode, whatever is there */
	uint64_t told_max; /* matches and other things that a host may tell of;
			      0: as many as of each may be anyway */
	enum job_via via;
	/* VIA_BUNDLE: the open file (owned), what it is called, and what the
	 * case has. Without named_host the bundle says which host it is of. */
	int bundle_fd;
	char *source;
	struct secret identity; /* that decrypts it, AGE_KEY_LEN bytes; empty */
	bool again; /* also when it was imported before */
	char *parser; /* for a file that is no bundle; NULL: it tells itself */
	struct job_zone zone; /* of local times in such a file */
	bool named_host;
	struct job_known_list hosts_known, bundles_known;
};

/* The name of a file by its hash and its path, beside that of its hash alone;
 * the caller's. */
char *job_known_file(const char *sha256, const char *path) MUST_CHECK;

/* What is known of it, to be added to until the next one. */
struct job_known *job_know(struct job_known_list *list, const char *name,
			   const struct uuid *id);
void job_known_release(struct job_known_list *list);
/* NULL: not there. */
const struct job_known *job_known_find(const struct job_known_list *list,
				       const char *name);
const struct uuid *job_known_id(const struct job_known_list *list,
				const char *name);

struct job *job_new(enum job_op op) MUST_CHECK;
struct job_host *job_add_host(struct job *job); /* zeroed, yours to fill */
void job_host_release(struct job_host *host);
void job_free(struct job *job);

/* Whether the probe is to scan; another one is sent where it is not. */
static inline bool job_scans(const struct job *job)
{
	return job->rules != NULL || job->unpacks;
}

struct engine_config {
	struct zygote *zygote;
	struct sink *sink;
	struct bundle *probes;	  /* the engine's alone while it runs */
	/*
	 * What a run and those it takes up brought from a host: REQ_HAVE
	 * records, encoded, for the probe that goes on there. On the engine's
	 * thread; NULL: nothing is known.
	 */
	enum err_code (*had)(void *arg, const struct uuid *run,
			     const struct uuid *host, struct buf *out,
			     struct err *err);
	/* In the same way, content that the case has of a host, NULL: of any:
	 * REQ_KNOWN. */
	enum err_code (*known)(void *arg, const struct uuid *host,
			       struct buf *out, struct err *err);
	void *had_arg; /* of both */
	int64_t silence_ns; /* how long a probe may say nothing; 0: 60 s */
	uint64_t item_cpu_s; /* of the processor, that a parser may take for
				one file; 0: by its size */
	int64_t retry_ns; /* before a host is tried again, the first time;
			     0: 2 s */
};

struct engine;

enum err_code engine_start(const struct engine_config *config,
			   struct engine **out, struct err *err) MUST_CHECK;
/* Cancels what runs, waits for the thread. NULL is fine. */
void engine_stop(struct engine *engine);

void engine_submit(struct engine *engine, struct job *job); /* takes job */
void engine_cancel(struct engine *engine, const struct uuid *run,
		   const char *host); /* host NULL: all of them */
/* Leaves it out; host NULL: all whose turn has not come. */
void engine_skip(struct engine *engine, const struct uuid *run,
		 const char *host);
void engine_control(struct engine *engine, const struct uuid *run,
		    const char *host, enum control action); /* the same */
/* shares: a password is for all hosts of the run that want the same. */
void engine_answer(struct engine *engine, uint64_t ask_id, bool yes,
		   struct bytes secret, bool shares);
/* There is nobody to answer it, and why. */
void engine_refuse(struct engine *engine, uint64_t ask_id, const char *why);

/* What the engine says, in order; poll engine_fd. */
enum notice_kind { NOTICE_JOBS, NOTICE_ASK, NOTICE_UNASK, NOTICE_TROUBLE };

struct notice {
	struct mail mail;
	enum notice_kind kind;
	struct ask ask;	 /* NOTICE_ASK; NOTICE_UNASK: the id */
	struct err err;	 /* NOTICE_TROUBLE */
};

int engine_fd(const struct engine *engine);
struct notice *engine_notice(struct engine *engine); /* NULL; caller frees */

/* How many bundles, or evidence of so many hosts, are read at once. */
size_t engine_readers(void);

/* Snapshots; see app_jobs. */
size_t engine_jobs(struct engine *engine, struct job_view *out, size_t room);
size_t engine_job_hosts(struct engine *engine, const struct uuid *run,
			struct job_host_view *out, size_t room);
/* See app_job_problems. */
char *engine_job_problems(struct engine *engine,
			  const struct uuid *run) MUST_CHECK;

#endif
