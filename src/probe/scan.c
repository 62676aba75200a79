/* SPDX-License-Identifier: Apache-2.0 */
/* Matching rules against the content of one file, one scanner a thread. */
#include "base/base.h"

#include <yara.h>

#include "base/time.h"
#include "probe/rules.h"
#include "probe/scan.h"
#include "probe/yara.h"

struct scanner {
	struct run *run;
	YR_SCANNER *yr;
	struct file *file; /* being scanned */
	bool too_many;     /* a string of it had more matches than libyara
			      counts */
};

/* Rule authors have no one name for these; the first that is there counts. */
static const char *const severity_names[] = {"severity", "score",
					     "threat_level", NULL};
static const char *const technique_names[] = {
	"attack",           "technique", "mitre_attack", "mitre_att", "mitre",
	"attack_technique", NULL};
static const char *const description_names[] = {"description", "desc", NULL};
static const char *const author_names[] = {"author", NULL};
static const char *const reference_names[] = {"reference", "ref", "url", NULL};

/* Text of a meta value; numbers are written into the buffer. */
#define NUMBER_MAX 24

static const YR_META *meta_find(const YR_RULE *rule, const char *name)
{
	const YR_META *meta;

	yr_rule_metas_foreach(rule, meta)
	{
		if (strcmp(meta->identifier, name) == 0)
			return meta;
	}
	return NULL;
}

static struct bytes cut(struct bytes b, size_t max)
{
	return bytes_of(b.p, MIN(b.n, max));
}

static struct bytes meta_text(const YR_RULE *rule, const char *const *names,
			      size_t max, char number[NUMBER_MAX])
{
	for (size_t i = 0; names[i]; i++) {
		const YR_META *meta = meta_find(rule, names[i]);

		if (!meta)
			continue;
		if (meta->type == META_TYPE_STRING)
			return cut(bytes_str(meta->string), max);
		(void)snprintf(number, NUMBER_MAX, "%" PRId64, meta->integer);
		return bytes_str(number);
	}
	return (struct bytes){0};
}

static void add_tags(const YR_RULE *rule, struct buf *tags)
{
	const char *tag;

	yr_rule_tags_foreach(rule, tag)
	{
		if (tags->n)
			(void)buf_add_byte(tags, ' ');
		(void)buf_add_str(tags, tag); /* a full one loses the rest */
	}
}

static uint64_t send_match(struct scanner *s, const YR_RULE *rule,
			   uint64_t n_hits)
{
	char number[5][NUMBER_MAX];
	struct rec_match m = {
		.seq = atomic_fetch_add(&s->run->match_seq, 1) + 1,
		.file_seq = s->file->rec.seq,
		.rule = cut(bytes_str(rule->identifier), RECORD_WORD_MAX),
		.ns = cut(bytes_str(rule->ns->name), RECORD_META_MAX),
		.severity = meta_text(rule, severity_names, RECORD_WORD_MAX,
				      number[0]),
		.technique = meta_text(rule, technique_names, RECORD_WORD_MAX,
				       number[1]),
		.description = meta_text(rule, description_names,
					 RECORD_META_MAX, number[2]),
		.author = meta_text(rule, author_names, RECORD_META_MAX,
				    number[3]),
		.reference = meta_text(rule, reference_names, RECORD_META_MAX,
				       number[4]),
		.n_hits = n_hits,
	};
	struct buf tags;

	buf_init(&tags, RECORD_META_MAX);
	add_tags(rule, &tags);
	m.tags = buf_bytes(&tags);
	(void)out_send(s->run->out, REC_MATCH, &m); /* remembered */
	buf_release(&tags);
	atomic_fetch_add(&s->run->matches, 1);
	return m.seq;
}

