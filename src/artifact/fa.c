/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ForensicArtifacts: a mapping in each document, whose keys are fixed. As its
 * own reader has it, a definition with a mistake is none; unlike there the
 * others count.
 */
#include "base/base.h"

#include "artifact/yaml.h"
#include "base/text.h"

/* A definition on its way. */
struct reading {
	struct artifact a;
	struct artifact_source source;
	char separator;
	bool has_sources, has_type, has_attributes;
	char *cmd;
	struct words words; /* of the source */
	char *separators;   /* of each source kept */
};

static bool take_name(struct yaml *y, const yaml_node_t *value, void *arg)
{
	struct reading *r = arg;

	free(r->a.name);
	r->a.name = yaml_word(y, value, "name");
	return r->a.name != NULL;
}

static bool take_doc(struct yaml *y, const yaml_node_t *value, void *arg)
{
	struct reading *r = arg;
	struct bytes b = bytes_trim(yaml_scalar(value));

	free(r->a.doc);
	r->a.doc = NULL;
	if (b.n && b.n <= ARTIFACT_DOC_MAX && !memchr(b.p, 0, b.n))
		r->a.doc = bytes_to_str(b);
	else
		yaml_problem(y, value, "doc says nothing, or too much");
	return r->a.doc != NULL;
}

static bool take_list(struct yaml *y, const yaml_node_t *value,
		      const char *what, char ***v, size_t *n)
{
	struct words words = {*v, *n};
	bool ok = yaml_words(y, value, what, &words);

	*v = words.v;
	*n = words.n;
	return ok;
}

static bool take_aliases(struct yaml *y, const yaml_node_t *value, void *arg)
{
	struct reading *r = arg;

	return take_list(y, value, "aliases", &r->a.aliases,
			 &r->a.n_aliases);
}

static bool take_urls(struct yaml *y, const yaml_node_t *value, void *arg)
{
	struct reading *r = arg;

	return take_list(y, value, "urls", &r->a.urls, &r->a.n_urls);
}

static bool read_os(struct yaml *y, const yaml_node_t *value, unsigned *os)
{
	struct words words = {0};
	bool ok = yaml_words(y, value, "supported_os", &words);

	for (size_t i = 0; ok && i < words.n; i++) {
		unsigned bit = os_of_name(bytes_str(words.v[i]));

		*os |= bit;
		ok = bit != 0;
		if (!ok)
			yaml_problem(y, value, "%s is no operating system",
				     shown_str(words.v[i]).s);
	}
	words_free(words.v, words.n);
	return ok;
}

static bool take_os(struct yaml *y, const yaml_node_t *value, void *arg)
{
	return read_os(y, value, &((struct reading *)arg)->a.os);
}

/* What was allowed once and means nothing now. */
static bool take_nothing(struct yaml *y UNUSED,
			 const yaml_node_t *value UNUSED, void *arg UNUSED)
{
	return true;
}

/* ---- sources ---- */

static bool take_type(struct yaml *y, const yaml_node_t *value, void *arg)
{
	struct reading *r = arg;
	struct bytes name = yaml_scalar(value);

	for (int t = ARTIFACT_FILE; t <= ARTIFACT_WMI; t++) {
		if (!bytes_eq(name, bytes_str(artifact_type_name(
					    (enum artifact_type)t))))
			continue;
		r->source.type = (enum artifact_type)t;
		r->has_type = true;
		return true;
	}
	yaml_problem(y, value, "%s is no type of source", shown(name).s);
	return false;
}

static bool take_words(struct yaml *y, const yaml_node_t *value, void *arg)
{
	struct reading *r = arg;

	return yaml_words(y, value, "a value of the source", &r->words);
}

static bool take_cmd(struct yaml *y, const yaml_node_t *value, void *arg)
{
	struct reading *r = arg;

	free(r->cmd);
	r->cmd = yaml_word(y, value, "cmd");
	return r->cmd != NULL;
}

static bool take_separator(struct yaml *y, const yaml_node_t *value, void *arg)
{
	struct reading *r = arg;
	struct bytes b = yaml_scalar(value);

	if (b.n == 1)
		r->separator = (char)b.p[0];
	else
		yaml_problem(y, value, "separator is one character");
	return b.n == 1;
}

static bool take_word(struct yaml *y, const yaml_node_t *value, void *arg)
{
	struct reading *r = arg;
	struct bytes b = bytes_trim(yaml_scalar(value));

	if (b.n && b.n <= ARTIFACT_WORD_MAX && words_add(&r->words, b))
		return true;
	yaml_problem(y, value, "a value of the source that says nothing");
	return false;
}

