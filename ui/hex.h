/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes as offset, hex and characters; any size, read as one scrolls. */
#ifndef HALLIGAN_UI_HEX_H
#define HALLIGAN_UI_HEX_H

#include "base/base.h"
#include "ui/blob.h"
#include "ui/grid.h"
#include "ui/scroll.h"

#define HEX_WIDTH  16u
#define HEX_WINDOW (64u << 10)
#define HEX_NEEDLE 64u

struct hex {
	struct blob *blob; /* borrowed */
	struct scroll scroll;
	uint8_t *window; /* HEX_WINDOW bytes from window_at */
	uint64_t window_at;
	size_t window_n;
	struct err err;
	uint8_t needle[HEX_NEEDLE]; /* bytes searched for */
	size_t needle_n;
	bool searching, search_back, found_none;
	uint64_t search_at;
	uint64_t hit;   /* offset of the marked bytes */
	uint64_t hit_n; /* 0: none */
};

void hex_init(struct hex *h, struct blob *blob);
void hex_release(struct hex *h);
void hex_draw(struct hex *h, struct grid *g, struct rect r);
bool hex_act(struct hex *h, enum action action);

/* Words as typed: pairs of hex digits ("7f 45 4c") are bytes, anything else
 * is taken as it is. */
void hex_search(struct hex *h, const char *words);
bool hex_work(struct hex *h); /* true: there is more */
void hex_context(const struct hex *h, struct pen *p);

/* Scrolls there and marks n bytes. */
void hex_goto(struct hex *h, uint64_t offset, uint64_t n);

#endif
