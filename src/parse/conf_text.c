/* SPDX-License-Identifier: Apache-2.0 */
/* What parsers of configuration share: paths, words and settings. */
#include "base/base.h"
#include "parse/conf.h"

/* One part of a path against one of a pattern, from their begins: a `*` takes
 * as little as will do, and more when that was too little. */
static bool part_fits(struct bytes part, struct bytes want)
{
	size_t i = 0, j = 0, star = SIZE_MAX, from = 0;

	while (i < part.n) {
		if (j < want.n && want.p[j] == '*') {
			star = j++;
			from = i;
		} else if (j < want.n && want.p[j] == part.p[i]) {
			i++;
			j++;
		} else if (star != SIZE_MAX) {
			j = star + 1;
			i = ++from;
		} else {
			return false;
		}
	}
	while (j < want.n && want.p[j] == '*')
		j++;
	return j == want.n;
}

static struct bytes take_last(struct bytes *path)
{
	struct bytes last = bytes_file_name(*path);

	path->n -= last.n;
	if (path->n)
		path->n--; /* the slash */
	return last;
}

bool path_ends(struct bytes path, const char *where)
{
	struct bytes want = bytes_str(where);

	while (want.n) {
		if (!part_fits(take_last(&path), take_last(&want)))
			return false;
	}
	return true;
}

bool path_ends_any(struct bytes path, const char *const where[])
{
	for (; *where; where++)
		if (path_ends(path, *where))
			return true;
	return false;
}

static bool is_comment(struct bytes line)
{
	line = bytes_trim(line);
	return line.n == 0 || line.p[0] == '#' || line.p[0] == ';';
}

#define FITS 80u /* more than what a log's parser says of any text */

unsigned conf_score(const struct parse_input *in, const char *const where[],
		    bool (*is_one)(struct bytes line))
{
	struct bytes head = bytes_first(in->content, SCORE_BYTES);
	size_t n = 0, good = 0;
	struct line line;
	uint64_t at = 0;

	if (!path_ends_any(in->path, where) || !looks_like_text(head))
		return 0;
	while (is_one && n < JUDGED_LINES && next_line(head, &at, &line)) {
		if (is_comment(line.text))
			continue;
		n++;
		good += is_one(line.text);
	}
	return 2 * good < n ? 30 : FITS;
}

void list_add(struct word_list *words, struct bytes word)
{
	if (word.n && words->n < WORDS_MAX)
		words->w[words->n++] = word;
}

void list_split(struct word_list *words, struct bytes text, const char *seps)
{
	size_t from = 0;

	for (size_t i = 0; i <= text.n; i++) {
		uint8_t c = i < text.n ? text.p[i] : ' ';

		if (c != ' ' && c != '\t' && (c == 0 || !strchr(seps, c)))
			continue;
		if (i > from) /* of nothing there is no place to point to */
			list_add(words, bytes_of(text.p + from, i - from));
		from = i + 1;
	}
}

bool list_has(const struct word_list *words, const char *word)
{
	for (size_t i = 0; i < words->n; i++)
		if (bytes_eq(words->w[i], bytes_str(word)))
			return true;
	return false;
}

struct bytes lower(struct bytes text, char *out, size_t room)
{
	size_t n = MIN(text.n, room);

	for (size_t i = 0; i < n; i++) {
		uint8_t c = text.p[i];

		out[i] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
	}
	return bytes_of(out, n);
}

bool bytes_starts_nocase(struct bytes a, const char *prefix)
{
	size_t n = strlen(prefix);

	return a.n >= n && strncasecmp((const char *)a.p, prefix, n) == 0;
}

bool bytes_eq_nocase(struct bytes a, const char *b)
{
	return a.n == strlen(b) && bytes_starts_nocase(a, b);
}

struct bytes unquoted(struct bytes text)
{
	if (text.n >= 2 && (text.p[0] == '"' || text.p[0] == '\'') &&
	    text.p[text.n - 1] == text.p[0])
		return bytes_of(text.p + 1, text.n - 2);
	return text;
}

static bool is_sep(uint8_t c, const char *seps)
{
	return c && strchr(seps, c);
}

bool take_setting(struct bytes line, const char *seps, struct bytes *key,
		  struct bytes *value)
{
	size_t n = 0;

	while (n < line.n && !is_sep(line.p[n], seps))
		n++;
	*key = bytes_trim(bytes_of(line.p, n));
	while (n < line.n && is_sep(line.p[n], seps))
		n++;
	*value = bytes_trim(bytes_skip(line, n));
	return key->n > 0;
}

bool conf_is_setting(struct bytes line)
{
	line = bytes_trim(line);
	return line.n && (line.p[0] == '[' || memchr(line.p, '=', line.n));
}
