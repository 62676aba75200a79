/* SPDX-License-Identifier: Apache-2.0 */
/* Indicators between lists in files, the case, and what a probe is asked. */
#ifndef HALLIGAN_APP_INDICATORS_H
#define HALLIGAN_APP_INDICATORS_H

#include "app/app.h"
#include "base/buf.h"
#include "model/indicator.h"

/* "kind:value" of indicators, to find them again in the case. */
struct indicator_keys {
	char **v;
	size_t n, cap;
};

void indicator_keys_release(struct indicator_keys *keys);

struct indicator_import {
	/* A line that is no indicator: "list.txt:12: why", sanitised. */
	void (*say)(void *arg, const char *line); /* NULL: to nobody */
	void *arg;
	struct indicator_keys keys; /* out: what was in the list */
	uint64_t n_bad;		    /* out: lines */
	uint64_t n_new;		    /* out: not in the case before */
};

/* Into the case, with those it has already left as they are. Release the
 * keys in any case. */
enum err_code indicators_import_all(struct casefile *cf,
				    const char *const *paths, size_t n,
				    struct indicator_import *import,
				    struct err *err) MUST_CHECK;

/*
 * Appends a REQ_INDICATOR for each indicator of the case that is valid now
 * and can be seen on a host; with keys, only for those.
 */
struct indicator_sum {
	uint64_t n;	  /* in all */
	uint64_t n_files; /* that are seen in files; others in sockets */
};

enum err_code indicators_encode(struct casefile *cf,
				struct indicator_keys *keys, struct buf *out,
				struct indicator_sum *sum,
				struct err *err) MUST_CHECK;

#endif
