/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory of libssh2's sessions. While somebody logs in, passwords pass
 * through it: all of it that is given back then is wiped. What a server said
 * of a try that failed is read on that occasion. libssh2 does not pass it on:
 * a key that was taken, with more to be shown, looks to us like a refusal,
 * and asking for what is left would cost a try.
 */
#include "base/base.h"

#include <malloc.h>
#include <stddef.h>

#include "remote/link.h"

#define KEEP_BYTES (4 << 20)

/* Before each piece: how long it is. */
union head {
	size_t n;
	max_align_t align;
};

#define MSG_USERAUTH_FAILURE 51 /* RFC 4252 5.1 */
#define METHODS_MAX	     512

void *link_alloc(size_t n)
{
	union head *head;

	if (n > SIZE_MAX - sizeof *head)
		return NULL;
	head = malloc(sizeof *head + n);
	if (!head)
		return NULL;
	head->n = n;
	return head + 1;
}

/* What else may be in a piece of memory that begins like this is padding. */
static void read_failure(struct link *l, struct bytes packet)
{
	struct reader r = reader_of(packet);
	struct bytes methods;
	uint8_t partial;

	if (rd_u8(&r) != MSG_USERAUTH_FAILURE)
		return;
	methods = rd_sshstr(&r);
	partial = rd_u8(&r);
	if (!r.bad && methods.n < METHODS_MAX && partial <= 1)
		link_login_failed(l, methods, partial);
}

static void give_back(struct link *l, union head *head)
{
	if (l->auth) {
		read_failure(l, bytes_of(head + 1, head->n));
		explicit_bzero(head + 1, head->n);
	}
	free(head);
}

static void *on_alloc(size_t n, void **abstract UNUSED)
{
	return link_alloc(n);
}

static void on_free(void *p, void **abstract)
{
	struct hop *hop = *abstract;

	if (p)
		give_back(hop->link, (union head *)p - 1);
}

/* Never in place: what is left behind would not be ours to wipe. */
static void *on_realloc(void *p, size_t n, void **abstract)
{
	union head *old = p ? (union head *)p - 1 : NULL;
	void *new = link_alloc(n);

	if (old && new) {
		memcpy(new, p, MIN(n, old->n));
		on_free(p, abstract);
	}
	return new;
}

LIBSSH2_SESSION *link_session(struct hop *hop)
{
	return libssh2_session_init_ex(on_alloc, on_free, on_realloc, hop);
}

/* Each packet is memory that is taken and given back. Unless some is kept, the
 * heap shrinks and grows with each batch of them, and each page of it is new
 * to the kernel: that was a fifth of what a transfer costs. */
void link_keep_memory(void)
{
	(void)mallopt(M_TRIM_THRESHOLD, KEEP_BYTES);
	(void)mallopt(M_TOP_PAD, KEEP_BYTES / 4);
}
