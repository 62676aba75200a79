/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Clearing only what a file dirtied. libyara keeps two lists of matches for
 * each string of the rules and zeroes all of them after each file: megabytes,
 * for a big rule set, which is most of the work for a small file. Entries
 * change only in yr_scan_verify_match(), and only those of the string it was
 * called for or of one that had its own call before; so we see which.
 */
#include "base/base.h"

#include "probe/faster.h"

#define CHUNK      16u /* strings that are cleared together */
#define CHUNKS_MAX 16384u

/* The scan on this thread that was seen from its begin. */
struct scan {
	YR_SCAN_CONTEXT *context;
	uint64_t dirty[CHUNKS_MAX / 64];
};

static _Thread_local struct scan now;

/* memset is called long before there are threads and their variables. */
static bool any_scan;

static uint32_t n_chunks(const YR_SCAN_CONTEXT *context)
{
	return context->rules->num_strings / CHUNK + 1;
}

static void clear(YR_MATCHES *matches, const YR_SCAN_CONTEXT *context)
{
	uint32_t n_strings = context->rules->num_strings;
	uint32_t n_words = (n_chunks(context) + 63) / 64;

	for (uint32_t w = 0; w < n_words; w++) {
		for (uint64_t bits = now.dirty[w]; bits; bits &= bits - 1) {
			uint32_t bit = (uint32_t)__builtin_ctzll(bits);
			uint32_t at = (w * 64 + bit) * CHUNK;

			__real_memset(matches + at, 0,
				      MIN(CHUNK, n_strings - at) *
					      sizeof *matches);
		}
	}
}

void *__wrap_memset(void *to, int byte, size_t n)
{
	const YR_SCAN_CONTEXT *context;

	if (n < sizeof now.dirty || byte != 0 ||
	    !__atomic_load_n(&any_scan, __ATOMIC_RELAXED))
		return __real_memset(to, byte, n);
	context = now.context;
	if (!context || n != sizeof(YR_MATCHES) * context->rules->num_strings ||
	    (to != context->matches && to != context->unconfirmed_matches))
		return __real_memset(to, byte, n);
	clear(to, context);
	return to;
}

int __wrap_yr_scan_verify_match(YR_SCAN_CONTEXT *context, YR_AC_MATCH *match,
				const uint8_t *data, size_t n, uint64_t base,
				size_t offset)
{
	if (context == now.context) {
		uint32_t chunk = match->string->idx / CHUNK;

		now.dirty[chunk / 64] |= UINT64_C(1) << chunk % 64;
	}
	return __real_yr_scan_verify_match(context, match, data, n, base,
					   offset);
}

/* The lists are clean at its begin, and cleaned before its end. */
int __wrap_yr_scanner_scan_mem(YR_SCANNER *scanner, const uint8_t *data,
			       size_t n)
{
	int result;

	if (FASTER_FITS && n_chunks(scanner) <= CHUNKS_MAX) {
		now.context = scanner;
		__atomic_store_n(&any_scan, true, __ATOMIC_RELAXED);
	}
	result = faster_scan(scanner, data, n);
	faster_restore(scanner);
	faster_forget();
	now.context = NULL;
	__real_memset(now.dirty, 0, sizeof now.dirty);
	return result;
}
