/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside the engine: what its files share. Everything here lives on the
 * engine's thread but for the two mailboxes and the board.
 */
#ifndef HALLIGAN_JOB_ENGINE_H
#define HALLIGAN_JOB_ENGINE_H

#include <poll.h>
#include <pthread.h>

#include "base/chan.h"
#include "job/job.h"
#include "remote/msg.h"
#include "remote/remote.h"
#include "rule/metas.h"

struct hostrun;
struct keyring;
struct known_set;
struct password;
struct question;

/* Bytes that may move now; fills with time (rate.c). */
struct bucket {
	int64_t left; /* below 0: more moved than might have */
	int64_t at_ns;
};

/* What a link is still to be sent; type 0: nothing. */
struct upload {
	enum msg_type type;
	struct bytes rest; /* borrowed */
	bool says_last;
	void (*then)(struct hostrun *h); /* once it was; NULL */
};

/* A job under way. */
struct jobrun {
	struct jobrun *next; /* newest first */
	struct job *job;
	struct hostrun *hosts; /* job->n_hosts of them */
	size_t n_active;
	struct bucket bucket;
	int64_t rate_wait_ns; /* until it is open again; 0: it is */
	size_t turn; /* who is heard first: none has all of the bucket */
	bool canary_asked;  /* the question is open, or was answered */
	bool canary_passed; /* all hosts may be begun */
	bool cancelled;	    /* as a whole */
	struct err stop; /* why no more hosts are begun; ERR_OK: they are */
	bool checking; /* its rules are being compiled; nothing else yet */
	struct rules_check check;
	struct buf problems;        /* of its rules, for people: a line each */
	unsigned n_said[2], n_more; /* warnings, errors; not in it any more */
	struct buf request; /* rules, then the job's own, compressed */
	struct rule_name *rule_names; /* of its rules, once one matched */
	size_t n_rule_names;
	bool begun; /* it is on record */
	bool sends_compiled; /* the rules in it are not source */
	bool over;
	struct err err; /* why it never began */
	enum err_code code;
	int64_t started_ns, ended_ns; /* wall clock */
	struct password *passwords; /* that serve several of its hosts */
};

struct counts {
	uint64_t files, bytes, matches;
};

/* How much it has said (caps.c). */
struct caps_kind {
	uint64_t n, bytes;
	bool told; /* that some are left out */
};

/* Rows of coverage of one reason, and what those come to that are too many. */
struct caps_rest {
	uint64_t hash; /* of the words */
	char *what, *outcome, *reason;
	uint64_t n, more, files, bytes;
};

#define CAPS_BOUNDS  6
#define CAPS_REASONS 200 /* a probe has some 70 */

struct caps {
	uint64_t said, content; /* bytes of records, and of files */
	uint64_t paths, path_bytes; /* of files, of a bundle */
	uint64_t told[CAPS_BOUNDS];
	uint64_t rows; /* of coverage */
	struct caps_rest *rests; /* CAPS_REASONS of them; NULL: none yet */
	size_t n_rests;
	uint64_t n, bytes;	/* of facts */
	struct caps_kind *kinds; /* as fact_kinds; NULL: none yet */
	uint64_t files, file_bytes; /* that coverage told of */
};

/* What records say, counted while they pass. */
struct intake {
	struct buf in; /* plain CBOR, not decoded yet */
	bool hello, done, complete;
	bool unheard; /* it ended because nobody spoke to it */
	uint64_t n_records, n_failed;
	uint64_t files, bytes, matches;
	uint64_t events, facts;
	bool told_stopped;     /* that it did not look at all */
	uint64_t told_matches; /* and sightings, that this probe told of */
	/* What probes before this one did, and all when the cursor came. */
	struct counts before, at_cursor;
	uint64_t cpu_ns, rss_bytes; /* used there, told at the end */
	char engine[96];	    /* what scans there */
	bool plan;		    /* it said what it is going to do */
	enum job_op op;		    /* of the job, or as a bundle says */
	uint64_t wire;		    /* bytes that came, as they came */
	struct caps caps;
	uint64_t part, whole; /* of large files under way, not in bytes */
	bool waits; /* `now` says why */
	char now[160];
	char done_reason[160];
	bool paused;
	unsigned pace; /* percent; 0: full */
	char first_failed[320]; /* the first path that failed, and why */
	bool first_says_more;   /* with the detail of its row */
	struct err fault; /* what the probe said; ERR_OK: nothing */
	/* what the rule says that matched last */
	struct rule_metas said;
	struct metas metas;
};

