/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The child that scans: libyara over hostile bytes, in a jail. Content is in
 * its area, or in a file it maps; what it finds goes back over its chan. A
 * fault of libyara's ends it, which is what it is there for.
 */
#include "base/base.h"

#include <malloc.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <yara.h>

#include "base/chan.h"
#include "base/hash.h"
#include "base/time.h"
#include "probe/cell.h"
#include "probe/coverage.h"
#include "probe/engine.h"
#include "probe/external.h"
#include "probe/filetype.h"
#include "probe/limits.h"
#include "probe/metas.h"
#include "probe/pieces.h"
#include "probe/rules.h"
#include "probe/scan.h"
#include "probe/unpack.h"
#include "probe/yara.h"
#include "rule/need.h"

/* Answers wait no longer than until there are so many bytes of them. */
#define ANSWERS_MAX ((size_t)256 << 10)
/* How often pages of a mapped file are given back. */
#define FORGET_US 5000

struct scan {
	const struct scan_setup *setup;
	struct chan chan;
	struct buf msg;
	YR_SCANNER *all, *lean; /* NULL: there is no such set */
	YR_SCANNER *yr;		/* the one in use */
	const struct scan_order *order;
	struct bytes content;
	struct pieces *pieces; /* NULL: content is all of it */
	struct bytes member; /* its name; empty: it is the order's */
	bool told;           /* of the member */
	int64_t until_ns;    /* for all members */
	uint64_t matches;
	bool too_many; /* a string had more matches than libyara counts */
	struct scan_end end;
	uint64_t cpu_told; /* ns, in the ends of scans before */
};

/* The file being scanned, as the signal handler sees it. */
static void *volatile mapped;
static volatile size_t mapped_n;

/* The probe is gone, or does not read: there is nobody to scan for. */
static void must(enum err_code code)
{
	if (code != ERR_OK)
		_exit(1);
}

static void answer(struct scan *s, enum engine_frame type, const void *msg)
{
	const struct deadline never = {.mono_ns = INT64_MAX};
	struct err err;

	must(order_encode(type, msg, &s->msg, &err));
	must(chan_send(&s->chan, type, buf_bytes(&s->msg), &err));
	if (type == FRAME_END || chan_backlog(&s->chan) > ANSWERS_MAX)
		must(chan_drain(&s->chan, never, &err));
}

/* Of what came in pieces libyara has kept the match, and we nothing. */
static void fill_from_match(const YR_MATCH *match, struct rec_hit *hit)
{
	hit->context =
		bytes_first(bytes_of(match->data, (size_t)match->data_length),
			    RECORD_MATCH_MAX);
	hit->context_offset = hit->offset;
}

static void send_hit(struct scan *s, const YR_STRING *string,
		     const YR_MATCH *match)
{
	uint64_t around = s->order->context;
	uint64_t at = (uint64_t)(match->base + match->offset);
	uint64_t length = (uint64_t)match->match_length;
	uint64_t from = at - MIN(at, around);
	uint64_t to = at + MIN(length, (uint64_t)RECORD_MATCH_MAX) + around;
	struct rec_hit hit = {
		.match_seq = s->matches,
		.identifier = bytes_first(bytes_str(string->identifier),
					  RECORD_WORD_MAX),
		.offset = s->order->base + at,
		.length = length,
		.context_offset = s->order->base + from,
	};

	to = MIN(to, s->content.n);
	if (s->pieces)
		fill_from_match(match, &hit);
	else if (from < to)
		hit.context =
			bytes_of(s->content.p + from, (size_t)(to - from));
	answer(s, FRAME_HIT, &hit);
}

/*
 * The next match of a list that may be seen. libyara 4.2 packs them behind
 * their data without regard for alignment, so each is copied out.
 */
static bool next_hit(const void **at, YR_MATCH *match)
{
	while (*at) {
		memcpy(match, *at, sizeof *match);
		*at = match->next;
		if (!match->is_private)
			return true;
	}
	return false;
}

static const void *first_hit(YR_SCAN_CONTEXT *context, const YR_STRING *string)
{
	return context->matches[string->idx].head;
}

