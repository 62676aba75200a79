/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file of a host that somebody brought, as records: what it is, its bytes
 * as evidence, and what a parser finds in it; of an archive the same of each
 * file in it. Part of the bundle child: from here on it is like a bundle.
 */
#ifndef HALLIGAN_REMOTE_GIVEN_H
#define HALLIGAN_REMOTE_GIVEN_H

#include "base/base.h"

#include <sys/stat.h>

#include "base/chan.h"
#include "base/err.h"
#include "remote/msg.h"

struct given {
	struct chan *chan;
	int fd; /* of a regular file; read from its start */
	const struct stat *st;
	const struct msg_bundle_start *order;
	const char *sha256; /* of the whole, hex */
	uint64_t size;
};

/* Whether it is one file, and no archive of them. */
bool given_is_file(const struct given *g);

/*
 * Tells all of it. ERR_UNSUPPORTED when no parser is for it, before the first
 * record; ERR_VERIFY when it is not what was hashed any more.
 */
enum err_code given_tell(const struct given *g, struct err *err) MUST_CHECK;

#endif
