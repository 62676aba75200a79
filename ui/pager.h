/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes as lines of text: numbered, control bytes spelled out, searchable,
 * scrolled sideways. Reads on as one goes down, PAGER_MAX at most; lines
 * longer than PAGER_LINE_MAX are shown as several.
 */
#ifndef HALLIGAN_UI_PAGER_H
#define HALLIGAN_UI_PAGER_H

#include "base/base.h"
#include "ui/blob.h"
#include "ui/grid.h"
#include "ui/scroll.h"

#define PAGER_MAX      (16u << 20)
#define PAGER_LINE_MAX 4096u

struct pager_line {
	uint32_t at;     /* offset of its first byte */
	uint32_t number; /* 0: goes on from the line above */
};

struct pager {
	struct blob *blob; /* borrowed */
	struct buf data;   /* what was read so far */
	bool all;          /* no more will be read */
	struct err err;    /* why reading ended, ERR_OK */
	struct pager_line *lines;
	size_t n, cap;
	struct scroll scroll;
	unsigned left;
	bool numbers;
	struct find find;
	bool found_none;
	int64_t hit;
};

void pager_init(struct pager *pg, struct blob *blob, bool numbers);
void pager_release(struct pager *pg);
void pager_draw(struct pager *pg, struct grid *g, struct rect r);
bool pager_act(struct pager *pg, enum action action);
void pager_search(struct pager *pg, const char *words);
bool pager_work(struct pager *pg); /* a slice of the search; true: more */
void pager_context(const struct pager *pg, struct pen *p);
/* Whether its end is beyond what is read. */
bool pager_is_cut(const struct pager *pg);

/* Scrolls to the line that holds that offset. */
void pager_goto(struct pager *pg, uint64_t offset);

#endif
