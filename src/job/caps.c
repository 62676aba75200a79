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
#define KIND_N	   UINT64_C(200000)
#define KIND_BYTES (UINT64_C(64) << 20)
#define ALL_N	   UINT64_C(1000000)
#define ALL_BYTES  (UINT64_C(128) << 20)

/* Of files and their bytes in coverage. */
#define FILES_MOST (UINT64_C(1) << 40)
#define BYTES_MOST (UINT64_C(1) << 52)

/*
 * Plain bytes for each that was sent, over what is free. Lists of files, the
 * most regular of what probes say, have 8 to 15; logs 30, and a file may be
 * one line over and over. A file of zeros counts for nothing: the case has
 * its content once.
 */
#define RATIO	    UINT64_C(200)
#define SAID_FREE   (UINT64_C(64) << 20)
#define CONTENT_FREE (UINT64_C(1) << 30)

/* What came here, of a bundle and of a link; what parsers of ours make of a
 * file has no such bound. */
static uint64_t sent(const struct hostrun *h)
{
	return h->run->job->via == VIA_BUNDLE ? h->size : h->intake.wire;
}

static bool is_zero(struct bytes b)
{
	return b.n == 0 ||
	       (b.p[0] == 0 && memcmp(b.p, b.p + 1, b.n - 1) == 0);
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
	else if (is_bundle && !is_zero(rec->u.chunk.data))
		caps->content += length;
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
	rec->u.coverage = (struct rec_coverage){
		.what = bytes_str("facts"),
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
static void take_from(uint64_t *left, uint64_t *n)
{
	*n = MIN(*n, *left);
	*left -= *n;
}

void caps_coverage(struct hostrun *h, struct rec_coverage *c)
{
	struct caps *caps = &h->intake.caps;

	if (!caps->counts) {
		caps->counts = true;
		caps->files_left = FILES_MOST;
		caps->bytes_left = BYTES_MOST;
	}
	take_from(&caps->files_left, &c->files);
	take_from(&caps->bytes_left, &c->bytes);
}

void caps_release(struct hostrun *h)
{
	free(h->intake.caps.kinds);
	h->intake.caps.kinds = NULL;
}
