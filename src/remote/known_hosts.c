/* SPDX-License-Identifier: Apache-2.0 */
/*
 * known_hosts(5), read by ourselves: libssh2's reader takes markers and
 * patterns for names. We accept no host certificates: a @cert-authority line
 * vouches for nothing here, and is told of where it would have.
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

struct line {
	bool revoked, authority;
	struct bytes names;
	struct bytes type;
	struct bytes key; /* in base64 */
};

void known_hosts_init(struct known_hosts *kh)
{
	*kh = (struct known_hosts){0};
	buf_init(&kh->text, FILES_MAX);
}

static unsigned count_lines(struct bytes b)
{
	unsigned n = 0;

	for (size_t i = 0; i < b.n; i++)
		n += b.p[i] == '\n';
	return n;
}

enum err_code known_hosts_add(struct known_hosts *kh, const char *path,
			      struct err *err)
{
	unsigned before = count_lines(buf_bytes(&kh->text));
	enum err_code code = fs_read_plain(path, &kh->text, err);

	if (code == ERR_NOTFOUND)
		return ERR_OK;
	if (code != ERR_OK)
		return err_wrap(err, "reading known hosts");
	if (!buf_add_byte(&kh->text, '\n'))
		return err_set(err, ERR_LIMIT,
			       "known hosts of more than %zu bytes", FILES_MAX);
	kh->files = xrealloc(kh->files, kh->n_files + 1, sizeof *kh->files);
	kh->files[kh->n_files++] = (struct known_file){
		.path = xstrdup(path), .lines_before = before};
	return ERR_OK;
}

void known_hosts_release(struct known_hosts *kh)
{
	for (size_t i = 0; i < kh->n_files; i++)
		free(kh->files[i].path);
	free(kh->files);
	buf_release(&kh->text);
	*kh = (struct known_hosts){0};
}

/* Where a line of the text stands. */
static struct known_place place_of(const struct known_hosts *kh, unsigned line)
{
	struct known_place place = {.line = line};

	for (size_t i = 0; i < kh->n_files; i++) {
		if (kh->files[i].lines_before >= line)
			break;
		place.path = kh->files[i].path;
		place.line = line - kh->files[i].lines_before;
	}
	return place;
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
		line->revoked = bytes_eq(word, bytes_str("@revoked"));
		line->authority = bytes_eq(word, bytes_str("@cert-authority"));
		if (!line->revoked && !line->authority)
			return false;
		word = take_word(&text);
	}
	line->names = word;
	line->type = take_word(&text);
	line->key = take_word(&text);
	return line->key.n > 0;
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
			 const char *name)
{
	*s = (struct search){.rest = buf_bytes(&kh->text)};
	(void)snprintf(s->name, sizeof s->name, "%s", name);
	for (char *p = s->name; *p; p++)
		*p = (char)lower((uint8_t)*p);
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
		 struct known_place place)
{
	r->verdict = verdict;
	r->place = place;
}

/* One line for this host; the worse or the surer verdict stays. */
static void weigh(const struct line *line, struct known_place place,
		  struct bytes type, struct bytes key, struct known_result *r)
{
	uint8_t space[KEY_MAX];
	struct bytes filed;
	bool same;

	if (!decode_key(line->key, space, &filed))
		return;
	if (line->authority) {
		if (!r->authority.line)
			r->authority = place;
		return;
	}
	same = bytes_eq(filed, key);
	if (line->revoked) {
		if (same)
			note(r, KNOWN_REVOKED, place);
		return;
	}
	if (same && bytes_eq(line->type, type)) {
		note(r, KNOWN_MATCH, place);
	} else if (r->verdict == KNOWN_MATCH) {
		return;
	} else if (bytes_eq(line->type, type)) {
		if (r->verdict == KNOWN_CHANGED)
			return; /* the first one is named */
		note(r, KNOWN_CHANGED, place);
		(void)key_fingerprint(filed, r->fingerprint);
	} else if (r->verdict == KNOWN_UNKNOWN) {
		note(r, KNOWN_OTHER_TYPE, place);
	}
}

void known_hosts_check(const struct known_hosts *kh, const char *name,
		       struct bytes key_type, struct bytes key,
		       struct known_result *result)
{
	struct search s;
	struct line line;

	*result = (struct known_result){.verdict = KNOWN_UNKNOWN};
	search_begin(&s, kh, name);
	while (result->verdict != KNOWN_REVOKED && search_next(&s, &line))
		weigh(&line, place_of(kh, s.line_no), key_type, key, result);
	if (result->verdict != KNOWN_CHANGED)
		result->fingerprint[0] = '\0';
}

void known_hosts_check_port(const struct known_hosts *kh, const char *name,
			    const char *plain, struct bytes key_type,
			    struct bytes key, struct known_result *result)
{
	struct known_result other;
	bool is_open;

	known_hosts_check(kh, name, key_type, key, result);
	if (!plain || result->verdict == KNOWN_REVOKED)
		return;
	known_hosts_check(kh, plain, key_type, key, &other);
	if (!result->authority.line)
		result->authority = other.authority;
	is_open = result->verdict == KNOWN_UNKNOWN ||
		  result->verdict == KNOWN_OTHER_TYPE;
	if (other.verdict != KNOWN_REVOKED &&
	    !(other.verdict == KNOWN_MATCH && is_open))
		return;
	note(result, other.verdict, other.place);
	result->fingerprint[0] = '\0';
	result->without_port = true;
}

static bool has_word(struct bytes list, struct bytes word)
{
	struct bytes piece;

	while (bytes_split(&list, ',', &piece))
		if (bytes_eq(piece, word))
			return true;
	return false;
}

void known_hosts_types(const struct known_hosts *kh, const char *name,
		       struct buf *types)
{
	struct search s;
	struct line line;

	search_begin(&s, kh, name);
	while (search_next(&s, &line)) {
		if (line.revoked || line.authority ||
		    has_word(buf_bytes(types), line.type))
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
