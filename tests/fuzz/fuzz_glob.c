/* SPDX-License-Identifier: Apache-2.0 */
/* A glob and a path, a newline between them, against a matcher that tries
 * everything. */
#include "base/base.h"
#include "base/glob.h"
#include "fuzz/fuzz.h"

#define SMALL 96u

const char fuzz_name[] = "glob";

/* What is left of a glob and of a path that it does not match. */
struct slow {
	const uint8_t *g, *p;
	size_t gn, pn;
	bool failed[SMALL + 1][SMALL + 1];
};

static bool match(struct slow *s, size_t g, size_t p);

static uint8_t byte_of(const struct slow *s, size_t *g)
{
	*g += s->g[*g] == '\\';
	return s->g[(*g)++];
}

static bool in_class(const struct slow *s, size_t *g, uint8_t byte)
{
	bool negate = s->g[*g] == '!' || s->g[*g] == '^', in = false;
	size_t first = *g += negate;

	while (*g == first || s->g[*g] != ']') {
		uint8_t from = byte_of(s, g), to = from;

		if (s->gn - *g >= 2 && s->g[*g] == '-' && s->g[*g + 1] != ']') {
			++*g;
			to = byte_of(s, g);
		}
		in = in || (from <= byte && byte <= to);
	}
	++*g;
	return in != negate && byte != '/';
}

static bool match_stars(struct slow *s, size_t g, size_t p)
{
	bool begins = g == 0 || s->g[g - 1] == '/';
	size_t n = 0;

	while (g + n < s->gn && s->g[g + n] == '*')
		n++;
	g += n;
	if (n > 1 && begins && g < s->gn && s->g[g] == '/') {
		bool any = match(s, g + 1, p);

		for (size_t i = p; !any && i < s->pn; i++)
			any = i > p && s->p[i] == '/' && s->p[p] != '/' &&
			      match(s, g + 1, i + 1);
		return any;
	}
	for (size_t i = p; i <= s->pn; i++) {
		if (match(s, g, i))
			return true;
		if (i < s->pn && s->p[i] == '/' && n == 1)
			return false;
	}
	return false;
}

static bool match_one(struct slow *s, size_t g, size_t p)
{
	if (g == s->gn)
		return p == s->pn;
	if (s->g[g] == '*')
		return match_stars(s, g, p);
	if (p == s->pn)
		return false;
	if (s->g[g] == '?')
		return s->p[p] != '/' && match(s, g + 1, p + 1);
	if (s->g[g] == '[') {
		g++;
		return in_class(s, &g, s->p[p]) && match(s, g, p + 1);
	}
	return byte_of(s, &g) == s->p[p] && match(s, g, p + 1);
}

static bool match(struct slow *s, size_t g, size_t p)
{
	bool is_match = !s->failed[g][p] && match_one(s, g, p);

	s->failed[g][p] = !is_match;
	return is_match;
}

static bool slowly(struct bytes pattern, struct bytes path)
{
	struct slow *s = xcalloc(1, sizeof *s);
	bool is_match;

	*s = (struct slow){pattern.p, path.p, pattern.n, path.n, {{0}}};
	is_match = match(s, 0, 0);
	free(s);
	return is_match;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes path = bytes_of(data, size), pattern;
	struct glob *glob;
	struct err err;
	bool is_match;

	if (!bytes_split(&path, '\n', &pattern) ||
	    glob_compile(pattern, &glob, &err) != ERR_OK)
		return 0;
	is_match = glob_matches(glob, path);
	if (pattern.p[0] == '/' && pattern.n <= SMALL && path.n <= SMALL)
		FUZZ_CHECK(is_match == slowly(pattern, path));
	glob_free(glob);
	return 0;
}
