/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The public halves of private keys, where the format shows them without any
 * arithmetic: OpenSSH's own, PKCS #1, SEC 1, DSA's, PKCS #8 around these, and
 * OpenPGP's.
 */
#include "base/base.h"

#include "base/hash.h"
#include "model/redact_public.h"

#define BLOB_MAX ((size_t)64 << 10)

static void say_lock(bool locked, struct buf *out)
{
	(void)buf_addf(out, " passphrase=%s", locked ? "yes" : "no");
}

/* A public key as SSH has it. */
static void say_public(struct bytes blob, struct buf *out)
{
	struct reader r = reader_of(blob);
	struct bytes type = rd_sshstr(&r);
	uint8_t digest[SHA256_LEN];
	char *print;

	if (r.bad || type.n == 0 || type.n >= 64)
		return;
	hash_sha256(blob, digest);
	print = base64_encode(bytes_of(digest, SHA256_LEN), false);
	(void)buf_addf(out, " %.*s SHA256:%s", (int)type.n,
		       (const char *)type.p, print);
	free(print);
}

/* openssh-key-v1: cipher, kdf, its options, how many, the public ones. */
static void say_openssh(struct bytes raw, struct buf *out)
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
	if (r.bad)
		return;
	say_lock(!bytes_eq(cipher, bytes_str("none")), out);
	say_public(blob, out);
}

/* ---- DER (X.690), as far as keys need it ---- */

enum {
	DER_INTEGER = 0x02,
	DER_BITS = 0x03,
	DER_OCTETS = 0x04,
	DER_OID = 0x06,
	DER_SEQUENCE = 0x30,
	DER_TAG_0 = 0xa0,
	DER_TAG_1 = 0xa1,
};

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

/* A blob of SSH of a type and some strings. */
static void say_strings(const char *type, const struct bytes *strings,
			size_t n, struct buf *out)
{
	struct buf blob;

	buf_init(&blob, BLOB_MAX);
	(void)buf_add_sshstr(&blob, bytes_str(type));
	for (size_t i = 0; i < n; i++)
		(void)buf_add_sshstr(&blob, strings[i]);
	say_lock(false, out);
	if (!blob.full)
		say_public(buf_bytes(&blob), out);
	buf_release(&blob);
}

/* Version and some numbers of a sequence. */
static bool numbers_of(struct bytes der, struct bytes *numbers, size_t n)
{
	struct reader outer = reader_of(der), in;

	in = reader_of(der_next(&outer, DER_SEQUENCE));
	(void)der_next(&in, DER_INTEGER);
	for (size_t i = 0; i < n; i++)
		numbers[i] = der_next(&in, DER_INTEGER);
	return !outer.bad && !in.bad && numbers[0].n >= 64;
}

/* PKCS #1: modulus and exponent, and what is nobody's business. */
static void say_rsa(struct bytes der, struct buf *out)
{
	struct bytes n[2];

	if (numbers_of(der, n, 2))
		say_strings("ssh-rsa", (struct bytes[]){n[1], n[0]}, 2, out);
}

static void say_dsa(struct bytes der, struct buf *out)
{
	struct bytes n[4];

	if (numbers_of(der, n, 4))
		say_strings("ssh-dss", n, 4, out);
}

/* By the size of a point, uncompressed, which begins with a 4. */
static void say_point(struct bytes bits, struct buf *out)
{
	static const struct {
		size_t n;
		const char *type, *curve;
	} curves[] = {
		{65, "ecdsa-sha2-nistp256", "nistp256"},
		{97, "ecdsa-sha2-nistp384", "nistp384"},
		{133, "ecdsa-sha2-nistp521", "nistp521"},
	};
	struct bytes point = bytes_skip(bits, 1); /* unused bits: none */

	for (size_t i = 0; i < ARRAY_SIZE(curves); i++)
		if (point.n == curves[i].n && point.p[0] == 4)
			say_strings(curves[i].type,
				    (struct bytes[]){
					    bytes_str(curves[i].curve), point},
				    2, out);
}

/* SEC 1: version, the key, its curve (PKCS #8 has that), its point. */
static void say_ec(struct bytes der, struct buf *out)
{
	struct reader outer = reader_of(der), in, tagged;

	in = reader_of(der_next(&outer, DER_SEQUENCE));
	(void)der_next(&in, DER_INTEGER);
	(void)der_next(&in, DER_OCTETS);
	if (!in.bad && in.rest.n && in.rest.p[0] == DER_TAG_0)
		(void)der_next(&in, DER_TAG_0);
	tagged = reader_of(der_next(&in, DER_TAG_1));
	if (!outer.bad && !in.bad)
		say_point(der_next(&tagged, DER_BITS), out);
}

