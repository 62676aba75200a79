/* SPDX-License-Identifier: Apache-2.0 */
/* What stays on a host, and the patterns of one. */
#include "unit/unit.h"

#include <sys/stat.h>

#include "base/fs.h"
#include "base/glob.h"
#include "base/hash.h"
#include "model/redact.h"
#include "probe/pattern.h"
#include "probe/secret.h"

/* ---- what is secret, and what looks like it ---- */

#define H22 "abcdefghijklmnopqrst./"
#define H43 H22 "ABCDEFGHIJKLMNOPQRSTU"
#define H86 H43 H43
#define B22 "abcdefghijklmnopqrst+/"
#define B43 B22 "ABCDEFGHIJKLMNOPQRSTU"
#define D32 "5f4dcc3b5aa765d61d8327deb882cf99"
#define D40 "2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19"

/* told: NULL: it stays as it is. */
static const struct {
	const char *text, *told;
} samples[] = {
	/* crypt(3), in whatever stands around it */
	{"root:$6$saltsalt$" H86 ":1:0:::::", "root:$6$redacted"},
	{"x = '$5$rounds=5000$saltsalt$" H43 "'", "x = '$5$redacted"},
	{"$y$j9T$saltsaltsaltsaltsalt00$" H43, "$y$redacted"},
	{"$gy$j9T$saltsaltsaltsaltsalt00$" H43, "$gy$redacted"},
	{"$7$CU..../....salt$" H43, "$7$redacted"},
	{"al:$apr1$saltsalt$" H22 "\n", "al:$apr1$redacted"},
	{"hash is $1$saltsalt$" H22 ".", "hash is $1$redacted"},
	{"$2y$10$" H43 "abcdefghij", "$2y$redacted"},
	{"\"$2y$10$abc\\/" H43 "abcdef\"", "\"$2y$redacted"},
	{"$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$" H43,
	 "$argon2id$redacted"},
	{"$scrypt$ln=16,r=8,p=1$c2FsdA$" H43, "$scrypt$redacted"},
	{"$pbkdf2-sha256$29000$c2FsdA$" H43, "$pbkdf2-sha256$redacted"},
	{"$P$B12345678" H22, "$P$redacted"},
	{"$sha1$40000$jtNX3nZ2$" H43, "$sha1$redacted"},
	{"\\$6\\$saltsalt\\$" H86 "\"", "\\$6\\$redacted"},
	{"root:$y$j9T$salt$hash:", "root:$y$redacted"},
	{"root:!$6$salt$hashhash:", "root:!$6$redacted"},
	{"root:abJnggxhB/yWI:0:0::/root:/bin/sh",
	 "root:redacted-des*:0:0::/root:/bin/sh"},
	/* LDAP, databases, programs, NT */
	{"userPassword: {SSHA}MTIzNDU2Nzg5MDEyMzQ1Njc4OTBzYWx0",
	 "userPassword: {SSHA}redacted"},
	{"al:{SHA}MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=", "al:{SHA}redacted"},
	{"userPassword:: e1NTSEF9YWJj\n", "userPassword:: redacted"},
	{"password = {ssha256}06$saltsalt$" H43, "password = {ssha256}redacted"},
	{"pbkdf2_sha256$260000$salt$" B43 "=", "pbkdf2_sha256$redacted"},
	{"pbkdf2:sha256:260000$salt$" D32 D32, "pbkdf2:sha256:redacted"},
	{"password_pbkdf2 root grub.pbkdf2.sha512.10000." D40 "." D40,
	 "password_pbkdf2 root grub.pbkdf2.sha512.redacted"},
	{"SCRAM-SHA-256$4096:c2FsdA==$" B43 "=:" B43 "=",
	 "SCRAM-SHA-256$redacted"},
	{"IDENTIFIED BY PASSWORD '*" D40 "'", "IDENTIFIED BY PASSWORD '*redac"},
	{"('root','*" D40 "','N')", "('root','*redacted"},
	{"\"password_hash\": \"" D32 "\"", "\"password_hash\": \"redacted"},
	{"sambaNTPassword: " D32 "\n", "sambaNTPassword: redacted"},
	{"Administrator:500:aad3b435b51404eeaad3b435b51404ee:" D32 ":::",
	 "Administrator:500:redacted"},
	/* keys and tokens */
	{"# x\nAGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQ"
	 "QQQQQQQQQQ\n",
	 "# x\nAGE-SECRET-KEY-1redacted"},
	{"PrivateKey = yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=\n",
	 "PrivateKey = redacted"},
	{"aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
	 "aws_secret_access_key = redacted"},
	{"T=ghp_0123456789abcdefghij0123456789abcdef x", "T=ghp_redacted"},
	{"xoxb-123456789012-abcdefghijklmnop", "xoxb-redacted"},
	{"AccountKey=" B43 B22 ";", "AccountKey=redacted"},
	{"PuTTY-User-Key-File-2: ssh-rsa\nPrivate-Lines: 1\n" B43 "\n"
	 "Private-MAC: 12\n",
	 "PuTTY-User-Key-File-2: ssh-rsa\nPrivate-Lines: 1\nredacted"},
	/* what is none of that */
	{"root:x:0:0:root:/root:/bin/bash\nal:x:1000:1000::/home/al:/bin/sh\n",
	 NULL},
	{"root:*:19700:0:99999:7:::\nal:!:1:0:::::\nbo:!!:1::::::\nx::1::::::\n",
	 NULL},
	{"wheel:x:10:al,bo\nusers:x:100:\n", NULL},
	{"Nov 26 07:00:00 h cron[1]: it cost $1$ and $2$ more", NULL},
	{"echo \"$1$2$3\" ${6}$5 $HOME:$1$foo", NULL},
	{"perl -e 'print \"$6$x$y\"'", NULL},
	{"rule a { strings: $1 = \"$6$\" $a = \"-----BEGIN RSA PRIVATE KEY-----\""
	 " condition: any of them }",
	 NULL},
	{"-----BEGIN OPENSSH PRIVATE KEY----- is how keys begin that are private,"
	 " and base64 follows",
	 NULL},
	{"-----BEGIN CERTIFICATE-----\nMIIDazCCAlOgAwIBAgIUJlq+zz9CO2E91rlUsxWZ"
	 "8RqUn3wwDQYJKoZIhvcNAQEL\nMIIDazCCAlOgAwIBAgIUJlq+zz9CO2E91rlUsxWZ\n"
	 "-----END CERTIFICATE-----\n",
	 NULL},
	{"-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQ"
	 "hqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n",
	 NULL},
	{"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQENBFqUKyMBCADCTkoOPkn36UoF"
	 "f4Vv1nBq3zXnUZ0vQxD1jJ9j\n-----END PGP PUBLIC KEY BLOCK-----\n",
	 NULL},
	{"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGb9ECWmEzf6FQbrBZ9w7lshQhqowtrb "
	 "al@host",
	 NULL},
	{"untrusted comment: minisign public key\n"
	 "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3\n",
	 NULL},
	{"age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p\n",
	 NULL},
	{D32 "  /bin/ls\n" D40 "  /bin/ls\n", NULL},
	{"https://example.com/{sha}/archive/refs/heads/main {md5}x", NULL},
	{"Failed password for root from 192.0.2.1 port 22 ssh2", NULL},
	{"password required pam_unix.so sha512 shadow nullok", NULL},
	{"passwd: files systemd\nshadow: files\n", NULL},
	{"PasswordAuthentication no\nPASS_MAX_DAYS 99999\n", NULL},
	{"npm_config_registry=https://registry.npmjs.org/ npm_lifecycle_event=x",
	 NULL},
	{"graphp_ghp_x ghp_short xoxo", NULL},
	{"src/a.c:main:12:error\nsrc/b.c:authenticated:13:warning\n", NULL},
	{"12:34:56 a:configuration:12:x\n", NULL},
	{"PublicKey = HIgo9xNzJMWLKASShiTqIybxZ0U3wGLiUeJ1PKf8ykw=\n", NULL},
	{"aws_access_key_id = AKIAIOSFODNN7EXAMPLE\n", NULL},
	{"{\"auth\": {\"SHA\": \"abc\"}} '*' '*1' '*A' $md5 pbkdf2 scrypt: x",
	 NULL},
	{"", NULL},
};

