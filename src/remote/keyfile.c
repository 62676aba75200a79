/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Key files: OpenSSH's own form carries its public key in the clear
 * (PROTOCOL.key); the older PEM forms need FILE.pub, or ssh-keygen when they
 * have no passphrase.
 */
#include "base/base.h"

#include "base/fs.h"
#include "base/hash.h"
#include "base/text.h"
#include "remote/keyfile.h"
#include "remote/remote.h"
#include "remote/tool.h"

#define FILE_MAX (64u << 10)
#define BLOB_MAX (16u << 10)

#define BEGIN_OPENSSH "-----BEGIN OPENSSH PRIVATE KEY-----"
#define END_OPENSSH   "-----END OPENSSH PRIVATE KEY-----"
#define MAGIC         "openssh-key-v1" /* and its NUL */

static const char *const usable[] = {
	"ssh-ed25519",
	"ecdsa-sha2-nistp256",
	"ecdsa-sha2-nistp384",
	"ecdsa-sha2-nistp521",
	"ssh-rsa",
};

bool key_is_usable(struct bytes blob)
{
	struct reader r = reader_of(blob);
	struct bytes type = rd_sshstr(&r);

	for (size_t i = 0; i < ARRAY_SIZE(usable); i++)
		if (!r.bad && bytes_eq(type, bytes_str(usable[i])))
			return true;
	return false;
}

/* Where the words begin, or how long it is. */
static size_t find(struct bytes b, const char *words)
{
	size_t at = b.n;

	(void)bytes_find(b, words, &at);
	return at;
}

/* "ssh-ed25519 BASE64 comment" */
static bool parse_public(struct bytes line, struct key_file *k)
{
	uint8_t blob[BLOB_MAX];
	struct bytes rest, piece;
	size_t n;

	rest = bytes_of(line.p, find(line, "\n"));
	rest = bytes_trim(rest);
	if (!bytes_split(&rest, ' ', &piece) ||
	    !bytes_split(&rest, ' ', &piece) ||
	    !base64_decode(piece, blob, sizeof blob, &n))
		return false;
	buf_clear(&k->blob);
	buf_clear(&k->comment);
	(void)buf_add(&k->blob, blob, n); /* both fit: the line was read */
	(void)buf_add_bytes(&k->comment, rest);
	return key_is_usable(buf_bytes(&k->blob));
}

static bool read_public_beside(const char *path, struct key_file *k)
{
	char *name = xasprintf("%s.pub", path);
	struct buf b;
	struct err err;
	bool ok;

	buf_init(&b, FILE_MAX);
	ok = fs_read_plain(name, &b, &err) == ERR_OK &&
	     parse_public(buf_bytes(&b), k);
	buf_release(&b);
	free(name);
	return ok;
}

static bool unarmour(struct bytes text, struct buf *out)
{
	struct buf base64;
	struct bytes line;
	size_t n;
	bool ok;

	text = bytes_skip(text, strlen(BEGIN_OPENSSH));
	text.n = find(text, END_OPENSSH);
	buf_init(&base64, FILE_MAX);
	while (bytes_split(&text, '\n', &line))
		(void)buf_add_bytes(&base64, bytes_trim(line));
	ok = base64_decode(buf_bytes(&base64), buf_reserve(out, FILE_MAX),
			   FILE_MAX, &n);
	if (ok)
		buf_commit(out, n);
	buf_wipe(&base64);
	buf_release(&base64);
	return ok;
}

static bool parse_openssh(struct bytes text, struct key_file *k)
{
	struct buf raw;
	struct reader r;
	struct bytes cipher, blob;
	bool ok;

	buf_init(&raw, FILE_MAX);
	ok = unarmour(text, &raw) && bytes_starts(buf_bytes(&raw), MAGIC);
	r = reader_of(bytes_skip(buf_bytes(&raw), sizeof MAGIC));
	cipher = rd_sshstr(&r);
	(void)rd_sshstr(&r); /* key derivation */
	(void)rd_sshstr(&r); /* and its options */
	ok = ok && rd_u32be(&r) == 1;
	blob = rd_sshstr(&r);
	ok = ok && !r.bad && buf_add_bytes(&k->blob, blob);
	k->locked = !bytes_eq(cipher, bytes_str("none"));
	buf_wipe(&raw);
	buf_release(&raw);
	return ok;
}

/* The comment of FILE.pub, when that is the same key's. */
static void borrow_comment(const char *path, struct key_file *k)
{
	struct key_file pub = {0};

	buf_init(&pub.blob, BLOB_MAX);
	buf_init(&pub.comment, FILE_MAX);
	if (read_public_beside(path, &pub) &&
	    bytes_eq(buf_bytes(&pub.blob), buf_bytes(&k->blob)))
		(void)buf_add_bytes(&k->comment, buf_bytes(&pub.comment));
	key_file_release(&pub);
}

