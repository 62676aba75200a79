/* SPDX-License-Identifier: Apache-2.0 */
/* The table of records: how each struct of model/record.h looks on the wire. */
#ifndef HALLIGAN_WIRE_RECORDS_H
#define HALLIGAN_WIRE_RECORDS_H

#include "model/change.h"
#include "model/record.h"
#include "wire/wire.h"

extern const struct wire_type record_types[];
extern const size_t n_record_types;

/* The row of that type; NULL for one we do not know. */
const struct wire_type *record_type(enum rec_type type);

/* Appends a record; msg is the struct for the type. */
enum err_code record_encode(enum rec_type type, const void *msg,
			    struct buf *out, struct err *err) MUST_CHECK;

/*
 * The next record of `in`. *used as wire_next; rec->type is 0 for a whole
 * record of a type we do not know. rec's bytes point into `in`. Besides the
 * shape it checks what a console must be able to rely on (chunk and path
 * sizes, hash lengths 0 or 32).
 */
enum err_code record_next(struct bytes in, size_t *used, struct record *rec,
			  struct err *err) MUST_CHECK;

/* A CHANGE_RECORD's record: a copy of rec whose bytes the change owns. */
void change_set_record(struct change *c, const struct record *rec);

#endif
