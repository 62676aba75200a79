/* SPDX-License-Identifier: Apache-2.0 */
/* What a probe was asked to do, collected from requests or from arguments. */
#ifndef HALLIGAN_PROBE_PLAN_H
#define HALLIGAN_PROBE_PLAN_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "model/indicator.h"
#include "model/record.h"
#include "rule/rule.h"

#define PLAN_RULE_FILES_MAX      16384u
#define PLAN_ARCHIVE_DEPTH_MAX   ((uint64_t)16)
#define PLAN_ROOTS_MAX           4096u
#define PLAN_MAGIC_MAX           ((size_t)16 << 20)
#define PLAN_INDICATORS_MAX      (1u << 20)
#define PLAN_INDICATOR_BYTES_MAX ((size_t)64 << 20)
#define PLAN_SOURCE_MAX          ((size_t)64 << 20) /* rule source, all of it */
#define PLAN_GLOBS_MAX           1024u
#define PLAN_HAVE_MAX            4096u
#define PLAN_GLOB_BYTES_MAX      ((size_t)64 << 10) /* all of them */
#define PLAN_PATTERNS_MAX        16384u
#define PLAN_PATTERN_BYTES_MAX   ((size_t)4 << 20) /* all of them */
#define PLAN_EXCLUDES_MAX        64u /* of one */
#define PLAN_KNOWN_MAX           65536u

struct plan_rules {
	char *ns;
	char *name;
	struct buf source;
	bool whole; /* the last piece has come */
	bool compiled; /* all rules at once, as libyara saves them */
	const struct rule_file *from; /* where its lines are from; NULL */
};

/* The one that its rules are in. */
static inline const char *plan_namespace(const struct plan_rules *file)
{
	return *file->ns ? file->ns : "default";
}

/* Strings are owned; the value is in its normal form. */
struct plan_indicator {
	enum indicator_kind kind;
	char *id, *value, *severity, *description, *exclude;
};

struct plan_have {
	struct req_have req; /* path and hash are those below */
	uint8_t *path;
	uint8_t sha256[32];
};

struct plan_glob {
	uint64_t use;	 /* enum glob_use */
	struct glob *glob; /* or */
	char *extension;
};

/* One of REQ_PATTERN. */
struct plan_pattern {
	char *pattern;
	uint64_t use, max_size, mode_any;
	enum req_secrecy secrecy;
	struct glob **excludes;
	size_t n_excludes;
};

/* One of REQ_KNOWN. */
struct plan_known {
	uint64_t size;
	uint8_t hash[KNOWN_HASH_LEN];
};

struct plan {
	struct plan_indicator *indicators;
	size_t n_indicators, cap_indicators, indicator_bytes;
	struct plan_rules *rules;
	size_t n_rules;
	size_t source_bytes;
	struct buf magic; /* for rules that import it; empty: none came */
	bool magic_whole;
	char **roots; /* absolute, no slash at the end */
	size_t n_roots;
	struct req_start start;
	struct req_budget budget;
	struct req_memory memory;
	bool has_memory;
	size_t memory_root; /* of roots: what processes are counted under */
	bool started;
	char *command;	       /* as typed; NULL: not told */
	char rules_sha256[65]; /* of the rule set, hex; empty: not told */
	char *root; /* what / is for whoever asks, who has seen to it; NULL:
		       / itself */
	bool has_filter;
	struct req_filter filter; /* but for the owner's name */
	char *owner;		  /* NULL: anybody */
	struct plan_glob *globs;
	size_t n_globs, glob_bytes;
	bool has_includes; /* or extensions: one of them must match */
	bool has_cursor;   /* to go on behind */
	size_t cursor_root;
	struct buf cursor;
	struct plan_pattern *patterns;
	size_t n_patterns, cap_patterns, pattern_bytes;
	size_t pattern_root; /* of roots: / for the patterns */
	struct plan_known *known; /* once it started: by size and hash */
	size_t n_known;
	char **sources; /* of a triage, by name; none: all of them */
	size_t n_sources;
	struct plan_have *have; /* once it started: by path */
	size_t n_have, cap_have;
};

void plan_release(struct plan *plan); /* zeroed is fine */

/* The next piece of a rule file, or the first of another. */
enum err_code plan_add_rules(struct plan *plan, const struct req_rules *req,
			     struct err *err) MUST_CHECK;

/* The next piece of the magic database. */
enum err_code plan_add_magic(struct plan *plan, const struct req_magic *req,
			     struct err *err) MUST_CHECK;

/* Rules read on this machine; set outlives the plan. */
enum err_code plan_add_ruleset(struct plan *plan, const struct ruleset *set,
			       struct err *err) MUST_CHECK;

enum err_code plan_add_root(struct plan *plan, struct bytes path,
			    struct err *err) MUST_CHECK;

enum err_code plan_add_indicator(struct plan *plan,
				 const struct req_indicator *req,
				 struct err *err) MUST_CHECK;

/* Whether files are looked at for what is in them or what they are called;
 * else they are collected as they are. */
static inline bool plan_hunts(const struct plan *plan)
{
	return plan->start.scan || plan->n_indicators;
}

/* Whether it takes an engine, for rules or for what is in archives. */
static inline bool plan_scans(const struct plan *plan)
{
	return plan->start.scan ||
	       (plan->start.archives && plan->n_indicators);
}

/* What the console has of that path already; NULL: nothing. */
const struct req_have *plan_have(const struct plan *plan, struct bytes path);

/* Whether the console has content of that size, or just that. */
bool plan_knows_size(const struct plan *plan, uint64_t size);
bool plan_knows(const struct plan *plan, uint64_t size, struct bytes sha256);

/* Whether the root is that of the patterns: only they say what is meant. */
static inline bool plan_is_pattern_root(const struct plan *plan, size_t root)
{
	return plan->n_patterns && root == plan->pattern_root;
}

/* For the record: what was typed, the hash of the rules, what stands for /. */
enum err_code plan_about(struct plan *plan, const struct req_about *req,
			 struct err *err) MUST_CHECK;

/* What is going to be done, as a record that borrows from the plan. */
struct rec_plan plan_record(const struct plan *plan, uint64_t n_rules)
	MUST_CHECK;

enum err_code plan_add_filter(struct plan *plan, const struct req_filter *req,
			      struct err *err) MUST_CHECK;

enum err_code plan_add_glob(struct plan *plan, const struct req_glob *req,
			    struct err *err) MUST_CHECK;

enum err_code plan_add_cursor(struct plan *plan, const struct req_cursor *req,
			      struct err *err) MUST_CHECK;

/* One of those of the triage that are wanted, by its name. */
enum err_code plan_add_source(struct plan *plan, const char *name,
			      struct err *err) MUST_CHECK;

/* Ends the plan: checks that there is something to do. */
enum err_code plan_start(struct plan *plan, const struct req_start *req,
			 struct err *err) MUST_CHECK;

/* Any of the above from a record; ERR_FORMAT for one that is no request. */
enum err_code plan_add(struct plan *plan, const struct record *rec,
		       struct err *err) MUST_CHECK;

#endif
