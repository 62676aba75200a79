/* SPDX-License-Identifier: Apache-2.0 */
/* What a rule says about itself, read from its source. */
#include "base/base.h"
#include "base/hash.h"
#include "rule/lex.h"
#include "rule/metas.h"

/* A string token without its quotes, and what stands behind backslashes. Ends
 * at a NUL, as it does for libyara's users. */
static char *unquote(struct bytes quoted)
{
	static const char escapes[] = "t\tn\nr\r";
	char *out = xmalloc(quoted.n + 1), *to = out;

	for (size_t i = 1; i + 1 < quoted.n; i++) {
		uint8_t c = quoted.p[i], byte;
		const char *known;

		if (c != '\\' || i + 2 >= quoted.n) {
			*to++ = (char)c;
			continue;
		}
		c = quoted.p[++i];
		known = c ? strchr(escapes, c) : NULL;
		if (c == 'x' && i + 3 < quoted.n &&
		    hex_decode(bytes_of(quoted.p + i + 1, 2), &byte, 1)) {
			*to++ = (char)byte;
			i += 2;
		} else {
			*to++ = known && (known - escapes) % 2 == 0
					? known[1]
					: (char)c;
		}
	}
	*to = '\0';
	return out;
}

/* "100", "0x10", "0o17", "4KB", "2MB" */
static int64_t integer_of(struct bytes word)
{
	char digits[32], *end;
	unsigned long long value;
	int base = 10;
	const char *from = digits;

	(void)snprintf(digits, sizeof digits, "%.*s", (int)word.n,
		       (const char *)word.p);
	if (digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'o')) {
		base = digits[1] == 'x' ? 16 : 8;
		from += 2;
	}
	value = strtoull(from, &end, base);
	if (strcmp(end, "KB") == 0)
		value <<= 10;
	else if (strcmp(end, "MB") == 0)
		value <<= 20;
	return (int64_t)value;
}

static void add(struct rule_metas *metas, struct bytes name,
		const struct rule_meta *value)
{
	metas->v = xrealloc(metas->v, metas->n + 1, sizeof *metas->v);
	metas->v[metas->n] = *value;
	metas->v[metas->n++].name = bytes_to_str(name);
}

static struct rule_meta value_of(struct lexer *l)
{
	struct token t = lex_next(l);
	bool minus = token_is(&t, "-");
	struct rule_meta v = {.kind = RULE_META_INTEGER};

	if (minus)
		t = lex_next(l);
	if (t.kind == TOKEN_STRING) {
		v.kind = RULE_META_STRING;
		v.string = unquote(t.text);
	} else if (token_is(&t, "true") || token_is(&t, "false")) {
		v.kind = RULE_META_BOOLEAN;
		v.integer = token_is(&t, "true");
	} else {
		v.integer = minus ? -integer_of(t.text) : integer_of(t.text);
	}
	return v;
}

void rule_metas_read(const struct rule_name *rule, struct rule_metas *metas)
{
	struct bytes source = buf_bytes(&rule->file->source);
	size_t at = (size_t)(rule->name.p - source.p);
	struct lexer l = lexer_of(bytes_skip(source, at));
	struct token t;

	*metas = (struct rule_metas){0};
	do
		t = lex_next(&l);
	while (t.kind != TOKEN_END && !token_is(&t, "{"));
	t = lex_next(&l);
	if (!token_is(&t, "meta"))
		return;
	(void)lex_next(&l); /* the colon */
	for (t = lex_next(&l); t.kind == TOKEN_WORD; t = lex_next(&l)) {
		struct token equals;
		struct rule_meta value;

		if (token_is(&t, "strings") || token_is(&t, "condition"))
			return;
		equals = lex_next(&l);
		if (!token_is(&equals, "="))
			return;
		value = value_of(&l);
		add(metas, t.text, &value);
	}
}

void rule_metas_release(struct rule_metas *metas)
{
	for (size_t i = 0; i < metas->n; i++) {
		union {
			const char *in;
			char *out;
		} name = {.in = metas->v[i].name},
		  string = {.in = metas->v[i].string};

		free(name.out);
		free(string.out);
	}
	free(metas->v);
	*metas = (struct rule_metas){0};
}
