/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private keys wherever they stand. What may be told of one that is taken
 * out stands in its place: whether a passphrase guards it, of what kind it
 * is, and the fingerprint of its public half, where the format shows it.
 */
#include "base/base.h"
#include "model/redact_inside.h"
#include "model/redact_public.h"

#define KIND_MAX   64u
#define FIRST_RUN  24u /* the least of a line of base64 */
#define OTHER_RUN  20u /* of those behind it, but for the last */
#define BODY_MAX   REDACT_HOLD
#define TOLD_MAX   ((size_t)1024)

/* One that was found. */
struct pem {
	struct bytes kind; /* the words of its first line */
	struct span body;
	bool locked; /* its headers say that it is encrypted */
};

/* ---- what is between the marks ---- */

/* Whatever stands between two lines of base64: their ends, also as C, JSON
 * and shells write them, and what is in front of quoted lines. */
static size_t skip_between(const struct redactor *r, size_t at)
{
	while (at < r->n) {
		if (r->p[at] == '\\' && byte_at(r, at + 1) &&
		    strchr("nrt", r->p[at + 1]))
			at += 2;
		else if (r->p[at] && strchr(" \t\r\n\"'\\,+>|#;", r->p[at]) &&
			 !(r->p[at] == '+' && is_base64(byte_at(r, at + 1))))
			at++;
		else
			break;
	}
	return at;
}

/* "Proc-Type: 4,ENCRYPTED" and the like. */
static size_t skip_headers(const struct redactor *r, size_t at)
{
	for (;;) {
		size_t word = at, end;

		while (is_word(byte_at(r, word)) || byte_at(r, word) == '-')
			word++;
		if (word == at || !is_at(r, word, ": "))
			return at;
		for (end = word; end < r->n && r->p[end] != '\n' &&
				 !is_at(r, end, "\\n");
		     end++)
			continue;
		at = skip_between(r, end);
	}
}

/* A short line is one of it when it is the last. */
static bool ends_body(const struct redactor *r, size_t next, bool began)
{
	return began && (next >= r->n || is_at(r, next, "--") ||
			 is_at(r, next, "Private-MAC") || r->p[next] == '=');
}

/* From the first line of base64 on: the end of the last. */
static size_t body_end(const struct redactor *r, size_t from, size_t *next)
{
	size_t end = from, at = from, least = FIRST_RUN;

	for (;;) {
		size_t to = run_of(r, at, is_base64);

		*next = skip_between(r, to);
		if (to == at || (to - at < least && !ends_body(r, *next, end > from)))
			return end;
		end = to;
		at = *next;
		least = OTHER_RUN;
	}
}

/* ---- what is told of it ---- */

/* Base64 without all that is between its lines. */
static void gather(const struct redactor *r, struct span s, struct buf *out)
{
	for (size_t at = s.from; at < s.to;) {
		size_t to = MIN(run_of(r, at, is_base64), s.to);

		if (r->p[at] != '=') /* the checksum of RFC 4880 */
			(void)buf_add(out, r->p + at, to - at);
		at = MAX(skip_between(r, to), at + 1);
	}
}

static void describe(const struct redactor *r, const struct pem *pem,
		     struct buf *out)
{
	struct buf body;
	uint8_t *raw;
	size_t n = 0;

	(void)buf_add_str(out, REDACTED);
	buf_init(&body, BODY_MAX + 1);
	gather(r, pem->body, &body);
	raw = xmalloc(body.n + 1);
	if (pem->locked ||
	    base64_decode(buf_bytes(&body), raw, body.n, &n))
		public_describe(pem->kind, bytes_of(raw, n), pem->locked, out);
	explicit_bzero(raw, body.n + 1);
	free(raw);
	buf_wipe(&body);
	buf_release(&body);
}

/* As many as there is room for, taken off the front. */
static void take_words(struct bytes *words, size_t room, char *line)
{
	size_t n = 0;

	while (words->n) {
		const uint8_t *sign = memchr(words->p, ' ', words->n);
		size_t word = sign ? (size_t)(sign - words->p) : words->n;

		if (n + word + (n != 0) > room)
			break;
		if (n)
			line[n++] = ' ';
		memcpy(line + n, words->p, word);
		n += word;
		*words = bytes_skip(*words, word + (sign != NULL));
	}
	line[n] = '\0';
}

/* Line by line, so that what is between them stays. */
static void mask_body(struct redactor *r, const struct pem *pem)
{
	uint64_t before = r->secrets;
	char line[TOLD_MAX + 1];
	struct bytes words;
	struct buf told;

	buf_init(&told, TOLD_MAX);
	describe(r, pem, &told);
	words = buf_bytes(&told);
	for (size_t at = pem->body.from; at < pem->body.to;) {
		size_t to = MIN(run_of(r, at, is_base64), pem->body.to);

		take_words(&words, to - at, line);
		redact_mask(r, (struct span){at, to}, line);
		at = MAX(skip_between(r, to), at + 1);
	}
	r->secrets = MIN(r->secrets, before + 1);
	buf_release(&told);
}

/* Behind the marks of what begins at `begin`. */
static enum verdict find_body(const struct redactor *r, size_t begin, size_t at,
			      struct pem *pem)
{
	size_t from = skip_headers(r, skip_between(r, at)), next = 0;

