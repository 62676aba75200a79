/* SPDX-License-Identifier: Apache-2.0 */
/* Records of every type, filled from the table: for tests and fuzz seeds. */
#ifndef HALLIGAN_TESTS_UNIT_WIRE_SAMPLES_H
#define HALLIGAN_TESTS_UNIT_WIRE_SAMPLES_H

#include "wire/records.h"

enum sample { SAMPLE_ZERO, SAMPLE_SMALL, SAMPLE_LARGE, N_SAMPLES };

/* Fills rec; its bytes are static. SAMPLE_ZERO sets only what is required. */
void sample_record(const struct wire_type *type, enum sample sample,
		   struct record *rec);

/* Whether both have the same type and the same content. */
bool same_record(const struct record *a, const struct record *b);

#endif
