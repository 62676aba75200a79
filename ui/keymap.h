/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which key does what: a table. A key is looked up in the context of the
 * page ("hosts"), then of its widget ("list"), then in "" (everywhere). It
 * names an action of the console, or a command line with places for the rows
 * it is about. Help, the hint row and the menu of actions read this table.
 */
#ifndef HALLIGAN_UI_KEYMAP_H
#define HALLIGAN_UI_KEYMAP_H

#include "ui/key.h"

enum action {
	ACT_NONE,
	ACT_SCREEN, /* the digit of the key says which */
	ACT_LAST_SCREEN,
	ACT_BACK,
	ACT_QUIT,
	ACT_HELP,
	ACT_COMMAND,
	ACT_REDRAW,
	ACT_SUSPEND,
	ACT_MESSAGES,
	ACT_STOP_JOB,
	ACT_DOWN,
	ACT_UP,
	ACT_FIRST,
	ACT_LAST,
	ACT_PAGE_DOWN,
	ACT_PAGE_UP,
	ACT_HALF_DOWN,
	ACT_HALF_UP,
	ACT_LEFT,
	ACT_RIGHT,
	ACT_OPEN,
	ACT_PANE,
	ACT_MARK,
	ACT_MARK_ALL,
	ACT_SEARCH,
	ACT_NEXT_HIT,
	ACT_PREV_HIT,
	ACT_FILTER,
	ACT_CLEAR_FILTER,
	ACT_REVERSE,
	ACT_REFRESH,
	ACT_NEXT_TAB,
	ACT_PREV_TAB,
	ACT_NEXT_ITEM,
	ACT_PREV_ITEM,
	ACT_EVIDENCE,
	ACT_NOTE,
	ACT_EDIT,
	ACT_STATUS,
	ACT_ANSWER,
	ACT_UNSEEN,
	ACT_EXCLUDE,
	ACT_HIDDEN,
	ACT_STACK,
	ACT_HUNTS,
	ACT_INDICATORS,
	ACT_PICTURE,
	ACT_MENU,
	N_ACTIONS
};

struct binding {
	const char *context;
	int32_t key;
	enum action action; /* ACT_NONE: `line` */
	/*
	 * A command line: %{column} is that column of the row under the
	 * cursor, %{column*} of all marked rows (or that one). Ending in a
	 * blank it is put at the `:` prompt to be completed, else it runs.
	 */
	const char *line;
	const char *hint; /* one word for the last row; NULL: not there */
	const char *help; /* a sentence */
};

extern const struct binding keymap[];
extern const size_t n_keymap;

/* The binding of a key on a page of that context and widget, or NULL. */
const struct binding *keymap_find(const char *page, const char *widget,
				  int32_t key);

/*
 * Whether that binding can be reached there (its context fits and no nearer
 * one hides it).
 */
bool keymap_reaches(const struct binding *b, const char *page,
		    const char *widget);

#endif
