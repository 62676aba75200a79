/* SPDX-License-Identifier: Apache-2.0 */
/* Reading what a server is and offers, from its first bytes. */
#include "base/base.h"

#include "remote/kexinit.h"

#define MSG_KEXINIT 20
#define COOKIE      16

/* Lines before the one that begins with SSH- are talk. */
static bool skip_banner(struct bytes *rest)
{
	struct bytes line;

	while (rest->n && memchr(rest->p, '\n', rest->n)) {
		if (!bytes_split(rest, '\n', &line))
			return false;
		if (bytes_starts(line, "SSH-"))
			return true;
	}
	return false;
}

bool kexinit_read(struct bytes heard, struct kexinit *k)
{
	struct bytes rest = heard;
	struct reader r;
	uint32_t len;
	uint8_t padding;

	*k = (struct kexinit){0};
	if (!skip_banner(&rest))
		return false;
	r = reader_of(rest);
	len = rd_u32be(&r);
	padding = rd_u8(&r);
	if (r.bad || len < 2u + padding || len - 1 > r.rest.n)
		return false;
	r = reader_of(bytes_of(r.rest.p, len - 1 - padding));
	if (rd_u8(&r) != MSG_KEXINIT)
		return false;
	(void)rd_bytes(&r, COOKIE);
	k->kex = rd_sshstr(&r);
	k->host_keys = rd_sshstr(&r);
	(void)rd_sshstr(&r); /* ciphers and MACs that it reads with */
	k->ciphers = rd_sshstr(&r);
	(void)rd_sshstr(&r);
	k->macs = rd_sshstr(&r);
	return !r.bad;
}

/* How servers of other kinds begin: FTP and SMTP, HTTP, IMAP, POP3, VNC. */
static bool is_foreign(struct bytes line)
{
	static const char *const begins[] = {"220 ", "220-",  "421 ", "554 ",
					     "HTTP/", "<html", "<!DOCTYPE",
					     "* OK ", "+OK ", "RFB 0"};

	for (size_t i = 0; i < ARRAY_SIZE(begins); i++)
		if (bytes_starts(line, begins[i]))
			return true;
	return false;
}

/* 1.99 speaks both. */
static enum greeting banner_of(struct bytes line)
{
	return bytes_starts(line, "SSH-1.") && line.n >= strlen("SSH-1.99") &&
			       !bytes_starts(line, "SSH-1.99")
		       ? GREETING_SSH1
		       : GREETING_SSH;
}

enum greeting greeting_read(struct bytes heard, struct bytes *line)
{
	struct bytes rest = heard, piece;

	*line = (struct bytes){0};
	while (bytes_split(&rest, '\n', &piece)) {
		piece = bytes_trim(piece);
		if (line->n == 0)
			*line = piece;
		if (bytes_starts(piece, "SSH-")) {
			*line = piece;
			return banner_of(piece);
		}
	}
	if (is_foreign(*line) || heard.n >= KEXINIT_MAX)
		return GREETING_OTHER;
	return heard.n ? GREETING_TALK : GREETING_SILENT;
}
