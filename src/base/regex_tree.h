/* SPDX-License-Identifier: Apache-2.0 */
/* A pattern as a tree: between regex_tree.c, which reads it, and regex.c. */
#ifndef HALLIGAN_BASE_REGEX_TREE_H
#define HALLIGAN_BASE_REGEX_TREE_H

#include "base/base.h"
#include "base/bytes.h"
#include "base/err.h"

#define REGEX_LITERAL_MAX 32u
#define REGEX_ENDLESS	  UINT16_MAX

enum regex_kind {
	REGEX_BYTE,
	REGEX_CLASS,
	REGEX_ASSERT,
	REGEX_SEQUENCE,
	REGEX_BRANCHES,
	REGEX_REPEAT,
};

enum regex_assert {
	REGEX_AT_START,
	REGEX_AT_END,
	REGEX_AT_WORD,
	REGEX_NOT_AT_WORD,
};

struct regex_class {
	uint8_t bits[32];
};

struct regex_node {
	uint8_t kind;  /* enum regex_kind */
	uint8_t byte;  /* folded when the tree is; or enum regex_assert */
	uint16_t number; /* of the class */
	uint16_t child, next; /* numbers of nodes; 0: none */
	uint16_t min, max;    /* REGEX_REPEAT */
};

struct regex_tree {
	struct regex_node *nodes; /* the first is nobody's */
	size_t n_nodes;
	struct regex_class *classes;
	size_t n_classes;
	bool fold; /* letters are alike in both cases */
	uint16_t root;
};

/* On failure there is nothing to release. */
enum err_code regex_parse(struct bytes pattern, struct regex_tree *tree,
			  struct err *err) MUST_CHECK;
void regex_tree_release(struct regex_tree *tree);

/* The longest run of bytes in every match, in lower case; how many. */
size_t regex_tree_literal(const struct regex_tree *tree,
			  uint8_t out[REGEX_LITERAL_MAX]);

static inline uint8_t regex_fold(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

static inline bool regex_is_word(uint8_t c)
{
	c = regex_fold(c);
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

static inline bool regex_class_has(const struct regex_class *c, uint8_t byte)
{
	return c->bits[byte >> 3] >> (byte & 7) & 1;
}

#endif
