/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The child that scans: libyara over hostile bytes, in a jail. Content is in
 * its area, or in a file it maps; what it finds goes back over its chan. A
 * fault of libyara's ends it, which is what it is there for.
 */
#include "base/base.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <yara.h>

#include "base/chan.h"
#include "base/time.h"
#include "probe/cell.h"
#include "probe/coverage.h"
#include "probe/engine.h"
#include "probe/limits.h"
#include "probe/metas.h"
#include "probe/rules.h"
#include "probe/scan.h"
#include "probe/yara.h"

/* Answers wait no longer than until there are so many bytes of them. */
#define ANSWERS_MAX ((size_t)256 << 10)
/* How often pages of a mapped file are given back. */
#define FORGET_US 20000

struct scan {
	const struct scan_setup *setup;
	struct chan chan;
	struct buf msg;
	YR_SCANNER *yr;
	const struct scan_order *order;
	struct bytes content;
	uint64_t matches;
	bool too_many; /* a string had more matches than libyara counts */
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

static struct bytes cut(struct bytes b, size_t max)
{
	return bytes_of(b.p, MIN(b.n, max));
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
		.identifier =
			cut(bytes_str(string->identifier), RECORD_WORD_MAX),
		.offset = s->order->base + at,
		.length = length,
		.context_offset = s->order->base + from,
	};

	to = MIN(to, s->content.n);
	if (from < to)
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
	struct metas metas;

	metas_fill(&metas, rule, &m);
	answer(s, FRAME_MATCH, &m);
	metas_release(&metas);
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

static int on_message(YR_SCAN_CONTEXT *context, int message, void *data,
		      void *user)
{
	struct scan *s = user;

	if (message == CALLBACK_MSG_TOO_MANY_MATCHES)
		s->too_many = true;
	if (message != CALLBACK_MSG_RULE_MATCHING)
		return CALLBACK_CONTINUE;
	send_match(s, context, data);
	send_hits(s, context, data);
	return CALLBACK_CONTINUE;
}

/* Those the rules do not use are not sent, and keep the value "". */
static bool define_externals(struct scan *s)
{
	for (size_t i = 0; i < N_EXTERNALS; i++) {
		char *value;
		int got;

		if (!(rules_uses(s->setup->rules) >> i & 1))
			continue;
		value = bytes_to_str(s->order->externals[i]);
		got = yr_scanner_define_string_variable(
			s->yr, external_names[i], value);
		free(value);
		if (got != ERROR_SUCCESS)
			return false;
	}
	return true;
}

static enum reason scan_content(struct scan *s)
{
	uint64_t seconds = (s->order->timeout_ms + 999) / 1000;

	s->too_many = false;
	s->matches = 0;
	if (!define_externals(s))
		return REASON_MEMORY;
	yr_scanner_set_timeout(s->yr, (int)MIN(seconds, (uint64_t)INT32_MAX));
	s->yr->entry_point = YR_UNDEFINED; /* libyara keeps the last one's */
	switch (yr_scanner_scan_mem(s->yr, s->content.p, s->content.n)) {
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
	enum reason reason;
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
	s->content = bytes_of(p + skip, (size_t)s->order->length);
	reason = scan_content(s);
	forget_every(0);
	mapped = NULL;
	(void)munmap(p, (size_t)n);
	return reason;
}

static void carry_out(struct scan *s, const struct frame *f)
{
	struct scan_setup const *setup = s->setup;
	struct scan_order order;
	struct rusage used = {0};
	struct scan_end end = {.reason = REASON_ENGINE};
	struct err err;
	int fd = chan_take_fd(&s->chan);

	must(order_decode(f, (enum engine_frame)f->type, &order, &err));
	s->order = &order;
	if (f->type == FRAME_SCAN_FD && fd >= 0) {
		end.reason = scan_mapped(s, fd);
	} else if (f->type == FRAME_SCAN && order.length <= ENGINE_AREA) {
		s->content = bytes_of(setup->areas + setup->slot * ENGINE_AREA,
				      (size_t)order.length);
		end.reason = scan_content(s);
	}
	close_fd(fd);
	if (getrusage(RUSAGE_SELF, &used) == 0) {
		end.cpu_ns = usage_cpu_ns(&used);
		end.rss_bytes = (uint64_t)used.ru_maxrss * 1024;
	}
	answer(s, FRAME_END, &end);
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

void scan_main(const struct scan_setup *setup, int chan_fd)
{
	const struct deadline never = {.mono_ns = INT64_MAX};
	struct scan s = {.setup = setup};
	struct frame f;
	struct err err;

	chan_init(&s.chan, chan_fd);
	buf_init(&s.msg, CHAN_BODY_MAX);
	(void)buf_reserve(&s.msg, ANSWERS_MAX); /* while there is memory */
	if (yr_scanner_create(setup->rules->yr, &s.yr) != ERROR_SUCCESS)
		_exit(1);
	yr_scanner_set_callback(s.yr, on_message, &s);
	yr_scanner_set_flags(s.yr, SCAN_FLAGS_REPORT_RULES_MATCHING |
					   SCAN_FLAGS_NO_TRYCATCH);
	enter_cell(&s);
	while (chan_wait(&s.chan, &f, never, &err) == ERR_OK)
		carry_out(&s, &f);
	_exit(0);
}
