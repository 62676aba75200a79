/* SPDX-License-Identifier: Apache-2.0 */
/* A record into a change that outlives the buffer it was read from. */
#include "base/base.h"
#include "wire/records.h"

void change_set_record(struct change *c, const struct record *rec)
{
	const struct wire_type *type = record_type(rec->type);

	if (!type || c->kind != CHANGE_RECORD)
		BUG("record type %d for change kind %d", (int)rec->type,
		    (int)c->kind);
	c->u.record = *rec;
	for (size_t i = 0; i < type->n_fields; i++) {
		const struct wire_field *f = &type->fields[i];
		struct bytes *b;

		if (f->kind != WIRE_BYTES)
			continue;
		b = (void *)((uint8_t *)&c->u.record.u + f->offset);
		*b = change_bytes(c, *b);
	}
}
