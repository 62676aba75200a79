/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is said of definitions beside them, since their own format has no
 * place for it; and profiles, which are lists of their names. Both are
 * mappings: a name, and what it has.
 */
#include "base/base.h"

#include "artifact/yaml.h"
#include "base/text.h"
#include "model/technique.h"

#define SECONDS_MAX 86400u

/* ---- the overlay ---- */

static bool take_parser(struct yaml *y, const yaml_node_t *value, void *arg)
{
	struct artifact_extra *e = arg;

	free(e->parser);
	e->parser = yaml_word(y, value, "parser");
	return e->parser != NULL;
}

static bool is_technique(const char *s)
{
	size_t n = technique_length(s);

	return n && !s[n];
}

static bool take_attack(struct yaml *y, const yaml_node_t *value, void *arg)
{
	struct artifact_extra *e = arg;
	struct words words = {e->attack, e->n_attack};
	bool ok = yaml_words(y, value, "attack", &words);

	e->attack = words.v;
	e->n_attack = words.n;
	for (size_t i = 0; ok && i < words.n; i++) {
		ok = is_technique(words.v[i]);
		if (!ok)
			yaml_problem(y, value, "%s is no technique of ATT&CK",
				     shown_str(words.v[i]).s);
	}
	return ok;
}

static bool take_secrecy(struct yaml *y, const yaml_node_t *value, void *arg)
{
	struct artifact_extra *e = arg;

	if (secrecy_of_name(yaml_scalar(value), &e->secrecy))
		return true;
	yaml_problem(y, value,
		     "sensitivity is none, hashes, key or metadata");
	return false;
}

static bool take_max_size(struct yaml *y, const yaml_node_t *value, void *arg)
{
	struct artifact_extra *e = arg;

	if (bytes_to_size(yaml_scalar(value), &e->max_size) &&
	    e->max_size <= INT64_MAX)
		return true;
	yaml_problem(y, value, "max_size is a size such as 64M");
	return false;
}

static bool take_volatility(struct yaml *y, const yaml_node_t *value,
			    void *arg)
{
	struct artifact_extra *e = arg;
	uint64_t n;
	bool ok = bytes_to_u64(yaml_scalar(value), &n) && n <= 7;

	if (ok)
		e->volatility = (int)n;
	else
		yaml_problem(y, value, "volatility is 0 to 7");
	return ok;
}

static const struct yaml_key extra_keys[] = {
	{"parser", take_parser},
	{"attack", take_attack},
	{"sensitivity", take_secrecy},
	{"max_size", take_max_size},
	{"volatility", take_volatility},
};

/* One that goes wrong costs itself. */
static bool take_extra(struct yaml *y, const char *key, const yaml_node_t *at,
		       const yaml_node_t *value, void *arg UNUSED)
{
	const struct artifact *a = artifacts_find(y->set, key);

	y->what = key;
	if (a)
		(void)yaml_pairs(y, value, "the overlay", extra_keys,
				 ARRAY_SIZE(extra_keys),
				 &y->set->v[a - y->set->v].extra);
	else
		yaml_problem(y, at, "nothing defines it");
	y->what = NULL;
	return true;
}

static void read_overlay(struct yaml *y, const yaml_node_t *root)
{
	(void)yaml_each_key(y, root, "an overlay", take_extra, NULL);
}

void artifacts_read_overlay(struct artifact_set *set, const char *file,
			    struct bytes text,
			    const struct artifact_sink *sink)
{
	struct yaml y = {.set = set, .sink = sink, .file = file};

	yaml_each_document(&y, text, read_overlay);
}

/* ---- profiles ---- */

static bool take_doc(struct yaml *y, const yaml_node_t *value, void *arg)
{
	struct artifact_profile *p = arg;

	free(p->doc);
	p->doc = yaml_word(y, value, "doc");
	return p->doc != NULL;
}

static bool take_seconds(struct yaml *y, const yaml_node_t *value, void *arg)
{
	struct artifact_profile *p = arg;
	uint64_t n;
	bool ok = bytes_to_u64(yaml_scalar(value), &n) && n <= SECONDS_MAX;

	if (ok)
		p->seconds = (unsigned)n;
	else
		yaml_problem(y, value, "seconds is a number");
	return ok;
}

static bool take_names(struct yaml *y, const yaml_node_t *value, void *arg)
{
	struct artifact_profile *p = arg;
	struct words words = {p->names, p->n};
	bool ok = yaml_words(y, value, "artifacts", &words);

	p->names = words.v;
	p->n = words.n;
	return ok;
}

static const struct yaml_key profile_keys[] = {
	{"doc", take_doc},
	{"seconds", take_seconds},
	{"artifacts", take_names},
};

static bool take_profile(struct yaml *y, const char *key,
			 const yaml_node_t *at, const yaml_node_t *value,
			 void *arg UNUSED)
{
	struct artifact_set *set = y->set;
	struct artifact_profile p = {.line = yaml_line(y, at)};

	y->what = key;
	if (artifacts_find_profile(set, key))
		yaml_problem(y, at, "there is one of that name");
	else if (yaml_pairs(y, value, "a profile", profile_keys,
			    ARRAY_SIZE(profile_keys), &p) &&
		 p.n == 0)
		yaml_problem(y, at, "it names no artifacts");
	y->what = NULL;
	if (p.n == 0) {
		free(p.doc);
		words_free(p.names, p.n);
		return true;
	}
	p.name = xstrdup(key);
	p.file = xstrdup(y->file);
	set->profiles = xrealloc(set->profiles, set->n_profiles + 1,
				 sizeof *set->profiles);
	set->profiles[set->n_profiles++] = p;
	return true;
}

static void read_profiles(struct yaml *y, const yaml_node_t *root)
{
	(void)yaml_each_key(y, root, "a list of profiles", take_profile,
			    NULL);
}

void artifacts_read_profiles(struct artifact_set *set, const char *file,
			     struct bytes text,
			     const struct artifact_sink *sink)
{
	struct yaml y = {.set = set, .sink = sink, .file = file};

	yaml_each_document(&y, text, read_profiles);
}