/* An empty one is the default value of the key. */
static bool take_value(struct yaml *y, const yaml_node_t *value, void *arg)
{
	if (value->type == YAML_SCALAR_NODE && !value->data.scalar.length)
		return true;
	return take_word(y, value, arg);
}

static const struct yaml_key pair_keys[] = {
	{"key", take_word},
	{"value", take_value},
};

static bool take_pairs(struct yaml *y, const yaml_node_t *value, void *arg)
{
	bool ok = value->type == YAML_SEQUENCE_NODE;

	if (!ok)
		yaml_problem(y, value, "key_value_pairs is no list");
	for (yaml_node_item_t *i = ok ? value->data.sequence.items.start
				      : NULL;
	     ok && i < value->data.sequence.items.top; i++) {
		const yaml_node_t *pair = yaml_node(y, *i);

		ok = pair && yaml_pairs(y, pair, "a pair", pair_keys,
					ARRAY_SIZE(pair_keys), arg);
	}
	return ok;
}

/* By type: its attributes; those that a source must have come first. */
static const struct {
	struct yaml_key keys[2];
	size_t n, n_needed;
} attributes[] = {
#define PATHS {{{"paths", take_words}, {"separator", take_separator}}, 2, 1}
	[ARTIFACT_FILE] = PATHS,
	[ARTIFACT_PATH] = PATHS,
	[ARTIFACT_DIRECTORY] = PATHS,
#undef PATHS
	[ARTIFACT_COMMAND] = {{{"cmd", take_cmd}, {"args", take_words}}, 2, 2},
	[ARTIFACT_GROUP] = {{{"names", take_words}}, 1, 1},
	[ARTIFACT_REGISTRY_KEY] = {{{"keys", take_words}}, 1, 1},
	[ARTIFACT_REGISTRY_VALUE] = {{{"key_value_pairs", take_pairs}}, 1, 1},
	[ARTIFACT_WMI] = {{{"query", take_word}, {"base_object", take_word}},
			  2, 1},
};

static bool has_key(struct yaml *y, const yaml_node_t *map, const char *name)
{
	for (yaml_node_pair_t *p = map->data.mapping.pairs.start;
	     p < map->data.mapping.pairs.top; p++) {
		const yaml_node_t *key = yaml_node(y, p->key);

		if (key && bytes_eq(yaml_scalar(key), bytes_str(name)))
			return true;
	}
	return false;
}

static bool read_attributes(struct yaml *y, const yaml_node_t *map,
			    struct reading *r)
{
	const char *type = artifact_type_name(r->source.type);
	size_t n = attributes[r->source.type].n_needed;

	r->has_attributes = true;
	if (!yaml_pairs(y, map, type, attributes[r->source.type].keys,
			attributes[r->source.type].n, r))
		return false;
	for (size_t i = 0; i < n; i++) {
		const char *name = attributes[r->source.type].keys[i].name;

		if (has_key(y, map, name))
			continue;
		yaml_problem(y, map, "%s has no %s", type, name);
		return false;
	}
	return true;
}

/* Its type may come behind its attributes: they are read in a second go. */
static bool take_attributes(struct yaml *y, const yaml_node_t *value,
			    void *arg)
{
	struct reading *r = arg;

	return !r->has_type || read_attributes(y, value, r);
}

static bool take_source_os(struct yaml *y, const yaml_node_t *value, void *arg)
{
	return read_os(y, value, &((struct reading *)arg)->source.os);
}

static const struct yaml_key source_keys[] = {
	{"type", take_type},
	{"attributes", take_attributes},
	{"supported_os", take_source_os},
	{"conditions", take_nothing},
};

static const struct yaml_key late_keys[] = {
	{"type", take_nothing},
	{"attributes", take_attributes},
	{"supported_os", take_nothing},
	{"conditions", take_nothing},
};

static bool read_source(struct yaml *y, const yaml_node_t *map,
			struct reading *r)
{
	bool ok;

	r->source = (struct artifact_source){.line = yaml_line(y, map)};
	r->separator = '/';
	r->has_type = r->has_attributes = false;
	ok = yaml_pairs(y, map, "a source", source_keys,
			ARRAY_SIZE(source_keys), r);
	if (ok && !r->has_type)
		yaml_problem(y, map, "a source without a type");
	if (ok && r->has_type && !r->has_attributes)
		ok = yaml_pairs(y, map, "a source", late_keys,
				ARRAY_SIZE(late_keys), r);
	if (ok && r->has_type && !r->has_attributes)
		yaml_problem(y, map, "a source without attributes");
	return ok && r->has_type && r->has_attributes;
}

/* The command itself goes before its arguments. */
static void put_command_first(struct reading *r)
{
	struct artifact_source *s = &r->source;

	s->values = xrealloc(s->values, s->n + 1, sizeof *s->values);
	memmove(s->values + 1, s->values, s->n * sizeof *s->values);
	s->values[0] = r->cmd;
	s->n++;
	r->cmd = NULL;
}

