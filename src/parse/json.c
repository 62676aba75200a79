/* SPDX-License-Identifier: Apache-2.0 */
/* JSON by libjansson, with no file and no clock, and values by their path. */
#include "base/base.h"
#include "parse/json.h"

/* A fixed one: without it the library would read a file and the clock, which
 * the jail of parsers has not. Who makes its keys collide makes his own file
 * slow, and the child that reads it has its time counted. */
#define SEED 1

json_t *json_read(struct bytes text)
{
	json_object_seed(SEED);
	return json_loadb(text.n ? (const char *)text.p : "", text.n,
			  JSON_ALLOW_NUL, NULL);
}

const json_t *json_at(const json_t *doc, const char *path)
{
	char key[32];
	size_t n = strcspn(path, ".");

	if (n >= sizeof key)
		return NULL;
	memcpy(key, path, n);
	key[n] = 0;
	doc = json_object_get(doc, key);
	return path[n] ? json_at(doc, path + n + 1) : doc;
}

struct bytes json_text(const json_t *doc, const char *path)
{
	const json_t *value = json_at(doc, path);

	return json_is_string(value) ? bytes_of(json_string_value(value),
						json_string_length(value))
				     : bytes_str("");
}
