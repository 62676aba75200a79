/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes on their way, and where in them a secret may begin.
 *
 * Nearly all that is read holds none, so nearly all the time goes into seeing
 * that: each form of a secret has an anchor, three bytes that it cannot do
 * without and that are rare elsewhere. Three bytes hold two pairs, one of
 * which lies at an even place, whatever is even: every other pair of bytes is
 * looked up in a table of all pairs, and where one is of an anchor, the anchor
 * is looked for, and what it belongs to is judged.
 */
#include "base/base.h"

#include <pthread.h>

#include "model/redact_inside.h"

#define ANCHOR_LEN 3u
#define LOOK_BACK  ((size_t)4096) /* kept of what was given out */
#define LOOK_AHEAD ((size_t)16)   /* an anchor, and what is in front of it */
#define LINE_MAX_BYTES ((size_t)16 << 10)
#define MARKS_LEN  ((size_t)8192) /* to tell a file by how it looks */

/* The three bytes, how far behind the begin of what is judged they are. */
static const struct anchor {
	char words[ANCHOR_LEN + 1];
	uint8_t behind;
	judge_fn *judge;
} anchors[] = {
	{"$1$", 0, judge_crypt},	 {"$2$", 0, judge_crypt},
	{"$2a", 0, judge_crypt},	 {"$2b", 0, judge_crypt},
	{"$2x", 0, judge_crypt},	 {"$2y", 0, judge_crypt},
	{"$3$", 0, judge_crypt},	 {"$5$", 0, judge_crypt},
	{"$6$", 0, judge_crypt},	 {"$7$", 0, judge_crypt},
	{"$8$", 0, judge_crypt},	 {"$9$", 0, judge_crypt},
	{"$y$", 0, judge_crypt},	 {"$gy", 0, judge_crypt},
	{"$P$", 0, judge_crypt},	 {"$H$", 0, judge_crypt},
	{"$S$", 0, judge_crypt},	 {"$A$", 0, judge_crypt},
	{"$md", 0, judge_crypt},	 {"a1$", 3, judge_crypt},
	{"r1$", 3, judge_crypt},	 {"t$l", 6, judge_crypt},
	{"n2i", 5, judge_crypt},	 {"n2d", 5, judge_crypt},
	{"$1\\", 0, judge_crypt},	 {"$5\\", 0, judge_crypt},
	{"$6\\", 0, judge_crypt},	 {"$y\\", 0, judge_crypt},
	{"bkd", 1, judge_pbkdf2},	 {"ypt", 3, judge_scrypt},
	{"AM-", 3, judge_scram},	 {"d::", 11, judge_ldif},
	{"{SS", 0, judge_ldap},		 {"{SH", 0, judge_ldap},
	{"{SM", 0, judge_ldap},		 {"{MD", 0, judge_ldap},
	{"{CR", 0, judge_ldap},		 {"{BC", 0, judge_ldap},
	{"{ss", 0, judge_ldap},		 {"{sm", 0, judge_ldap},
	{"{sh", 0, judge_ldap},		 {"{PB", 0, judge_ldap},
	{"'*0", 0, judge_mysql},	 {"'*1", 0, judge_mysql},
	{"'*2", 0, judge_mysql},	 {"'*3", 0, judge_mysql},
	{"'*4", 0, judge_mysql},	 {"'*5", 0, judge_mysql},
	{"'*6", 0, judge_mysql},	 {"'*7", 0, judge_mysql},
	{"'*8", 0, judge_mysql},	 {"'*9", 0, judge_mysql},
	{"'*A", 0, judge_mysql},	 {"'*B", 0, judge_mysql},
	{"'*C", 0, judge_mysql},	 {"'*D", 0, judge_mysql},
	{"'*E", 0, judge_mysql},	 {"'*F", 0, judge_mysql},
	{"ssw", 2, judge_named},	 {"SSW", 2, judge_named},
	{"ot:", 2, judge_root},		 {":50", 0, judge_nt},
	{"BEG", 0, judge_pem},		 {"0tL", 2, judge_folded_pem},
	{"e-L", 6, judge_putty},	 {"E-S", 2, judge_age},
	{"eKe", 6, judge_wireguard},	 {"dKe", 8, judge_wireguard},
	{"hp_", 1, judge_token},	 {"ho_", 1, judge_token},
	{"hu_", 1, judge_token},	 {"hs_", 1, judge_token},
	{"hr_", 1, judge_token},	 {"b_p", 5, judge_token},
	{"lpa", 1, judge_token},	 {"xox", 0, judge_token},
	{"_li", 2, judge_token},	 {"vs.", 1, judge_token},
	{"p_v", 2, judge_token},	 {"r_p", 3, judge_token},
	{"pm_", 1, judge_token},	 {"AgE", 5, judge_token},
	{"s_k", 12, judge_aws},		 {"S_K", 12, judge_aws},
	{"sKe", 11, judge_aws},		 {"tKe", 6, judge_azure},
};