/* What is known of the host's clock: host minus ours, at best. */
struct host_clock {
	int64_t asked_ns; /* of our clock; 0: no answer is due */
	int64_t offset_ns, error_ns;
	unsigned n; /* answers */
	bool known, told; /* the second: to the case */
	int64_t since_ns; /* of ours: its first word was said after this */
	bool seen; /* by the first word of it, until more is known: */
	int64_t seen_ns;
};

/* Which file its child reads now: one that ends it costs itself alone. */
struct reading {
	struct msg_bundle_at at; /* step 0: none yet */
	unsigned lost;		 /* files that ended their parser */
	uint64_t behind;	 /* the step its child began behind; 0 */
	bool hung;		 /* it was killed, for it did not end */
	bool waits; /* its child is gone; how it ended is not known yet */
};

struct hostrun {
	struct engine *engine;
	struct jobrun *run;
	struct job_host *host; /* in run->job */
	enum host_phase phase;
	struct child child; /* connect, then link */
	struct child feeder; /* shell mode: the link, while child reads what
				it passes on */
	bool feeder_ended, shell;
	bool feeder_waits; /* until more may move */
	struct child proxy; /* the command that leads there; none */
	char proxy_said[240], proxy_end[40]; /* its last words, how it ended */
	bool is_link;	    /* which of the two child is */
	size_t hop; /* the server its link has come to */
	int64_t limit_ns;   /* monotonic: the phase's own end; INT64_MAX */
	int64_t started_ns, ended_ns;
	unsigned attempts;
	unsigned cuts; /* in a row: its cursor has not moved since */
	char cut[160]; /* how it was cut off; "": it never was */
	bool active;	    /* counted in run->n_active */
	int64_t not_before_ns; /* monotonic: it rests until then */
	struct bucket bucket;
	bool rate_closed; /* not read, for it cost too much */
	bool rate_held;	  /* and what was read by then is not all taken */
	struct upload upload;
	struct probe *probe; /* the one it was sent; NULL: none yet */
	char address[400]; /* or "by command ..." */
	char footprint[640], jail[128], stderr_tail[240];
	char shell_why[400]; /* without a probe, since */
	char ran_as[160]; /* who the probe is there */
	struct intake intake;
	bool closing; /* it is done; the probe was told to end */
	bool cancelled; /* by somebody; it may still say how far it came */
	bool held;    /* somebody paused it */
	unsigned slower; /* how often it was slowed down, less sped up */
	int64_t alive_due_ns; /* when the probe wants a word of ours */
	struct host_clock clock;
	bool keys_offered;
	struct keyring *keyrings[REACH_JUMPS_MAX + 1]; /* one for each hop */
	/* What it asked for since it was connected to last: a bit for each
	 * server on the way, by enum login_secret. */
	uint64_t asked[SECRET_ROOT + 1];
	char wants[ASK_WHAT_MAX]; /* what it asked for last */
	/* Its server did not wait for that answer: it is connected to again
	 * once there is one, which is kept for it. */
	bool cut_asking;
	struct secret kept;
	struct password *tried; /* it was given, and has not said a word */
	const struct password *refused; /* it has one of its own in place */
	char key_note[400]; /* why a key could not sign, for the last word */
	struct err err;
	/* of a bundle: its hash, whose it says it is, and what is to be told
	 * of that host once it is known which of the case's it is */
	char sha256[65], hostname[256];
	char given_name[256]; /* by whoever started its probe; "": not */
	struct job_machine machine;
	bool is_file; /* of a host: no bundle, no archive */
	uint64_t size;
	bool given; /* no bundle: a file that parsers of ours read */
	struct change *seen;
	struct reading reading; /* of files of a host, that are here */
	/* the host key being judged */
	char key_type[64], fingerprint[FINGERPRINT_MAX];
	char kex[80], host_key[80], cipher[80], mac[80];
	char authority[400]; /* what else is known of it; "" */
	struct buf key;
};

