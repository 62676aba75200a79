/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Globs as automata whose states are bits, one for each token of the glob
 * and one for its end (Baeza-Yates and Gonnet's shift-and): a byte of a path
 * costs a few operations on words, so no glob can be made to backtrack.
 */
#include "base/base.h"
#include "base/glob.h"
#include "base/text.h"

#define WORDS_MAX (GLOB_LEN_MAX / 64 + 1)

/* A set of states. */
typedef uint64_t word;

struct glob {
	size_t n;     /* tokens; state n: all of them matched */
	size_t words; /* of a set */
	word *eats;   /* [byte]: tokens that go on with this byte */
	word *stays;  /* [byte]: tokens that may take it and remain */
	word *skip1, *skip2; /* tokens that may be passed over, by 1 or 2 */
};

/* A glob on its way. */
struct compile {
	struct glob *g;
	const uint8_t *p;
	size_t at, n;
};

static void set_bit(word *set, size_t i)
{
	set[i / 64] |= UINT64_C(1) << (i % 64);
}

static word *row(const struct glob *g, word *sets, unsigned byte)
{
	return sets + (size_t)byte * g->words;
}

static void add_bytes(struct glob *g, word *sets, bool with_slash)
{
	for (unsigned c = 0; c < 256; c++) {
		if (c != '/' || with_slash)
			set_bit(row(g, sets, c), g->n);
	}
}

static void add_byte(struct glob *g, uint8_t byte)
{
	set_bit(row(g, g->eats, byte), g->n++);
}

/* Folders, any number of them: one token that may be left out with the next,
 * which takes all up to a slash. */
static void add_folders(struct glob *g)
{
	set_bit(g->skip2, g->n);
	add_bytes(g, g->eats, false);
	g->n++;
	add_bytes(g, g->stays, true);
	add_byte(g, '/');
}

/* How many stars before a slash stand there, if two or more. */
static size_t folders_at(const struct compile *c, size_t at)
{
	size_t n = 0;

	while (at + n < c->n && c->p[at + n] == '*')
		n++;
	return n > 1 && at + n < c->n && c->p[at + n] == '/' ? n : 0;
}

static void add_stars(struct compile *c)
{
	bool begins = c->at == 0 || c->p[c->at - 1] == '/';
	size_t n = 0;

	while (c->at < c->n && c->p[c->at] == '*') {
		c->at++;
		n++;
	}
	if (n > 1 && begins && c->at < c->n && c->p[c->at] == '/') {
		while (folders_at(c, c->at + 1))
			c->at += 1 + folders_at(c, c->at + 1);
		c->at++;
		add_folders(c->g);
		return;
	}
	set_bit(c->g->skip1, c->g->n);
	add_bytes(c->g, c->g->stays, n > 1);
	c->g->n++;
}

/* The byte at hand, taken as it is after a backslash; false at the end. */
static bool next_byte(struct compile *c, uint8_t *byte)
{
	if (c->at < c->n && c->p[c->at] == '\\')
		c->at++;
	if (c->at >= c->n)
		return false;
	*byte = c->p[c->at++];
	return true;
}

/* After the bracket, to the closing one. A slash is never in a class. */
static bool add_class(struct compile *c)
{
	bool in[256] = {false}, negate = false, first = true;
	uint8_t from, to;

	if (c->at < c->n && (c->p[c->at] == '!' || c->p[c->at] == '^')) {
		negate = true;
		c->at++;
	}
	while (first || c->at >= c->n || c->p[c->at] != ']') {
		first = false;
		if (!next_byte(c, &from))
			return false;
		to = from;
		if (c->n - c->at >= 2 && c->p[c->at] == '-' &&
		    c->p[c->at + 1] != ']') {
			c->at++;
			if (!next_byte(c, &to))
				return false;
		}
		for (unsigned b = from; b <= to; b++)
			in[b] = true;
	}
	c->at++;
	for (unsigned b = 0; b < 256; b++) {
		if (in[b] != negate && b != '/')
			set_bit(row(c->g, c->g->eats, b), c->g->n);
	}
	c->g->n++;
	return true;
}

static bool add_token(struct compile *c)
{
	uint8_t byte;

	switch (c->p[c->at]) {
	case '*':
		add_stars(c);
		return true;
	case '?':
		c->at++;
		add_bytes(c->g, c->g->eats, false);
		c->g->n++;
		return true;
	case '[':
		c->at++;
		return add_class(c);
	default:
		if (!next_byte(c, &byte))
			return false;
		add_byte(c->g, byte);
		return true;
	}
}

static struct glob *new_glob(size_t len)
{
	struct glob *g = xcalloc(1, sizeof *g);

	/* A slash and folders in front, an end behind; no token is made of
	 * less than a byte, and folders are two made of three. */
	g->words = (len + 4) / 64 + 1;
	g->eats = xcalloc(256 * g->words, sizeof *g->eats);
	g->stays = xcalloc(256 * g->words, sizeof *g->stays);
	g->skip1 = xcalloc(g->words, sizeof *g->skip1);
	g->skip2 = xcalloc(g->words, sizeof *g->skip2);
	return g;
}

void glob_free(struct glob *g)
{
	if (!g)
		return;
	free(g->eats);
	free(g->stays);
	free(g->skip1);
	free(g->skip2);
	free(g);
}

enum err_code glob_compile(struct bytes pattern, struct glob **out,
			   struct err *err)
{
	struct compile c = {.p = pattern.p, .n = pattern.n};

	if (pattern.n == 0 || pattern.n > GLOB_LEN_MAX - 8)
		return err_set(err, ERR_USAGE, "%s is not a glob: %s",
			       shown(pattern).s,
			       pattern.n ? "it is too long" : "it is empty");
	c.g = new_glob(pattern.n);
	if (pattern.p[0] != '/') {
		add_byte(c.g, '/');
		add_folders(c.g);
	}
	while (c.at < c.n) {
		if (add_token(&c))
			continue;
		glob_free(c.g);
		return err_set(err, ERR_USAGE,
			       "%s is not a glob: it ends too soon",
			       shown(pattern).s);
	}
	*out = c.g;
	return ERR_OK;
}

/* Adds the states behind tokens that may be passed over. A second round is
 * for a star after folders; there are never more in a row. */
static void pass_over(const struct glob *g, word *set)
{
	for (unsigned round = 0; round < 2; round++) {
		word in1 = 0, in2 = 0;

		for (size_t i = 0; i < g->words; i++) {
			word one = set[i] & g->skip1[i];
			word two = set[i] & g->skip2[i];

			set[i] |= one << 1 | in1 | two << 2 | in2;
			in1 = one >> 63;
			in2 = two >> 62;
		}
	}
}

static void take_byte(const struct glob *g, word *set, uint8_t byte)
{
	const word *eats = row(g, g->eats, byte);
	const word *stays = row(g, g->stays, byte);
	word in = 0;

	for (size_t i = 0; i < g->words; i++) {
		word on = set[i] & eats[i];

		set[i] = on << 1 | in | (set[i] & stays[i]);
		in = on >> 63;
	}
	pass_over(g, set);
}

bool glob_matches(const struct glob *g, struct bytes path)
{
	word set[WORDS_MAX] = {1};

	pass_over(g, set);
	for (size_t i = 0; i < path.n; i++)
		take_byte(g, set, path.p[i]);
	return set[g->n / 64] >> (g->n % 64) & 1;
}
