/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looking for strings where one can begin. libyara feeds each byte to an
 * Aho-Corasick automaton, which between two atoms of strings is at its root:
 * nearly always, when rules are few. There a byte matters only if it and the
 * two behind it begin an atom, and whether they do is looked up in a table
 * that fits the cache. Where they do, the automaton is run as ever, until it
 * is at its root again.
 *
 * libyara asks for the data of a block right before it looks through it. So
 * that is when we do, and have it find the block empty; its size is back when
 * the next block is asked for, before the first condition is evaluated.
 */
#include "base/base.h"

#include <yara/exefiles.h>

#include "probe/faster.h"

#define TIME_EVERY 4096u /* bytes, as libyara does */
#define PAIRS      (1u << 16)
#define TRIPLES    (1u << 19) /* hashed; as bits, 64 KiB */
#define CODES      256u

/* Where atoms can begin: by their first two bytes, and by three. */
struct begins {
	YR_RULES *rules;
	unsigned generation;
	uint32_t states[CODES]; /* behind one byte; the root: no atom has it */
	uint8_t pairs[PAIRS / 8], triples[TRIPLES / 8];
};

/* A scanner's rules are one of two sets, by the content. */
static _Thread_local struct begins *all_begins[2];

/* Content being looked through: a block of theirs after the other. */
struct feed {
	YR_SCANNER *scanner;
	const struct begins *begins;
	YR_MEMORY_BLOCK_ITERATOR *theirs, iterator; /* who asks has ours */
	YR_MEMORY_BLOCK *their_block, block;
	const uint8_t *p; /* what is in it */
	size_t n;
	bool looked; /* through all of them */
	int result;
};

/* ---- the tables ---- */

static bool bit_is_set(const uint8_t *bits, uint32_t i)
{
	return bits[i / 8] >> i % 8 & 1;
}

static void set_bit(uint8_t *bits, uint32_t i)
{
	bits[i / 8] |= (uint8_t)(1u << i % 8);
}

static uint32_t hash_of(uint32_t triple)
{
	return triple * UINT32_C(0x9e3779b1) >> 13; /* 19 bits of it */
}

/* The state behind a byte when the automaton goes on from there; the root,
 * where no atom begins, when it does not. */
static uint32_t child_of(const YR_RULES *rules, uint32_t state, uint32_t byte)
{
	YR_AC_TRANSITION t = rules->ac_transition_table[state + byte + 1];

	return YR_AC_INVALID_TRANSITION(t, byte + 1) ? YR_AC_ROOT_STATE
						     : YR_AC_NEXT_STATE(t);
}

/* Behind two bytes: those that may be third. */
static void add_pair(struct begins *b, uint32_t pair, uint32_t state, bool any)
{
	any |= b->rules->ac_match_table[state] != 0;
	set_bit(b->pairs, pair);
	for (uint32_t third = 0; third < CODES; third++)
		if (any || child_of(b->rules, state, third))
			set_bit(b->triples, hash_of(pair | third << 16));
}

static void learn(struct begins *b, YR_RULES *rules, unsigned generation)
{
	*b = (struct begins){.rules = rules, .generation = generation};
	for (uint32_t first = 0; first < CODES; first++) {
		uint32_t state = child_of(rules, YR_AC_ROOT_STATE, first);
		bool whole = state && rules->ac_match_table[state];

		b->states[first] = state;
		for (uint32_t second = 0; state && second < CODES; second++) {
			uint32_t next = child_of(rules, state, second);

			if (next || whole)
				add_pair(b, first | second << 8, next, whole);
		}
	}
}

/* Those of the set; the other one's place is taken when it is new. */
static const struct begins *begins_of(YR_RULES *rules)
{
	static _Thread_local size_t last;
	unsigned generation = faster_generation();

	for (size_t i = 0; i < ARRAY_SIZE(all_begins); i++) {
		const struct begins *b = all_begins[i];

		if (b && b->rules == rules && b->generation == generation) {
			last = i;
			return b;
		}
	}
	last = (last + 1) % ARRAY_SIZE(all_begins);
	if (!all_begins[last])
		all_begins[last] = xmalloc(sizeof *all_begins[last]);
	learn(all_begins[last], rules, generation);
	return all_begins[last];
}