/* In pieces of that size; what came out. */
static uint64_t through(enum secret_form form, const char *text, size_t step,
			struct buf *out, bool *differs)
{
	uint8_t sent[HASH_LEN_MAX], original[HASH_LEN_MAX], all[SHA256_LEN];
	struct bytes rest = bytes_str(text);
	struct redactor r;
	uint64_t bytes;

	redactor_init(&r, form, false);
	buf_init(out, rest.n + 1);
	do {
		struct bytes piece = bytes_first(rest, step);

		rest = bytes_skip(rest, piece.n);
		(void)buf_add_bytes(out, redactor_next(&r, piece, !rest.n));
	} while (rest.n);
	*differs = redactor_hashes(&r, sent, original);
	hash_sha256(buf_bytes(out), all);
	assert_memory_equal(sent, all, sizeof all);
	hash_sha256(bytes_str(text), all);
	assert_memory_equal(*differs ? original : sent, all, sizeof all);
	bytes = r.bytes;
	redactor_release(&r);
	return bytes;
}

static void check_sample(size_t i, size_t step)
{
	const char *text = samples[i].text, *told = samples[i].told;
	struct buf out, again;
	bool differs;
	uint64_t n = through(FORM_ANY, text, step, &out, &differs);

	if (out.n != strlen(text))
		fail_msg("%s: other length", text);
	if (differs != (told != NULL) || (n != 0) != differs)
		fail_msg("%s: %s", text, buf_str(&out));
	if (strncmp(buf_str(&out), told ? told : text,
		    strlen(told ? told : text)) != 0)
		fail_msg("%s: %s", text, buf_str(&out));
	if (told && strstr(buf_str(&out), "ABCDEFGH"))
		fail_msg("%s: %s", text, buf_str(&out));
	/* Once is enough. */
	assert_int_equal(through(FORM_ANY, buf_str(&out), 1000, &again,
				 &differs),
			 0);
	buf_release(&again);
	buf_release(&out);
}