/* Of each pair of bytes the first entry plus one; of each entry, which is
 * twice the anchor and whether it is its second pair, the next. */
static uint8_t pairs[1u << 16];
static uint8_t next_entry[2 * ARRAY_SIZE(anchors)];

_Static_assert(2 * ARRAY_SIZE(anchors) < 255, "an entry is a byte");

static inline unsigned pair_at(const uint8_t *p)
{
	return p[0] | (unsigned)p[1] << 8;
}

static void fill_pairs(void)
{
	for (size_t i = 0; i < 2 * ARRAY_SIZE(anchors); i++) {
		const uint8_t *words =
			(const uint8_t *)anchors[i / 2].words + i % 2;
		uint8_t *first = &pairs[pair_at(words)];

		next_entry[i] = *first;
		*first = (uint8_t)(i + 1);
	}
}

static void prepare(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	(void)pthread_once(&once, fill_pairs);
}

/* ---- taking out ---- */

/* Until now all of the window that was not given out is as it was. */
static void differ(struct redactor *r)
{
	if (r->differs || !r->hashes)
		return;
	r->differs = true;
	hash_copy(&r->original, &r->sent);
	hash_add(&r->original,
		 bytes_skip(buf_bytes(&r->window), r->given));
}

static bool is_kept(const struct redactor *r, size_t at)
{
	uint8_t c = r->p[at];

	if (c == '\n' || c == '\r' || c == 0)
		return true;
	return c == '\\' && (byte_at(r, at + 1) == 'n' ||
			     byte_at(r, at + 1) == 'r');
}

void redact_mask(struct redactor *r, struct span s, const char *words)
{
	uint64_t n = 0;
	bool changed = false;

	for (size_t at = s.from; at < s.to; at++) {
		uint8_t c = '*';

		if (is_kept(r, at)) {
			at += r->p[at] == '\\';
			continue;
		}
		if (*words)
			c = (uint8_t)*words++;
		n++;
		if (r->p[at] == c)
			continue;
		if (!changed)
			differ(r);
		changed = true;
		r->p[at] = c;
	}
	if (!changed)
		return; /* it was taken out before */
	r->bytes += n;
	r->secrets++;
}

/* ---- finding ---- */

bool is_base64(uint8_t c)
{
	return is_crypt(c) ? c != '.' : c == '+' || c == '=';
}

