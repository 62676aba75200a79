/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A job as people see it: what runs on which host, how far it is, and the
 * questions somebody has to answer. Plain data, copied out of the engine.
 */
#ifndef HALLIGAN_MODEL_JOB_H
#define HALLIGAN_MODEL_JOB_H

#include "base/base.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/uuid.h"

enum job_op { JOB_HUNT, JOB_COLLECT, JOB_CONNECT, JOB_IMPORT, JOB_WALK,
	      JOB_PARSE, JOB_TRIAGE };

/* How rules travel. Compiled ones take a probe with the console's libyara. */
enum rules_form { RULES_SOURCE, RULES_COMPILED, RULES_AUTO };

enum host_phase {
	HOST_QUEUED,
	HOST_RECONNECTING, /* cut off; rests before the next attempt */
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

/* "connecting", as stored in run_host */
const char *host_phase_name(enum host_phase phase);
/* Of a state that is stored: its host did not come to its end, or not yet. */
bool host_state_is_short(struct bytes state);
const char *job_op_name(enum job_op op); /* "hunt" */

static inline bool host_phase_is_final(enum host_phase phase)
{
	return phase >= HOST_DONE;
}

/* How many hosts at once, who is first, and when no more are begun. */
struct job_fleet {
	unsigned parallel; /* 0: JOB_PARALLEL_DEFAULT */
	unsigned canary;   /* hosts to be done before all others; 0: none */
	bool canary_asks;  /* a person says whether the others follow */
	uint64_t max_failures; /* after so many no host is begun; 0: any */
	bool max_failures_is_percent; /* of the hosts of the run */
	unsigned retry; /* how often a host that was not reached is tried
			   again */
	uint64_t rate, total_rate; /* bytes a second over the network, of each
				      host and of all; 0: any */
	unsigned reconnect; /* how often in a row one that was cut off is
			       taken up again */
};

struct job_host_view {
	char host[128];
	struct uuid host_id;
	enum host_phase phase;
	uint64_t files, bytes, matches; /* with `part` */
	uint64_t part, whole; /* bytes of large files under way: read, and all */
	unsigned percent; /* of its work, about; 0: not known */
	unsigned attempts; /* connections made or tried */
	bool shell; /* it is worked on without a probe, */
	char shell_why[400]; /* sanitised: because of that */
	int64_t clock_offset_ns; /* its clock minus ours; TIME_UNKNOWN */
	bool paused;
	unsigned pace; /* percent of full speed; 0: full */
	int64_t started_ns, ended_ns; /* TIME_UNKNOWN: not yet */
	int64_t left_ns; /* until it is through, about; 0: not known */
	bool waits;		      /* reads nothing, as `now` says why */
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
	struct err err;	    /* why it never began: a rule is bad */
	/* Those that are over: each is in one of the four. */
	size_t n_hosts, n_done, n_partial, n_failed, n_cancelled, n_paused;
	size_t n_active;    /* at work now */
	size_t n_not_begun; /* of the cancelled: whatever decided it */
	int64_t left_ns;    /* until all are through; 0: not known */
	bool waits;	    /* for somebody to say whether it goes on */
	bool paused;   /* all that is left of it */
	unsigned pace; /* of its slowest host */
	uint64_t percents; /* summed up of the hosts at work */
	uint64_t files, bytes, matches;
	uint64_t events, facts; /* told */
};

static inline size_t job_n_over(const struct job_view *job)
{
	return job->n_done + job->n_partial + job->n_failed + job->n_cancelled;
}

/* How much of all its work is done: whole hosts, and what is known of those
 * at work. */
static inline unsigned job_percent(const struct job_view *job)
{
	return job->n_hosts ? (unsigned)((job_n_over(job) * 100 +
					  job->percents) / job->n_hosts)
			    : 0;
}

/* So many bytes under way are told of beside those that are done. */
#define JOB_LARGE (UINT64_C(16) << 20)

/* "~3 min left"; "" where nobody knows, or it is over in a moment. */
#define JOB_LEFT_MAX 32
const char *job_left(int64_t left_ns, char out[JOB_LEFT_MAX]);

/* "its clock is 1 h 0 min ahead of this machine's"; "" where that is not known
 * or no more than a minute. */
#define JOB_CLOCK_MAX 80
const char *job_clock_off(int64_t offset_ns, char out[JOB_CLOCK_MAX]);
/* What follows from that. */
#define JOB_CLOCK_SO "; so are the times in its files and logs"

enum ask_kind {
	ASK_HOST_KEY,	/* unknown host key: yes = trust and go on */
	ASK_PASSPHRASE, /* of a key file */
	ASK_PASSWORD,	/* of the user on the host; yes may be said for all
			   hosts of the run that want the same */
	ASK_GO_ON,	/* the canaries are through: yes = the others, too */
};

#define ASK_PROMPT_MAX 512
#define ASK_WHAT_MAX   512

struct ask {
	uint64_t id;
	enum ask_kind kind;
	char host[128];	   /* the host's name in the case; "": of a run */
	bool shares; /* ASK_PASSWORD: it will be for all that want it */
	bool may_share; /* it could be */
	bool echo; /* ASK_PASSWORD: what is typed may be seen; nothing is an
		    * answer, too */
	bool again; /* what was answered before was refused */
	/* Of a secret: the key file it unlocks, or how it is used there; those
	 * that want the same have the same. */
	char what[ASK_WHAT_MAX];
	char prompt[ASK_PROMPT_MAX]; /* sanitised text to show; of a host
				      key: what else is known, "" */
	char key_type[64]; /* ASK_HOST_KEY */
	char fingerprint[64]; /* ASK_HOST_KEY: "SHA256:..." */
	char confirm[80]; /* likewise: what to run on the host to compare */
	char server[128]; /* likewise: it is a server on the way, by this name;
			     "": the host itself */
	char address[128];
};

#endif