static uint64_t count_hits(YR_SCAN_CONTEXT *context, const YR_RULE *rule)
{
	const YR_STRING *string;
	YR_MATCH match;
	uint64_t n = 0;

	yr_rule_strings_foreach(rule, string)
	{
		const void *at = first_hit(context, string);

		while (next_hit(&at, &match))
			n++;
	}
	return n;
}

static void send_match(struct scan *s, YR_SCAN_CONTEXT *context,
		       const YR_RULE *rule)
{
	struct rec_match m = {.n_hits = count_hits(context, rule),
			      .seq = ++s->matches};
	struct match_words words;

	match_words_fill(&words, rule, &m);
	answer(s, FRAME_MATCH, &m);
	match_words_release(&words);
}

static void send_hits(struct scan *s, YR_SCAN_CONTEXT *context,
		      const YR_RULE *rule)
{
	const YR_STRING *string;
	YR_MATCH match;
	unsigned n = 0;

	yr_rule_strings_foreach(rule, string)
	{
		const void *at = first_hit(context, string);

		while (next_hit(&at, &match)) {
			if (n++ == SCAN_HITS_MAX)
				return;
			send_hit(s, string, &match);
		}
	}
}

/* What matches in a member follows it. */
static void tell_member(struct scan *s)
{
	uint8_t sha256[SHA256_LEN];
	struct scan_member m = {.name = s->member, .size = s->content.n};

	if (s->told || !s->member.n)
		return;
	s->told = true;
	hash_sha256(s->content, sha256);
	m.sha256 = bytes_of(sha256, sizeof sha256);
	answer(s, FRAME_MEMBER, &m);
}

static int on_message(YR_SCAN_CONTEXT *context, int message, void *data,
		      void *user)
{
	struct scan *s = user;

	if (message == CALLBACK_MSG_TOO_MANY_MATCHES)
		s->too_many = true;
	if (s->pieces && message == CALLBACK_MSG_IMPORT_MODULE)
		s->pieces->importing = true;
	if (s->pieces && message == CALLBACK_MSG_MODULE_IMPORTED)
		s->pieces->importing = false;
	if (message != CALLBACK_MSG_RULE_MATCHING)
		return CALLBACK_CONTINUE;
	tell_member(s);
	send_match(s, context, data);
	send_hits(s, context, data);
	return CALLBACK_CONTINUE;
}

/* Those the rules do not use are not sent, and keep the value "". */
static bool define_externals(struct scan *s,
			     const struct bytes values[N_EXTERNALS])
{
	for (size_t i = 0; i < N_EXTERNALS; i++) {
		char *value;
		int got;

		if (!(rules_uses(s->setup->rules) >> i & 1))
			continue;
		value = bytes_to_str(values[i]);
		got = yr_scanner_define_string_variable(
			s->yr, external_names[i], value);
		free(value);
		if (got != ERROR_SUCCESS)
			return false;
	}
	return true;
}

#define SCAN_FLAGS                                                             \
	(SCAN_FLAGS_REPORT_RULES_MATCHING | SCAN_FLAGS_NO_TRYCATCH)

static int scan_it(struct scan *s)
{
	int got;

	if (!s->pieces)
		return yr_scanner_scan_mem(s->yr, s->content.p, s->content.n);
	yr_scanner_set_flags(s->yr, SCAN_FLAGS | SCAN_FLAGS_PROCESS_MEMORY);
	got = yr_scanner_scan_mem_blocks(s->yr, &s->pieces->iterator);
	yr_scanner_set_flags(s->yr, SCAN_FLAGS);
	return got;
}

/* With the fewest rules that are all the content can match. */
static void choose_scanner(struct scan *s)
{
	bool all = !s->lean || s->pieces || s->order->part ||
		   bytes_starts(s->content, RULE_NEED_HEAD);

	s->yr = all ? s->all : s->lean;
	bounds_apply(all ? &s->setup->rules->bounds
			 : &s->setup->rules->lean_bounds,
		     s->yr, s->pieces ? UINT64_MAX : s->content.n);
}