static void send_hit(struct scanner *s, uint64_t match_seq,
		     const YR_STRING *string, const YR_MATCH *match)
{
	struct bytes all = s->file->content;
	uint64_t around = s->run->plan->start.context;
	uint64_t at = (uint64_t)(match->base + match->offset);
	uint64_t length = (uint64_t)match->match_length;
	uint64_t from = at - MIN(at, around);
	uint64_t to = at + MIN(length, (uint64_t)RECORD_MATCH_MAX) + around;
	struct rec_hit hit = {
		.match_seq = match_seq,
		.identifier =
			cut(bytes_str(string->identifier), RECORD_WORD_MAX),
		.offset = at,
		.length = length,
		.context_offset = from,
	};

	to = MIN(to, all.n);
	if (from < to)
		hit.context = bytes_of(all.p + from, (size_t)(to - from));
	(void)out_send(s->run->out, REC_HIT, &hit); /* remembered */
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

static void send_hits(struct scanner *s, YR_SCAN_CONTEXT *context,
		      const YR_RULE *rule, uint64_t match_seq)
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
			send_hit(s, match_seq, string, &match);
		}
	}
}

static int on_message(YR_SCAN_CONTEXT *context, int message, void *data,
		      void *user)
{
	struct scanner *s = user;
	uint64_t seq;

	if (message == CALLBACK_MSG_TOO_MANY_MATCHES)
		s->too_many = true;
	if (message != CALLBACK_MSG_RULE_MATCHING)
		return CALLBACK_CONTINUE;
	file_report(s->file);
	seq = send_match(s, data, count_hits(context, data));
	send_hits(s, context, data, seq);
	return run_is_over(s->run) ? CALLBACK_ABORT : CALLBACK_CONTINUE;
}

struct scanner *scanner_new(struct run *run)
{
	struct scanner *s = xcalloc(1, sizeof *s);

	s->run = run;
	if (yr_scanner_create(run->rules->yr, &s->yr) != ERROR_SUCCESS)
		BUG("out of memory for a scanner");
	yr_scanner_set_callback(s->yr, on_message, s);
	yr_scanner_set_flags(s->yr, SCAN_FLAGS_REPORT_RULES_MATCHING);
	return s;
}

void scanner_free(struct scanner *s)
{
	if (!s)
		return;
	yr_scanner_destroy(s->yr);
	free(s);
}

static bool define(struct scanner *s, const char *name, const char *value)
{
	return yr_scanner_define_string_variable(s->yr, name, value) ==
	       ERROR_SUCCESS;
}

/* As Loki and Thor define them: extension with its dot. */
static bool define_names(struct scanner *s)
{
	char *path = bytes_to_str(s->file->rec.path);
	char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	const char *dot = strrchr(name, '.');
	bool ok = define(s, "filename", name) &&
		  define(s, "extension", dot && dot != name ? dot : "");

	if (slash)
		*slash = '\0'; /* the name is defined: copied */
	ok = ok && define(s, "filepath", path);
	free(path);
	return ok;
}

/* What is left of the run's time, as far as one file may use it. */
static int timeout_s(const struct run *run)
{
	int64_t left = deadline_left(run->deadline) / NS_PER_S + 1;

	return (int)MIN(left, (int64_t)run_file_timeout_s(run));
}

enum reason scanner_scan(struct scanner *s, struct file *f)
{
	struct bytes b = f->content;

	s->file = f;
	s->too_many = false;
	if (!define_names(s))
		return REASON_MEMORY;
	yr_scanner_set_timeout(s->yr, timeout_s(s->run));
	switch (yr_scanner_scan_mem(s->yr, b.p, b.n)) {
	case ERROR_SUCCESS:
		return s->too_many ? REASON_SCANNED_MANY : REASON_SCANNED;
	case ERROR_SCAN_TIMEOUT:
		return run_is_over(s->run) ? REASON_STOPPED : REASON_TIMEOUT;
	case ERROR_INSUFFICIENT_MEMORY:
		return REASON_MEMORY;
	default:
		return REASON_ENGINE;
	}
}
