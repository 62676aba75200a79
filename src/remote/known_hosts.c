/* SPDX-License-Identifier: Apache-2.0 */
/*
 * known_hosts(5), read by ourselves: libssh2's reader takes markers and
 * patterns for names. @cert-authority lines are passed over, because we
 * accept no host certificates.
 */
#include "base/base.h"

#include "base/bytes.h"
#include "base/fs.h"
#include "base/hash.h"
#include "base/text.h"
#include "remote/remote.h"

#define FILES_MAX ((size_t)16 << 20)
#define KEY_MAX   8192
#define SHA1_LEN  20
#define SSH_PORT  22

struct line {
	bool revoked;
	struct bytes names;
	struct bytes type;
	struct bytes key; /* in base64 */
};

static enum err_code load_one(struct known_hosts *kh, const char *dir,
			      const char *name, struct err *err)
{
	char path[4096];
	enum err_code code;
	int n = snprintf(path, sizeof path, "%s/%s", dir, name);

	if (n < 0 || (size_t)n >= sizeof path)
		return err_set(err, ERR_LIMIT, "%s is too long a path",
			       shown_str(dir).s);
	code = fs_read(path, &kh->text, err);
	if (code == ERR_NOTFOUND)
		return ERR_OK;
	if (code != ERR_OK)
		return err_wrap(err, "reading known hosts");
	if (!buf_add_byte(&kh->text, '\n'))
		return err_set(err, ERR_LIMIT,
			       "known hosts of more than %zu bytes", FILES_MAX);
	return ERR_OK;
}

enum err_code known_hosts_load(struct known_hosts *kh, const char *ssh_dir,
			       struct err *err)
{
	static const char *const names[] = {"known_hosts", "known_hosts2"};
	static const char *const global[] = {"ssh_known_hosts",
					     "ssh_known_hosts2"};
	enum err_code code = ERR_OK;

	buf_init(&kh->text, FILES_MAX);
	for (size_t i = 0; i < ARRAY_SIZE(names) && code == ERR_OK; i++)
		code = load_one(kh, ssh_dir, names[i], err);
	for (size_t i = 0; i < ARRAY_SIZE(global) && code == ERR_OK; i++)
		code = load_one(kh, "/etc/ssh", global[i], err);
	if (code != ERR_OK)
		known_hosts_release(kh);
	return code;
}

void known_hosts_release(struct known_hosts *kh)
{
	buf_release(&kh->text);
}

/* The next word between blanks and tabs; empty at the end. */
static struct bytes take_word(struct bytes *rest)
{
	size_t n = 0;
	struct bytes word;

	*rest = bytes_trim(*rest);
	while (n < rest->n && rest->p[n] != ' ' && rest->p[n] != '\t')
		n++;
	word = bytes_of(rest->p, n);
	*rest = bytes_skip(*rest, n);
	return word;
}

/* False for comments, junk and what we pass over. */
static bool parse_line(struct bytes text, struct line *line)
{
	struct bytes word = take_word(&text);

	*line = (struct line){0};
	if (word.n == 0 || word.p[0] == '#')
		return false;
	if (word.p[0] == '@') {
		if (!bytes_eq(word, bytes_str("@revoked")))
			return false;
		line->revoked = true;
		word = take_word(&text);
	}
	line->names = word;
	line->type = take_word(&text);
	line->key = take_word(&text);
	return line->key.n > 0;
}

