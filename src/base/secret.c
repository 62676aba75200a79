/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets in locked pages. */
#include "base/base.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/secret.h"

#define PAGE_LEN 4096

void secret_set(struct secret *s, struct bytes b)
{
	secret_release(s);
	s->page = mmap(NULL, PAGE_LEN, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (s->page == MAP_FAILED)
		BUG("no page for a secret");
	/* Both are best effort: RLIMIT_MEMLOCK may be 0. */
	(void)mlock(s->page, PAGE_LEN);
	(void)madvise(s->page, PAGE_LEN, MADV_DONTDUMP);
	(void)madvise(s->page, PAGE_LEN, MADV_WIPEONFORK);
	s->n = MIN(b.n, (size_t)SECRET_MAX);
	if (s->n)
		memcpy(s->page, b.p, s->n);
}

void secret_release(struct secret *s)
{
	if (s->page) {
		explicit_bzero(s->page, PAGE_LEN);
		(void)munmap(s->page, PAGE_LEN);
	}
	*s = (struct secret){0};
}

void secret_harden_process(void)
{
	struct rlimit none = {0, 0};

	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0);
}
