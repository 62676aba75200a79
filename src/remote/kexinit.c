/* SPDX-License-Identifier: Apache-2.0 */
/* Reading what a server offers, from its first bytes. */
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