static void keep_source(struct reading *r)
{
	struct artifact *a = &r->a;

	r->source.values = r->words.v;
	r->source.n = r->words.n;
	r->words = (struct words){0};
	if (r->cmd)
		put_command_first(r);
	a->sources = xrealloc(a->sources, a->n_sources + 1,
			      sizeof *a->sources);
	r->separators = xrealloc(r->separators, a->n_sources + 1, 1);
	r->separators[a->n_sources] = r->separator;
	a->sources[a->n_sources++] = r->source;
	r->source = (struct artifact_source){0};
}

static bool take_sources(struct yaml *y, const yaml_node_t *value, void *arg)
{
	struct reading *r = arg;
	bool ok = value->type == YAML_SEQUENCE_NODE;

	if (!ok)
		yaml_problem(y, value, "sources is no list");
	for (yaml_node_item_t *i = ok ? value->data.sequence.items.start
				      : NULL;
	     ok && i < value->data.sequence.items.top; i++) {
		const yaml_node_t *source = yaml_node(y, *i);

		ok = source && read_source(y, source, r);
		if (ok)
			keep_source(r);
	}
	r->has_sources = r->a.n_sources > 0;
	return ok;
}

static bool take_collectors(struct yaml *y, const yaml_node_t *value,
			    void *arg UNUSED)
{
	yaml_problem(y, value, "collectors are sources now");
	return false;
}

static const struct yaml_key definition_keys[] = {
	{"name", take_name},
	{"doc", take_doc},
	{"sources", take_sources},
	{"supported_os", take_os},
	{"aliases", take_aliases},
	{"urls", take_urls},
	{"conditions", take_nothing},
	{"labels", take_nothing},
	{"provides", take_nothing},
	{"collectors", take_collectors},
};

/* ---- the definition ---- */

static bool is_file_type(enum artifact_type type)
{
	return type == ARTIFACT_FILE || type == ARTIFACT_PATH ||
	       type == ARTIFACT_DIRECTORY;
}

/* Paths of Linux become patterns; one that cannot costs itself. */
static void settle_paths(struct yaml *y, struct artifact *a,
			 struct artifact_source *s, char separator)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++) {
		const char *why;
		char *path = s->values[i];
		char *pattern = pattern_of_path(path, separator, &why);

		if (pattern)
			s->values[n++] = pattern;
		else
			problem(y->sink, y->file, s->line, true,
				"%s: %s: %s", shown_str(a->name).s,
				shown_str(path).s, why);
		free(path);
	}
	s->n = n;
}

static bool settle(struct yaml *y, struct reading *r)
{
	struct artifact *a = &r->a;

	for (size_t i = 0; i < a->n_sources; i++) {
		struct artifact_source *s = &a->sources[i];

		if (s->os & ~a->os) {
			problem(y->sink, y->file, s->line, true,
				"%s: supported_os of a source that the "
				"definition has not",
				shown_str(a->name).s);
			return false;
		}
		if (is_file_type(s->type) && artifact_is_of_linux(a, s))
			settle_paths(y, a, s, r->separators[i]);
	}
	return true;
}

static void reading_release(struct reading *r)
{
	artifact_release(&r->a);
	source_release(&r->source);
	words_free(r->words.v, r->words.n);
	free(r->cmd);
	free(r->separators);
}

static void read_definition(struct yaml *y, const yaml_node_t *root)
{
	struct reading r = {0};
	bool ok;

	y->what = NULL;
	ok = yaml_pairs(y, root, "a definition", definition_keys,
			ARRAY_SIZE(definition_keys), &r);
	if (ok && !r.a.name)
		yaml_problem(y, root, "a definition without a name");
	else if (ok && !r.a.doc)
		yaml_problem(y, root, "%s has no doc", shown_str(r.a.name).s);
	else if (ok && !r.has_sources)
		yaml_problem(y, root, "%s has no sources",
			     shown_str(r.a.name).s);
	else if (ok && settle(y, &r)) {
		r.a.file = xstrdup(y->file);
		r.a.line = yaml_line(y, root);
		r.a.extra.volatility = -1;
		if (!set_add(y->set, &r.a))
			yaml_problem(y, root, "more than %u definitions",
				     ARTIFACTS_MAX);
	}
	reading_release(&r);
}

void artifacts_read_yaml(struct artifact_set *set, const char *file,
			 struct bytes text, const struct artifact_sink *sink)
{
	struct yaml y = {.set = set, .sink = sink, .file = file};

	yaml_each_document(&y, text, read_definition);
}
