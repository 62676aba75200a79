/* SPDX-License-Identifier: Apache-2.0 */
/* Files that hold passwords, keys and tokens, by where they lie, and those
 * that are nothing else, by how they begin. */
#include "base/base.h"

#include <fnmatch.h>

#include "model/redact.h"
#include "model/secret.h"

#define HASHES(path)   {path, SECRECY_HASHES, FORM_SHADOW}
#define VALUES(path)   {path, SECRECY_HASHES, FORM_VALUES}
#define KEY(path)      {path, SECRECY_KEY, FORM_ANY}
#define METADATA(path) {path, SECRECY_METADATA, FORM_ANY}

static const struct secret_place places[] = {
	HASHES("*/etc/shadow"),
	HASHES("*/etc/shadow[-+]"),
	HASHES("*/etc/gshadow"),
	HASHES("*/etc/gshadow[-+]"),
	HASHES("*/etc/master.passwd"),
	HASHES("*/var/backups/*shadow*"),
	HASHES("*/etc/security/opasswd*"),
	HASHES("*/var/yp/*"),
	VALUES("*/etc/security/passwd"), /* of AIX */
	METADATA("*/etc/spwd.db"),
	METADATA("*/passdb.tdb"),
	METADATA("*/secrets.tdb"),
	{"*/.ssh/id_*.pub", SECRECY_NONE, FORM_ANY},
	KEY("*/.ssh/id_*"),
	KEY("*/etc/ssh/ssh_host_*_key"),
	METADATA("*.p12"),
	METADATA("*.pfx"),
	METADATA("*.jks"),
	METADATA("*.kdbx"),
	METADATA("*.keytab"),
	METADATA("*/krb5cc_*"),
	METADATA("*/.gnupg/private-keys-v1.d/*"),
	METADATA("*/.gnupg/secring.gpg"),
	VALUES("*/.netrc"),
	METADATA("*/.pgpass"),
	VALUES("*/.my.cnf"),
	METADATA("*/.mylogin.cnf"),
	METADATA("*/.git-credentials"),
	METADATA("*/.config/git/credentials"),
	VALUES("*/.npmrc"),
	VALUES("*/.pypirc"),
	METADATA("*/.s3cfg"),
	METADATA("*/.boto"),
	METADATA("*/.vault-token"),
	VALUES("*/.aws/credentials"),
	METADATA("*/.aws/*/cache/*"),
	METADATA("*/.azure/*oken*"),
	METADATA("*/.azure/msal_*"),
	METADATA("*/gcloud/*credentials*"),
	METADATA("*/gcloud/access_tokens.db"),
	VALUES("*/.kube/config"),
	VALUES("*/.docker/config.json"),
	VALUES("*/gh/hosts.yml"),
	METADATA("*/.terraform.d/credentials*"),
	METADATA("*/rclone/rclone.conf"),
	METADATA("*/run/secrets/*"),
	VALUES("*/etc/kubernetes/*.conf"),
	METADATA("*/logins.json"),
	METADATA("*/key[34].db"),
	METADATA("*/signons.sqlite"),
	METADATA("*/Login Data*"),
	VALUES("*/etc/NetworkManager/system-connections/*"),
	VALUES("*/etc/wpa_supplicant/*"),
	VALUES("*/etc/wireguard/*"),
	METADATA("*/etc/ppp/*-secrets"),
	METADATA("*/etc/ipsec.secrets"),
	METADATA("/proc/*/environ"),
};

static const struct secret_place nowhere = {"", SECRECY_NONE, FORM_ANY};

const struct secret_place *secret_place(size_t i)
{
	return i < ARRAY_SIZE(places) ? &places[i] : NULL;
}

const struct secret_place *secret_place_of(struct bytes path)
{
	char *s = bytes_to_str(path);
	const struct secret_place *place;
	size_t i = 0;

	while ((place = secret_place(i)) && fnmatch(place->path, s, 0) != 0)
		i++;
	free(s);
	return place ? place : &nowhere;
}

/* ---- by how it begins ---- */

/* Each record has its length, which has its principal's parts behind it. */
static bool is_keytab(struct bytes head)
{
	struct reader r = reader_of(bytes_skip(head, 2));
	uint32_t length = rd_u32be(&r);
	uint16_t parts = rd_u16be(&r);

	return !r.bad && length >= 16 && length < 4096 && parts >= 1 &&
	       parts < 16;
}

/* A cache of tickets: of version 4 a header, whose length is told. */
static bool is_ticket_cache(struct bytes head)
{
	struct reader r = reader_of(bytes_skip(head, 2));
	uint16_t length = rd_u16be(&r);

	return !r.bad && length < 64;
}

/* PKCS #12: a sequence, version 3, data or signed data of PKCS #7. */
static bool is_pkcs12(struct bytes head)
{
	head.n = MIN(head.n, (size_t)64);
	return bytes_find(head, "\x02\x01\x03\x30", NULL) &&
	       bytes_find(head, "\x2a\x86\x48\x86\xf7\x0d\x01\x07", NULL);
}

