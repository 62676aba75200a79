/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much one host may say in one run. Each record has its own bounds; these
 * are for all of them together, so that a few bytes that a host sends cannot
 * make many in the case. What is past the bounds of facts is left out and
 * told in coverage; what no probe says ends the host.
 */
#include "base/base.h"

#include "base/text.h"
#include "job/engine.h"
#include "model/fact.h"

/* Of one kind, and of all: some fifty times what a large server has. */
#define KIND_N     UINT64_C(200000)
#define KIND_BYTES (UINT64_C(64) << 20)
#define ALL_N      UINT64_C(1000000)
#define ALL_BYTES  (UINT64_C(128) << 20)

/*
 * What else it tells of, each some fifty times what a bad day has: who says
 * more has a rule that matches everything, or lies. The case would hold it, but
 * nobody could look at it any more.
 */
static const struct {
	enum rec_type type;
	const char *name;
	uint64_t most;
} bounds[] = {
	{REC_MATCH, "matches", UINT64_C(200000)},
	{REC_HIT, "strings of matches", UINT64_C(2000000)},
	{REC_SIGHTING, "sightings", UINT64_C(200000)},
	{REC_FILE, "files", UINT64_C(20000000)},
	{REC_CURSOR, "places", UINT64_C(1000000)},
	{REC_COVERAGE, "rows of coverage", UINT64_C(1000000)},
};
_Static_assert(ARRAY_SIZE(bounds) == CAPS_BOUNDS, "one count for each");

/* Rows of coverage that are kept as they are, of one reason and of all: a
 * probe names 200 paths of a reason, and tells sums now and then. What is more
 * becomes one row for each reason, at the end. */
#define ROWS_OF_ONE UINT64_C(3000)
#define ROWS_OF_ALL UINT64_C(30000)

/* Of files and their bytes in coverage. */
#define FILES_MOST (UINT64_C(1) << 40)
#define BYTES_MOST (UINT64_C(1) << 52)

/*
 * Plain bytes for each that was sent, over what is free. Lists of files, the
 * most regular of what probes say, have 8 to 15; logs 30, and a file may be
 * one line over and over. A file of zeros counts for nothing: the case has
 * its content once.
 */
#define RATIO        UINT64_C(200)
#define SAID_FREE    (UINT64_C(64) << 20)
#define CONTENT_FREE (UINT64_C(1) << 30)

/*
 * Paths of files pack to next to nothing, and the case has each of them some
 * nine times over: in what it is of, in what is found in it, in its times, and
 * in what they are sought by. A large server's are a hundred bytes long, one
 * by the other.
 */
#define PATHS_FREE (UINT64_C(8) << 20)
#define PATH_MEAN  UINT64_C(512)

/* What came here, of a bundle and of a link; what parsers of ours make of a
 * file has no such bound. */
static uint64_t sent(const struct hostrun *h)
{
	return h->run->job->via == VIA_BUNDLE ? h->size : h->intake.wire;
}

static bool has_long_paths(struct caps *caps, const struct rec_file *file)
{
	caps->paths++;
	caps->path_bytes += file->path.n + file->member.n;
	return caps->path_bytes > PATHS_FREE + PATH_MEAN * caps->paths;
}

enum err_code caps_said(struct hostrun *h, const struct record *rec,
			size_t length, struct err *err)
{
	struct caps *caps = &h->intake.caps;
	uint64_t by_size = RATIO * MIN(sent(h), UINT64_MAX / (2 * RATIO));
	bool is_bundle = h->run->job->via == VIA_BUNDLE;

	if (h->given)
		return ERR_OK;
	if (rec->type != REC_CHUNK)
		caps->said += length;
	else if (is_bundle && !bytes_is_zero(rec->u.chunk.data))
		caps->content += length;
	if (is_bundle && rec->type == REC_FILE &&
	    has_long_paths(caps, &rec->u.file))
		return err_set(err, ERR_LIMIT,
			       "the paths in it are longer, one by the other, "
			       "than those of any host");
	if (caps->said <= SAID_FREE + by_size &&
	    caps->content <= CONTENT_FREE + by_size)
		return ERR_OK;
	return err_set(err, ERR_LIMIT,
		       "%" PRIu64 " bytes of it unpack to more than %" PRIu64
		       " times as many, which nothing that a probe says does",
		       sent(h), RATIO);
}

/* The kind of fact that the record is, and its bytes; NULL: it is none. */
static const struct fact_kind *kind_of(const struct record *rec,
				       uint64_t *bytes)
{
	switch (rec->type) {
	case REC_FACT:
		*bytes = rec->u.fact.name.n + rec->u.fact.detail.n;
		return fact_kind_find(rec->u.fact.kind);
	case REC_PROCESS:
		*bytes = rec->u.process.exe.n + rec->u.process.cmdline.n +
			 rec->u.process.detail.n;
		return fact_kind_find(bytes_str("process"));
	case REC_SOCKET:
		*bytes = rec->u.socket.detail.n;
		return fact_kind_find(bytes_str("socket"));
	default:
		return NULL;
	}
}

