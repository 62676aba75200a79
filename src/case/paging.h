/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Paging a view by key: its WHERE, its keys, and anchors, which say "row
 * number N comes right after this key".
 */
#ifndef HALLIGAN_CASE_PAGING_H
#define HALLIGAN_CASE_PAGING_H

#include "base/base.h"
#include "base/buf.h"
#include "case/db.h"
#include "model/rows.h"

#define KEYS_MAX    4
#define WHERE_MAX   12 /* of struct row_query */
#define ANCHORS_MAX 1024

/* The key of a row; bytes are owned. */
struct key {
	struct value v[KEYS_MAX];
};

struct anchor {
	uint64_t index; /* of the row after the key */
	struct key key;
};

struct window {
	uint64_t first;
	size_t n;
	struct value *values; /* n rows of n_columns */
	struct buf data;
	uint64_t used; /* when, for choosing the one to give up */
};

struct rows {
	struct db db;
	const struct view *view;
	/* Of a stack: what it is made of, each time it is filled. */
	const struct stack *stack;
	char *stacked_where;
	struct value stacked_args[WHERE_MAX];
	size_t n_stacked;
	char *where; /* "WHERE a = ? AND b = ?" or "" */
	struct key_column {
		int column;
		char expr[64];
	} keys[KEYS_MAX];
	size_t n_keys;
	bool down; /* keys fall */
	char *key_list;
	struct value args[WHERE_MAX];
	char *strings[WHERE_MAX];
	size_t n_args;
	uint64_t limit, total;
	bool sorts;     /* SQLite has to sort them */
	bool is_sorted; /* that was done, once */
	struct anchor *anchors; /* by index */
	size_t n_anchors;
	struct window windows[2];
	uint64_t clock;
};

/* Fills view, where, args and keys from the query; ERR_USAGE. */
enum err_code paging_init(struct rows *rows, const struct row_query *query,
			  struct err *err) MUST_CHECK;
void paging_release(struct rows *rows);
void paging_forget(struct rows *rows); /* the anchors */

/* Makes the table that a stack is listed from. */
enum err_code stacking_fill(struct rows *rows, struct err *err) MUST_CHECK;

/* Makes the table that says which row is where. */
enum err_code sorting_fill(struct rows *rows, struct err *err) MUST_CHECK;
/* Then: the n rows from `first` on. The statement is the caller's to
 * finalize, also after an error. */
enum err_code sorting_select(struct rows *rows, uint64_t first, size_t n,
			     sqlite3_stmt **stmt, struct err *err) MUST_CHECK;

/* The anchor with the greatest index up to `index`; NULL: the start. */
const struct anchor *paging_before(const struct rows *rows, uint64_t index);

/* The row before `index` has these values: an anchor. */
void paging_add(struct rows *rows, uint64_t index, const struct value *values);

/* Makes an anchor at index > 0 by walking the keys to the row before it. */
enum err_code paging_walk(struct rows *rows, uint64_t index,
			  struct err *err) MUST_CHECK;

/* A stretch of the list. */
struct stretch {
	const struct key *after; /* NULL: from its start */
	bool against;            /* from its end, towards its start */
	uint64_t rows, skip;     /* at most so many, after so many others */
};

/* "a DESC, b DESC" */
void paging_add_order(struct buf *sql, const struct rows *rows, bool down);

/* SELECT what from it. The statement is the caller's to finalize, also after
 * an error. */
enum err_code paging_select(struct rows *rows, const char *what,
			    const struct stretch *stretch, sqlite3_stmt **stmt,
			    struct err *err) MUST_CHECK;

#endif