/* PKCS #1 and #8 as they are without base64: a version, which is 0, then an
 * RSA modulus or an algorithm. */
static bool is_der_key(struct bytes head)
{
	static const uint8_t rsa[] = {0x02, 0x01, 0x00, 0x02, 0x82};
	static const uint8_t pkcs8[] = {0x02, 0x01, 0x00, 0x30};
	struct bytes in = bytes_skip(head, head.n > 1 && head.p[1] == 0x82 ? 4
				     : head.n > 1 && head.p[1] == 0x81	   ? 3
									   : 2);

	if (in.n >= sizeof rsa && memcmp(in.p, rsa, sizeof rsa) == 0)
		return true;
	return in.n >= 8 && memcmp(in.p, pkcs8, sizeof pkcs8) == 0 &&
	       in.p[5] == 0x06;
}

/* A packet of a secret key, of version 4, of this century. */
static bool is_pgp(struct bytes head)
{
	return head.n > 8 && head.p[3] == 4 && head.p[8] >= 1 &&
	       head.p[8] <= 22;
}

static const struct {
	const char *begin;
	uint8_t n;
	bool (*is)(struct bytes head);
	const char *what;
} wholes[] = {
	{"\x05\x02", 2, is_keytab, "Kerberos keytab"},
	{"\x05\x04", 2, is_ticket_cache, "Kerberos tickets"},
	{"\x05\x03", 2, NULL, "Kerberos tickets"},
	{"\xfe\xed\xfe\xed\0\0\0", 7, NULL, "Java key store"},
	{"\xce\xce\xce\xce\0\0\0", 7, NULL, "Java key store"},
	{"\x03\xd9\xa2\x9a\x67\xfb\x4b", 7, NULL, "KeePass database"},
	{"\x30", 1, is_pkcs12, "PKCS #12"},
	{"\x30", 1, is_der_key, "private key (DER)"},
	{"\x95", 1, is_pgp, "OpenPGP secret key"},
	{"(21:protected-private-key", 25, NULL, "GnuPG private key"},
	{"(11:private-key", 15, NULL, "GnuPG private key"},
	{"(20:shadowed-private-key", 24, NULL, "GnuPG private key"},
	{"Key: (protected-private-key", 27, NULL, "GnuPG private key"},
	{"Key: (private-key", 17, NULL, "GnuPG private key"},
};

static const char *whole_by_begin(struct bytes head)
{
	for (size_t i = 0; i < ARRAY_SIZE(wholes); i++)
		if (head.n > wholes[i].n &&
		    memcmp(head.p, wholes[i].begin, wholes[i].n) == 0 &&
		    (!wholes[i].is || wholes[i].is(head)))
			return wholes[i].what;
	return NULL;
}

/* What is packed cannot be looked into here. */
static bool is_packed(struct bytes head)
{
	return bytes_starts(head, "\x1f\x8b") || bytes_starts(head, "BZh") ||
	       bytes_starts(head, "\xfd" "7zXZ") ||
	       bytes_starts(head, "\x28\xb5\x2f\xfd") ||
	       bytes_starts(head, "PK\3\4");
}

/* A file may say that it is a public one. */
static bool is_public(struct bytes head)
{
	static const char *const begins[] = {"ssh-", "ecdsa-", "sk-",
					     "-----BEGIN PUBLIC",
					     "-----BEGIN CERTIFICATE",
					     "---- BEGIN SSH2 PUBLIC"};

	for (size_t i = 0; i < ARRAY_SIZE(begins); i++)
		if (bytes_starts(head, begins[i]))
			return true;
	return false;
}

/* Whether there is a key in it that can be taken out. */
static bool has_key(struct bytes head)
{
	uint8_t *copy = xmemdup(head.p, head.n);
	uint64_t n = redact_here(copy, head.n);

	explicit_bzero(copy, head.n);
	free(copy);
	return n != 0 || bytes_find(head, "PRIVATE KEY-----\nredacted", NULL);
}

const char *secret_whole(const struct secret_place *place,
			 enum req_secrecy wanted, struct bytes head,
			 uint64_t size)
{
	enum req_secrecy secrecy = MAX(place->secrecy, wanted);
	const char *what = whole_by_begin(head);

	if (what)
		return what;
	if (head.n == 0)
		return NULL;
	if (secrecy == SECRECY_METADATA)
		return "a secret by its place";
	if (secrecy == SECRECY_HASHES && is_packed(head))
		return "a secret that is packed";
	if (secrecy == SECRECY_KEY && !is_public(head) &&
	    (size > SECRET_HEAD || !has_key(head)))
		return "a key of an unknown kind";
	return NULL;
}

enum secret_form secret_form_of(const struct secret_place *place,
				enum req_secrecy wanted)
{
	if (place->form != FORM_ANY)
		return place->form;
	return wanted == SECRECY_HASHES ? FORM_SHADOW : FORM_ANY;
}
