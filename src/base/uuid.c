/* SPDX-License-Identifier: Apache-2.0 */
/* UUID version 7: 48 bits of milliseconds, 12 of a counter, 62 random. */
#include "base/base.h"

#include <pthread.h>
#include <sys/random.h>

#include "base/time.h"
#include "base/uuid.h"

/*
 * Milliseconds << 12 | counter, never the same twice in this process: when
 * the counter of one millisecond runs over it borrows from the next
 * (RFC 9562 6.2, method 3).
 */
static uint64_t next_stamp(void)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static uint64_t last;
	uint64_t now = (uint64_t)(time_now_ns() / NS_PER_MS) << 12, stamp;

	pthread_mutex_lock(&lock);
	last = now > last ? now : last + 1;
	stamp = last;
	pthread_mutex_unlock(&lock);
	return stamp;
}

struct uuid uuid_v7(void)
{
	uint64_t stamp = next_stamp();
	uint8_t r[8];
	struct uuid u;

	if (getrandom(r, sizeof r, 0) != (ssize_t)sizeof r)
		BUG("no random bytes");
	r[0] = (uint8_t)((r[0] & 0x3f) | 0x80);
	(void)snprintf(u.s, sizeof u.s,
		       "%08x-%04x-7%03x-%02x%02x-%02x%02x%02x%02x%02x%02x",
		       (unsigned)(stamp >> 28), (unsigned)(stamp >> 12 & 0xffff),
		       (unsigned)(stamp & 0xfff), r[0], r[1], r[2], r[3], r[4],
		       r[5], r[6], r[7]);
	return u;
}

bool uuid_is_valid(const char *s)
{
	for (size_t i = 0; i < UUID_TEXT_LEN; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? s[i] != '-'
			 : !s[i] || !strchr("0123456789abcdef", s[i]))
			return false;
	}
	return s[UUID_TEXT_LEN] == '\0';
}