static void secrets_are_known_by_their_form(void **state UNUSED)
{
	static const size_t steps[] = {1u << 20, 100, 16, 7, 1};

	for (size_t i = 0; i < ARRAY_SIZE(samples); i++)
		for (size_t k = 0; k < ARRAY_SIZE(steps); k++)
			check_sample(i, steps[k]);
}

/* In the middle of a file that is large, wherever pieces meet. */
static void secrets_are_found_between_pieces(void **state UNUSED)
{
	for (size_t at = 5000; at < 5120; at++) {
		char *text = xmalloc(20000);
		struct buf out;
		bool differs;

		memset(text, 'x', 20000);
		for (size_t i = 79; i < 20000; i += 80)
			text[i] = '\n';
		text[19999] = 0;
		memcpy(text + at, " $6$saltsalt$" H86 " ",
		       strlen(" $6$saltsalt$" H86 " "));
		assert_int_equal(through(FORM_ANY, text, 1024, &out, &differs),
				 8 + 1 + 86);
		assert_null(strstr(buf_str(&out), "saltsalt"));
		buf_release(&out);
		free(text);
	}
}

/* ---- files that are known by their place, or their look ---- */

static const struct {
	enum secret_form form;
	const char *text, *told;
} files[] = {
	{FORM_SHADOW, "a:$y$j9T$salt$hash:1:", "a:$y$redacted*****:1:"},
	{FORM_SHADOW, "a:!!:1\nb:*:1\nc::1\nd:x:0:0\ne:$",
	 "a:!!:1\nb:*:1\nc::1\nd:x:0:0\ne:$"},
	{FORM_SHADOW, "a:abJnggxhB/yWI:1", "a:redacted-des*:1"},
	{FORM_SHADOW, "a:_J9..CCCCXBrJUJV154M:1", "a:_redacted***********:1"},
	{FORM_SHADOW, "a:plaintext password:1", "a:redacted**********:1"},
	{FORM_SHADOW, "a:!secret:1", "a:!redact:1"},
	{FORM_SHADOW, "no colon at all", "no colon at all"},
	/* the map of NIS */
	{FORM_SHADOW, "rootroot:abJnggxhB/yWI:0:0::/:/bin/sh\0x",
	 "rootroot:redacted-des*:0:0::/:/bin/sh\0x"},
	/* by their look alone */
	{FORM_ANY, "root:abJnggxhB/yWI:0:0::/root:/bin/sh\n"
		   "al:zzJnggxhB/yWI:1:1::/home/al:/bin/sh\n",
	 "root:redacted-des*:0:0::/root:/bin/sh\n"
	 "al:redacted-des*:1:1::/home/al:/bin/sh\n"},
	{FORM_ANY, "root:secret:19700:0:99999:7:::\n",
	 "root:redact:19700:0:99999:7:::\n"},
	{FORM_ANY, "al:1000:" D32 ":" D32 ":[U          ]:LCT-5:\n",
	 "al:1000:redacted************************:redacted"
	 "************************:[U          ]:LCT-5:\n"},
	{FORM_ANY, "al:realm:" D32 "\n",
	 "al:realm:redacted************************\n"},
	{FORM_ANY, "al:abJnggxhB/yWI\n", "al:redacted-des*\n"},
	{FORM_ANY, "adm:abJnggxhB/yWI:4:al\n", "adm:redacted-des*:4:al\n"},
	/* names and values */
	{FORM_VALUES, "machine x login y password hunter22 # z\n",
	 "machine x login y password redacted # z\n"},
	{FORM_VALUES, "[client]\nuser=al\npassword = a long phrase\nport=1\n",
	 "[client]\nuser=al\npassword = redacted*****\nport=1\n"},
	{FORM_VALUES,
	 "{\"auths\": {\"r\": {\"auth\": \"dXNlcjpwYXNz\", \"email\": \"x\"}}}",
	 "{\"auths\": {\"r\": {\"auth\": \"redacted****\", \"email\": \"x\"}}}"},
	{FORM_VALUES, "{\"auth\": \"\", \"email\": \"x\"}",
	 "{\"auth\": \"\", \"email\": \"x\"}"},
	{FORM_VALUES, "network={\n\tssid=\"home\"\n\tpsk=\"hunter2222\"\n"
		      "\tkey_mgmt=WPA-PSK\n}\n",
	 "network={\n\tssid=\"home\"\n\tpsk=\"redacted**\"\n"
	 "\tkey_mgmt=WPA-PSK\n}\n"},
	{FORM_VALUES, "psk-flags=0\nkey-mgmt=wpa-psk\ntokenFile: /x\n",
	 "psk-flags=0\nkey-mgmt=wpa-psk\ntokenFile: /x\n"},
	{FORM_VALUES, "//r.example/:_authToken=abcdefghij\nalways-auth=true\n",
	 "//r.example/:_authToken=redacted**\nalways-auth=true\n"},
	{FORM_VALUES, "aws_session_token=abcdefghijk\nregion=eu\n",
	 "aws_session_token=redacted***\nregion=eu\n"},
};

