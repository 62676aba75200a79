/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rule sets compiled once in a jailed child of the console before the first
 * packet leaves, so that a bad rule is one clear line and not a failed hunt.
 */
#ifndef HALLIGAN_DETECT_DETECT_H
#define HALLIGAN_DETECT_DETECT_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/zygote.h"
#include "rule/rule.h"

/* Something about a rule: an error, or a warning. Text is made safe. */
struct rule_problem {
	bool is_error;
	struct rule_place place;
	const char *message; /* "undefined string "$a"" */
};

typedef void (*ruleset_say)(void *arg, const struct rule_problem *problem);

#define RULES_COMPILED_MAX (48u << 20)

/* A compilation under way in a child. */
struct rules_check {
	struct ruleset *set; /* borrowed; its counts are filled */
	struct child child;
	ruleset_say say;
	void *arg;
	struct err first; /* error said */
	size_t n_errors;
	struct buf compiled; /* when it was wanted: as libyara saves it */
	struct rule_name *names;
	size_t n_names;
	size_t n_slow;    /* parts of rules that were said to be slow */
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
				bool want_compiled, struct err *err) MUST_CHECK;

/* *done: the result is what is returned; ERR_FORMAT with the first error, and
 * how many there are. */
enum err_code rules_check_step(struct rules_check *check, bool *done,
			       struct err *err) MUST_CHECK;
void rules_check_end(struct rules_check *check, struct zygote *z);

/* The same, waiting for the result (up to 60 s). */
enum err_code ruleset_check(struct ruleset *set, struct zygote *z, size_t kind,
			    ruleset_say say, void *arg,
			    struct err *err) MUST_CHECK;

/* The child. */
int rules_main(int chan_fd, int fd);

/* What the child needs ready before it is jailed; run in the zygote. */
void rules_warm_up(void);

const char *rules_engine(void); /* "libyara 4.2.3" */

#endif
