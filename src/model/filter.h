/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which files: what --min-size, --owner, --exclude and their like say, on
 * the console's command line and on that of a probe that works alone.
 */
#ifndef HALLIGAN_MODEL_FILTER_H
#define HALLIGAN_MODEL_FILTER_H

#include "base/base.h"
#include "base/err.h"
#include "model/record.h"

#define FILTER_GLOBS_MAX 1024u

struct filter_words {
	struct req_filter filter;
	struct req_glob *globs;
	size_t n_globs;
};

void filter_any(struct req_filter *filter); /* lets everything pass */

void filter_words_init(struct filter_words *w);
void filter_words_release(struct filter_words *w); /* zeroed is fine */

/* Whether a command line has options of that name for this. */
bool filter_has_option(const char *name);

/* An option without its dashes; value is borrowed, NULL for flags. */
enum err_code filter_words_add(struct filter_words *w, const char *name,
			       const char *value, struct err *err) MUST_CHECK;

/* Once all are added: whether any file can be meant at all. max_size: larger
 * ones are not looked at; 0: no matter. */
enum err_code filter_words_check(const struct filter_words *w,
				 uint64_t max_size, struct err *err) MUST_CHECK;

/* The option that only means files dated ahead of this machine's clock, which
 * is seldom what is meant; NULL: none. */
const char *filter_words_ahead(const struct filter_words *w);

/* A time as people give it to that option: a day, RFC 3339, or 7d (ago). */
enum err_code filter_time(const char *option, const char *value,
			  int64_t *when_ns, struct err *err) MUST_CHECK;

#endif
