/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list: rows of any length under a cursor, with columns from the table
 * of views, marks, search, filter and order. Searching and filtering run in
 * slices (list_work), so that a million rows do not hold up a key. A refresh
 * keeps the cursor on its row.
 */
#ifndef HALLIGAN_UI_LIST_H
#define HALLIGAN_UI_LIST_H

#include "base/base.h"
#include "ui/grid.h"
#include "ui/scroll.h"
#include "ui/source.h"

#define LIST_COLUMNS_MAX 24
#define LIST_TERMS_MAX   8
#define LIST_MARKS_MAX   1000 /* by one key */

/* A word of a filter: "words", "!words", "column=value", "column!=value". */
struct list_term {
	int column; /* -1: any */
	bool is_not;
	bool whole; /* the shown value equals, not holds */
	char words[FIND_MAX];
};

struct list {
	struct source *src; /* owned */
	const char *empty;  /* shown when there are no rows */
	const char *dims;   /* column of rows to be drawn dim; NULL */
	struct scroll scroll;

	int columns[LIST_COLUMNS_MAX];    /* indices into the view */
	unsigned width[LIST_COLUMNS_MAX]; /* widest value seen so far */
	size_t n_columns;
	size_t first;   /* column drawn first */
	size_t n_drawn; /* columns that had room last time */

	struct find find;
	bool found_none; /* the last search found nothing */

	char filter[FIND_MAX]; /* "" : none */
	struct list_term terms[LIST_TERMS_MAX];
	size_t n_terms;
	uint32_t *shown; /* rows the filter lets through */
	size_t n_shown, cap_shown;
	uint64_t looked_at; /* rows the filter has seen */

	char **marks; /* ids of marked rows */
	size_t n_marks;
	bool reverse;
	bool usual_reverse; /* how it was opened: not worth a word */
};

/*
 * Takes src. columns: names ending with NULL, in the order to show; NULL:
 * all that have a title. Names the view does not have are left out.
 */
void list_init(struct list *l, struct source *src, const char *const *columns);
void list_release(struct list *l);

void list_draw(struct list *l, struct grid *g, struct rect r);

/* Moves, marks, n/N, order; false: not one of the list's actions. */
bool list_act(struct list *l, enum action action, struct err *err);

/* Puts the cursor `at` lines below the top of the rows drawn. */
void list_click(struct list *l, unsigned at);

/* Looks at the source again, keeping the cursor on its row. */
enum err_code list_refresh(struct list *l, struct err *err) MUST_CHECK;

/* Begins a search from the cursor; the words are copied. */
void list_search(struct list *l, const char *words);
/* Begins to filter; "" shows all again. */
void list_set_filter(struct list *l, const char *words);

/* A slice of pending search or filter; true: there is more. */
bool list_work(struct list *l);

/* Rows there are to see, after the filter. */
uint64_t list_count(const struct list *l);

/* The row under the cursor; false when there is none. Borrowed until the
 * list is touched again. */
bool list_row(struct list *l, struct row *row);

/* Calls each for all marked rows, or the one under the cursor when none is
 * marked. Returns how many. */
size_t list_each_chosen(struct list *l,
			void (*each)(void *arg, const struct view *view,
				     const struct row *row),
			void *arg);

/* "41 notes" (what: "note") or "shown 3 of 41 notes  filter: web01", marks,
 * order. */
void list_context(const struct list *l, const char *what, struct pen *p);

#endif