bool is_crypt(uint8_t c)
{
	return (c >= '.' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	       (c >= 'a' && c <= 'z');
}

bool is_hex(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') ||
	       (c >= 'a' && c <= 'f');
}

bool is_word(uint8_t c)
{
	return (is_crypt(c) && c != '.' && c != '/') || c == '_';
}

size_t run_of(const struct redactor *r, size_t at, bool (*is)(uint8_t c))
{
	while (at < r->n && is(r->p[at]))
		at++;
	return at;
}

enum verdict judge_behind(struct redactor *r, size_t at,
			  const struct behind *b, struct span *s)
{
	size_t from = at + strlen(b->name);

	s->from = at;
	if (!is_at(r, at, b->name))
		return is_open(r, at, from) ? VERDICT_MORE : VERDICT_NO;
	s->to = run_of(r, from, b->is);
	if (is_open(r, at, s->to))
		return VERDICT_MORE;
	if (s->to - from < b->least || s->to - from > b->most)
		return VERDICT_NO;
	s->from = from;
	redact_mask(r, *s, REDACTED);
	return VERDICT_YES;
}

/* The first place from `at` on, before `end`, where a pair is one of an
 * anchor. There are two bytes at all of them. */
static size_t next_pair(const uint8_t *p, size_t at, size_t end)
{
	while (end - at >= 8) {
		if (pairs[pair_at(p + at)] | pairs[pair_at(p + at + 2)] |
		    pairs[pair_at(p + at + 4)] | pairs[pair_at(p + at + 6)])
			break;
		at += 8;
	}
	while (at < end && !pairs[pair_at(p + at)])
		at += 2;
	return MIN(at, end);
}

/* All anchors that have their pair there. */
static enum verdict judge_all(struct redactor *r, size_t from, size_t pair,
			      struct span *s)
{
	enum verdict verdict = VERDICT_NO;

	for (uint8_t e = pairs[pair_at(r->p + pair)]; e; e = next_entry[e - 1]) {
		const struct anchor *a = &anchors[(e - 1) / 2];
		size_t second = (e - 1) % 2, at;

		if (pair < from + second)
			continue;
		at = pair - second;
		if (r->n - at < ANCHOR_LEN || at < a->behind ||
		    memcmp(r->p + at, a->words, ANCHOR_LEN) != 0)
			continue;
		s->from = at - a->behind;
		verdict = a->judge(r, s->from, s);
		if (verdict != VERDICT_NO)
			break;
	}
	return verdict;
}

/* Anywhere in it, from `from` on; where what is not settled begins. */
static size_t sweep(struct redactor *r, size_t from)
{
	size_t stop = r->last ? r->n : r->n - MIN(r->n, LOOK_AHEAD);
	size_t end = MIN(stop + 1, r->n - MIN(r->n, (size_t)1)), at = from;

	while (at < end) {
		struct span s = {0};

		at = next_pair(r->p, at, end);
		if (at >= end)
			break;
		switch (judge_all(r, from, at, &s)) {
		case VERDICT_NO:
			at++;
			break;
		case VERDICT_MORE:
			return MAX(MIN(s.from, stop), from);
		case VERDICT_YES:
			from = at = MAX(s.to, at + 1);
			break;
		}
	}
	return MAX(MIN(from, r->n), stop);
}

/* ---- a file ---- */

void redactor_init(struct redactor *r, enum secret_form form, bool secrets)
{
	static const enum redact_lines lines[] = {
		[FORM_ANY] = LINES_UNKNOWN,
		[FORM_SHADOW] = LINES_SHADOW,
		[FORM_VALUES] = LINES_VALUES,
	};

	prepare();
	*r = (struct redactor){.off = secrets, .lines = lines[form]};
	buf_init(&r->window, 4 * REDACT_PIECE);
	hash_init(&r->sent, HASH_SHA256);
	r->hashes = true;
}

void redactor_release(struct redactor *r)
{
	hash_release(&r->sent);
	hash_release(&r->original);
	buf_wipe(&r->window);
	buf_release(&r->window);
}

/* Whole lines of it: their end. */
static size_t end_of_lines(const struct redactor *r)
{
	size_t end = r->n;

	if (r->last)
		return end;
	while (end > r->given && r->p[end - 1] != '\n' && r->p[end - 1])
		end--;
	return end == r->given && r->n - r->given > LINE_MAX_BYTES ? r->n
								    : end;
}

static size_t settle(struct redactor *r)
{
	size_t end;

	r->p = r->window.p;
	r->n = r->window.n;
	if (r->lines == LINES_UNKNOWN &&
	    (r->last || r->n - r->given >= MARKS_LEN))
		r->lines = lines_of_look(bytes_of(r->p + r->given,
						  r->n - r->given));
	if (r->lines == LINES_UNKNOWN)
		return r->given;
	if (r->lines == LINES_NONE)
		return sweep(r, r->given);
	end = end_of_lines(r);
	lines_redact(r, MIN(MAX(r->lined, r->given), end), end);
	r->lined = end;
	r->n = end; /* what is behind was not read as a line yet */
	return end > r->given ? sweep(r, r->given) : end;
}

/* What is held back is small, so that it may as well be moved. */
static void drop_given(struct redactor *r)
{
	size_t drop = r->given - MIN(r->given, LOOK_BACK);

	if (!drop)
		return;
	memmove(r->window.p, r->window.p + drop, r->window.n - drop);
	r->window.n -= drop;
	r->given -= drop;
	r->lined -= MIN(r->lined, drop);
}

struct bytes redactor_next(struct redactor *r, struct bytes piece, bool last)
{
	struct bytes out;
	size_t from;

	if (r->off) {
		hash_add(&r->sent, piece);
		return piece;
	}
	drop_given(r);
	if (r->differs)
		hash_add(&r->original, piece);
	(void)buf_add_bytes(&r->window, piece);
	r->last = last;
	from = r->given;
	if (r->window.n == from)
		return bytes_of(NULL, 0);
	r->given = settle(r);
	out = bytes_of(r->window.p + from, r->given - from);
	hash_add(&r->sent, out);
	return out;
}

void redactor_remember(struct redactor *r, struct bytes before)
{
	if (r->off)
		return;
	(void)buf_add_bytes(&r->window,
			    bytes_skip(before,
				       before.n - MIN(before.n, LOOK_BACK)));
	r->given = r->window.n;
}

bool redactor_end(struct redactor *r, struct rec_file_end *end,
		  struct redacted_hashes *hashes)
{
	bool differs = redactor_hashes(r, hashes->sent, hashes->original);

	end->sha256 = bytes_of(hashes->sent, SHA256_LEN);
	if (differs) {
		end->redacted = r->bytes;
		end->original = bytes_of(hashes->original, SHA256_LEN);
	} else {
		memcpy(hashes->original, hashes->sent, SHA256_LEN);
	}
	redactor_release(r);
	return differs;
}

bool redactor_hashes(struct redactor *r, uint8_t sent[HASH_LEN_MAX],
		     uint8_t original[HASH_LEN_MAX])
{
	(void)hash_final(&r->sent, sent);
	if (r->differs)
		(void)hash_final(&r->original, original);
	return r->differs;
}

/* ---- what is no file: nothing to hash, nothing to release ---- */

static void sweep_here(struct redactor *r, uint8_t *p, size_t n)
{
	prepare();
	*r = (struct redactor){.p = p, .n = n, .last = true};
	if (n)
		(void)sweep(r, 0);
}

uint64_t redact_here(uint8_t *p, size_t n)
{
	struct redactor r;

	sweep_here(&r, p, n);
	return r.bytes;
}

/* "--password", "-p" of some programs: the value is behind an equals sign, or
 * is the next argument. */
static bool says_password(struct bytes name)
{
	static const char *const ends[] = {"password", "passwd", "passphrase",
					   "secret",   "token",	 "api-key",
					   "apikey",   "api_key"};

	while (name.n && name.p[0] == '-')
		name = bytes_skip(name, 1);
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		if (bytes_ends(name, ends[i]))
			return true;
	return false;
}

uint64_t redact_arguments(uint8_t *p, size_t n)
{
	struct redactor r;
	bool comes = false;

	sweep_here(&r, p, n);
	for (size_t at = 0; at < n;) {
		uint8_t *end = memchr(p + at, 0, n - at);
		size_t to = end ? (size_t)(end - p) : n;
		uint8_t *sign = memchr(p + at, '=', to - at);
		size_t name_n = sign ? (size_t)(sign - p) - at : to - at;
		bool says = says_password(bytes_of(p + at, name_n));

		if (comes && p[at] != '-')
			redact_mask(&r, (struct span){at, to}, REDACTED);
		else if (says && sign)
			redact_mask(&r,
				    (struct span){at + name_n + 1, to},
				    REDACTED);
		comes = says && !sign && to > at + 2 && p[at] == '-' &&
			p[at + 1] == '-';
		at = to + 1;
	}
	return r.bytes;
}
