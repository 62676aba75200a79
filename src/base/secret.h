/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A passphrase or password: one locked page that no core dump holds and no
 * forked process gets, wiped when released. It travels only over our own
 * socket pairs, never in argv, environment, log or case.
 */
#ifndef HALLIGAN_BASE_SECRET_H
#define HALLIGAN_BASE_SECRET_H

#include "base/base.h"
#include "base/bytes.h"

#define SECRET_MAX 1024

struct secret {
	uint8_t *page; /* NULL when empty */
	size_t n;
};

void secret_set(struct secret *s, struct bytes b); /* cut at SECRET_MAX */
void secret_release(struct secret *s);

static inline struct bytes secret_bytes(const struct secret *s)
{
	return bytes_of(s->page, s->n);
}

/* No core dumps, no ptrace by others: first thing in every process. */
void secret_harden_process(void);

#endif
