/* SPDX-License-Identifier: Apache-2.0 */
/* Telling the console what was sighted, and what was judged at all. */
#include "base/base.h"

#include <sys/stat.h>

#include "probe/order.h"
#include "probe/sight.h"

#define PIECE ((uint64_t)1 << 20)

void sightings_send(struct run *run, const struct sightings *seen,
		    const struct rec_sighting *where)
{
	for (size_t i = 0; i < seen->n; i++) {
		const struct plan_indicator *of =
			&run->plan->indicators[seen->v[i]];
		struct rec_sighting s = *where;

		s.indicator = bytes_str(of->id);
		s.kind = bytes_str(indicator_kind_name(of->kind));
		s.value = bytes_str(of->value);
		s.severity = bytes_str(of->severity);
		s.description = bytes_str(of->description);
		s.context.n = MIN(s.context.n, RECORD_META_MAX);
		(void)out_send(run->out, REC_SIGHTING, &s); /* remembered */
		atomic_fetch_add(&run->matches, 1);
	}
}

void sight_tell(struct run *run, const struct rec_file *file,
		const struct sightings *seen)
{
	struct rec_file rec = *file;

	rec.seq = atomic_fetch_add(&run->file_seq, 1) + 1;
	(void)out_send(run->out, REC_FILE, &rec); /* remembered */
	sightings_send(run, seen,
		       &(struct rec_sighting){.file_seq = rec.seq,
					      .context = rec.path});
}

static void judge_name(struct run *run, size_t root, struct bytes path,
		       uint64_t size, struct sightings *seen)
{
	atomic_fetch_add(&run->indicators->done[root].names, 1);
	indicators_by_name(run->indicators, path, size, seen);
}

bool sight_name_only(struct run *run, size_t root, struct bytes path,
		     uint64_t size, struct sightings *seen)
{
	if (!run->indicators)
		return false;
	judge_name(run, root, path, size, seen);
	return seen->n != 0;
}

void sight_unread(struct run *run, size_t root, const struct rec_file *file)
{
	bool is_file = S_ISREG(file->mode);
	struct sightings seen = {0};

	if (sight_name_only(run, root, file->path,
			    is_file ? file->size : SIZE_UNKNOWN, &seen))
		sight_tell(run, file, &seen);
}

/* Those that are looked for, side by side. */
static void hashes_init(const struct indicators *in, struct hash hashes[HASH_N])
{
	for (size_t alg = 0; alg < HASH_N; alg++)
		if (indicators_want_hash(in, (enum hash_alg)alg))
			hash_init(&hashes[alg], (enum hash_alg)alg);
}

static void hashes_add(struct hash hashes[HASH_N], struct bytes piece)
{
	for (size_t alg = 0; alg < HASH_N; alg++)
		if (hashes[alg].ctx)
			hash_add(&hashes[alg], piece);
}

static void hashes_judge(struct file *f, struct hash hashes[HASH_N],
			 struct sightings *seen)
{
	uint8_t digest[HASH_LEN_MAX];

	for (size_t alg = 0; alg < HASH_N; alg++) {
		if (!hashes[alg].ctx)
			continue;
		(void)hash_final(&hashes[alg], digest);
		indicators_by_hash(f->run->indicators, (enum hash_alg)alg,
				   digest, seen);
	}
}

/* What it costs to read the next piece: nothing when it is held. */
static uint64_t cost(const struct file *f, uint64_t offset)
{
	return f->content.p ? 0 : MIN(f->rec.size - offset, PIECE);
}

static enum reason judge_hashes(struct file *f, struct sightings *seen)
{
	struct indicator_done *done =
		&f->run->indicators->done[f->job->root];
	struct hash hashes[HASH_N] = {{0}};
	uint64_t at = 0;
	struct bytes piece;
	int error = 0;
	bool over;

	hashes_init(f->run->indicators, hashes);
	do {
		over = !budget_pass(f->run, f->turn, cost(f, at));
		piece = over ? (struct bytes){0}
			     : file_piece(f, (size_t)PIECE, at, &error);
		hashes_add(hashes, piece);
		at += piece.n;
		file_read_to(f, at);
	} while (piece.n && at < f->rec.size);
	hashes_judge(f, hashes, seen);
	if (over || error)
		return over ? REASON_STOPPED : reason_of_errno(error);
	atomic_fetch_add(&done->hashed, 1);
	atomic_fetch_add(&done->bytes, at);
	return REASON_SCANNED;
}

enum reason sight_file(struct file *f)
{
	struct run *run = f->run;
	struct sightings seen = {0};
	enum reason reason = REASON_SCANNED;

	if (!run->indicators)
		return reason;
	judge_name(run, f->job->root, f->rec.path, f->rec.size, &seen);
	if (indicators_want_hashes(run->indicators))
		reason = judge_hashes(f, &seen);
	if (!seen.n)
		return reason;
	file_report(f);
	sightings_send(run, &seen,
		       &(struct rec_sighting){.file_seq = f->rec.seq,
					      .context = f->rec.path});
	return reason;
}

/* What of a member was not unpacked has neither a size nor a hash. */
void sight_member(const struct file *f, struct bytes path,
		  const struct scan_seen *member, struct sightings *seen)
{
	const struct indicators *in = f->run->indicators;
	struct indicator_done *done = &in->done[f->job->root];

	seen->n = 0;
	judge_name(f->run, f->job->root, path,
		   member->whole ? member->size : SIZE_UNKNOWN, seen);
	if (!member->whole || !indicators_want_hashes(in))
		return;
	for (size_t alg = 0; alg < HASH_N; alg++) {
		if (indicators_want_hash(in, (enum hash_alg)alg))
			indicators_by_hash(in, (enum hash_alg)alg,
					   member->hashes[alg].p, seen);
	}
	atomic_fetch_add(&done->hashed, 1);
	atomic_fetch_add(&done->bytes, member->size);
}

static void say_judged(struct run *run, size_t root, const char *reason,
		       uint64_t files, uint64_t bytes)
{
	struct rec_coverage row = {
		.what = bytes_str("indicators"),
		.outcome = bytes_str("scanned"),
		.reason = bytes_str(reason),
		.path = bytes_str(run->plan->roots[root]),
		.files = files,
		.bytes = bytes,
	};

	if (files)
		(void)out_send(run->out, REC_COVERAGE, &row); /* remembered */
}

void sight_finish(struct run *run)
{
	for (size_t i = 0; run->indicators && i < run->plan->n_roots; i++) {
		struct indicator_done *d = &run->indicators->done[i];

		say_judged(run, i, "names", atomic_load(&d->names), 0);
		say_judged(run, i, "hashes", atomic_load(&d->hashed),
			   atomic_load(&d->bytes));
	}
}