	pem->body = (struct span){from, body_end(r, from, &next)};
	if (next >= r->n && !r->last && r->n - begin < BODY_MAX)
		return VERDICT_MORE;
	if (pem->body.to == from)
		return VERDICT_NO;
	pem->locked = bytes_find(pem->kind, "ENCRYPTED", NULL) ||
		      bytes_find(bytes_of(r->p + at, from - at), "ENCRYPTED",
				 NULL);
	return VERDICT_YES;
}

static bool is_kind(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ' ';
}

/* "-----BEGIN RSA PRIVATE KEY-----", from the B on. */
static enum verdict find_pem(const struct redactor *r, size_t at,
			     struct pem *pem)
{
	size_t from = at + strlen("BEGIN "), to;

	if (at && r->p[at - 1] != '-' && r->p[at - 1] != ' ')
		return VERDICT_NO;
	if (!is_at(r, at, "BEGIN "))
		return is_open(r, at, from) ? VERDICT_MORE : VERDICT_NO;
	to = run_of(r, from, is_kind);
	if (is_open(r, at, to + 4) && to - at < KIND_MAX)
		return VERDICT_MORE;
	pem->kind = bytes_trim(bytes_of(r->p + from, to - from));
	if (pem->kind.n > KIND_MAX || !is_at(r, to, "----") ||
	    !bytes_find(pem->kind, "PRIVATE KEY", NULL))
		return VERDICT_NO;
	while (byte_at(r, to) == '-')
		to++;
	return find_body(r, at, to, pem);
}

enum verdict judge_pem(struct redactor *r, size_t at, struct span *s)
{
	struct pem pem = {.locked = false};
	enum verdict verdict = find_pem(r, at, &pem);

	s->from = at;
	if (verdict != VERDICT_YES)
		return verdict;
	*s = pem.body;
	mask_body(r, &pem);
	return VERDICT_YES;
}

/* It is one word: what can be told of it stands in front. */
static void mask_folded(struct redactor *r, struct span s,
			const struct redactor *in)
{
	struct pem pem = {.locked = false};
	struct buf told;

	buf_init(&told, TOLD_MAX);
	if (find_pem(in, strlen("-----"), &pem) == VERDICT_YES)
		describe(in, &pem, &told);
	else
		(void)buf_add_str(&told, REDACTED);
	redact_mask(r, s, buf_str(&told));
	buf_release(&told);
}

/* The same in base64 once more, as kubeconfig has it. */
enum verdict judge_folded_pem(struct redactor *r, size_t at, struct span *s)
{
	struct redactor in = {.last = true};
	struct buf plain;

	s->from = at;
	if (!is_at(r, at, "LS0tLS1CRUdJTi") || (at && is_word(r->p[at - 1])))
		return is_open(r, at, at + 14) ? VERDICT_MORE : VERDICT_NO;
	s->to = run_of(r, at, is_base64);
	if (s->to >= r->n && !r->last && r->n - at < BODY_MAX)
		return VERDICT_MORE;
	buf_init(&plain, s->to - at);
	in.p = buf_reserve(&plain, s->to - at);
	if (!base64_decode(bytes_of(r->p + at, s->to - at), in.p, s->to - at,
			   &in.n))
		in.n = 0;
	buf_commit(&plain, in.n);
	if (!bytes_find(bytes_of(in.p, MIN(in.n, (size_t)96)), "PRIVATE KEY-",
			NULL)) {
		buf_release(&plain);
		return VERDICT_NO;
	}
	mask_folded(r, *s, &in);
	buf_wipe(&plain);
	buf_release(&plain);
	return VERDICT_YES;
}

/* ---- of other programs ---- */

/* PuTTY's: "Private-Lines: 8" and so many lines; the public ones stay. */
enum verdict judge_putty(struct redactor *r, size_t at, struct span *s)
{
	static const char name[] = "Private-Lines: ";
	struct pem pem = {.locked = false};
	enum verdict verdict;
	const uint8_t *end;
	size_t from = at + strlen(name);

	s->from = at;
	if (!is_at(r, at, name))
		return is_open(r, at, from) ? VERDICT_MORE : VERDICT_NO;
	end = memchr(r->p + from, '\n', r->n - from);
	if (!end)
		return is_open(r, at, r->n) ? VERDICT_MORE : VERDICT_NO;
	verdict = find_body(r, at, (size_t)(end - r->p), &pem);
	if (verdict == VERDICT_YES) {
		*s = pem.body;
		mask_body(r, &pem);
	}
	return verdict;
}

static bool is_bech32(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

enum verdict judge_age(struct redactor *r, size_t at, struct span *s)
{
	static const struct behind age = {"AGE-SECRET-KEY-1", is_bech32, 58,
					  58};

	return judge_behind(r, at, &age, s);
}

static bool is_between(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '=' || c == '"' || c == '\'';
}

/* WireGuard's: 32 bytes behind the name, in base64. */
enum verdict judge_wireguard(struct redactor *r, size_t at, struct span *s)
{
	size_t name = run_of(r, at, is_word), from = run_of(r, name, is_between);

	s->from = at;
	s->to = run_of(r, from, is_base64);
	if (is_open(r, at, s->to))
		return VERDICT_MORE;
	if ((!is_at(r, at, "PrivateKey") && !is_at(r, at, "PresharedKey")) ||
	    from == name || s->to - from != 44 || r->p[s->to - 1] != '=')
		return VERDICT_NO;
	s->from = from;
	redact_mask(r, *s, REDACTED);
	return VERDICT_YES;
}
