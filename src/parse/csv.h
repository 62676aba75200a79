/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of a CSV file (RFC 4180), as spreadsheets and other tools write it. */
#ifndef HALLIGAN_PARSE_CSV_H
#define HALLIGAN_PARSE_CSV_H

#include "base/base.h"
#include "base/buf.h"

#define CSV_FIELDS_MAX 512u
#define CSV_ROW_MAX    ((size_t)1 << 20)

struct csv_row {
	uint64_t offset, length; /* in the content, with its end */
	size_t n;                /* fields that were kept */
	struct bytes fields[CSV_FIELDS_MAX];
	struct buf text; /* of fields that had quotes in them */
};

void csv_row_init(struct csv_row *row);
void csv_row_release(struct csv_row *row);

/*
 * The next row at *at, which moves behind it; empty lines are no rows. False
 * at the end. The fields last until the next call; of more than there is room
 * for the last ones are dropped.
 */
bool csv_next(struct bytes content, uint64_t *at, struct csv_row *row);

#endif
