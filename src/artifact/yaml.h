/* SPDX-License-Identifier: Apache-2.0 */
/*
 * YAML as libyaml loads it, document by document, with its lines: one that
 * is no YAML costs itself alone. For the readers of this room only.
 */
#ifndef HALLIGAN_ARTIFACT_YAML_H
#define HALLIGAN_ARTIFACT_YAML_H

#include <yaml.h>

#include "artifact/inside.h"

struct yaml {
	struct artifact_set *set;
	const struct artifact_sink *sink;
	const char *file;
	unsigned line0;	   /* of the document, from 0 */
	yaml_document_t doc;
	size_t visits;	   /* of nodes, aliases counted */
	const char *what;  /* being read, for problems; NULL */
};

typedef void yaml_doc_fn(struct yaml *y, const yaml_node_t *root);

/* Each document that holds something. */
void yaml_each_document(struct yaml *y, struct bytes text, yaml_doc_fn *each);

/* By its number; NULL when too many were looked at. */
const yaml_node_t *yaml_node(struct yaml *y, int number);
unsigned yaml_line(const struct yaml *y, const yaml_node_t *node);

void yaml_problem(struct yaml *y, const yaml_node_t *at, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

struct bytes yaml_scalar(const yaml_node_t *node); /* empty: it is none */

/* A string of one line without control characters; NULL with a problem. */
char *yaml_word(struct yaml *y, const yaml_node_t *node, const char *what);

/* A list of those; false with a problem. */
bool yaml_words(struct yaml *y, const yaml_node_t *node, const char *what,
		struct words *out);

/* A key of a mapping and what is done with its value; false: a problem was
 * told, and the rest need not be read. */
struct yaml_key {
	const char *name;
	bool (*take)(struct yaml *y, const yaml_node_t *value, void *arg);
};

/* All pairs of a mapping; keys that are not in the table are problems. */
bool yaml_pairs(struct yaml *y, const yaml_node_t *map, const char *what,
		const struct yaml_key *keys, size_t n_keys, void *arg);

/* Each key that is a word, in turn. */
bool yaml_each_key(struct yaml *y, const yaml_node_t *map, const char *what,
		   bool (*each)(struct yaml *y, const char *key,
				const yaml_node_t *at,
				const yaml_node_t *value, void *arg),
		   void *arg);

#endif