struct engine {
	struct engine_config config;
	pthread_t thread;
	struct mailbox inbox, outbox;
	bool stopping;
	struct jobrun *jobs;
	struct keyring *keyrings;
	struct question *questions;
	uint64_t last_ask, last_sign;
	char nobody[160]; /* why nobody gave the last answer; "": one did */
	struct known_set *known;
	struct mail *pending;	/* changes the sink had no room for */
	struct mail **pending_last;
	bool board_stale;
	int64_t board_at_ns;
	pthread_mutex_t board_lock;
	struct job_view *board;
	size_t n_board;
	struct job_host_view **board_hosts; /* n_board arrays */
	char **board_problems;              /* n_board strings */
};

/* The servers that its link goes through, and at the end the host itself. */
static inline struct job_host *hostrun_hop(const struct hostrun *h, size_t i)
{
	return i < h->host->n_jumps ? &h->host->jumps[i] : h->host;
}

/* Where its link has come to. */
static inline struct job_host *hostrun_at(const struct hostrun *h)
{
	return hostrun_hop(h, h->hop);
}

/* Orders from the front. */
enum order_kind {
	ORDER_SUBMIT,
	ORDER_CANCEL,
	ORDER_SKIP,
	ORDER_CONTROL,
	ORDER_ANSWER,
	ORDER_STOP,
};

struct order {
	struct mail mail;
	enum order_kind kind;
	struct job *job;
	struct uuid run;
	char host[128]; /* "": all */
	enum control action;
	uint64_t ask_id;
	bool yes, shares;
	struct secret secret;
	char why[160]; /* nobody could be asked; "" */
};

/* ---- hostrun.c: one host through its phases ---- */
void hostrun_init(struct hostrun *h, struct jobrun *run, struct job_host *host);
void hostrun_release(struct hostrun *h);
void hostrun_start(struct hostrun *h);
void hostrun_let_go(struct hostrun *h); /* its child, killed if need be */
void hostrun_readable(struct hostrun *h); /* its child has something */
void hostrun_pump(struct hostrun *h); /* go on after the sink was full */
void hostrun_tick(struct hostrun *h, int64_t mono_ns);
void hostrun_cancel(struct hostrun *h);
/* Its turn will not come, or is over before it was reached. */
void hostrun_drop(struct hostrun *h, const struct err *why);
static inline bool hostrun_is_begun(const struct hostrun *h)
{
	return h->phase != HOST_QUEUED || h->attempts;
}
void hostrun_fail(struct hostrun *h, const struct err *err);
/* Somewhere that it goes on behind, the way it works there now. */
bool hostrun_has_cursor(const struct hostrun *h);
void hostrun_heard(struct hostrun *h); /* the probe said something */
/* What was changed on the host, after what already was; cut when too long. */
void hostrun_changed(struct hostrun *h, const char *fmt, ...)
	PRINTF_LIKE(2, 3);
/* The probe has said its last record: let it end. */
void hostrun_close(struct hostrun *h);
void hostrun_finish(struct hostrun *h); /* the probe is done and gone */
/* How to become root there: of the job, else of the host; "": not. */
const char *hostrun_escalate(const struct hostrun *h);
/* Its question, put while it had a link, is answered: it gets another. */
void hostrun_again(struct hostrun *h);
void hostrun_go(struct hostrun *h); /* the keys are known: log in */
void hostrun_phase(struct hostrun *h, enum host_phase phase);
bool hostrun_send(struct hostrun *h, enum msg_type type, const void *msg);
/* To the link, which is another child when there is no probe. */
bool hostrun_answer(struct hostrun *h, const struct msg_link_secret *secret);

