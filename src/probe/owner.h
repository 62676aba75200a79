/* SPDX-License-Identifier: Apache-2.0 */
/* Names of users, from the passwd file of the host or image that is looked
 * at. Not by getpwuid(3), which asks what nsswitch.conf names. */
#ifndef HALLIGAN_PROBE_OWNER_H
#define HALLIGAN_PROBE_OWNER_H

#include "base/base.h"
#include "base/buf.h"
#include "base/bytes.h"
#include "probe/top.h"

struct owners {
	struct buf text; /* the file */
	struct owner {
		uint64_t uid;
		struct bytes name; /* in text */
	} * rows;                  /* by uid */
	size_t n;
};

/* Reads /etc/passwd there; nobody is known when that cannot be done. */
void owners_read(struct owners *o, const struct top *top);

/* The same from the text of such a file. */
void owners_take(struct owners *o, struct bytes text);

void owners_release(struct owners *o);

/* Empty when not known. The first of several names, as for the host. */
struct bytes owner_name(const struct owners *o, uint64_t uid);

bool owner_find(const struct owners *o, struct bytes name, uint64_t *uid);

#endif
