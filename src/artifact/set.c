/* SPDX-License-Identifier: Apache-2.0 */
/* A set of definitions: who is in it, and what does not hold together. */
#include "base/base.h"

#include "artifact/inside.h"
#include "base/text.h"

static const char *const type_names[] = {
	[ARTIFACT_FILE] = "FILE",
	[ARTIFACT_PATH] = "PATH",
	[ARTIFACT_DIRECTORY] = "DIRECTORY",
	[ARTIFACT_COMMAND] = "COMMAND",
	[ARTIFACT_GROUP] = "ARTIFACT_GROUP",
	[ARTIFACT_REGISTRY_KEY] = "REGISTRY_KEY",
	[ARTIFACT_REGISTRY_VALUE] = "REGISTRY_VALUE",
	[ARTIFACT_WMI] = "WMI",
};

const char *artifact_type_name(enum artifact_type type)
{
	return type_names[type];
}

bool words_add(struct words *w, struct bytes word)
{
	if (w->n == ARTIFACT_WORDS_MAX)
		return false;
	w->v = xrealloc(w->v, w->n + 1, sizeof *w->v);
	w->v[w->n++] = bytes_to_str(word);
	return true;
}

void words_free(char **v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(v[i]);
	free(v);
}

void source_release(struct artifact_source *s)
{
	words_free(s->values, s->n);
	free(s->exclude);
	*s = (struct artifact_source){0};
}

void artifact_release(struct artifact *a)
{
	free(a->name);
	free(a->doc);
	free(a->file);
	free(a->extra.parser);
	words_free(a->extra.attack, a->extra.n_attack);
	words_free(a->aliases, a->n_aliases);
	words_free(a->urls, a->n_urls);
	for (size_t i = 0; i < a->n_sources; i++)
		source_release(&a->sources[i]);
	free(a->sources);
	*a = (struct artifact){0};
}

void artifacts_release(struct artifact_set *set)
{
	for (size_t i = 0; i < set->n; i++)
		artifact_release(&set->v[i]);
	free(set->v);
	for (size_t i = 0; i < set->n_profiles; i++) {
		struct artifact_profile *p = &set->profiles[i];

		free(p->name);
		free(p->doc);
		free(p->file);
		words_free(p->names, p->n);
	}
	free(set->profiles);
	*set = (struct artifact_set){0};
}

bool artifact_is_of_linux(const struct artifact *a,
			  const struct artifact_source *s)
{
	unsigned os = s && s->os ? s->os : a->os;

	return !os || (os & ARTIFACT_LINUX);
}

bool set_add(struct artifact_set *set, struct artifact *a)
{
	if (set->n == ARTIFACTS_MAX)
		return false;
	if (set->n == set->cap) {
		set->cap = MAX((size_t)64, 2 * set->cap);
		set->v = xrealloc(set->v, set->cap, sizeof *set->v);
	}
	set->v[set->n++] = *a;
	*a = (struct artifact){0};
	return true;
}

void problem(const struct artifact_sink *sink, const char *file,
	     unsigned line, bool is_error, const char *fmt, ...)
{
	char why[400];
	va_list ap;

	if (!sink || !sink->problem)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(why, sizeof why, fmt, ap);
	va_end(ap);
	sink->problem(sink->arg, file, line, is_error, why);
}

static bool is_called(const struct artifact *a, const char *name)
{
	if (strcmp(a->name, name) == 0)
		return true;
	for (size_t i = 0; i < a->n_aliases; i++)
		if (strcmp(a->aliases[i], name) == 0)
			return true;
	return false;
}

/* A name of its own goes before an alias of another. */
const struct artifact *artifacts_find(const struct artifact_set *set,
				      const char *name)
{
	for (size_t i = 0; i < set->n; i++)
		if (strcmp(set->v[i].name, name) == 0)
			return &set->v[i];
	for (size_t i = 0; i < set->n; i++)
		if (is_called(&set->v[i], name))
			return &set->v[i];
	return NULL;
}

const struct artifact_profile *
artifacts_find_profile(const struct artifact_set *set, const char *name)
{
	for (size_t i = 0; i < set->n_profiles; i++)
		if (strcmp(set->profiles[i].name, name) == 0)
			return &set->profiles[i];
	return NULL;
}

/* ---- what does not hold together ---- */

enum mark { FRESH, UNDER_WAY, DONE };

/* Depth first; whoever is met again under way is in a circle. */
static void check_groups(const struct artifact_set *set, size_t at,
			 uint8_t *marks, const struct artifact_sink *sink)
{
	const struct artifact *a = &set->v[at];

	marks[at] = UNDER_WAY;
	for (size_t i = 0; i < a->n_sources; i++) {
		const struct artifact_source *s = &a->sources[i];

		for (size_t j = 0; s->type == ARTIFACT_GROUP && j < s->n;
		     j++) {
			const struct artifact *of =
				artifacts_find(set, s->values[j]);

			if (!of)
				problem(sink, a->file, s->line, true,
					"%s names %s, which nothing defines",
					shown_str(a->name).s,
					shown_str(s->values[j]).s);
			else if (marks[of - set->v] == UNDER_WAY)
				problem(sink, a->file, s->line, true,
					"%s names %s, which names it: a "
					"circle",
					shown_str(a->name).s,
					shown_str(of->name).s);
			else if (marks[of - set->v] == FRESH)
				check_groups(set, (size_t)(of - set->v),
					     marks, sink);
		}
	}
	marks[at] = DONE;
}

static void check_names(const struct artifact_set *set,
			const struct artifact_sink *sink)
{
	for (size_t i = 0; i < set->n; i++) {
		const struct artifact *a = &set->v[i];
		const struct artifact *first = artifacts_find(set, a->name);

		if (first != a)
			problem(sink, a->file, a->line, true,
				"%s is defined at %s:%u already",
				shown_str(a->name).s, shown_str(first->file).s,
				first->line);
	}
}

static void check_profiles(const struct artifact_set *set,
			   const struct artifact_sink *sink)
{
	for (size_t i = 0; i < set->n_profiles; i++) {
		const struct artifact_profile *p = &set->profiles[i];

		for (size_t j = 0; j < p->n; j++)
			if (!artifacts_find(set, p->names[j]) &&
			    !artifacts_find_profile(set, p->names[j]))
				problem(sink, p->file, p->line, true,
					"profile %s names %s, which is no "
					"definition and no profile",
					shown_str(p->name).s,
					shown_str(p->names[j]).s);
	}
}

void artifacts_check(const struct artifact_set *set,
		     const struct artifact_sink *sink)
{
	uint8_t *marks = xcalloc(set->n + 1, 1);

	check_names(set, sink);
	for (size_t i = 0; i < set->n; i++)
		if (marks[i] == FRESH)
			check_groups(set, i, marks, sink);
	check_profiles(set, sink);
	free(marks);
}
