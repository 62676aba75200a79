/* SPDX-License-Identifier: Apache-2.0 */
/* Files that were scanned under another name, or as a copy. */
#include "base/base.h"

#if defined __x86_64__ || defined __i386__
#include <cpuid.h>
#elif defined __aarch64__
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

#include "base/hash.h"
#include "probe/found.h"
#include "probe/same.h"
#include "wire/records.h"

enum { KEY_LINK = 1, KEY_COPY };

/*
 * Copies are one file of twenty-five in a usual tree, and scanning does some
 * 90 MB/s: looking for them pays where the CPU has instructions for SHA-256
 * (1.5 GB/s and more), and hardly where it has none (0.3 GB/s).
 */
static bool hashes_fast(void)
{
#if defined __x86_64__ || defined __i386__
	unsigned a, b, c, d;

	return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b >> 29 & 1);
#elif defined __aarch64__
	return (getauxval(AT_HWCAP) & HWCAP_SHA2) != 0;
#else
	return false;
#endif
}

/* A rule may ask for the name: then names make a difference. */
static bool names_matter(const struct engine *engine)
{
	static const enum external names[] = {
		EXTERNAL_filename, EXTERNAL_filepath, EXTERNAL_extension,
		EXTERNAL_owner};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (engine_uses(engine, names[i]))
			return true;
	return false;
}

void same_init(struct same *same, const struct engine *engine, bool unpacks)
{
	*same = (struct same){0};
	if (pthread_mutex_init(&same->lock, NULL) != 0)
		BUG("a mutex cannot be made");
	same->on = engine && !unpacks && !names_matter(engine);
	if (!same->on)
		return;
	same->copies = hashes_fast();
	same->slots = xcalloc(SAME_SLOTS, sizeof *same->slots);
}

void same_release(struct same *same)
{
	for (size_t i = 0; same->slots && i < SAME_SLOTS; i++)
		free(same->slots[i].kept);
	free(same->slots);
	(void)pthread_mutex_destroy(&same->lock); /* nobody holds it */
}

struct same_key same_link(const struct rec_file *f)
{
	return (struct same_key){{KEY_LINK + (f->dev << 8), f->ino, f->size,
				  (uint64_t)f->mtime_ns, (uint64_t)f->ctime_ns,
				  f->nlink}};
}

struct same_key same_copy(const struct rec_file *f, const uint8_t sha256[32])
{
	struct same_key key = {{KEY_COPY, f->size}};

	memcpy(key.v + 2, sha256, 32);
	return key;
}

/* A slot taken by another key is scanned again. */
static struct same_entry *slot_of(struct same *same, const struct same_key *key)
{
	uint64_t h = bytes_fnv(bytes_of(key->v, sizeof key->v));

	return &same->slots[(h >> 20) % SAME_SLOTS];
}

/* A copy of what is kept, since records are sent without the lock. */
static bool take_out(struct same *same, const struct same_key *key,
		     struct same_entry *out)
{
	struct same_entry *e;
	bool got;

	pthread_mutex_lock(&same->lock);
	e = slot_of(same, key);
	got = memcmp(&e->key, key, sizeof *key) == 0;
	if (got) {
		*out = *e;
		out->kept = e->n ? xmemdup(e->kept, e->n) : NULL;
	}
	pthread_mutex_unlock(&same->lock);
	return got;
}

bool same_tell(struct same *same, const struct same_key *key,
	       struct found *found)
{
	struct same_entry e;
	struct scan_sink sink = found_sink(found);
	struct bytes rest;
	struct record rec;
	struct err err;
	size_t used;

	if (!take_out(same, key, &e))
		return false;
	found_is_same(found, e.seq);
	rest = bytes_of(e.kept, e.n);
	while (record_next(rest, &used, &rec, &err) == ERR_OK && used) {
		if (rec.type == REC_MATCH)
			sink.match(sink.user, &rec.u.match);
		else
			sink.hit(sink.user, &rec.u.hit);
		rest = bytes_skip(rest, used);
	}
	free(e.kept);
	return true;
}

void same_keep(struct same *same, const struct same_key *key,
	       const struct found *found)
{
	struct bytes kept = buf_bytes(&found->kept);
	struct same_entry *e;

	if (found->kept.full)
		return;
	pthread_mutex_lock(&same->lock);
	e = slot_of(same, key);
	if (same->bytes - e->n + kept.n <= SAME_ALL_MAX) {
		free(e->kept);
		same->bytes = same->bytes - e->n + kept.n;
		*e = (struct same_entry){
			.key = *key,
			.seq = found_seq(found),
			.kept = kept.n ? xmemdup(kept.p, kept.n) : NULL,
			.n = kept.n,
		};
	}
	pthread_mutex_unlock(&same->lock);
}
