/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing JSON (RFC 8259) into a buf, value by value, without a tree. The
 * writer puts the commas. Bytes that are valid UTF-8 become a string; others
 * become their shown form, and the exact bytes go beside it under NAME_b64.
 */
#ifndef HALLIGAN_BASE_JSON_H
#define HALLIGAN_BASE_JSON_H

#include "base/base.h"
#include "base/buf.h"

struct json {
	struct buf *out;
	bool need_comma;
};

static inline struct json json_to(struct buf *out)
{
	return (struct json){.out = out};
}

/* key is NULL inside arrays and at the top. (json_real and json_null are
 * libjansson's, which the static probe is linked with.) */
void json_begin_object(struct json *j, const char *key);
void json_end_object(struct json *j);
void json_begin_array(struct json *j, const char *key);
void json_end_array(struct json *j);
void json_bytes(struct json *j, const char *key, struct bytes b);
void json_str(struct json *j, const char *key, const char *s);
void json_int(struct json *j, const char *key, int64_t v);
void json_bool(struct json *j, const char *key, bool v);
void json_double(struct json *j, const char *key, double v);
void json_no_value(struct json *j, const char *key);

#endif
