/* SPDX-License-Identifier: Apache-2.0 */
/* What a child that scans says, held against what it can say. */
#include "base/base.h"
#include "base/hash.h"
#include "base/time.h"
#include "probe/hear.h"
#include "probe/scan.h"
#include "probe/unpack.h"
#include "wire/records.h"

/* Of members, whether asked about or told of, and problems: one of each for an
 * entry, and one at each end. */
static bool may_say_more(struct hearing *h)
{
	return h->order->depth && h->said++ < 4 * (uint64_t)UNPACK_ENTRIES;
}

/* It goes to the console as it is, which wants it to be sound. */
static enum err_code decode_record(const struct frame *f, enum rec_type type,
				   struct record *rec, struct err *err)
{
	size_t used;
	enum err_code code = record_next(f->body, &used, rec, err);

	if (code == ERR_OK && (used != f->body.n || rec->type != type))
		code = err_set(err, ERR_FORMAT,
			       "another record, or half of one");
	return code;
}

static enum err_code hear_match(struct hearing *h, const struct frame *f,
				struct err *err)
{
	struct record rec;
	enum err_code code = decode_record(f, REC_MATCH, &rec, err);

	if (code != ERR_OK)
		return code;
	if (h->matches++ >= h->n_rules)
		return err_set(err, ERR_FORMAT, "more matches than rules");
	h->hits = 0;
	h->sink->match(h->sink->user, &rec.u.match);
	return ERR_OK;
}

static enum err_code hear_hit(struct hearing *h, const struct frame *f,
			      struct err *err)
{
	struct record rec;
	enum err_code code = decode_record(f, REC_HIT, &rec, err);

	if (code != ERR_OK)
		return code;
	if (h->matches == 0 || h->hits++ >= SCAN_HITS_MAX)
		return err_set(err, ERR_FORMAT, "hits of no match");
	h->sink->hit(h->sink->user, &rec.u.hit);
	return ERR_OK;
}

static enum err_code hear_member(struct hearing *h, const struct frame *f,
				 struct err *err)
{
	struct scan_member m;
	enum err_code code = order_decode(f, FRAME_MEMBER, &m, err);

	if (code != ERR_OK)
		return code;
	if (!may_say_more(h) || !m.name.n || m.size > UNPACK_MEMBER ||
	    m.sha256.n != SHA256_LEN)
		return err_set(err, ERR_FORMAT, "a member that cannot be");
	h->matches = 0;
	h->data_due = h->order->take ? m.size : 0;
	h->sink->member(h->sink->user, &m);
	return ERR_OK;
}

static bool has_hashes(const struct scan_seen *s, uint64_t wanted)
{
	for (size_t i = 0; i < HASH_N; i++) {
		size_t n = wanted >> i & 1 ? hash_len((enum hash_alg)i) : 0;

		if (s->hashes[i].n != n)
			return false;
	}
	return true;
}

enum err_code hear_seen(struct hearing *h, const struct frame *f, bool *heed,
			struct err *err)
{
	struct scan_seen s;
	enum err_code code = order_decode(f, FRAME_SEEN, &s, err);

	if (code != ERR_OK)
		return code;
	if (!h->order->judge || !may_say_more(h) || !s.name.n ||
	    s.size > UNPACK_MEMBER || !has_hashes(&s, h->order->hashes))
		return err_set(err, ERR_FORMAT, "a member that cannot be");
	*heed = h->sink->seen(h->sink->user, &s);
	return ERR_OK;
}

/* An empty member has one, empty piece. */
static enum err_code hear_data(struct hearing *h, const struct frame *f,
			       struct err *err)
{
	struct scan_data d;
	enum err_code code = order_decode(f, FRAME_DATA, &d, err);

	if (code != ERR_OK)
		return code;
	if (h->said == 0 || !h->order->take || d.bytes.n > h->data_due ||
	    (!d.last && d.bytes.n == 0))
		return err_set(err, ERR_FORMAT, "bytes of no member");
	h->data_due = d.last ? 0 : h->data_due - d.bytes.n;
	h->sink->data(h->sink->user, &d);
	return ERR_OK;
}

static enum err_code hear_problem(struct hearing *h, const struct frame *f,
				  struct err *err)
{
	struct scan_problem p;
	enum err_code code = order_decode(f, FRAME_PROBLEM, &p, err);

	if (code != ERR_OK)
		return code;
	if (!may_say_more(h) || p.reason >= N_REASONS ||
	    reason_is_success((enum reason)p.reason))
		return err_set(err, ERR_FORMAT, "a problem that cannot be");
	h->sink->problem(h->sink->user, &p);
	return ERR_OK;
}

static enum err_code hear_end(struct hearing *h, const struct frame *f,
			      struct err *err)
{
	enum err_code code = order_decode(f, FRAME_END, &h->end, err);
	uint64_t elapsed = (uint64_t)(time_mono_ns() - h->begun_ns);

	if (code == ERR_OK &&
	    (!scan_may_end(h->end.reason) || h->end.members > UNPACK_ENTRIES ||
	     h->end.member_bytes > h->order->unpacked ||
	     (h->end.rule.n && !h->order->name)))
		code = err_set(err, ERR_FORMAT, "an end that cannot be");
	h->end.cpu_ns = MIN(h->end.cpu_ns, elapsed); /* it has one thread */
	h->ended = code == ERR_OK;
	return code;
}

enum err_code hear(struct hearing *h, const struct frame *f, struct err *err)
{
	switch (f->type) {
	case FRAME_MATCH:
		return hear_match(h, f, err);
	case FRAME_HIT:
		return hear_hit(h, f, err);
	case FRAME_MEMBER:
		return hear_member(h, f, err);
	case FRAME_DATA:
		return hear_data(h, f, err);
	case FRAME_PROBLEM:
		return hear_problem(h, f, err);
	default:
		return hear_end(h, f, err);
	}
}