/* ---- the look ---- */

/* The first place from i on, before end, where an atom can begin; or end. */
static size_t skip(const struct feed *f, size_t i, size_t end)
{
	const struct begins *b = f->begins;
	const uint8_t *p = f->p;

	for (; i < end && i + 2 < f->n; i++) {
		uint32_t pair = p[i] | (uint32_t)p[i + 1] << 8;

		if (bit_is_set(b->pairs, pair) &&
		    bit_is_set(b->triples,
			       hash_of(pair | (uint32_t)p[i + 2] << 16)))
			break;
	}
	return i;
}

/* All atoms that end before i. */
static int verify(struct feed *f, uint32_t state, size_t i)
{
	const YR_RULES *rules = f->scanner->rules;
	uint32_t at = rules->ac_match_table[state];
	YR_AC_MATCH *match = at ? &rules->ac_match_pool[at - 1] : NULL;

	for (; match; match = match->next) {
		int result;

		if (match->backtrack > i)
			continue;
		result = yr_scan_verify_match(f->scanner, match, f->p, f->n,
					      f->block.base,
					      i - match->backtrack);
		if (result != ERROR_SUCCESS)
			return result;
	}
	return ERROR_SUCCESS;
}

static uint32_t step(const YR_AC_TRANSITION *table, uint32_t state,
		     uint8_t byte)
{
	uint32_t code = byte + 1u;
	YR_AC_TRANSITION t = table[state + code];

	while (YR_AC_INVALID_TRANSITION(t, code)) {
		if (state == YR_AC_ROOT_STATE)
			return YR_AC_ROOT_STATE;
		state = YR_AC_NEXT_STATE(table[state]);
		t = table[state + code];
	}
	return YR_AC_NEXT_STATE(t);
}

static bool is_late(YR_SCANNER *scanner)
{
	return scanner->timeout > 0 &&
	       yr_stopwatch_elapsed_ns(&scanner->stopwatch) > scanner->timeout;
}

/*
 * From where an atom can begin, with the automaton at its root, until not more
 * than the last byte can begin one: that is where to skip from.
 */
static int run(struct feed *f, size_t *i, size_t end, uint32_t *state)
{
	const YR_AC_TRANSITION *table = f->scanner->rules->ac_transition_table;
	const uint32_t *matches = f->scanner->rules->ac_match_table;
	bool fresh = *state == YR_AC_ROOT_STATE;

	while (*i < end) {
		uint8_t byte = f->p[(*i)++];
		int result;

		*state = step(table, *state, byte);
		if (matches[*state] &&
		    (result = verify(f, *state, *i)) != ERROR_SUCCESS)
			return result;
		if (*state == f->begins->states[byte] && !fresh &&
		    !matches[*state]) {
			*i -= *state != YR_AC_ROOT_STATE;
			*state = YR_AC_ROOT_STATE;
			break;
		}
		fresh = false;
	}
	return ERROR_SUCCESS;
}

static int look(struct feed *f)
{
	uint32_t state = YR_AC_ROOT_STATE;
	size_t i = 0;

	while (i < f->n) {
		size_t end = MIN(f->n, i + TIME_EVERY);

		if (is_late(f->scanner))
			return ERROR_SCAN_TIMEOUT;
		while (i < end) {
			int result;

			if (state == YR_AC_ROOT_STATE)
				i = skip(f, i, end);
			result = run(f, &i, end, &state);
			if (result != ERROR_SUCCESS)
				return result;
		}
	}
	return ERROR_SUCCESS;
}

/* ---- in libyara's terms ---- */

/* The block they are at now; NULL: there are no more, and all were looked
 * through. */
static YR_MEMORY_BLOCK *give(struct feed *f, YR_MEMORY_BLOCK *theirs)
{
	f->iterator.last_error = f->theirs->last_error;
	if (f->result != ERROR_SUCCESS) {
		f->iterator.last_error = f->result;
		theirs = NULL;
	}
	f->looked |= !theirs;
	if (!theirs)
		return NULL;
	f->their_block = theirs;
	f->block.base = theirs->base;
	f->block.size = theirs->size;
	return &f->block;
}

