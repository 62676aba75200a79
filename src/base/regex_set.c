/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many patterns over one text. Each is filed under three bytes of the literal
 * it cannot do without, so that a text is looked through once and only the
 * few patterns it may match are run.
 */
#include "base/base.h"

#include "base/regex.h"
#include "base/regex_tree.h"

#define GRAM	3u
#define BUCKETS (1u << 14)
#define NOBODY	UINT32_MAX

struct member {
	struct regex *regex;
	uint32_t next; /* in its bucket, or of those without one */
	uint8_t at;    /* where in the literal the bucket's bytes are */
};

struct regex_set {
	struct member *members;
	size_t n, cap;
	uint32_t *buckets;
	uint16_t *sizes;
	uint32_t always; /* those whose literals are too short */
};

struct regex_set *regex_set_new(void)
{
	struct regex_set *s = xcalloc(1, sizeof *s);

	s->buckets = xmalloc(BUCKETS * sizeof *s->buckets);
	s->sizes = xcalloc(BUCKETS, sizeof *s->sizes);
	for (size_t i = 0; i < BUCKETS; i++)
		s->buckets[i] = NOBODY;
	s->always = NOBODY;
	return s;
}

void regex_set_free(struct regex_set *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n; i++)
		regex_free(s->members[i].regex);
	free(s->members);
	free(s->buckets);
	free(s->sizes);
	free(s);
}

static size_t bucket_of(const uint8_t gram[GRAM])
{
	uint32_t v = (uint32_t)gram[0] << 16 | (uint32_t)gram[1] << 8 | gram[2];

	return v * UINT32_C(2654435761) >> 18;
}

/* Of all the places in the literal the one with the least company. */
static size_t best_place(const struct regex_set *s, struct bytes literal)
{
	size_t best = 0;

	for (size_t i = 1; i + GRAM <= literal.n; i++)
		if (s->sizes[bucket_of(literal.p + i)] <
		    s->sizes[bucket_of(literal.p + best)])
			best = i;
	return best;
}

size_t regex_set_add(struct regex_set *s, struct regex *r)
{
	struct bytes literal = regex_literal(r);
	struct member *m;
	uint32_t *list = &s->always;

	if (s->n == s->cap) {
		s->cap = s->cap ? 2 * s->cap : 64;
		s->members =
			xrealloc(s->members, s->cap, sizeof *s->members);
	}
	m = &s->members[s->n];
	*m = (struct member){.regex = r};
	if (literal.n >= GRAM) {
		size_t bucket;

		m->at = (uint8_t)best_place(s, literal);
		bucket = bucket_of(literal.p + m->at);
		s->sizes[bucket]++;
		list = &s->buckets[bucket];
	}
	m->next = *list;
	*list = (uint32_t)s->n;
	return s->n++;
}

struct lookup {
	const struct regex_set *set;
	struct bytes text, folded;
	void (*hit)(void *arg, size_t n);
	void *arg;
};

/* Whether the literal stands at that place for the first time in the text:
 * a pattern is run once. */
static bool is_first(const struct lookup *l, struct bytes literal, size_t from)
{
	const uint8_t *at = memmem(l->folded.p, l->folded.n, literal.p,
				   literal.n);

	return at == l->folded.p + from;
}

static void try_bucket(const struct lookup *l, size_t at)
{
	uint32_t i = l->set->buckets[bucket_of(l->folded.p + at)];

	for (; i != NOBODY; i = l->set->members[i].next) {
		const struct member *m = &l->set->members[i];
		struct bytes literal = regex_literal(m->regex);

		if (at < m->at || l->folded.n - (at - m->at) < literal.n ||
		    memcmp(l->folded.p + at - m->at, literal.p, literal.n) != 0)
			continue;
		if (is_first(l, literal, at - m->at) &&
		    regex_search(m->regex, l->text))
			l->hit(l->arg, i);
	}
}

static void try_always(const struct lookup *l)
{
	uint32_t i = l->set->always;

	for (; i != NOBODY; i = l->set->members[i].next) {
		const struct member *m = &l->set->members[i];
		struct bytes literal = regex_literal(m->regex);

		if (literal.n && !memmem(l->folded.p, l->folded.n, literal.p,
					 literal.n))
			continue;
		if (regex_search(m->regex, l->text))
			l->hit(l->arg, i);
	}
}

void regex_set_search(const struct regex_set *s, struct bytes text,
		      void (*hit)(void *arg, size_t n), void *arg)
{
	uint8_t *folded = xmalloc(text.n + 1);
	struct lookup l = {s, text, bytes_of(folded, text.n), hit, arg};

	for (size_t i = 0; i < text.n; i++)
		folded[i] = regex_fold(text.p[i]);
	for (size_t i = 0; i + GRAM <= text.n; i++)
		try_bucket(&l, i);
	try_always(&l);
	free(folded);
}
