/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rule sets: YARA source read from files and folders, each file a namespace
 * of its own, compiled once in a jailed child of the console before the first
 * packet leaves, so that a bad rule is one clear line and not a failed hunt.
 * Includes are not followed: a rule file may name any path.
 */
#ifndef HALLIGAN_DETECT_DETECT_H
#define HALLIGAN_DETECT_DETECT_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/zygote.h"

#define RULES_TOTAL_MAX (48u << 20) /* bytes of source in one set */
#define RULES_FILES_MAX 10000

struct rule_file {
	char *path; /* as found, for messages */
	char *ns;   /* namespace: path below what was asked for, no suffix */
	struct buf source;
};

struct ruleset {
	struct rule_file *files;
	size_t n_files;
	size_t n_bytes;
	uint64_t n_rules;    /* once checked */
	uint64_t n_warnings; /* once checked */
	char sha256[65];     /* over names and sources, hex */
};

/* Reads files and folders (*.yar, *.yara below them) in order of names. An
 * empty result is ERR_NOTFOUND. On failure set is released. */
enum err_code ruleset_load(struct ruleset *set, const char *const *paths,
			   size_t n_paths, struct err *err) MUST_CHECK;
void ruleset_release(struct ruleset *set);

/* One line about a rule: "rules/x.yar:12: undefined string "$a"". */
typedef void (*ruleset_say)(void *arg, bool is_error, const char *line);

/* A compilation under way in a child. */
struct rules_check {
	struct ruleset *set; /* borrowed; its counts are filled */
	struct child child;
	ruleset_say say;
	void *arg;
	struct err first; /* error said */
	int64_t end_ns;	  /* on the monotonic clock: then it took too long */
};

/*
 * Starts compiling the set in a child of kind `kind` (the row with rules_main
 * in the zygote's table). Each problem is said (say may be NULL). Does not
 * wait: call rules_check_step when child.chan.fd is readable or writable, or
 * end_ns has come. rules_check_end in any case, NULL-safe when zeroed.
 */
enum err_code rules_check_begin(struct rules_check *check, struct ruleset *set,
				struct zygote *z, size_t kind,
				struct err *err) MUST_CHECK;

/* *done: the result is what is returned; ERR_FORMAT with the first error. */
enum err_code rules_check_step(struct rules_check *check, bool *done,
			       struct err *err) MUST_CHECK;
void rules_check_end(struct rules_check *check, struct zygote *z);

/* The same, waiting for the result (up to 60 s). */
enum err_code ruleset_check(struct ruleset *set, struct zygote *z, size_t kind,
			    ruleset_say say, void *arg,
			    struct err *err) MUST_CHECK;

/* Appends the set as REQ_RULES records, ready for the probe. */
enum err_code ruleset_encode(const struct ruleset *set, struct buf *out,
			     struct err *err) MUST_CHECK;

/* The child. */
int rules_main(int chan_fd, int fd);

/* What the child needs ready before it is jailed; run in the zygote. */
void rules_warm_up(void);

const char *rules_engine(void); /* "libyara 4.2.3" */

#endif