static enum err_code ask_ssh_keygen(const char *path, struct key_file *k,
				    struct err *err)
{
	struct tool t = {.args = {"ssh-keygen", "-y", "-P", "", "-f", path}};
	struct buf out, errors;
	int status;
	enum err_code code;

	buf_init(&out, FILE_MAX);
	buf_init(&errors, 1024);
	code = tool_run(&t, &out, &errors, &status, err);
	if (code == ERR_OK &&
	    (status != 0 || !parse_public(buf_bytes(&out), k)))
		code = err_set(err, ERR_FORMAT,
			       "ssh-keygen finds no usable key in %s: %s",
			       shown_str(path).s,
			       shown_line(buf_bytes(&errors)).s);
	buf_release(&out);
	buf_release(&errors);
	return code;
}

static enum err_code read_pem(const char *path, struct bytes text,
			      struct key_file *k, struct err *err)
{
	k->locked = bytes_find(text, "ENCRYPTED", NULL);
	if (read_public_beside(path, k))
		return ERR_OK;
	if (k->locked)
		return err_set(err, ERR_UNSUPPORTED,
			       "%s hides its public key: put it beside it as "
			       "%s.pub (ssh-keygen -y prints it)",
			       shown_str(path).s, shown_str(path).s);
	return ask_ssh_keygen(path, k, err);
}

/* The kind of certificate that the line is: its first word. */
static struct bytes certificate_kind(struct bytes line)
{
	size_t n = 0;

	line = bytes_trim(bytes_of(line.p, find(line, "\n")));
	while (n < line.n && line.p[n] != ' ' && line.p[n] != '\t')
		n++;
	line.n = n;
	return bytes_find(line, "-cert-v01@", NULL) ? line : bytes_of("", 0);
}

/* ssh would log in with it. */
static void find_certificate(const char *path, struct key_file *k)
{
	char *name = xasprintf("%s-cert.pub", path);
	struct buf text;
	struct err err;

	buf_init(&text, FILE_MAX);
	if (fs_read_plain(name, &text, &err) == ERR_OK)
		(void)buf_add_bytes(&k->certificate,
				    certificate_kind(buf_bytes(&text)));
	buf_release(&text);
	free(name);
}

static enum err_code refuse_text(const char *path, struct bytes text,
				 struct err *err)
{
	struct bytes kind = certificate_kind(text);

	if (!kind.n)
		return err_set(err, ERR_FORMAT, "%s is not a private key file",
			       shown_str(path).s);
	return err_set(err, ERR_UNSUPPORTED,
		       "the certificate %s is of the kind %s, which cannot "
		       "log in with %s",
		       shown_str(path).s, shown(kind).s, remote_library());
}

/* The agent may have the other half. */
static bool read_public(struct bytes text, struct key_file *k)
{
	k->public_only = parse_public(text, k);
	return k->public_only;
}

static enum err_code key_public_found(struct key_file *k)
{
	k->public_only = true;
	return ERR_OK;
}

enum err_code key_file_read(const char *path, struct key_file *k,
			    struct err *err)
{
	struct buf text;
	enum err_code code;

	*k = (struct key_file){0};
	buf_init(&k->blob, BLOB_MAX);
	buf_init(&k->comment, FILE_MAX);
	buf_init(&k->certificate, FILE_MAX);
	buf_init(&text, FILE_MAX);
	code = fs_read_plain(path, &text, err);
	if (code != ERR_OK) {
		buf_release(&text);
		return code == ERR_NOTFOUND && read_public_beside(path, k)
			       ? key_public_found(k)
			       : code;
	}
	if (bytes_starts(buf_bytes(&text), BEGIN_OPENSSH)) {
		if (!parse_openssh(buf_bytes(&text), k))
			code = err_set(err, ERR_FORMAT,
				       "%s is a damaged key file",
				       shown_str(path).s);
		else
			borrow_comment(path, k);
	} else if (bytes_find(buf_bytes(&text), "PRIVATE KEY-----", NULL)) {
		code = read_pem(path, buf_bytes(&text), k, err);
	} else if (!read_public(buf_bytes(&text), k)) {
		code = refuse_text(path, buf_bytes(&text), err);
	}
	buf_wipe(&text);
	buf_release(&text);
	if (code == ERR_OK && !key_is_usable(buf_bytes(&k->blob)))
		code = err_set(err, ERR_UNSUPPORTED,
			       "%s is a key of a kind we cannot use",
			       shown_str(path).s);
	find_certificate(path, k);
	return code;
}

void key_file_release(struct key_file *k)
{
	buf_release(&k->blob);
	buf_release(&k->comment);
	buf_release(&k->certificate);
}
