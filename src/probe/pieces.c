/* SPDX-License-Identifier: Apache-2.0 */
/* Content that comes piece by piece, as libyara's memory blocks. */
#include "base/base.h"

#include "base/wait.h"
#include "probe/engine.h"
#include "probe/order.h"
#include "probe/pieces.h"

#define NONE SIZE_MAX

/* As modules have them; whatever begins otherwise is none for them. */
static bool has_head(const uint8_t *p, size_t n)
{
	static const char *const heads[] = {
		"MZ", "\x7f" "ELF", "\xce\xfa\xed\xfe", "\xcf\xfa\xed\xfe",
		"\xfe\xed\xfa\xce", "\xfe\xed\xfa\xcf", "\xca\xfe\xba\xbe",
		"\xbe\xba\xfe\xca", "dex\n"};

	for (size_t i = 0; i < ARRAY_SIZE(heads); i++) {
		size_t length = strlen(heads[i]);

		if (n >= length && memcmp(p, heads[i], length) == 0)
			return true;
	}
	return false;
}

/* The probe is gone when it does not answer, and nobody wants a result. */
static struct scan_piece ask(struct pieces *p, uint32_t which)
{
	const struct deadline never = {.mono_ns = INT64_MAX};
	struct scan_piece piece = {0};
	struct buf msg;
	struct frame f;
	struct err err;

	buf_init(&msg, sizeof which);
	(void)buf_add_u32be(&msg, which);
	if (chan_send(p->chan, FRAME_WANT, buf_bytes(&msg), &err) != ERR_OK ||
	    chan_drain(p->chan, never, &err) != ERR_OK ||
	    chan_wait(p->chan, &f, never, &err) != ERR_OK ||
	    order_decode(&f, FRAME_PIECE, &piece, &err) != ERR_OK ||
	    piece.length > ENGINE_AREA)
		_exit(1);
	buf_release(&msg);
	return piece;
}

static bool take_next(struct pieces *p)
{
	struct scan_piece piece;

	if (p->all_seen)
		return false;
	piece = ask(p, PIECE_NEXT);
	p->all_seen = piece.length == 0 || p->n == PIECES_MAX;
	if (p->all_seen)
		return false;
	if (p->n == p->cap) {
		p->cap = MAX(2 * p->cap, (size_t)64);
		p->seen = xrealloc(p->seen, p->cap, sizeof *p->seen);
	}
	p->loaded = p->n;
	p->seen[p->n++] = (struct piece_seen){
		.base = piece.base,
		.length = (uint32_t)piece.length,
		.has_head = has_head(p->area, (size_t)piece.length),
	};
	return true;
}

static YR_MEMORY_BLOCK *block_at(struct pieces *p, size_t at)
{
	p->at = at;
	p->iterator.last_error = ERROR_SUCCESS;
	if (at >= p->n && !take_next(p))
		return NULL;
	p->block.base = p->seen[at].base;
	p->block.size = p->seen[at].length;
	return &p->block;
}

static YR_MEMORY_BLOCK *first(YR_MEMORY_BLOCK_ITERATOR *iterator)
{
	return block_at(iterator->context, 0);
}

static YR_MEMORY_BLOCK *next(YR_MEMORY_BLOCK_ITERATOR *iterator)
{
	struct pieces *p = iterator->context;

	return block_at(p, p->at + 1);
}

static const uint8_t *fetch(YR_MEMORY_BLOCK *block)
{
	struct pieces *p = block->context;

	if (p->importing && !p->seen[p->at].has_head)
		return NULL;
	if (p->loaded != p->at) {
		p->loaded = NONE;
		if (ask(p, (uint32_t)p->at).length != block->size)
			return NULL;
		p->loaded = p->at;
	}
	return p->area;
}

void pieces_init(struct pieces *p, struct chan *chan, const uint8_t *area)
{
	*p = (struct pieces){.chan = chan, .area = area, .loaded = NONE};
	p->block.context = p;
	p->block.fetch_data = fetch;
	p->iterator.context = p;
	p->iterator.first = first;
	p->iterator.next = next;
}

void pieces_release(struct pieces *p)
{
	free(p->seen);
	*p = (struct pieces){0};
}
