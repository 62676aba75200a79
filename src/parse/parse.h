/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Collected bytes to events of a timeline, and to facts. A parser is a pure
 * function over the whole content of one file and a row of the table in
 * parsers.c: no files, no clock, no state that lasts. It runs in a jailed
 * child, over bytes a stranger made: what it cannot read costs a line of them
 * (`problem`), never the file. Borrowed bytes last as long as the call. Any
 * thread.
 */
#ifndef HALLIGAN_PARSE_PARSE_H
#define HALLIGAN_PARSE_PARSE_H

#include "base/base.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/time.h"
#include "parse/zone.h"

#define PARSE_MESSAGE_MAX ((size_t)4 << 10) /* bytes of a message or actor */

#define PARSE_BORDER ((size_t)64 << 10) /* of a neighbour, in bytes */

/* What parsers may know beside the content. */
struct parse_input {
	struct bytes content; /* of the whole file, unpacked */
	struct bytes path;    /* its path on the host; only a hint */
	int64_t mtime_ns;     /* of the file there; TIME_UNKNOWN */
	int64_t taken_ns;     /* when it was taken: nothing in it is later */
	struct local_clock *clock; /* of the host's local times; NULL: they
				      are taken for UTC */
	/* Of a rotated log, what its neighbours in time say: */
	int64_t not_after_ns; /* it ends by then; 0: not known */
	struct bytes before;  /* how the one before ends, PARSE_BORDER at most */
	struct bytes after;   /* how the one behind it begins */
	/* Of a database of SQLite, the log that was taken with it: FILE-wal */
	struct bytes log;
};

/* Where the time of an event comes from. */
enum time_source {
	SOURCE_UTC = 1, /* the format counts in UTC */
	SOURCE_OFFSET,  /* the text says its offset */
	SOURCE_HOST, /* local time, in the zone that was given for the host */
	SOURCE_ASSUMED, /* local time, taken for UTC */
	SOURCE_NONE,    /* there is no time: only the order is known */
	N_SOURCES,
};

const char *time_source_name(enum time_source source); /* "utc", ... */

/* Of a local time, when clocks were set around it. */
enum event_local {
	EVENT_ONCE,   /* it was one moment */
	EVENT_EITHER, /* it was two, and the first of them is told */
	EVENT_SECOND, /* it was two: the lines before it are later than the
			 first */
	EVENT_NEVER,  /* there was no such time there */
	N_EVENT_LOCALS,
};

/* ", twice there: ...", for people; "" of EVENT_ONCE. */
const char *event_local_words(enum event_local local);

/*
 * Local times of one file, in its order. Of a time that was there twice it is
 * the second when the one before it in the file is later than the first.
 */
struct local_clock {
	const struct zone *zone;
	bool has_last;
	int64_t last_s; /* in UTC, of the one before */
	/* Between those local times the offset is that. */
	int64_t from_s, until_s, offset_s;
};

struct local_clock clock_of(const struct zone *zone);
int64_t clock_to_utc(struct local_clock *clock, int64_t local_s,
		     enum event_local *local);

struct parse_event {
	int64_t time_ns;      /* UTC; 0 with SOURCE_NONE */
	int64_t precision_ns; /* it was in [time_ns, time_ns + precision_ns) */
	enum time_source source;
	enum event_local local; /* of SOURCE_HOST */
	bool year_deduced;    /* the text has no year */
	const char *desc;     /* timestamp_desc, in plaso's words; see DESC_ */
	const char *kind;     /* "ssh.failed", "login"; lower case, dots */
	struct bytes actor;   /* account, or program; may be empty */
	struct bytes message; /* cut at PARSE_MESSAGE_MAX when it is stored */
	uint64_t offset, length; /* where in the content it is said */
};

/* plaso's definitions.py has these strings; mixed timelines agree. */
#define DESC_ADDED      "Added Time"
#define DESC_CHANGED    "Content Modification Time"
#define DESC_META       "Metadata Modification Time"
#define DESC_ACCESS     "Last Access Time"
#define DESC_CREATED    "Creation Time"
#define DESC_START      "Start Time"
#define DESC_END        "End Time"
#define DESC_RECORDED   "Recorded Time"
#define DESC_LOGIN      "Last Login Time"
#define DESC_RUN        "Last Time Executed"
#define DESC_PASSWORD   "Last Password Set Time"
#define DESC_VISITED    "Last Visited Time"
#define DESC_INSTALLED  "Installation Time"
#define DESC_PLANNED    "Scheduled to start"
#define DESC_EXPIRES    "Expiration Time"
#define DESC_DELETED    "Content Deletion Time"
#define DESC_NOT_A_TIME "Not a time"

/* Something that the content says is so: model/fact.h has the kinds. */
struct parse_fact {
	const char *kind;
	struct bytes name;
	struct bytes detail; /* its members, a JSON object; or empty */
	uint64_t offset, length; /* where in the content it is said */
};

/* Who takes what is read. An error of his ends the parser, which returns it. */
struct parse_out {
	void *arg;
	enum err_code (*event)(void *arg, const struct parse_event *event,
			       struct err *err);
	enum err_code (*fact)(void *arg, const struct parse_fact *fact,
			      struct err *err);
	/* Something there could not be read; `what` is ours, and constant. */
	enum err_code (*problem)(void *arg, uint64_t offset, const char *what,
				 struct err *err);
};

static inline enum err_code parse_say(const struct parse_out *out,
				      const struct parse_event *e,
				      struct err *err)
{
	return out->event(out->arg, e, err);
}

static inline enum err_code parse_tell(const struct parse_out *out,
				       const struct parse_fact *f,
				       struct err *err)
{
	return out->fact(out->arg, f, err);
}

static inline enum err_code parse_problem(const struct parse_out *out,
					  uint64_t offset, const char *what,
					  struct err *err)
{
	return out->problem(out->arg, offset, what, err);
}

struct parser {
	const char *name; /* as --as takes it: "utmp" */
	const char *help; /* what it reads, for people */
	/*
	 * How well the content looks like it, 0 (not at all) to 100; the path
	 * may only add to what the content says. Looks at the first 64 KiB,
	 * but for formats that only the whole tells: it is asked of every file.
	 */
	unsigned (*score)(const struct parse_input *in);
	enum err_code (*run)(const struct parse_input *in,
			     const struct parse_out *out, struct err *err);
};

#define PARSE_SURE 50u /* a score from which on a file is taken for it */

extern const struct parser parsers[];
extern const size_t n_parsers;

/* Whether what it reads may go on in the next file of a set. */
bool parser_joins(const struct parser *parser);

const struct parser *parser_find(const char *name); /* NULL: no such one */

/* The one that fits best, with at least PARSE_SURE; NULL: none. */
const struct parser *parser_guess(const struct parse_input *in);

#endif
