/* SPDX-License-Identifier: Apache-2.0 */
/* YAML documents as nodes with lines. */
#include "base/base.h"

#include "artifact/yaml.h"
#include "base/text.h"

#define VISITS_MAX (1u << 18)
#define DOCS_MAX   65536u

unsigned yaml_line(const struct yaml *y, const yaml_node_t *node)
{
	return y->line0 + (unsigned)node->start_mark.line + 1;
}

void yaml_problem(struct yaml *y, const yaml_node_t *at, const char *fmt, ...)
{
	char why[320];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(why, sizeof why, fmt, ap);
	va_end(ap);
	problem(y->sink, y->file, at ? yaml_line(y, at) : y->line0 + 1, true,
		"%s%s%s", y->what ? y->what : "", y->what ? ": " : "", why);
}

const yaml_node_t *yaml_node(struct yaml *y, int number)
{
	const yaml_node_t *node = yaml_document_get_node(&y->doc, number);

	if (node && ++y->visits <= VISITS_MAX)
		return node;
	yaml_problem(y, node, "more than %u values, aliases counted",
		     VISITS_MAX);
	return NULL;
}

struct bytes yaml_scalar(const yaml_node_t *node)
{
	return node->type == YAML_SCALAR_NODE
		       ? bytes_of(node->data.scalar.value,
				  node->data.scalar.length)
		       : bytes_of(NULL, 0);
}

static bool has_control(struct bytes b)
{
	for (size_t i = 0; i < b.n; i++)
		if (b.p[i] < ' ' || b.p[i] == 127)
			return true;
	return false;
}

char *yaml_word(struct yaml *y, const yaml_node_t *node, const char *what)
{
	struct bytes b = yaml_scalar(node);

	if (b.n && b.n <= ARTIFACT_WORD_MAX && !has_control(b))
		return bytes_to_str(b);
	yaml_problem(y, node, "%s is not %s", what,
		     node->type != YAML_SCALAR_NODE ? "a word"
		     : b.n == 0			    ? "said"
						    : "one line of text");
	return NULL;
}

bool yaml_words(struct yaml *y, const yaml_node_t *node, const char *what,
		struct words *out)
{
	if (node->type != YAML_SEQUENCE_NODE) {
		yaml_problem(y, node, "%s is no list", what);
		return false;
	}
	for (yaml_node_item_t *i = node->data.sequence.items.start;
	     i < node->data.sequence.items.top; i++) {
		const yaml_node_t *item = yaml_node(y, *i);
		char *word = item ? yaml_word(y, item, what) : NULL;
		bool fits = word && words_add(out, bytes_str(word));

		free(word);
		if (word && !fits)
			yaml_problem(y, item, "more than %u %s",
				     ARTIFACT_WORDS_MAX, what);
		if (!fits)
			return false;
	}
	return true;
}

bool yaml_each_key(struct yaml *y, const yaml_node_t *map, const char *what,
		   bool (*each)(struct yaml *y, const char *key,
				const yaml_node_t *at,
				const yaml_node_t *value, void *arg),
		   void *arg)
{
	if (map->type != YAML_MAPPING_NODE) {
		yaml_problem(y, map, "%s is no mapping", what);
		return false;
	}
	for (yaml_node_pair_t *p = map->data.mapping.pairs.start;
	     p < map->data.mapping.pairs.top; p++) {
		const yaml_node_t *key = yaml_node(y, p->key);
		const yaml_node_t *value = key ? yaml_node(y, p->value) : NULL;
		char *name = value ? yaml_word(y, key, "a key") : NULL;
		bool ok = name && each(y, name, key, value, arg);

		free(name);
		if (!ok)
			return false;
	}
	return true;
}

struct pairs {
	const struct yaml_key *keys;
	size_t n;
	const char *what;
	void *arg;
};

