/* SPDX-License-Identifier: Apache-2.0 */
/* A streaming JSON writer. */
#include "base/base.h"

#include <math.h>

#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"

static void add(struct json *j, const char *s)
{
	(void)buf_add_str(j->out, s); /* the owner of out checks `full` */
}

/* UTF-16 code units, RFC 8259 section 7. */
static void add_escape(struct json *j, uint32_t cp)
{
	if (cp >= 0x10000) {
		cp -= 0x10000;
		(void)buf_addf(j->out, "\\u%04x", 0xd800 + (cp >> 10));
		cp = 0xdc00 + (cp & 0x3ff);
	}
	(void)buf_addf(j->out, "\\u%04x", cp);
}

/* A string literal; b is valid UTF-8. What a terminal would obey or a reader
 * be fooled by (text.h) is escaped, which changes nothing for a program. */
static void add_quoted(struct json *j, struct bytes b)
{
	add(j, "\"");
	while (b.n) {
		int32_t cp;
		size_t hidden = text_hidden(b, &cp);

		if (*b.p == '"' || *b.p == '\\')
			(void)buf_addf(j->out, "\\%c", *b.p);
		else if (*b.p == '\n')
			add(j, "\\n");
		else if (*b.p == '\t')
			add(j, "\\t");
		else if (hidden)
			add_escape(j, (uint32_t)cp);
		else
			(void)buf_add_byte(j->out, *b.p);
		b = bytes_skip(b, hidden ? hidden : 1);
	}
	add(j, "\"");
}

static void start(struct json *j, const char *key)
{
	if (j->need_comma)
		add(j, ",");
	if (key) {
		add_quoted(j, bytes_str(key));
		add(j, ":");
	}
	j->need_comma = true;
}

void json_begin_object(struct json *j, const char *key)
{
	start(j, key);
	add(j, "{");
	j->need_comma = false;
}

void json_end_object(struct json *j)
{
	add(j, "}");
	j->need_comma = true;
}

void json_begin_array(struct json *j, const char *key)
{
	start(j, key);
	add(j, "[");
	j->need_comma = false;
}

void json_end_array(struct json *j)
{
	add(j, "]");
	j->need_comma = true;
}

static void add_base64_beside(struct json *j, const char *key, struct bytes b)
{
	char *name = xasprintf("%s_b64", key), *text = base64_encode(b, true);

	json_str(j, name, text);
	free(text);
	free(name);
}

void json_bytes(struct json *j, const char *key, struct bytes b)
{
	struct text t;

	start(j, key);
	if (utf8_is_valid(b)) {
		add_quoted(j, b);
		return;
	}
	text_from_bytes(&t, b, TEXT_ANY_WIDTH);
	add_quoted(j, bytes_of(t.s, t.n));
	text_release(&t);
	if (key)
		add_base64_beside(j, key, b);
}

void json_str(struct json *j, const char *key, const char *s)
{
	json_bytes(j, key, bytes_str(s));
}

void json_int(struct json *j, const char *key, int64_t v)
{
	start(j, key);
	(void)buf_addf(j->out, "%" PRId64, v);
}

void json_bool(struct json *j, const char *key, bool v)
{
	start(j, key);
	add(j, v ? "true" : "false");
}

void json_double(struct json *j, const char *key, double v)
{
	start(j, key);
	if (isfinite(v))
		(void)buf_addf(j->out, "%.17g", v);
	else
		add(j, "null"); /* RFC 8259 has no NaN */
}

void json_no_value(struct json *j, const char *key)
{
	start(j, key);
	add(j, "null");
}