/* Once for each kind, in the place of the first that is left out. */
static void leave_out(struct record *rec, const struct fact_kind *kind,
		      bool *told)
{
	if (*told) {
		rec->type = 0;
		return;
	}
	*told = true;
	rec->type = REC_COVERAGE;
	rec->u.coverage =
		(struct rec_coverage){.what = bytes_str("facts"),
				      .outcome = bytes_str("failed"),
				      .reason = bytes_str(CAPS_REASON),
				      .path = bytes_str(kind->name),
				      .files = 1};
}

void caps_fact(struct hostrun *h, struct record *rec)
{
	struct caps *caps = &h->intake.caps;
	uint64_t bytes = 0;
	const struct fact_kind *kind = kind_of(rec, &bytes);
	struct caps_kind *of;

	if (!kind)
		return;
	if (!caps->kinds)
		caps->kinds = xcalloc(n_fact_kinds, sizeof *caps->kinds);
	of = &caps->kinds[kind - fact_kinds];
	if (of->n >= KIND_N || of->bytes + bytes > KIND_BYTES ||
	    caps->n >= ALL_N || caps->bytes + bytes > ALL_BYTES) {
		leave_out(rec, kind, &of->told);
		return;
	}
	of->n++;
	of->bytes += bytes;
	caps->n++;
	caps->bytes += bytes;
}

/* Sums of what all hosts say are made by SQLite, which fails over one that is
 * no 64 bits wide: what one host says leaves room for thousands of them. */
static void bound_sum(uint64_t *sum, uint64_t most, uint64_t *n)
{
	*n = MIN(*n, most - *sum);
	*sum += *n;
}

static uint64_t hash_of(const struct rec_coverage *c)
{
	const struct bytes words[] = {c->what, c->outcome, c->reason};
	uint64_t hash = 0;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		hash = (hash << 7 | hash >> 57) ^ bytes_fnv(words[i]);
	return hash;
}

/* The sum that the row belongs to; the last one is for whoever makes words up
 * without end. */
static struct caps_rest *rest_of(struct caps *caps,
				 const struct rec_coverage *c)
{
	uint64_t hash = hash_of(c);
	struct caps_rest *rest;
	size_t i = 0;

	if (!caps->rests)
		caps->rests = xcalloc(CAPS_REASONS, sizeof *caps->rests);
	while (i < caps->n_rests && caps->rests[i].hash != hash)
		i++;
	if (i == CAPS_REASONS)
		return &caps->rests[i - 1];
	rest = &caps->rests[i];
	if (i < caps->n_rests)
		return rest;
	caps->n_rests++;
	rest->hash = hash;
	rest->what = bytes_to_str(c->what);
	rest->outcome = bytes_to_str(c->outcome);
	rest->reason = bytes_to_str(c->reason);
	return rest;
}

bool caps_coverage(struct hostrun *h, struct rec_coverage *c)
{
	struct caps *caps = &h->intake.caps;
	struct caps_rest *rest;

	bound_sum(&caps->files, FILES_MOST, &c->files);
	bound_sum(&caps->file_bytes, BYTES_MOST, &c->bytes);
	rest = rest_of(caps, c);
	caps->rows++;
	if (++rest->n <= ROWS_OF_ONE && caps->rows <= ROWS_OF_ALL)
		return true;
	rest->more++;
	rest->files += c->files;
	rest->bytes += c->bytes;
	return false;
}

/* What was not kept row by row is kept as a sum, and that it was is said. */
void caps_end(struct hostrun *h)
{
	struct caps *caps = &h->intake.caps;
	char *said;

	for (size_t i = 0; i < caps->n_rests; i++) {
		struct caps_rest *r = &caps->rests[i];

		if (!r->more)
			continue;
		said = xasprintf("%" PRIu64 " rows in one", r->more);
		outcome_coverage(h, &(struct rec_coverage){
					    .what = bytes_str(r->what),
					    .outcome = bytes_str(r->outcome),
					    .reason = bytes_str(r->reason),
					    .path = bytes_str(said),
					    .files = r->files,
					    .bytes = r->bytes});
		free(said);
		r->more = r->files = r->bytes = 0;
	}
}

enum err_code caps_bound(struct hostrun *h, const struct record *rec,
			 struct err *err)
{
	uint64_t *told = h->intake.caps.told;

	for (size_t i = 0; i < ARRAY_SIZE(bounds); i++) {
		uint64_t most = bounds[i].most;

		if (bounds[i].type != rec->type || h->given)
			continue;
		if (h->run->job->told_max)
			most = MIN(most, h->run->job->told_max);
		if (told[i]++ < most)
			return ERR_OK;
		outcome_coverage(h, &(struct rec_coverage){
					    .what = bytes_str(bounds[i].name),
					    .outcome = bytes_str("failed"),
					    .reason = bytes_str(CAPS_REASON),
					    .files = 1});
		return err_set(err, ERR_LIMIT,
			       "it tells of more than %" PRIu64 " %s, and was "
			       "ended there; what it said before is kept",
			       most, bounds[i].name);
	}
	return ERR_OK;
}

void caps_release(struct hostrun *h)
{
	struct caps *caps = &h->intake.caps;

	for (size_t i = 0; i < caps->n_rests; i++) {
		free(caps->rests[i].what);
		free(caps->rests[i].outcome);
		free(caps->rests[i].reason);
	}
	free(caps->rests);
	caps->rests = NULL;
	caps->n_rests = 0;
	free(h->intake.caps.kinds);
	h->intake.caps.kinds = NULL;
}