static bool take_pair(struct yaml *y, const char *key, const yaml_node_t *at,
		      const yaml_node_t *value, void *arg)
{
	const struct pairs *pairs = arg;

	for (size_t i = 0; i < pairs->n; i++)
		if (strcmp(key, pairs->keys[i].name) == 0)
			return pairs->keys[i].take(y, value, pairs->arg);
	yaml_problem(y, at, "%s has no '%s'", pairs->what, shown_str(key).s);
	return false;
}

bool yaml_pairs(struct yaml *y, const yaml_node_t *map, const char *what,
		const struct yaml_key *keys, size_t n_keys, void *arg)
{
	struct pairs pairs = {keys, n_keys, what, arg};

	return yaml_each_key(y, map, what, take_pair, &pairs);
}

/* ---- documents ---- */

static bool says_something(struct bytes text)
{
	struct bytes line;

	while (bytes_split(&text, '\n', &line)) {
		line = bytes_trim(line);
		if (line.n && line.p[0] != '#' && line.p[0] != '%')
			return true;
	}
	return false;
}

/* libyaml marks no place for bytes that are no UTF-8. */
static void bad_document(struct yaml *y, const yaml_parser_t *parser)
{
	problem(y->sink, y->file,
		y->line0 + (unsigned)parser->problem_mark.line + 1, true,
		"not YAML: %s",
		shown_str(parser->problem ? parser->problem
					  : "it cannot be read")
			.s);
}

static bool load(struct yaml *y, struct bytes text, bool is_last)
{
	yaml_parser_t parser;
	bool ok;

	if (!yaml_parser_initialize(&parser))
		BUG("out of memory");
	yaml_parser_set_input_string(&parser, text.p, text.n);
	ok = yaml_parser_load(&parser, &y->doc);
	if (!ok && is_last)
		bad_document(y, &parser);
	yaml_parser_delete(&parser);
	return ok;
}

/* {paths:['x']}: libyaml wants a blank behind the colon, others do not, and
 * there are definitions without. */
static bool load_with_blanks(struct yaml *y, struct bytes text)
{
	struct buf spaced;
	bool ok;

	buf_init(&spaced, 2 * ARTIFACT_FILE_MAX);
	for (size_t i = 0; i < text.n; i++) {
		(void)buf_add_byte(&spaced, text.p[i]);
		if (text.p[i] == ':' && i + 1 < text.n &&
		    (text.p[i + 1] == '[' || text.p[i + 1] == '{'))
			(void)buf_add_byte(&spaced, ' ');
	}
	ok = !spaced.full && spaced.n > text.n &&
	     load(y, buf_bytes(&spaced), false);
	buf_release(&spaced);
	return ok;
}

static void read_document(struct yaml *y, struct bytes text, yaml_doc_fn *each)
{
	const yaml_node_t *root;

	if (!says_something(text))
		return;
	if (!load(y, text, false) && !load_with_blanks(y, text) &&
	    !load(y, text, true)) /* to say why */
		return;
	y->visits = 0;
	root = yaml_document_get_root_node(&y->doc);
	if (root)
		each(y, root);
	yaml_document_delete(&y->doc);
}

/* A line of three dashes begins a document wherever it stands. */
static bool is_separator(struct bytes line)
{
	return line.n >= 3 && memcmp(line.p, "---", 3) == 0 &&
	       (line.n == 3 || line.p[3] == ' ' || line.p[3] == '\r' ||
		line.p[3] == '\t');
}

void yaml_each_document(struct yaml *y, struct bytes text, yaml_doc_fn *each)
{
	struct bytes rest = text, line, doc = bytes_of(text.p, 0);
	unsigned at = 0, n_docs = 0;

	y->line0 = 0;
	while (n_docs < DOCS_MAX && bytes_split(&rest, '\n', &line)) {
		if (is_separator(line)) {
			n_docs++;
			read_document(y, doc, each);
			y->line0 = at;
			doc = bytes_of(line.p, 0);
		}
		doc.n = (size_t)(line.p + line.n - doc.p);
		at++;
	}
	read_document(y, doc, each);
}