static enum reason scan_content(struct scan *s,
				const struct bytes values[N_EXTERNALS],
				uint64_t timeout_ms)
{
	uint64_t seconds = (timeout_ms + 999) / 1000;

	choose_scanner(s);
	s->too_many = false;
	s->matches = 0;
	if (!define_externals(s, values))
		return REASON_MEMORY;
	yr_scanner_set_timeout(s->yr, (int)MIN(seconds, (uint64_t)INT32_MAX));
	s->yr->entry_point = YR_UNDEFINED; /* libyara keeps the last one's */
	switch (scan_it(s)) {
	case ERROR_SUCCESS:
		return s->too_many ? REASON_SCANNED_MANY : REASON_SCANNED;
	case ERROR_SCAN_TIMEOUT:
		return REASON_TIMEOUT;
	case ERROR_INSUFFICIENT_MEMORY:
		return REASON_MEMORY;
	default:
		return REASON_ENGINE;
	}
}

bool scan_may_end(uint64_t reason)
{
	static const enum reason ends[] = {REASON_SCANNED, REASON_SCANNED_MANY,
					   REASON_TIMEOUT, REASON_MEMORY,
					   REASON_ENGINE};

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		if (reason == ends[i])
			return true;
	}
	return false;
}

/* ---- members ---- */

static void send_data(struct scan *s)
{
	struct bytes rest = s->content;

	do {
		struct scan_data d = {
			.bytes = bytes_first(rest, RECORD_CHUNK_MAX)};

		rest = bytes_skip(rest, d.bytes.n);
		d.last = rest.n == 0;
		answer(s, FRAME_DATA, &d);
	} while (rest.n);
}

static void on_problem(void *user, struct bytes name, enum reason reason)
{
	struct scan_problem p = {.name = name, .reason = reason};

	answer(user, FRAME_PROBLEM, &p);
}

/* A member is named like a file in a folder that has the archive's name. */
static enum reason scan_named(struct scan *s, uint64_t timeout_ms)
{
	struct bytes values[N_EXTERNALS] = {{0}};
	char md5[HASH_HEX_MAX];
	struct buf path;
	enum reason reason;

	buf_init(&path, 2 * (size_t)RECORD_PATH_MAX);
	(void)buf_add_bytes(&path, s->order->path); /* both together fit */
	(void)buf_add_str(&path, "!/");
	(void)buf_add_bytes(&path, bytes_first(s->member, RECORD_PATH_MAX - 2));
	externals_names(buf_bytes(&path), values);
	values[EXTERNAL_owner] = s->order->externals[EXTERNAL_owner];
	values[EXTERNAL_filetype] =
		bytes_str(filetype_of(bytes_first(s->content, FILETYPE_HEAD)));
	if (rules_uses(s->setup->rules) >> EXTERNAL_md5 & 1)
		values[EXTERNAL_md5] = externals_md5(s->content, md5);
	reason = scan_content(s, values, timeout_ms);
	buf_release(&path);
	return reason;
}

static bool has_rules(const struct scan *s)
{
	return rules_count(s->setup->rules) != 0;
}

static void hash_member(const struct scan *s, struct scan_seen *seen,
			uint8_t digests[HASH_N][HASH_LEN_MAX])
{
	for (size_t i = 0; i < HASH_N; i++) {
		struct hash hash;

		if (!(s->order->hashes >> i & 1))
			continue;
		hash_init(&hash, (enum hash_alg)i);
		hash_add(&hash, s->content);
		seen->hashes[i] =
			bytes_of(digests[i], hash_final(&hash, digests[i]));
	}
}

/* Indicators are none of this child's business: who has them is asked. */
static void judge_member(struct scan *s, bool whole)
{
	const struct deadline never = {.mono_ns = INT64_MAX};
	struct scan_seen seen = {
		.name = s->member, .size = s->content.n, .whole = whole};
	uint8_t digests[HASH_N][HASH_LEN_MAX];
	struct frame f;
	struct err err;

	hash_member(s, &seen, digests);
	answer(s, FRAME_SEEN, &seen);
	must(chan_drain(&s->chan, never, &err));
	must(chan_wait(&s->chan, &f, never, &err));
	if (f.type != FRAME_HEED || f.body.n != 4)
		_exit(1);
	if (f.body.p[3])
		tell_member(s);
}

