/* SPDX-License-Identifier: Apache-2.0 */
/* The one writer of the record stream. */
#include "base/base.h"
#include "base/fs.h"
#include "base/time.h"
#include "probe/out.h"
#include "wire/records.h"

#define WRITE_AT   ((size_t)64 << 10)

void out_init(struct out *out, int fd, int level)
{
	*out = (struct out){.fd = fd, .flushed_ns = time_mono_ns()};
	if (pthread_mutex_init(&out->lock, NULL) != 0)
		BUG("a mutex cannot be made");
	zwriter_init(&out->z, level);
	buf_init(&out->plain, RECORD_BODY_MAX);
	buf_init(&out->packed, OUT_PACKED_MAX);
}

void out_release(struct out *out)
{
	zwriter_release(&out->z);
	buf_release(&out->plain);
	buf_release(&out->packed);
	(void)pthread_mutex_destroy(&out->lock); /* nobody holds it */
}

/* Under the lock. */
static void write_packed(struct out *out, bool last)
{
	struct bytes b = buf_bytes(&out->packed);

	if (out->cipher)
		b = out->cipher(out->seal, b, last);
	if (fs_write_all(out->fd, b, &out->err) != ERR_OK)
		atomic_store(&out->dead, true);
	atomic_fetch_add(&out->written, b.n);
	buf_clear(&out->packed);
}

/* Under the lock. */
static void pack(struct out *out, struct bytes in, enum zflush flush)
{
	if (atomic_load(&out->dead))
		return;
	if (zwriter_add(&out->z, in, flush, &out->packed, &out->err) != ERR_OK)
		BUG("a record does not fit: %s", out->err.msg);
	out->waiting = flush == ZFLUSH_NONE;
	if (flush != ZFLUSH_NONE)
		out->flushed_ns = time_mono_ns();
	if (flush != ZFLUSH_NONE || out->packed.n >= WRITE_AT)
		write_packed(out, flush == ZFLUSH_END);
}

static bool is_due(const struct out *out)
{
	return time_mono_ns() - out->flushed_ns >= OUT_FLUSH_MS * NS_PER_MS;
}

bool out_send(struct out *out, enum rec_type type, const void *msg)
{
	struct err err;

	pthread_mutex_lock(&out->lock);
	if (out->ended)
		BUG("record type %d after the end", (int)type);
	buf_clear(&out->plain);
	if (record_encode(type, msg, &out->plain, &err) != ERR_OK)
		BUG("%s", err.msg);
	pack(out, buf_bytes(&out->plain),
	     is_due(out) ? ZFLUSH_BLOCK : ZFLUSH_NONE);
	pthread_mutex_unlock(&out->lock);
	return !atomic_load(&out->dead);
}

void out_gather(struct out *out)
{
	pthread_mutex_lock(&out->lock);
	out->flushed_ns = time_mono_ns();
	pthread_mutex_unlock(&out->lock);
}

void out_tick(struct out *out)
{
	if (pthread_mutex_trylock(&out->lock) != 0)
		return;
	if (out->waiting && is_due(out))
		pack(out, (struct bytes){0}, ZFLUSH_BLOCK);
	pthread_mutex_unlock(&out->lock);
}

bool out_is_full(const struct out *out)
{
	return out->max && atomic_load(&out->written) >= out->max;
}

bool out_flush(struct out *out)
{
	pthread_mutex_lock(&out->lock);
	pack(out, (struct bytes){0}, ZFLUSH_BLOCK);
	pthread_mutex_unlock(&out->lock);
	return !atomic_load(&out->dead);
}

enum err_code out_end(struct out *out, struct err *err)
{
	enum err_code code = ERR_OK;

	pthread_mutex_lock(&out->lock);
	pack(out, (struct bytes){0}, ZFLUSH_END);
	out->ended = true;
	if (atomic_load(&out->dead)) {
		*err = out->err;
		code = err->code;
	}
	pthread_mutex_unlock(&out->lock);
	return code;
}
