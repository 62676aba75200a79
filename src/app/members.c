/* SPDX-License-Identifier: Apache-2.0 */
/* The members of a fact, one by one, for people. */
#include "base/base.h"

#include <jansson.h>

#include "app/app.h"
#include "base/buf.h"
#include "parse/json.h"

#define MEMBER_MAX ((size_t)64 << 10)

static void put_value(struct buf *out, const json_t *value)
{
	const json_t *item;
	char *object;
	size_t i;

	if (json_is_object(value)) { /* as it is, to be taken apart again */
		object = json_dumps(value, JSON_COMPACT);
		(void)buf_add_str(out, object ? object : "");
		free(object);
	}
	if (json_is_string(value))
		(void)buf_add_bytes(out, bytes_of(json_string_value(value),
						  json_string_length(value)));
	else if (json_is_boolean(value))
		(void)buf_add_str(out, json_is_true(value) ? "yes" : "no");
	else if (json_is_integer(value))
		(void)buf_addf(out, "%" JSON_INTEGER_FORMAT,
			       json_integer_value(value));
	json_array_foreach (value, i, item) {
		if (i)
			(void)buf_add_str(out, ", ");
		if (!json_is_array(item))
			put_value(out, item);
	}
}

void app_each_member(struct bytes detail, app_member *each, void *arg)
{
	json_t *doc = json_read(detail), *value;
	const char *name;

	json_object_foreach (doc, name, value) {
		struct buf shown;

		buf_init(&shown, MEMBER_MAX);
		put_value(&shown, value);
		each(arg, name, buf_bytes(&shown));
		buf_release(&shown);
	}
	json_decref(doc);
}