static YR_MEMORY_BLOCK *first(YR_MEMORY_BLOCK_ITERATOR *iterator)
{
	struct feed *f = iterator->context;

	return give(f, f->theirs->first(f->theirs));
}

static YR_MEMORY_BLOCK *next(YR_MEMORY_BLOCK_ITERATOR *iterator)
{
	struct feed *f = iterator->context;

	return give(f, f->result == ERROR_SUCCESS ? f->theirs->next(f->theirs)
						  : NULL);
}

static uint64_t file_size(YR_MEMORY_BLOCK_ITERATOR *iterator)
{
	const struct feed *f = iterator->context;

	return f->theirs->file_size(f->theirs);
}

static void find_entry_point(const struct feed *f)
{
	YR_SCANNER *scanner = f->scanner;

	if (scanner->entry_point != YR_UNDEFINED)
		return;
	scanner->entry_point =
		scanner->flags & SCAN_FLAGS_PROCESS_MEMORY
			? yr_get_entry_point_address(f->p, f->n, f->block.base)
			: yr_get_entry_point_offset(f->p, f->n);
}

static const uint8_t *fetch(YR_MEMORY_BLOCK *block)
{
	struct feed *f = block->context;
	const uint8_t *p = f->their_block->fetch_data(f->their_block);

	if (!p || f->looked)
		return p;
	f->p = p;
	f->n = f->their_block->size;
	find_entry_point(f);
	f->result = look(f);
	block->size = 0;
	return f->result == ERROR_SUCCESS ? p : NULL;
}

/* Strings without an atom are looked for at each byte; and a fault is caught
 * only where libyara reads. */
static bool fits(const YR_SCANNER *scanner)
{
	return FASTER_FITS && scanner->flags & SCAN_FLAGS_NO_TRYCATCH &&
	       scanner->rules->ac_match_table[YR_AC_ROOT_STATE] == 0;
}

int __wrap_yr_scanner_scan_mem_blocks(YR_SCANNER *scanner,
				      YR_MEMORY_BLOCK_ITERATOR *theirs)
{
	struct feed f = {.scanner = scanner, .theirs = theirs};

	if (!fits(scanner) || theirs->last_error != ERROR_SUCCESS)
		return __real_yr_scanner_scan_mem_blocks(scanner, theirs);
	f.begins = begins_of(scanner->rules);
	f.block.context = &f;
	f.block.fetch_data = fetch;
	f.iterator = (YR_MEMORY_BLOCK_ITERATOR){
		.context = &f,
		.first = first,
		.next = next,
		.file_size = theirs->file_size ? file_size : NULL,
		.last_error = ERROR_SUCCESS,
	};
	return __real_yr_scanner_scan_mem_blocks(scanner, &f.iterator);
}

/* ---- content in one piece ---- */

static const uint8_t *fetch_whole(YR_MEMORY_BLOCK *block)
{
	return block->context;
}

static YR_MEMORY_BLOCK *whole(YR_MEMORY_BLOCK_ITERATOR *iterator)
{
	return iterator->context;
}

static YR_MEMORY_BLOCK *no_other(YR_MEMORY_BLOCK_ITERATOR *iterator UNUSED)
{
	return NULL;
}

static uint64_t whole_size(YR_MEMORY_BLOCK_ITERATOR *iterator)
{
	const YR_MEMORY_BLOCK *block = iterator->context;

	return block->size;
}

int faster_scan(YR_SCANNER *scanner, const uint8_t *p, size_t n)
{
	void *content;
	YR_MEMORY_BLOCK block = {.size = n, .fetch_data = fetch_whole};
	YR_MEMORY_BLOCK_ITERATOR iterator = {
		.context = &block,
		.first = whole,
		.next = no_other,
		.file_size = whole_size,
		.last_error = ERROR_SUCCESS,
	};

	if (!fits(scanner) || n == 0)
		return __real_yr_scanner_scan_mem(scanner, p, n);
	memcpy(&content, &p, sizeof content); /* libyara has no const here */
	block.context = content;
	return __wrap_yr_scanner_scan_mem_blocks(scanner, &iterator);
}