static void on_member(void *user, struct bytes name, struct bytes content,
		      bool whole)
{
	struct scan *s = user;
	int64_t left = (s->until_ns - time_mono_ns()) / NS_PER_MS;
	enum reason reason = REASON_SCANNED;

	s->member = name;
	s->content = content;
	s->told = false;
	if (s->order->judge)
		judge_member(s, whole);
	if (has_rules(s))
		reason = scan_named(s, MIN((uint64_t)MAX(left, (int64_t)1),
					   s->order->timeout_ms));
	if (s->told && s->order->take)
		send_data(s);
	if (reason_is_success(reason)) {
		s->end.members++;
		s->end.member_bytes += content.n;
	} else {
		on_problem(s, name, reason);
	}
}

static void scan_members(struct scan *s)
{
	const struct scan_order *o = s->order;
	struct bytes file[N_EXTERNALS] = {{0}};
	struct unpack u = {
		.max_bytes = o->unpacked,
		.max_depth = o->depth,
		.member = on_member,
		.problem = on_problem,
		.user = s,
	};

	if (o->depth == 0)
		return;
	s->until_ns =
		time_mono_ns() +
		(int64_t)MIN(o->unpack_ms, (uint64_t)INT32_MAX) * NS_PER_MS;
	u.until_ns = s->until_ns;
	externals_names(o->path, file);
	unpack_all(&u, file[EXTERNAL_filename], s->content);
}

static void scan_all(struct scan *s, struct bytes content)
{
	s->content = content;
	s->member = (struct bytes){0};
	s->end.reason = REASON_SCANNED;
	if (has_rules(s))
		s->end.reason = scan_content(s, s->order->externals,
					     s->order->timeout_ms);
	scan_members(s);
}

/* ---- a part of the rules ---- */

/* It is not looked for any more: since 4.2 libyara itself only leaves out the
 * conditions of rules that are disabled, and the time goes on strings. */
static void disable_strings(const YR_RULE *rule)
{
	YR_STRING *string;

	yr_rule_strings_foreach(rule, string)
	{
		string->flags |= STRING_FLAGS_FIXED_OFFSET;
		string->fixed_offset = -1;
	}
}

/* For good, in this child's own copy of the rules: it is replaced. */
static void choose_rules(struct scan *s)
{
	const struct scan_order *o = s->order;
	YR_RULES *rules = s->setup->rules->yr;

	for (uint64_t i = 0; o->part && i < rules->num_rules; i++) {
		YR_RULE *rule = &rules->rules_table[i];

		if (i >= o->part_from && i - o->part_from < o->part_n)
			continue;
		yr_rule_disable(rule);
		disable_strings(rule);
	}
}

static enum reason name_rule(struct scan *s, struct buf *room)
{
	const YR_RULES *rules = s->setup->rules->yr;
	const YR_RULE *rule;

	if (s->order->part_from >= rules->num_rules)
		return REASON_ENGINE;
	rule = &rules->rules_table[s->order->part_from];
	(void)buf_addf(room, "%s:%s", rule->ns->name, rule->identifier);
	s->end.rule = bytes_first(buf_bytes(room), RULE_NAME_MAX);
	return REASON_SCANNED;
}

/* ---- what is scanned ---- */

/* Pages of the file that were looked at stay in the page cache, but are not
 * ours any more: however long the file, few of them are at a time. */
static void forget(int sig UNUSED)
{
	int saved = errno;

	if (mapped)
		(void)madvise(mapped, mapped_n, MADV_DONTNEED);
	errno = saved;
}

static void forget_every(suseconds_t us)
{
	struct itimerval timer = {.it_interval.tv_usec = us,
				  .it_value.tv_usec = us};

	if (setitimer(ITIMER_REAL, &timer, NULL) != 0)
		_exit(1);
}

static enum reason scan_mapped(struct scan *s, int fd)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	uint64_t skip = s->order->offset % page;
	uint64_t from = s->order->offset - skip, n = s->order->length + skip;
	uint8_t *p;

	if (n > SIZE_MAX / 2)
		return REASON_MEMORY;
	p = mmap(NULL, (size_t)n, PROT_READ, MAP_PRIVATE, fd, (off_t)from);
	if (p == MAP_FAILED)
		return errno == ENOMEM ? REASON_MEMORY : REASON_ENGINE;
	(void)madvise(p, (size_t)n, MADV_SEQUENTIAL); /* a hint */
	mapped_n = (size_t)n;
	mapped = p;
	forget_every(FORGET_US);
	scan_all(s, bytes_of(p + skip, (size_t)s->order->length));
	forget_every(0);
	mapped = NULL;
	(void)munmap(p, (size_t)n);
	(void)malloc_trim(0); /* matches of large files are many */
	return (enum reason)s->end.reason;
}