/* ---- reconnect.c: a host whose link was cut goes on where it was ---- */
bool reconnect_may(const struct hostrun *h, const struct err *err);
/* It has been left; it keeps its place. */
void reconnect_rest(struct hostrun *h, const struct err *err);
/* The probe tells how far it is. */
enum err_code reconnect_cursor(struct hostrun *h, const struct rec_cursor *rec,
			       struct err *err) MUST_CHECK;

/* ---- schedule.c: whose turn it is ---- */
void run_schedule(struct engine *e, struct jobrun *run);
void run_go_on(struct jobrun *run, bool yes); /* what a person said */
/* host "": all whose turn has not come */
void run_skip(struct jobrun *run, const char *host);
/* Milliseconds until the next rest of a host is over, at most `most`. */
int run_rest_ms(const struct jobrun *run, int64_t mono_ns, int most);

/* ---- rate.c: how much may move ---- */
bool rate_is_open(struct hostrun *h);
void rate_charge(struct hostrun *h, uint64_t bytes);
/* How much may lie unread between the host and us; 0: any. */
uint64_t rate_ahead(const struct hostrun *h);
void rate_limit_socket(const struct hostrun *h, int fd);
/* Sends data (borrowed until the end) as fast as it may; then: what follows. */
void upload_begin(struct hostrun *h, enum msg_type type, struct bytes data,
		  bool says_last, void (*then)(struct hostrun *h));
bool upload_is_busy(const struct hostrun *h);
void upload_pump(struct hostrun *h);

/* ---- eta.c: how long yet, in nanoseconds; 0: nobody knows ---- */
int64_t eta_host(const struct hostrun *h, int64_t now);
int64_t eta_run(const struct jobrun *run, int64_t now);
/* How much of its work is done, about; 0: nobody knows. */
unsigned eta_percent(const struct hostrun *h);

/* ---- control.c: what is said to probes that run ---- */
void hostrun_control(struct hostrun *h, enum control action);
void control_begin(struct hostrun *h); /* its request is sent */
void control_tick(struct hostrun *h, int64_t mono_ns);

/* ---- clock.c: how far the host's clock is off ---- */
void clock_ask(struct hostrun *h);
enum err_code clock_heard(struct hostrun *h, const struct rec_clock *rec,
			  struct err *err) MUST_CHECK;
void clock_tell(struct hostrun *h); /* the case, once, if anything is known */

/* ---- link.c: what the link child says ---- */
void link_begin(struct hostrun *h, int fd);
void link_frame(struct hostrun *h, const struct frame *f);
void link_frame_of(struct hostrun *h, const struct frame *f, enum job_via via);

/* Whoever worked there has ended. */
void link_ended(struct hostrun *h, const struct msg_link_exit *m);
/* Sends the probe one request, in a zstd frame of its own. */
bool link_request(struct hostrun *h, enum rec_type type, const void *req);

/* Gives the probe all that the job asks of it. */
void link_send_request(struct hostrun *h);

/* ---- unreached.c: a file or a folder of this machine in place of a link ---- */
void bundle_start(struct hostrun *h);
/* A child for its file; start: what is not the job's. False: it failed. */
bool bundle_spawn(struct hostrun *h, struct msg_bundle_start *start);
void bundle_sum(struct hostrun *h, const struct msg_bundle_sum *sum);
/* The first record after the hello: now it can be known which host this is,
 * and the run begins. */
enum err_code bundle_settle(struct hostrun *h, const struct record *rec,
			    struct err *err) MUST_CHECK;
/* Whether what it says was asked makes sense, and which job that is. */
enum err_code bundle_check_plan(struct hostrun *h, const struct rec_plan *plan,
				struct err *err) MUST_CHECK;
bool bundles_may_start(const struct engine *e); /* one more of them */
void local_start(struct hostrun *h);
/* The probe for this machine as a file that is in no folder; -1: none. */
int local_probe(struct hostrun *h, struct err *err);

