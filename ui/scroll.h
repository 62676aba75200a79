/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every scrolling thing shares: where it is, how the moving keys change
 * that, and a search that runs in slices so that no key waits for it.
 */
#ifndef HALLIGAN_UI_SCROLL_H
#define HALLIGAN_UI_SCROLL_H

#include "base/base.h"
#include "ui/keymap.h"

struct scroll {
	uint64_t n;      /* lines there are */
	uint64_t top;    /* first one drawn */
	uint64_t cursor; /* equals top without a cursor */
	unsigned rows;   /* lines drawn */
	bool has_cursor;
};

/* New sizes; cursor and top stay where they can. */
void scroll_fit(struct scroll *s, uint64_t n, unsigned rows);
void scroll_to(struct scroll *s, uint64_t line);
/* The same without a cursor: a few lines before it are in sight too. */
void scroll_near(struct scroll *s, uint64_t line);

/* Moves for ACT_DOWN and its kin; false: not one of them. */
bool scroll_act(struct scroll *s, enum action action);

/* "1-14 of 61" into out; returns out. */
const char *scroll_where(const struct scroll *s, char *out, size_t room);

#define FIND_MAX 128

struct find {
	char words[FIND_MAX]; /* "" : none */
	bool pending;         /* find_step has more to do */
	bool back;
	uint64_t at;   /* next line to look at */
	uint64_t left; /* lines not looked at yet */
};

/* Whether shown text holds the words; a capital in them makes case count. */
bool find_in(const char *words, const char *shown);

/* Begins at line `from` (looked at first) of n, once round. */
void find_start(struct find *f, uint64_t from, uint64_t n, bool back);

enum find_result { FIND_MORE, FIND_FOUND, FIND_NONE };

/*
 * Looks on until it found, is through, or `until_ns` on the monotonic clock
 * has passed. `match` says whether line i holds the words.
 */
enum find_result find_step(struct find *f, uint64_t n, int64_t until_ns,
			   bool (*match)(void *arg, uint64_t i), void *arg,
			   uint64_t *found);

/* How long a slice of work may take before the keys are looked at again. */
#define UI_SLICE_NS (20 * INT64_C(1000000))

#endif
