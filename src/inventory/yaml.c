/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An inventory of Ansible as YAML. libyaml reads it into nodes that aliases
 * only point to; how many of them are walked is bounded, and how deep.
 */
#include "base/base.h"

#include <yaml.h>

#include "base/text.h"
#include "inventory/inside.h"

#define DEPTH_MAX  64u
#define VISITS_MAX (1u << 20)

struct walk {
	struct inventory *inv;
	struct graph *graph;
	yaml_document_t doc;
	size_t depth, n_visits;
	uint64_t line; /* of the node that was looked at last */
	const char *port; /* beside the name of the host; NULL: none */
};

static struct bytes scalar_of(const yaml_node_t *node)
{
	return node->type == YAML_SCALAR_NODE
		       ? bytes_of(node->data.scalar.value,
				  node->data.scalar.length)
		       : bytes_of(NULL, 0);
}

static enum err_code get_node(struct walk *w, int number,
			      const yaml_node_t **node, struct err *err)
{
	*node = yaml_document_get_node(&w->doc, number);
	if (!*node || ++w->n_visits > VISITS_MAX)
		return err_set(err, ERR_LIMIT,
			       "more than %u values, aliases counted",
			       VISITS_MAX);
	w->line = (*node)->start_mark.line + 1;
	return ERR_OK;
}

static bool is_null(const yaml_node_t *node)
{
	struct bytes b = scalar_of(node);

	return node->type == YAML_SCALAR_NODE &&
	       node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
	       (b.n == 0 || bytes_eq(b, bytes_str("~")) ||
		bytes_eq(b, bytes_str("null")));
}

typedef enum err_code pair_fn(struct walk *w, void *arg, const char *key,
			      const yaml_node_t *value, struct err *err);

static enum err_code each_pair(struct walk *w, const yaml_node_t *map,
			       pair_fn *each, void *arg, struct err *err);

/* "<<: *common", or a list of such: their pairs, which others outdo. */
static enum err_code merge(struct walk *w, const yaml_node_t *value,
			   pair_fn *each, void *arg, struct err *err)
{
	enum err_code code = ERR_OK;
	const yaml_node_t *item;

	if (value->type == YAML_MAPPING_NODE)
		return each_pair(w, value, each, arg, err);
	if (value->type != YAML_SEQUENCE_NODE)
		return err_set(err, ERR_FORMAT, "<< merges mappings");
	for (yaml_node_item_t *i = value->data.sequence.items.top;
	     code == ERR_OK && i-- > value->data.sequence.items.start;) {
		code = get_node(w, *i, &item, err);
		if (code == ERR_OK && item->type == YAML_MAPPING_NODE)
			code = each_pair(w, item, each, arg, err);
	}
	return code;
}

static enum err_code one_pair(struct walk *w, const yaml_node_pair_t *pair,
			      bool merges, pair_fn *each, void *arg,
			      struct err *err)
{
	const yaml_node_t *key, *value;
	struct bytes name;
	char *s;
	enum err_code code = get_node(w, pair->key, &key, err);

	if (code == ERR_OK)
		code = get_node(w, pair->value, &value, err);
	if (code != ERR_OK)
		return code;
	w->line = key->start_mark.line + 1;
	name = scalar_of(key);
	if (key->type != YAML_SCALAR_NODE || !text_is_plain(name))
		return err_set(err, ERR_FORMAT, "a key that is no name");
	if (bytes_eq(name, bytes_str("<<")) != merges)
		return ERR_OK;
	if (merges)
		return merge(w, value, each, arg, err);
	s = bytes_to_str(name);
	code = each(w, arg, s, value, err);
	free(s);
	return code;
}

/* Merged pairs first: what the mapping says itself comes after them. */
static enum err_code each_pair(struct walk *w, const yaml_node_t *map,
			       pair_fn *each, void *arg, struct err *err)
{
	const yaml_node_pair_t *start = map->data.mapping.pairs.start;
	const yaml_node_pair_t *top = map->data.mapping.pairs.top;
	enum err_code code = ERR_OK;

	if (++w->depth > DEPTH_MAX)
		return err_set(err, ERR_LIMIT,
			       "nested deeper than %u levels", DEPTH_MAX);
	for (int merges = 1; merges >= 0; merges--)
		for (const yaml_node_pair_t *p = start;
		     code == ERR_OK && p < top; p++)
			code = one_pair(w, p, merges, each, arg, err);
	w->depth--;
	return code;
}

/* The mapping that a key wants; nothing is an empty one. */
static enum err_code pairs_of(struct walk *w, const char *key,
			      const yaml_node_t *value, pair_fn *each,
			      void *arg, struct err *err)
{
	if (value->type == YAML_MAPPING_NODE)
		return each_pair(w, value, each, arg, err);
	if (is_null(value))
		return ERR_OK;
	return err_set(err, ERR_FORMAT, "%s wants a mapping", shown_str(key).s);
}

/* ---- what the mappings say ---- */

static enum err_code take_var(struct walk *w, void *arg, const char *key,
			      const yaml_node_t *value, struct err *err UNUSED)
{
	const char *tag = (const char *)value->tag;
	bool is_secret = tag && strstr(tag, "vault");

	vars_set(arg, w->inv, key, scalar_of(value), is_secret);
	return ERR_OK;
}

struct naming {
	struct walk *w;
	size_t group;
	const yaml_node_t *vars;
};