/* ---- culprit.c: files that end their parser ---- */
void culprit_at(struct hostrun *h, const struct msg_bundle_at *at);
void culprit_heard(struct hostrun *h); /* the child said something */
/* Its child is gone: true when the host goes on without that file. */
bool culprit_ended(struct hostrun *h);
/* Its time is over: true when its child was killed for that. */
bool culprit_hangs(struct hostrun *h);
void culprit_child_ended(struct engine *e, uint64_t id, int status);

/* ---- proxy.c: a command that leads to the host ---- */
const char *proxy_command(const struct hostrun *h); /* NULL: none does */
bool proxy_start(struct hostrun *h, struct err *err) MUST_CHECK;
void proxy_keep(struct hostrun *h); /* it was started; a link comes next */
void proxy_hear(struct hostrun *h);
void proxy_explain(struct hostrun *h, struct err *err); /* adds what it said */
void proxy_drop(struct hostrun *h);

/* ---- shell.c: a host without a probe ---- */
bool shell_is_wanted(const struct hostrun *h);
void shell_begin(struct hostrun *h, const struct msg_link_no_probe *m);
void shell_readable(struct hostrun *h); /* its link has something */
void shell_pump(struct hostrun *h);	/* more may move, perhaps */
void shell_keep(struct hostrun *h);	/* a sign of life for the script */
void shell_close(struct hostrun *h);	/* lets the script end */
void shell_drop(struct hostrun *h);

/* ---- trust.c: is this that host ---- */
void trust_judge(struct hostrun *h, const struct msg_link_hostkey *offer);
void trust_answer(struct hostrun *h, bool yes);
/* It is the same key of the same server on the way that both ask about. */
bool trust_is_same(const struct hostrun *a, const struct hostrun *b);

/* ---- known.c: known_hosts ---- */
/* Of the files that this host's settings name; NULL: err says why. */
const struct known_hosts *known_for(struct engine *e, const struct reach *r,
				    struct err *err);
void known_forget(struct engine *e);

/* ---- keys.c: the keyrings ---- */
/* The one that has the keys h's settings name, started when there is none yet. When it
 * has listed its keys (perhaps at once) hostrun_go is called for h. */
void keyring_want(struct hostrun *h);
void keyring_sign(struct hostrun *h, const struct msg_sign *sign);
/* Without a secret: nobody gave one. */
void keyring_passphrase(struct engine *e, const char *path, bool yes,
			struct bytes secret);
void keyrings_forget(struct engine *e, struct hostrun *h);
struct child *keyrings_next(struct engine *e, struct keyring **at);
void keyrings_readable(struct engine *e, struct child *child);
void keyrings_release(struct engine *e);
/* Sends the keys of h's keyring to its link, in order; how many. */
size_t keyring_offer(struct hostrun *h);

/* ---- ask.c: questions to people ---- */
void ask_host_key(struct hostrun *h, const char *note, const char *confirm);
/* echo: what is typed may be seen. */
void ask_password(struct hostrun *h, const char *prompt,
		  enum login_secret secret, bool echo);
void ask_passphrase(struct engine *e, struct hostrun *h, const char *path,
		    bool again);
void ask_go_on(struct engine *e, struct jobrun *run, const char *prompt);
void ask_answered(struct engine *e, const struct order *answer);
void ask_drop(struct engine *e, const struct hostrun *h);
void ask_drop_run(struct engine *e, const struct jobrun *run);
bool ask_is_open_for(const struct engine *e, const char *path);
void ask_release(struct engine *e);
/* A question that is not put, for another of its run stands for it. */
struct hostrun *ask_next_in_line(struct engine *e, const struct jobrun *run,
				 const char *what);
/* All but that of h stand in line, or: are put again. */
void ask_line_up(const struct hostrun *h, const char *what);
void ask_put(struct hostrun *h, bool shares);
/* Gives it to the link; the host's question is over. */
void ask_give_password(struct hostrun *h, bool yes, struct bytes secret);

