/* SPDX-License-Identifier: Apache-2.0 */
/* Records of every type, filled from the table. */
#include "base/base.h"
#include "unit/wire_samples.h"

static const uint8_t letters[4096] = "every byte but NUL may be in a path\n\x1b"
				     "[31m\xff\xfe\xe2\x80\xae";

static uint64_t number(const struct wire_field *f, enum sample sample)
{
	switch (sample) {
	case SAMPLE_ZERO:
		return 0;
	case SAMPLE_SMALL:
		return 20u + f->key;
	case SAMPLE_LARGE:
	case N_SAMPLES:
		break;
	}
	/* two of them still add up to a file offset */
	return f->kind == WIRE_U63 ? INT64_MAX / 2 : UINT64_MAX - f->key;
}

static size_t length(const struct wire_field *f, enum sample sample)
{
	if (f->max == 32)
		return sample == SAMPLE_ZERO && !f->required ? 0 : 32;
	if (sample == SAMPLE_ZERO)
		return f->required;
	return sample == SAMPLE_SMALL ? 40 : MIN(f->max, sizeof letters);
}

static void fill(const struct wire_field *f, enum sample sample, void *at)
{
	switch (f->kind) {
	case WIRE_U64:
	case WIRE_U63:
		*(uint64_t *)at = number(f, sample);
		break;
	case WIRE_I64:
		*(int64_t *)at = sample == SAMPLE_LARGE
					 ? INT64_MIN
					 : -(int64_t)number(f, sample);
		break;
	case WIRE_BOOL:
		*(bool *)at = sample != SAMPLE_ZERO;
		break;
	case WIRE_BYTES:
		*(struct bytes *)at = bytes_of(letters, length(f, sample));
		break;
	}
}

void sample_record(const struct wire_type *type, enum sample sample,
		   struct record *rec)
{
	memset(rec, 0, sizeof *rec);
	rec->type = (enum rec_type)type->id;
	for (size_t i = 0; i < type->n_fields; i++)
		fill(&type->fields[i], sample,
		     (uint8_t *)&rec->u + type->fields[i].offset);
	if (rec->type == REQ_PATH) /* no NUL in a path asked for */
		rec->u.req_path.path.n = MIN(rec->u.req_path.path.n,
					     strlen((const char *)letters));
}

static bool same_field(const struct wire_field *f, const void *a, const void *b)
{
	switch (f->kind) {
	case WIRE_U64:
	case WIRE_U63:
	case WIRE_I64:
		return memcmp(a, b, sizeof(uint64_t)) == 0;
	case WIRE_BOOL:
		return *(const bool *)a == *(const bool *)b;
	case WIRE_BYTES:
		return bytes_eq(*(const struct bytes *)a,
				*(const struct bytes *)b);
	}
	return false;
}

bool same_record(const struct record *a, const struct record *b)
{
	const struct wire_type *type = record_type(a->type);

	if (!type || a->type != b->type)
		return false;
	for (size_t i = 0; i < type->n_fields; i++) {
		const struct wire_field *f = &type->fields[i];

		if (!same_field(f, (const uint8_t *)&a->u + f->offset,
				(const uint8_t *)&b->u + f->offset))
			return false;
	}
	return true;
}
