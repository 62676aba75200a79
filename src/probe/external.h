/* SPDX-License-Identifier: Apache-2.0 */
/* The external variables of one file, as far as the rules use them. */
#ifndef HALLIGAN_PROBE_EXTERNAL_H
#define HALLIGAN_PROBE_EXTERNAL_H

#include "base/base.h"
#include "base/hash.h"
#include "probe/file.h"
#include "probe/order.h"

/* Where values lie that are made for the occasion. */
struct externals {
	char md5[HASH_HEX_MAX];
	char owner[24];
};

/* Of content that is held; lies in text. */
struct bytes externals_md5(struct bytes content, char text[HASH_HEX_MAX]);

/* Those that are in a path: as Loki and THOR define them, extension with its
 * dot. They borrow from it. */
void externals_names(struct bytes path, struct bytes values[N_EXTERNALS]);

/* The values borrow from f and room. False when the file cannot be read. */
bool externals_fill(struct externals *room, struct file *f,
		    struct bytes values[N_EXTERNALS]) MUST_CHECK;

#endif