static void scan_pieces(struct scan *s, const uint8_t *area)
{
	struct pieces pieces;

	pieces_init(&pieces, &s->chan, area);
	s->content = s->member = (struct bytes){0};
	s->pieces = &pieces;
	s->end.reason =
		scan_content(s, s->order->externals, s->order->timeout_ms);
	s->pieces = NULL;
	pieces_release(&pieces);
}

static void scan_as_told(struct scan *s, const struct frame *f, int fd)
{
	const uint8_t *area = s->setup->areas + s->setup->slot * ENGINE_AREA;
	uint64_t length = s->order->length;

	if (f->type == FRAME_SCAN_FD && fd >= 0)
		s->end.reason = scan_mapped(s, fd);
	else if (f->type == FRAME_SCAN && length <= ENGINE_AREA)
		scan_all(s, bytes_of(area, (size_t)length));
	else if (f->type == FRAME_SCAN_PIECES)
		scan_pieces(s, area);
}

static void carry_out(struct scan *s, const struct frame *f)
{
	struct scan_order order;
	struct rusage used = {0};
	struct buf room;
	struct err err;
	int fd = chan_take_fd(&s->chan);

	must(order_decode(f, (enum engine_frame)f->type, &order, &err));
	buf_init(&room, RULE_NAME_MAX + 2);
	s->order = &order;
	s->end = (struct scan_end){.reason = REASON_ENGINE};
	choose_rules(s);
	if (order.name)
		s->end.reason = name_rule(s, &room);
	else
		scan_as_told(s, f, fd);
	close_fd(fd);
	if (getrusage(RUSAGE_SELF, &used) == 0) {
		s->end.cpu_ns = usage_cpu_ns(&used) - s->cpu_told;
		s->cpu_told += s->end.cpu_ns;
	}
	answer(s, FRAME_END, &s->end);
	buf_release(&room);
}

/* The areas of others are none of this child's business. */
static void forget_other_areas(const struct scan_setup *setup)
{
	uint8_t *own = setup->areas + setup->slot * ENGINE_AREA;
	size_t before = (size_t)(own - setup->areas);
	size_t after = (setup->n_slots - setup->slot - 1) * ENGINE_AREA;

	if ((before && munmap(setup->areas, before) != 0) ||
	    (after && munmap(own + ENGINE_AREA, after) != 0))
		_exit(1);
}

static void enter_cell(struct scan *s)
{
	struct sigaction sa = {.sa_handler = forget, .sa_flags = SA_RESTART};
	uint8_t filtered[4] = {0};
	struct err err;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != s->setup->parent)
		_exit(0);
	(void)prctl(PR_SET_NAME, "halligan:scan");
	if (sigaction(SIGALRM, &sa, NULL) != 0)
		_exit(1);
	forget_other_areas(s->setup);
	filtered[3] = cell_enter(s->setup->memory_bytes);
	must(chan_send(&s->chan, FRAME_JAILED,
		       bytes_of(filtered, sizeof filtered), &err));
}

static YR_SCANNER *new_scanner(struct scan *s, YR_RULES *rules)
{
	YR_SCANNER *yr;

	if (yr_scanner_create(rules, &yr) != ERROR_SUCCESS)
		_exit(1);
	yr_scanner_set_callback(yr, on_message, s);
	yr_scanner_set_flags(yr, SCAN_FLAGS);
	return yr;
}

void scan_main(const struct scan_setup *setup, int chan_fd)
{
	const struct deadline never = {.mono_ns = INT64_MAX};
	struct scan s = {.setup = setup};
	struct frame f;
	struct err err;

	chan_init(&s.chan, chan_fd);
	buf_init(&s.msg, CHAN_BODY_MAX);
	(void)buf_reserve(&s.msg, ANSWERS_MAX); /* while there is memory */
	s.all = new_scanner(&s, setup->rules->yr);
	if (setup->rules->lean)
		s.lean = new_scanner(&s, setup->rules->lean);
	enter_cell(&s);
	while (chan_wait(&s.chan, &f, never, &err) == ERR_OK)
		carry_out(&s, &f);
	_exit(0);
}