/* PKCS #8 around the former: version, algorithm, the key. */
static void say_pkcs8(struct bytes der, struct buf *out)
{
	static const struct {
		const char *oid;
		void (*say)(struct bytes der, struct buf *out);
	} rows[] = {
		{"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01", say_rsa},
		{"\x2a\x86\x48\xce\x3d\x02\x01", say_ec},
	};
	struct reader outer = reader_of(der), in, algorithm;
	struct bytes oid, key;

	in = reader_of(der_next(&outer, DER_SEQUENCE));
	(void)der_next(&in, DER_INTEGER);
	algorithm = reader_of(der_next(&in, DER_SEQUENCE));
	oid = der_next(&algorithm, DER_OID);
	key = der_next(&in, DER_OCTETS);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (!outer.bad && !in.bad &&
		    bytes_eq(oid, bytes_str(rows[i].oid)))
			rows[i].say(key, out);
}

/* ---- OpenPGP (RFC 4880) ---- */

/* The body of a packet of a secret key, or none. */
static struct bytes packet_of(struct reader *r)
{
	uint8_t tag = rd_u8(r);
	size_t n = rd_u8(r);

	if (tag == 0x95) /* two bytes of length */
		n = n << 8 | rd_u8(r);
	else if (tag == 0xc5 && n >= 192 && n < 224)
		n = ((n - 192) << 8) + rd_u8(r) + 192;
	else if (tag != 0x94 && tag != 0xc5)
		r->bad = true;
	return rd_bytes(r, n);
}

static void skip_numbers(struct reader *r, unsigned n)
{
	while (n--)
		(void)rd_bytes(r, ((size_t)rd_u16be(r) + 7) / 8);
}

/* What of it is public, of version 4. */
static struct bytes pgp_public(struct bytes packet)
{
	struct reader r = reader_of(packet);
	uint8_t version = rd_u8(&r), algorithm;

	(void)rd_u32be(&r);
	algorithm = rd_u8(&r);
	if (algorithm == 19 || algorithm == 22) {
		(void)rd_bytes(&r, rd_u8(&r));
		skip_numbers(&r, 1);
	} else {
		skip_numbers(&r, algorithm == 17 ? 4 : 2);
	}
	if (r.bad || version != 4 || r.rest.n == 0)
		return bytes_of(NULL, 0);
	return bytes_of(packet.p, packet.n - r.rest.n);
}

static void say_pgp(struct bytes raw, struct buf *out)
{
	struct reader r = reader_of(raw);
	struct bytes packet = packet_of(&r), pub = pgp_public(packet);
	uint8_t digest[HASH_LEN_MAX], head[3] = {0x99};
	char hex[HASH_HEX_MAX];
	struct hash hash;

	if (r.bad || pub.n == 0)
		return;
	head[1] = (uint8_t)(pub.n >> 8);
	head[2] = (uint8_t)pub.n;
	hash_init(&hash, HASH_SHA1);
	hash_add(&hash, bytes_of(head, sizeof head));
	hash_add(&hash, pub);
	(void)hash_final(&hash, digest);
	say_lock(packet.p[pub.n] != 0, out);
	(void)buf_addf(out, " openpgp %s",
		       hex_encode(bytes_of(digest, 20), hex, sizeof hex));
}

void public_describe(struct bytes kind, struct bytes raw, bool locked,
		     struct buf *out)
{
	static const struct {
		const char *kind;
		void (*say)(struct bytes raw, struct buf *out);
	} rows[] = {
		{"OPENSSH PRIVATE KEY", say_openssh},
		{"RSA PRIVATE KEY", say_rsa},
		{"EC PRIVATE KEY", say_ec},
		{"DSA PRIVATE KEY", say_dsa},
		{"PRIVATE KEY", say_pkcs8},
		{"PGP PRIVATE KEY BLOCK", say_pgp},
	};

	if (locked)
		say_lock(true, out);
	for (size_t i = 0; !locked && i < ARRAY_SIZE(rows); i++)
		if (bytes_eq(kind, bytes_str(rows[i].kind)))
			rows[i].say(raw, out);
}
