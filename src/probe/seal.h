/* SPDX-License-Identifier: Apache-2.0 */
/* An output that is encrypted to public keys, as age(1) does. */
#ifndef HALLIGAN_PROBE_SEAL_H
#define HALLIGAN_PROBE_SEAL_H

#include "base/age.h"
#include "probe/out.h"

struct seal {
	struct age_writer writer;
	struct buf ciphered;
	size_t given; /* of it, to whoever writes */
	struct err err;
};

/* From now on, which is its beginning, all of the output is encrypted to
 * these. The seal must outlive it. */
enum err_code seal_begin(struct seal *seal, struct out *out,
			 const struct age_recipient *to, size_t n,
			 struct err *err) MUST_CHECK;
void seal_release(struct seal *seal); /* zeroed is fine */

#endif
