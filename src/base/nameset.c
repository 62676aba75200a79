/* SPDX-License-Identifier: Apache-2.0 */
/* Names, each once: a balanced tree, so that who chooses them cannot make
 * looking for one slow. */
#include "base/base.h"

#include <search.h>

#include "base/nameset.h"

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

bool nameset_add(struct nameset *s, struct bytes name)
{
	char *copy = bytes_to_str(name);
	char *const *there = tsearch(copy, &s->tree, compare);

	if (!there)
		BUG("out of memory");
	if (*there != copy) {
		free(copy);
		return false;
	}
	if (s->n == s->cap) {
		s->cap = MAX(2 * s->cap, (size_t)16);
		s->v = xrealloc(s->v, s->cap, sizeof *s->v);
	}
	s->v[s->n++] = copy;
	return true;
}

bool nameset_has(const struct nameset *s, struct bytes name)
{
	char *copy = bytes_to_str(name);
	bool has = tfind(copy, &s->tree, compare) != NULL;

	free(copy);
	return has;
}

void nameset_release(struct nameset *s)
{
	tdestroy(s->tree, free);
	free(s->v);
	*s = (struct nameset){0};
}
