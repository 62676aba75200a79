/* SPDX-License-Identifier: Apache-2.0 */
/* Private keys: what may be told of one that stays where it is. */
#include "base/base.h"

#include "base/hash.h"
#include "probe/secret.h"

#define BEGIN	"-----BEGIN "
#define PRIVATE "PRIVATE KEY"

/* The words of a private key's first line, or none. */
static struct bytes key_kind(struct bytes start)
{
	struct bytes line;

	start.n = MIN(start.n, (size_t)4096);
	while (bytes_split(&start, '\n', &line)) {
		size_t at;

		line = bytes_trim(line);
		if (!bytes_starts(line, BEGIN) ||
		    !bytes_find(line, PRIVATE, &at))
			continue;
		line = bytes_skip(line, strlen(BEGIN));
		while (line.n && line.p[line.n - 1] == '-')
			line.n--;
		return bytes_trim(line);
	}
	return (struct bytes){0};
}

bool secret_is_key(struct bytes start)
{
	return key_kind(start).n != 0;
}

/* The base64 between the lines of dashes. */
static void add_body(struct bytes key, struct buf *out)
{
	struct bytes line;
	bool in = false;

	while (bytes_split(&key, '\n', &line)) {
		line = bytes_trim(line);
		if (bytes_starts(line, "-----END"))
			return;
		if (in && !memchr(line.p ? line.p : (const uint8_t *)"", ':',
				  line.n))
			(void)buf_add_bytes(out, line);
		in |= bytes_starts(line, BEGIN);
	}
}

static void add_public(struct bytes blob, struct buf *out)
{
	struct reader r = reader_of(blob);
	struct bytes type = rd_sshstr(&r);
	char *text = base64_encode(blob, true), *print;
	uint8_t digest[SHA256_LEN];

	hash_sha256(blob, digest);
	print = base64_encode(bytes_of(digest, SHA256_LEN), false);
	if (!r.bad && type.n && type.n < 64)
		(void)buf_addf(out, "public: %.*s %s\nfingerprint: SHA256:%s\n",
			       (int)type.n, (const char *)type.p, text, print);
	free(text);
	free(print);
}

/* openssh-key-v1: cipher, kdf, its options, how many, the public ones. */
static void add_openssh(struct bytes raw, struct buf *out)
{
	static const char magic[] = "openssh-key-v1";
	struct reader r = reader_of(bytes_skip(raw, sizeof magic));
	struct bytes cipher, blob;

	if (raw.n < sizeof magic || memcmp(raw.p, magic, sizeof magic) != 0)
		return;
	cipher = rd_sshstr(&r);
	(void)rd_sshstr(&r);
	(void)rd_sshstr(&r);
	if (rd_u32be(&r) != 1)
		return;
	blob = rd_sshstr(&r);
	if (r.bad || cipher.n > 64)
		return;
	(void)buf_addf(out, "passphrase: %s\n",
		       bytes_eq(cipher, bytes_str("none")) ? "no" : "yes");
	add_public(blob, out);
}

/* ---- DER (X.690), as far as an RSA key needs it ---- */

enum { DER_INTEGER = 0x02, DER_OCTETS = 0x04, DER_SEQUENCE = 0x30 };

/* The content of the next value, which must be of that kind. */
static struct bytes der_next(struct reader *r, uint8_t kind)
{
	bool is_it = rd_u8(r) == kind;
	size_t n = rd_u8(r);

	if (n & 0x80) {
		unsigned digits = n & 0x7f;

		n = 0;
		for (unsigned i = 0; i < digits && i < 3; i++)
			n = n << 8 | rd_u8(r);
		r->bad |= digits == 0 || digits > 3;
	}
	r->bad |= !is_it;
	return r->bad ? (struct bytes){0} : rd_bytes(r, n);
}

/* PKCS #1: version, modulus, exponent, and what is nobody's business. */
static void add_rsa(struct bytes der, struct buf *out)
{
	struct reader outer = reader_of(der), in;
	struct bytes n, e;
	struct buf blob;

	in = reader_of(der_next(&outer, DER_SEQUENCE));
	(void)der_next(&in, DER_INTEGER);
	n = der_next(&in, DER_INTEGER);
	e = der_next(&in, DER_INTEGER);
	if (outer.bad || in.bad || n.n < 64 || e.n == 0)
		return;
	(void)buf_add_str(out, "passphrase: no\n");
	buf_init(&blob, KEY_MAX);
	(void)buf_add_sshstr(&blob, bytes_str("ssh-rsa"));
	(void)buf_add_sshstr(&blob, e);
	(void)buf_add_sshstr(&blob, n);
	add_public(buf_bytes(&blob), out);
	buf_release(&blob);
}

/* PKCS #8 around it: version, algorithm, the former. */
static void add_pkcs8(struct bytes der, struct buf *out)
{
	static const uint8_t rsa[] = {0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
				      0xf7, 0x0d, 0x01, 0x01, 0x01};
	struct reader outer = reader_of(der), in;
	struct bytes algorithm, key;

	in = reader_of(der_next(&outer, DER_SEQUENCE));
	(void)der_next(&in, DER_INTEGER);
	algorithm = der_next(&in, DER_SEQUENCE);
	key = der_next(&in, DER_OCTETS);
	if (!outer.bad && !in.bad && algorithm.n >= sizeof rsa &&
	    memcmp(algorithm.p, rsa, sizeof rsa) == 0)
		add_rsa(key, out);
}

static void add_by_kind(struct bytes kind, struct bytes raw, struct buf *out)
{
	static const struct {
		const char *kind;
		void (*add)(struct bytes raw, struct buf *out);
	} rows[] = {
		{"OPENSSH PRIVATE KEY", add_openssh},
		{"RSA PRIVATE KEY", add_rsa},
		{"PRIVATE KEY", add_pkcs8},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (bytes_eq(kind, bytes_str(rows[i].kind)))
			rows[i].add(raw, out);
}

void secret_describe_key(struct bytes key, struct buf *out)
{
	struct bytes kind = key_kind(key);
	struct buf body;
	uint8_t *raw;
	size_t n = 0;

	(void)buf_addf(out, "private key, not taken: %.*s\n",
		       (int)MIN(kind.n, (size_t)64), (const char *)kind.p);
	buf_init(&body, KEY_MAX);
	add_body(key, &body);
	raw = xmalloc(body.n + 1);
	if (bytes_find(key, "ENCRYPTED", NULL))
		(void)buf_add_str(out, "passphrase: yes\n");
	else if (base64_decode(buf_bytes(&body), raw, body.n + 1, &n))
		add_by_kind(kind, bytes_of(raw, n), out);
	explicit_bzero(raw, body.n + 1);
	free(raw);
	buf_wipe(&body);
	buf_release(&body);
}
