/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A spool: a table of evidence (REC_ITEM, then REC_DONE), and the contents one
 * after the other. It is read in sets of rotated logs, the newest of each
 * first: what it says bounds the time of what is older.
 */
#ifndef HALLIGAN_REMOTE_ITEMS_H
#define HALLIGAN_REMOTE_ITEMS_H

#include "base/base.h"
#include "base/err.h"
#include "base/rotated.h"
#include "wire/records.h"

struct item_of_spool {
	struct rec_item rec;  /* borrows from the spool */
	struct bytes content; /* nothing, of what is only known */
	struct rotated name;
	unsigned taking; /* files of one set that were taken together */
};

struct items {
	struct item_of_spool *v; /* in the order they are read in */
	size_t n;
};

enum err_code items_read(struct items *items, struct bytes spool,
			 struct err *err) MUST_CHECK;
void items_release(struct items *items);

/* The log that came next, or before, as it is here; or NULL. */
const struct item_of_spool *items_newer(const struct items *items, size_t i);
const struct item_of_spool *items_older(const struct items *items, size_t i);

/* How many numbers are missing between two neighbours; 0: none. */
uint64_t items_missing(const struct item_of_spool *newer,
		       const struct item_of_spool *older);

/* The file that was taken beside it under its path and this suffix; NULL: none
 * was. */
const struct item_of_spool *items_beside(const struct items *items, size_t i,
					 const char *suffix);
/* The other way round. */
const struct item_of_spool *items_before(const struct items *items, size_t i,
					 const char *suffix);

/* When the name or the packing says a log was ended; TIME_UNKNOWN. */
int64_t rotated_at(struct bytes path, struct bytes content);

#endif
