/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where requests come in: zstd frames of records on stdin. The console packs
 * what a job asks into one frame, and may send more, each of its own, while
 * the job runs. One thread reads.
 */
#ifndef HALLIGAN_PROBE_IN_H
#define HALLIGAN_PROBE_IN_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/wait.h"
#include "model/record.h"
#include "wire/stream.h"

struct in {
	int fd; /* borrowed */
	int64_t silence_ns; /* longest without a byte; 0: for ever */
	struct zreader z;
	struct buf packed; /* read, not unpacked yet */
	struct buf plain;  /* unpacked, not handed out yet */
	size_t taken;      /* of plain: the record handed out last */
};

void in_init(struct in *in, int fd);
void in_release(struct in *in);

/*
 * The next request; its type is 0 when we do not know it, and its bytes last
 * until the next call. ERR_NET when the input has ended, ERR_TIMEOUT
 * (also after a silence), * ERR_FORMAT when these are no requests.
 */
enum err_code in_next(struct in *in, struct deadline d, struct record *rec,
		      struct err *err) MUST_CHECK;

#endif