/* "host" or, for another port than SSH's own, "[host]:port"; lower case. */
static void name_of(const struct target *t, char *out, size_t room)
{
	if (t->port == SSH_PORT)
		(void)snprintf(out, room, "%s", t->host);
	else
		(void)snprintf(out, room, "[%s]:%u", t->host,
			       (unsigned)t->port);
	for (char *p = out; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
}

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

/* Glob with * and ?, in time n * m whatever the pattern. */
static bool glob_matches(struct bytes pattern, struct bytes name)
{
	size_t p = 0, s = 0, star = SIZE_MAX, star_s = 0;

	while (s < name.n) {
		if (p < pattern.n && pattern.p[p] == '*') {
			star = p++;
			star_s = s;
		} else if (p < pattern.n &&
			   (pattern.p[p] == '?' ||
			    lower(pattern.p[p]) == name.p[s])) {
			p++;
			s++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			s = ++star_s;
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.p[p] == '*')
		p++;
	return p == pattern.n;
}

/* |1|base64 of the salt|base64 of HMAC-SHA-1(salt, name) */
static bool hash_matches(struct bytes field, struct bytes name)
{
	struct bytes rest = bytes_skip(field, 3), piece;
	uint8_t salt[64], want[SHA1_LEN + 4], got[SHA1_LEN];
	size_t salt_len, want_len;

	if (!bytes_split(&rest, '|', &piece) ||
	    !base64_decode(piece, salt, sizeof salt, &salt_len))
		return false;
	if (!base64_decode(rest, want, sizeof want, &want_len) ||
	    want_len != SHA1_LEN)
		return false;
	hash_hmac_sha1(bytes_of(salt, salt_len), name, got);
	return memcmp(got, want, SHA1_LEN) == 0;
}

static bool names_match(struct bytes names, struct bytes name)
{
	struct bytes piece;
	bool found = false;

	if (bytes_starts(names, "|"))
		return bytes_starts(names, "|1|") && hash_matches(names, name);
	while (bytes_split(&names, ',', &piece)) {
		bool negated = bytes_starts(piece, "!");

		if (!glob_matches(bytes_skip(piece, negated), name))
			continue;
		if (negated)
			return false; /* whatever else the line says */
		found = true;
	}
	return found;
}

/* Walks the lines for one host. */
struct search {
	struct bytes rest;
	char name[300];
	unsigned line_no;
};

static void search_begin(struct search *s, const struct known_hosts *kh,
			 const struct target *t)
{
	*s = (struct search){.rest = buf_bytes(&kh->text)};
	name_of(t, s->name, sizeof s->name);
}

static bool search_next(struct search *s, struct line *line)
{
	struct bytes text;

	while (bytes_split(&s->rest, '\n', &text)) {
		s->line_no++;
		if (text.n > 0 && text.p[text.n - 1] == '\r')
			text.n--;
		if (parse_line(text, line) &&
		    names_match(line->names, bytes_str(s->name)))
			return true;
	}
	return false;
}

static bool decode_key(struct bytes base64, uint8_t out[KEY_MAX],
		       struct bytes *key)
{
	size_t n;

	if (!base64_decode(base64, out, KEY_MAX, &n))
		return false;
	*key = bytes_of(out, n);
	return true;
}

static void note(struct known_result *r, enum known_verdict verdict,
		 unsigned line)
{
	r->verdict = verdict;
	r->line = line;
}

/* One line for this host; the worse or the surer verdict stays. */
static void weigh(const struct line *line, unsigned line_no, struct bytes type,
		  struct bytes key, struct known_result *r)
{
	uint8_t space[KEY_MAX];
	struct bytes filed;
	bool same;

	if (!decode_key(line->key, space, &filed))
		return;
	same = bytes_eq(filed, key);
	if (line->revoked) {
		if (same)
			note(r, KNOWN_REVOKED, line_no);
		return;
	}
	if (same && bytes_eq(line->type, type)) {
		note(r, KNOWN_MATCH, line_no);
	} else if (r->verdict == KNOWN_MATCH) {
		return;
	} else if (bytes_eq(line->type, type)) {
		if (r->verdict == KNOWN_CHANGED)
			return; /* the first one is named */
		note(r, KNOWN_CHANGED, line_no);
		(void)key_fingerprint(filed, r->fingerprint);
	} else if (r->verdict == KNOWN_UNKNOWN) {
		note(r, KNOWN_OTHER_TYPE, line_no);
	}
}

void known_hosts_check(const struct known_hosts *kh, const struct target *t,
		       struct bytes key_type, struct bytes key,
		       struct known_result *result)
{
	struct search s;
	struct line line;

	*result = (struct known_result){.verdict = KNOWN_UNKNOWN};
	search_begin(&s, kh, t);
	while (result->verdict != KNOWN_REVOKED && search_next(&s, &line))
		weigh(&line, s.line_no, key_type, key, result);
	if (result->verdict != KNOWN_CHANGED)
		result->fingerprint[0] = '\0';
}

static bool has_word(struct bytes list, struct bytes word)
{
	struct bytes piece;

	while (bytes_split(&list, ',', &piece))
		if (bytes_eq(piece, word))
			return true;
	return false;
}

void known_hosts_types(const struct known_hosts *kh, const struct target *t,
		       struct buf *types)
{
	struct search s;
	struct line line;

	search_begin(&s, kh, t);
	while (search_next(&s, &line)) {
		if (line.revoked || has_word(buf_bytes(types), line.type))
			continue;
		/* More types than fit are more than anybody has: left out. */
		if (types->n + line.type.n + 1 > types->max)
			continue;
		if (types->n)
			(void)buf_add_byte(types, ',');
		(void)buf_add_bytes(types, line.type);
	}
}

const char *key_fingerprint(struct bytes blob, char out[FINGERPRINT_MAX])
{
	uint8_t digest[SHA256_LEN];
	char *b64;

	hash_sha256(blob, digest);
	b64 = base64_encode(bytes_of(digest, sizeof digest), false);
	(void)snprintf(out, FINGERPRINT_MAX, "SHA256:%s", b64);
	free(b64);
	return out;
}