static enum err_code name_host(void *arg, const char *name, struct err *err)
{
	struct naming *n = arg;
	size_t host;
	enum err_code code = graph_host(n->w->graph, name, &host, err);

	if (code == ERR_OK)
		code = graph_join(n->w->graph, n->group, host, err);
	if (code == ERR_OK && n->w->port)
		vars_set(graph_host_vars(n->w->graph, host), n->w->inv,
			 "ansible_port", bytes_str(n->w->port), false);
	if (code == ERR_OK)
		code = pairs_of(n->w, name, n->vars, take_var,
				graph_host_vars(n->w->graph, host), err);
	return code;
}

static enum err_code take_host(struct walk *w, void *arg, const char *key,
			       const yaml_node_t *value, struct err *err)
{
	struct naming naming = {.w = w, .group = *(size_t *)arg,
				.vars = value};
	char *port, *name = pattern_take_port(key, &port);
	enum err_code code;

	w->port = port;
	code = pattern_each(name, name_host, &naming, err);
	w->port = NULL;
	free(port);
	free(name);
	return code;
}

static enum err_code take_group(struct walk *w, void *arg, const char *name,
				const yaml_node_t *value, struct err *err);

static enum err_code take_part(struct walk *w, void *arg, const char *key,
			       const yaml_node_t *value, struct err *err)
{
	size_t *group = arg;

	if (strcmp(key, "hosts") == 0 && value->type == YAML_SCALAR_NODE &&
	    !is_null(value))
		return err_set(err, ERR_FORMAT,
			       "hosts is a mapping: NAME: and what is said "
			       "of it");
	if (strcmp(key, "hosts") == 0)
		return pairs_of(w, key, value, take_host, group, err);
	if (strcmp(key, "children") == 0)
		return pairs_of(w, key, value, take_group, group, err);
	if (strcmp(key, "vars") == 0)
		return pairs_of(w, key, value, take_var,
				graph_group_vars(w->graph, *group), err);
	return err_set(err, ERR_FORMAT,
		       "a group has hosts, children and vars, not '%s'",
		       shown_str(key).s);
}

/* arg: the group it is in; NULL: none. */
static enum err_code take_group(struct walk *w, void *arg, const char *name,
				const yaml_node_t *value, struct err *err)
{
	size_t group;
	enum err_code code;

	if (!arg && strcmp(name, "plugin") == 0)
		return err_set(err, ERR_UNSUPPORTED,
			       "it is made by a plugin of Ansible: let "
			       "`ansible-inventory -i FILE --list --yaml` "
			       "write what it says to a file");
	code = graph_group(w->graph, name, &group, err);
	if (code == ERR_OK && arg)
		code = graph_nest(w->graph, *(size_t *)arg, group, err);
	if (code == ERR_OK)
		code = pairs_of(w, name, value, take_part, &group, err);
	return code;
}

/* ---- the file ---- */

static enum err_code parse_error(const yaml_parser_t *parser, uint64_t *line,
				 struct err *err)
{
	*line = parser->problem_mark.line + 1;
	return err_set(err, ERR_FORMAT, "not YAML: %s",
		       shown_str(parser->problem ? parser->problem
						 : "it cannot be read")
			       .s);
}

typedef enum err_code walk_fn(struct walk *w, void *arg, struct err *err);

/* Reads the text into nodes and has them walked. */
static enum err_code walk_text(struct walk *w, struct bytes text,
			       walk_fn *walk, void *arg, uint64_t *line,
			       struct err *err)
{
	yaml_parser_t parser;
	enum err_code code;

	if (!yaml_parser_initialize(&parser))
		BUG("out of memory");
	yaml_parser_set_input_string(&parser, text.p ? text.p
						     : (const uint8_t *)"",
				     text.n);
	if (!yaml_parser_load(&parser, &w->doc)) {
		code = parse_error(&parser, line, err);
	} else {
		code = walk(w, arg, err);
		*line = w->line;
		yaml_document_delete(&w->doc);
	}
	yaml_parser_delete(&parser);
	return code;
}

static enum err_code walk_groups(struct walk *w, void *arg UNUSED,
				 struct err *err)
{
	const yaml_node_t *root = yaml_document_get_root_node(&w->doc);
	enum err_code code;

	if (!root || root->type != YAML_MAPPING_NODE) {
		w->line = root ? root->start_mark.line + 1 : 0;
		return err_set(err, ERR_FORMAT,
			       "no inventory: that is a mapping of groups, "
			       "such as all:");
	}
	code = each_pair(w, root, take_group, NULL, err);
	if (code == ERR_OK) {
		w->line = 0;
		code = graph_resolve(w->graph, err);
	}
	return code;
}

enum err_code yaml_read(struct inventory *inv, struct bytes text,
			uint64_t *line, struct err *err)
{
	struct walk w = {.inv = inv, .graph = graph_new(inv)};
	enum err_code code = walk_text(&w, text, walk_groups, NULL, line, err);

	graph_free(w.graph);
	return code;
}

static enum err_code walk_vars(struct walk *w, void *arg, struct err *err)
{
	const yaml_node_t *root = yaml_document_get_root_node(&w->doc);

	return root ? pairs_of(w, "a file of variables", root, take_var, arg,
			       err)
		    : ERR_OK;
}

enum err_code yaml_read_vars(struct inventory *inv, struct bytes text,
			     struct vars *vars, uint64_t *line,
			     struct err *err)
{
	struct walk w = {.inv = inv};

	return walk_text(&w, text, walk_vars, vars, line, err);
}
