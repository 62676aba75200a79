/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_lines [KEY...]: whether each line of standard input is one JSON object
 * (RFC 8259) with all those members at its top, and no line holds a byte a
 * terminal could obey. Says which line is not, and exits 1.
 */
#include "base/base.h"

#define DEPTH_MAX 16

struct parser {
	const char *at;
	unsigned depth;
	const char *const *keys; /* wanted at the top; NULL entries were seen */
	bool *seen;
	size_t n_keys;
};

static bool value(struct parser *p);

static void blanks(struct parser *p)
{
	p->at += strspn(p->at, " \t");
}

static bool take(struct parser *p, char c)
{
	blanks(p);
	if (*p->at != c)
		return false;
	p->at++;
	return true;
}

static bool escape(struct parser *p)
{
	if (*p->at == 'u') {
		if (strspn(p->at + 1, "0123456789abcdefABCDEF") < 4)
			return false;
		p->at += 5;
		return true;
	}
	return *p->at && strchr("\"\\/bfnrt", *p->at++);
}

static bool string(struct parser *p)
{
	if (!take(p, '"'))
		return false;
	while (*p->at && *p->at != '"') {
		if ((unsigned char)*p->at < 0x20)
			return false;
		if (*p->at++ == '\\' && !escape(p))
			return false;
	}
	return *p->at++ == '"';
}

static bool number(struct parser *p)
{
	static const char digits[] = "0123456789";

	p->at += *p->at == '-';
	if (!strspn(p->at, digits) || (p->at[0] == '0' && p->at[1] >= '0' &&
				       p->at[1] <= '9'))
		return false;
	p->at += strspn(p->at, digits);
	if (*p->at == '.') {
		p->at++;
		if (!strspn(p->at, digits))
			return false;
		p->at += strspn(p->at, digits);
	}
	if (*p->at == 'e' || *p->at == 'E') {
		p->at++;
		p->at += *p->at == '+' || *p->at == '-';
		if (!strspn(p->at, digits))
			return false;
		p->at += strspn(p->at, digits);
	}
	return true;
}

static void note_key(struct parser *p, const char *key, size_t n)
{
	for (size_t i = 0; i < p->n_keys && p->depth == 1; i++)
		if (strlen(p->keys[i]) == n &&
		    memcmp(p->keys[i], key, n) == 0)
			p->seen[i] = true;
}

static bool member(struct parser *p)
{
	const char *key;

	blanks(p);
	key = p->at + 1;
	if (!string(p))
		return false;
	note_key(p, key, (size_t)(p->at - 1 - key));
	return take(p, ':') && value(p);
}

static bool list(struct parser *p, char end, bool (*item)(struct parser *p))
{
	bool ok = true;

	p->at++;
	if (take(p, end))
		return true;
	if (++p->depth > DEPTH_MAX)
		return false;
	do
		ok = item(p);
	while (ok && take(p, ','));
	p->depth--;
	return ok && take(p, end);
}

static bool word(struct parser *p, const char *w)
{
	if (strncmp(p->at, w, strlen(w)) != 0)
		return false;
	p->at += strlen(w);
	return true;
}

static bool value(struct parser *p)
{
	blanks(p);
	if (*p->at == '{')
		return list(p, '}', member);
	if (*p->at == '[')
		return list(p, ']', value);
	if (*p->at == '"')
		return string(p);
	return word(p, "true") || word(p, "false") || word(p, "null") ||
	       number(p);
}

static const char *check(const char *line, const char *const *keys,
			 size_t n_keys)
{
	struct parser p = {.at = line, .keys = keys, .n_keys = n_keys};
	const char *wrong = NULL;

	p.seen = xcalloc(n_keys + 1, sizeof *p.seen);
	if (*line != '{' || !value(&p) || *p.at)
		wrong = "is no JSON object";
	for (size_t i = 0; i < n_keys && !wrong; i++)
		if (!p.seen[i])
			wrong = keys[i];
	free(p.seen);
	return wrong;
}

int main(int argc, char **argv)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	int status = 0;

	for (unsigned nr = 1; (n = getline(&line, &room, stdin)) > 0;
	     nr++) {
		const char *wrong;

		if (line[n - 1] == '\n')
			line[n - 1] = '\0';
		wrong = check(line, (const char *const *)argv + 1,
			      (size_t)argc - 1);
		if (!wrong)
			continue;
		printf("line %u: %s: %s\n", nr, wrong, line);
		status = 1;
	}
	free(line);
	return status;
}