static void files_are_read_by_their_form(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		struct buf out;
		bool differs;

		(void)through(files[i].form, files[i].text, 4096, &out,
			      &differs);
		if (strcmp(buf_str(&out), files[i].told) != 0)
			fail_msg("%s: %s", files[i].text, buf_str(&out));
		buf_release(&out);
	}
}

static void places_are_known(void **state UNUSED)
{
	static const struct {
		const char *path;
		enum req_secrecy secrecy;
	} rows[] = {
		{"/etc/shadow", SECRECY_HASHES},
		{"/srv/chroot/etc/shadow-", SECRECY_HASHES},
		{"/etc/shadow.d/x", SECRECY_NONE},
		{"/home/a/.ssh/id_rsa", SECRECY_KEY},
		{"/home/a/.ssh/id_rsa.pub", SECRECY_NONE},
		{"/home/a/.ssh/known_hosts", SECRECY_NONE},
		{"/root/.aws/credentials", SECRECY_HASHES},
		{"/root/.netrc", SECRECY_HASHES},
		{"/root/.pgpass", SECRECY_METADATA},
		{"/root/x.netrc", SECRECY_NONE},
		{"/proc/1/environ", SECRECY_METADATA},
		{"/home/a/.config/google-chrome/Default/Login Data",
		 SECRECY_METADATA},
		{"/etc/hosts", SECRECY_NONE},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(
			secret_place_of(bytes_str(rows[i].path))->secrecy,
			rows[i].secrecy);
	assert_true(secret_is_endless(bytes_str("/proc/kmsg")));
	assert_false(secret_is_endless(bytes_str("/proc/cmdline")));
}

#define HEAD(s) {(const uint8_t *)(s), sizeof(s) - 1}

static void files_that_are_secrets_are_known(void **state UNUSED)
{
	static const struct {
		const char *path;
		struct bytes head;
		bool stays;
	} rows[] = {
		{"/tmp/x", HEAD("\5\2\0\0\0\x40\0\2\0\x0b" "EXAMPLE.COM"), true},
		{"/tmp/x", HEAD("\5\4\0\x0c\0\1\0\x08........"), true},
		{"/tmp/x", HEAD("\xfe\xed\xfe\xed\0\0\0\2"), true},
		{"/tmp/x", HEAD("\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5"), true},
		{"/tmp/x",
		 HEAD("\x30\x82\x0a\x11\x02\x01\x03\x30\x82\x09\xd7\x06\x09\x2a"
		      "\x86\x48\x86\xf7\x0d\x01\x07\x01"),
		 true},
		{"/tmp/x", HEAD("\x30\x82\x04\xa4\x02\x01\x00\x02\x82\x01\x01"),
		 true},
		{"/tmp/x", HEAD("(11:private-key(3:rsa"), true},
		{"/etc/shadow", HEAD("\x1f\x8b\x08"), true},
		{"/root/.ssh/id_x", HEAD("what nobody knows"), true},
		{"/root/.ssh/id_x", HEAD("ssh-rsa AAAA"), false},
		{"/root/.pgpass", HEAD("h:1:d:u:p"), true},
		/* a certificate, a class, ordinary files */
		{"/tmp/x",
		 HEAD("\x30\x82\x03\x6b\x30\x82\x02\x53\xa0\x03\x02\x01\x02"),
		 false},
		{"/tmp/x", HEAD("\xca\xfe\xba\xbe\0\0\0\2"), false},
		{"/tmp/x", HEAD("\5\2"), false},
		{"/tmp/x", HEAD("\x1f\x8b\x08"), false},
		{"/tmp/x", HEAD("text"), false},
		{"/tmp/x", HEAD(""), false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if ((secret_whole(secret_place_of(bytes_str(rows[i].path)),
				  SECRECY_NONE, rows[i].head,
				  rows[i].head.n) != NULL) != rows[i].stays)
			fail_msg("row %zu", i);
}

/* ---- keys ---- */

#define OPENSSH                                                               \
	"-----BEGIN OPENSSH PRIVATE KEY-----\n"                                \
	"b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAA"        \
	"AAtzc2gtZWQy\n"                                                       \
	"NTUxOQAAACAAAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHwAAAAA=\n"       \
	"-----END OPENSSH PRIVATE KEY-----\n"
#define TOLD                                                                   \
	"redacted passphrase=no ssh-ed25519"
#define PRINT "SHA256:"

static void keys_are_told_of(void **state UNUSED)
{
	static const char *const texts[] = {
		OPENSSH,
		"\xef\xbb\xbf" OPENSSH,
		"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
		OPENSSH "after\n",
		"key: |\n  " OPENSSH,
	};
	struct buf out;
	bool differs;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		size_t lines = 0, left = 0;

		(void)through(FORM_ANY, texts[i], 10, &out, &differs);
		assert_true(differs);
		assert_non_null(strstr(buf_str(&out), TOLD));
		assert_non_null(strstr(buf_str(&out), PRINT));
		assert_non_null(strstr(buf_str(&out), "-----END OPENSSH"));
		assert_null(strstr(buf_str(&out), "b3Blbn"));
		assert_null(strstr(buf_str(&out), "NTUxOQ"));
		for (const char *c = texts[i]; *c; c++)
			lines += *c == '\n';
		for (const char *c = buf_str(&out); *c; c++)
			left += *c == '\n';
		assert_int_equal(lines, left);
		buf_release(&out);
	}
}

static void keys_are_found_in_other_texts(void **state UNUSED)
{
	static const struct {
		const char *text, *told, *gone;
	} rows[] = {
		{"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"
		 "DEK-Info: AES-128-CBC,00\n\n" B43 B22 "\n" B22 "\n"
		 "-----END RSA PRIVATE KEY-----\n",
		 "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n"
		 "redacted passphrase=yes*",
		 "abcdefgh"},
		/* as JSON and sources have them */
		{"{\"private_key\": \"-----BEGIN PRIVATE KEY-----\\n" B43 B22
		 "\\n" B22 "\\n-----END PRIVATE KEY-----\\n\"}",
		 "KEY-----\\nredacted", "abcdefgh"},
		/* one that was cut off */
		{"-----BEGIN PRIVATE KEY-----\n" B43 B22 "\n" B22,
		 "KEY-----\nredacted", "abcdefgh"},
		{"-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: GnuPG v2\n\n"
		 B43 B22 "\n" B22 "\n=abcd\n-----END PGP PRIVATE KEY BLOCK---\n",
		 "GnuPG v2\n\nredacted", "abcdefgh"},
		{"client-key-data: LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQpB"
		 "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBCi0tLS0tRU5E\n"
		 "client-x: y\n",
		 "client-key-data: redacted", "LS0t"},
		{"certificate-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSURh"
		 "ekNDQWxPZ0F3SUJBZ0lVSmxxK3p6OUNPMkU5MXJsVXN4V1o\n",
		 "certificate-data: LS0t", "redacted"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buf out;
		bool differs;

		(void)through(FORM_ANY, rows[i].text, 1000, &out, &differs);
		if (!strstr(buf_str(&out), rows[i].told) ||
		    strstr(buf_str(&out), rows[i].gone))
			fail_msg("%s: %s", rows[i].text, buf_str(&out));
		buf_release(&out);
	}
}

static void arguments_have_passwords(void **state UNUSED)
{
	static const char said[] = "mysqldump\0--password=hunter22\0--token\0"
				   "abcdefgh\0--password\0--all\0db";
	static const char told[] = "mysqldump\0--password=redacted\0--token\0"
				   "redacted\0--password\0--all\0db";
	uint8_t text[sizeof said];

	memcpy(text, said, sizeof said);
	assert_int_equal(redact_arguments(text, sizeof said), 16);
	assert_memory_equal(text, told, sizeof told);
}

/* ---- patterns of an image ---- */

static char dir[] = "/tmp/halligan-pattern.XXXXXX";
static struct top top;

static int make_image(void **state UNUSED)
{
	static const char *const folders[] = {
		"/run", "/var", "/usr", "/usr/lib", "/etc", "/srv", "/srv/bo",
	};
	struct err err;

	if (!mkdtemp(dir))
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		char *path = xasprintf("%s%s", dir, folders[i]);

		if (mkdir(path, 0755) != 0)
			return -1;
		free(path);
	}
	if (chdir(dir) != 0 || symlink("/run", "var/run") != 0 ||
	    symlink("usr/lib", "lib") != 0 ||
	    symlink("../../../../srv", "etc/up") != 0 ||
	    symlink("loop", "etc/loop") != 0 || symlink("bo", "srv/al") != 0)
		return -1;
	return top_open_dir(&top, dir, &err) == ERR_OK ? 0 : -1;
}

static int drop_image(void **state UNUSED)
{
	struct err err;

	top_release(&top);
	return fs_remove_tree(dir, &err) == ERR_OK ? 0 : -1;
}

static void symlinks_stay_in_the_image(void **state UNUSED)
{
	static const struct {
		const char *path, *real;
	} rows[] = {
		{"/var/run/utmp", "/run/utmp"},
		{"/lib/x/y", "/usr/lib/x/y"},
		{"/etc/up/bo", "/srv/bo"},
		{"/etc/loop/x", "/etc/loop/x"},
		{"/etc/../../etc/./x", "/etc/x"},
		{"/no/such", "/no/such"},
		{"/", "/"},
	};
	struct mounts mounts = {0};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char *real = patterns_resolve(&top, &mounts,
					      bytes_str(rows[i].path));

		assert_string_equal(real, rows[i].real);
		free(real);
	}
}

static void homes_are_those_of_the_host(void **state UNUSED)
{
	static const char passwd[] = "root:x:0:0::/root:/bin/sh\n"
				     "al:x:1:1::/srv/al:/bin/sh\n"
				     "two:x:2:1::/srv/bo:/bin/sh\n"
				     "rel:x:3:1::srv/rel:/bin/sh\n"
				     "none:x:4:1::/nonexistent:/bin/sh\n"
				     "d:x:5:1::/:/bin/sh\n"
				     "short:x\n\n";
	static const struct {
		const char *path;
		uint64_t use;
	} rows[] = {
		{"/root/.x", PATTERN_CONTENT},
		{"/srv/bo/.x", PATTERN_CONTENT},
		{"/srv/al/.x", 0}, /* it is the former */
		{"/home/anybody/.x", PATTERN_CONTENT},
		{"/.x", PATTERN_CONTENT},
		{"/nonexistent/.x", 0},
		{"/srv/rel/.x", 0},
		{"/srv/bo/deep/y", PATTERN_METADATA},
		{"/deep/y", 0}, /* no stars from a home where all lies */
		{"/run/utmp", PATTERN_CONTENT},
		{"/var/run/utmp", 0},
		{"/root/.x.gz", 0}, /* excluded */
	};
	struct plan_pattern patterns[] = {
		{.pattern = xstrdup("~/.x*"), .use = PATTERN_CONTENT},
		{.pattern = xstrdup("~/**2/y"), .use = PATTERN_METADATA},
		{.pattern = xstrdup("/var/run/utmp"), .use = PATTERN_CONTENT},
	};
	const struct plan plan = {.patterns = patterns, .n_patterns = 3};
	struct mounts mounts = {0};
	struct glob *gz = NULL;
	struct patterns p;
	struct err err;

	assert_ok(glob_compile(bytes_str("*.gz"), &gz, &err), err);
	patterns[0].excludes = &gz;
	patterns[0].n_excludes = 1;
	assert_true(patterns_load(&p, &plan, &top, &mounts,
				  bytes_str(passwd)));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct want want = patterns_find(&p, bytes_str(rows[i].path),
						 S_IFREG);

		if (want.use != rows[i].use)
			fail_msg("%s: %d", rows[i].path, (int)want.use);
	}
	patterns_release(&p);
	glob_free(gz);
	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++)
		free(patterns[i].pattern);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(secrets_are_known_by_their_form),
		cmocka_unit_test(secrets_are_found_between_pieces),
		cmocka_unit_test(files_are_read_by_their_form),
		cmocka_unit_test(places_are_known),
		cmocka_unit_test(files_that_are_secrets_are_known),
		cmocka_unit_test(keys_are_told_of),
		cmocka_unit_test(keys_are_found_in_other_texts),
		cmocka_unit_test(arguments_have_passwords),
		cmocka_unit_test(symlinks_stay_in_the_image),
		cmocka_unit_test(homes_are_those_of_the_host),
	};

	return cmocka_run_group_tests(tests, make_image, drop_image);
}
