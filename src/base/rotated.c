/* SPDX-License-Identifier: Apache-2.0 */
/* Suffixes that logrotate and its like put behind the names of logs. */
#include "base/base.h"
#include "base/rotated.h"

#define NUMBER_DIGITS_MAX 4u  /* of .N: more is a year, a port, a version */
#define DATE_DIGITS       8u  /* YYYYMMDD */
#define DATE_DIGITS_MAX   14u /* and a clock */

static bool drop_end(struct bytes *b, const char *end)
{
	size_t n = strlen(end);

	if (b->n <= n || memcmp(b->p + b->n - n, end, n) != 0)
		return false;
	b->n -= n;
	return true;
}

/* The number behind the last `mark`, of so many digits; takes both off. */
static bool drop_number(struct bytes *b, char mark, size_t most, size_t *digits,
			uint64_t *number)
{
	size_t n = 0;

	while (n < b->n && b->p[b->n - n - 1] >= '0' &&
	       b->p[b->n - n - 1] <= '9')
		n++;
	if (n == 0 || n > most || n + 1 >= b->n ||
	    b->p[b->n - n - 1] != (uint8_t)mark || b->p[b->n - n - 2] == '/' ||
	    !bytes_to_u64(bytes_of(b->p + b->n - n, n), number))
		return false;
	b->n -= n + 1;
	*digits = n;
	return true;
}

/* -YYYYMMDD, and digits of a clock behind it. */
static bool drop_date(struct bytes *b, uint64_t *date)
{
	struct bytes rest = *b;
	uint64_t number, day, month, year;
	size_t digits;

	if (!drop_number(&rest, '-', DATE_DIGITS_MAX, &digits, &number) ||
	    digits < DATE_DIGITS)
		return false;
	for (size_t i = digits; i > DATE_DIGITS; i--)
		number /= 10;
	year = number / 10000;
	month = number / 100 % 100;
	day = number % 100;
	if (year < 1980 || year > 2200 || month < 1 || month > 12 || day < 1 ||
	    day > 31)
		return false;
	(void)bytes_to_u64(bytes_of(b->p + b->n - digits, digits), date);
	for (; digits < DATE_DIGITS_MAX; digits++)
		*date *= 10;
	*b = rest;
	return true;
}

struct rotated rotated_of(struct bytes path)
{
	static const char *const packed[] = {".gz", ".xz", ".zst", ".bz2"};
	struct rotated r = {.stem = path};
	size_t digits;

	for (size_t i = 0; i < ARRAY_SIZE(packed) && !r.packed; i++)
		r.packed = drop_end(&r.stem, packed[i]);
	if (!drop_date(&r.stem, &r.date))
		r.has_number = drop_number(&r.stem, '.', NUMBER_DIGITS_MAX,
					   &digits, &r.number);
	return r;
}

static int compare(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

int rotated_cmp(const struct rotated *a, const struct rotated *b)
{
	/* What has a date is older than what is written now. */
	if (a->date != b->date)
		return !a->date ? 1 : !b->date ? -1 : compare(a->date, b->date);
	if (a->has_number != b->has_number)
		return a->has_number ? -1 : 1;
	return compare(b->number, a->number);
}