/* ---- password.c: one answer for the hosts that want the same ---- */
#define PASSWORD_WHAT_MAX 360
/* What h wants, by a name that all have who want it; "": its own affair. */
void password_what(const struct hostrun *h, enum login_secret secret,
		   char what[PASSWORD_WHAT_MAX]);
enum password_turn {
	PASSWORD_ASK,	     /* h is asked for itself */
	PASSWORD_ASK_FOR_ALL,
	PASSWORD_WAIT,	     /* another is asked, or tries it */
	PASSWORD_HAVE,	     /* password_give */
};
enum password_turn password_turn(struct hostrun *h, const char *what);
void password_give(struct hostrun *h, const char *what);
/* h is the first to try what was typed for all. */
void password_typed(struct hostrun *h, const char *what, bool yes,
		    struct bytes secret);
void password_was_right(struct hostrun *h, bool root);
void password_leave(struct hostrun *h); /* it will not tell any more */
void passwords_release(struct jobrun *run);

/* ---- intake.c: records in, changes out ---- */
/* Decodes what is buffered until the sink has no room. */
enum err_code intake_run(struct hostrun *h, struct err *err);

/* ---- caps.c: how much may be said ---- */
#define CAPS_REASON "it told of too many, the rest was left out"
/* A record of that length came. */
enum err_code caps_said(struct hostrun *h, const struct record *rec,
			size_t length, struct err *err) MUST_CHECK;
/* One that is too much becomes a row of coverage, or of no type. */
void caps_fact(struct hostrun *h, struct record *rec);
/* How many of its kind it tells. */
enum err_code caps_bound(struct hostrun *h, const struct record *rec,
			 struct err *err) MUST_CHECK;
/* More than there can be becomes less. False: it is kept as a part of a sum,
 * which caps_end tells. */
bool caps_coverage(struct hostrun *h, struct rec_coverage *c);
void caps_end(struct hostrun *h);
void caps_release(struct hostrun *h);

/* ---- told.c: what the console knows of rules that hosts do not ---- */
/* A match gets the words of the rule that was sent there. */
enum err_code told_match(struct hostrun *h, struct rec_match *m,
			 struct err *err) MUST_CHECK;
/* "NAMESPACE:LINE: what" of a compiler there, with the place as it is here. */
void told_place(const struct hostrun *h, struct bytes message, struct buf *out);
void told_release(struct hostrun *h);

/* ---- outcome.c: what goes to the sink besides records ---- */
struct change *outcome_new(struct hostrun *h, enum change_kind kind);
/* Takes c. In order; kept here while the sink has no room. */
void engine_post(struct engine *e, struct change *c);
void engine_post_pending(struct engine *e);
static inline bool engine_sink_is_full(const struct engine *e)
{
	return e->pending != NULL;
}
/* Once; sets run->begun. */
void outcome_run_begin(struct jobrun *run, struct engine *e);
void outcome_run_end(struct jobrun *run, struct engine *e);
void outcome_host(struct hostrun *h);
/* What is to be known of what was looked at, besides what its probe says. */
void outcome_coverage(struct hostrun *h, const struct rec_coverage *row);
void outcome_host_key(struct hostrun *h, enum change_kind kind,
		      const char *how, const char *expected);
/* The key of where it has come to was accepted. */
void outcome_hop(struct hostrun *h, const char *how);
void outcome_seen(struct hostrun *h, const struct rec_hello *hello);

/* ---- begin.c: from order to first host ---- */
void run_begin(struct engine *e, struct job *job);
void run_check_step(struct engine *e, struct jobrun *run);
/* host "": all of them */
void run_cancel(struct engine *e, struct jobrun *run, const char *host);
void run_control(struct jobrun *run, const char *host, enum control action);
void run_release(struct engine *e, struct jobrun *run);

/* ---- board.c ---- */
void board_update(struct engine *e);
void board_release(struct engine *e);

void engine_say(struct engine *e, enum notice_kind kind,
		const struct ask *ask, const struct err *err);

#endif
