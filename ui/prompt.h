/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The line at the bottom where people type: a command, a search, an answer,
 * a password (not shown, in a locked page), or one key of a few. Knows no
 * terminal; it is given keys and draws itself.
 */
#ifndef HALLIGAN_UI_PROMPT_H
#define HALLIGAN_UI_PROMPT_H

#include "base/base.h"
#include "base/buf.h"
#include "base/secret.h"
#include "ui/grid.h"
#include "ui/key.h"

#define PROMPT_LINE_MAX 4096
#define PROMPT_LABEL    240
#define HISTORY_MAX     100

/* Lines typed before, the last one last. */
struct history {
	char *lines[HISTORY_MAX];
	size_t n;
};

void history_add(struct history *h, const char *line);
void history_release(struct history *h);

enum prompt_kind {
	PROMPT_NONE, /* not open */
	PROMPT_LINE,
	PROMPT_SECRET,
	PROMPT_CHOICE, /* one key of `choices` */
};

enum prompt_event {
	PROMPT_STAYS,
	PROMPT_CHANGED,  /* the line is another */
	PROMPT_DONE,     /* Enter, or a choice in line[0] */
	PROMPT_LEFT,     /* Esc or ^C */
	PROMPT_COMPLETE, /* Tab: call prompt_offer */
};

struct prompt {
	enum prompt_kind kind;
	char label[PROMPT_LABEL]; /* sanitised */
	const char *choices;
	char line[PROMPT_LINE_MAX]; /* UTF-8 */
	size_t n, at;               /* bytes; where the cursor is */
	struct secret secret;       /* PROMPT_SECRET */
	struct history *history;    /* NULL: none */
	size_t recalled;            /* index into it; n: the line being typed */
	char *typed;                /* that line while another is recalled */
	struct buf offers;          /* completions, one a line */
	bool pasting;
};

void prompt_open(struct prompt *p, enum prompt_kind kind, const char *label,
		 struct history *history);
void prompt_close(struct prompt *p); /* wipes what was typed */
void prompt_set(struct prompt *p, const char *line);

enum prompt_event prompt_key(struct prompt *p, int32_t code);

/* Completions of the last word, one a line: one is put in, of many the
 * common beginning; they are kept to be shown. */
void prompt_offer(struct prompt *p, struct bytes candidates);

void prompt_draw(const struct prompt *p, struct grid *g, unsigned row);
/* The completions, in the rows above `row`, at most max of them. */
void prompt_draw_offers(const struct prompt *p, struct grid *g, unsigned row,
			unsigned max);

#endif
