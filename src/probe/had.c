/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file that the console has in part, from a collection that was cut: when it
 * is the same one, and its begin hashes to what the console has, only the rest
 * of it is sent. The hash at its end is of all of it all the same.
 */
#include "base/base.h"
#include "base/hash.h"
#include "probe/file.h"

#define STEP ((size_t)1 << 20)

static bool is_same_file(const struct req_have *have, const struct rec_file *f)
{
	return have->size == f->size && have->ino == f->ino &&
	       have->dev == f->dev && have->mtime_ns == f->mtime_ns &&
	       have->ctime_ns == f->ctime_ns;
}

/* Hashes the first n bytes; false when they cannot be read. */
static bool hash_begin(struct file *f, uint64_t n, struct hash *hash)
{
	uint64_t done = 0;
	int error;

	hash_init(hash, HASH_SHA256);
	while (done < n) {
		struct bytes piece = file_piece(
			f, (size_t)MIN(n - done, (uint64_t)STEP), done,
			&error);

		hash_add(hash, piece);
		done += piece.n;
		if (!piece.n ||
		    (!f->content.p && !budget_pass(f->run, f->turn, piece.n)))
			break;
	}
	if (done == n)
		return true;
	hash_release(hash);
	return false;
}

void file_had(struct file *f)
{
	const struct req_have *have;
	uint8_t digest[HASH_LEN_MAX];
	struct hash copy;

	if (f->had_known || !f->run->plan->start.collect || f->job->told)
		return;
	f->had_known = true;
	have = plan_have(f->run->plan, f->rec.path);
	if (!have)
		return;
	f->had_other = true;
	if (!is_same_file(have, &f->rec) ||
	    !hash_begin(f, have->bytes, &f->so_far))
		return;
	hash_copy(&copy, &f->so_far);
	(void)hash_final(&copy, digest);
	if (!bytes_eq(bytes_of(digest, SHA256_LEN), have->sha256)) {
		hash_release(&f->so_far);
		return;
	}
	f->had_other = false;
	f->from = have->bytes;
	f->had_whole = have->whole;
}
