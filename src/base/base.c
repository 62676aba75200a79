/* SPDX-License-Identifier: Apache-2.0 */
/* Allocation that cannot fail, and the way programming mistakes end. */
#include "base/base.h"

static void (*bug_hook)(void);

void bug_set_hook(void (*hook)(void))
{
	bug_hook = hook;
}

void bug_at(const char *file, int line, const char *fmt, ...)
{
	void (*hook)(void) = bug_hook;
	va_list ap;

	bug_hook = NULL;
	if (hook)
		hook();
	fprintf(stderr, "halligan: BUG at %s:%d: ", file, line);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	abort();
}

static void *checked(void *ptr)
{
	if (!ptr)
		BUG("out of memory");
	return ptr;
}

void *xmalloc(size_t size)
{
	return checked(malloc(size ? size : 1));
}

void *xcalloc(size_t count, size_t size)
{
	return checked(calloc(count ? count : 1, size ? size : 1));
}

void *xrealloc(void *ptr, size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes))
		BUG("allocation of %zu x %zu bytes", count, size);
	return checked(realloc(ptr, bytes ? bytes : 1));
}

void *xmemdup(const void *src, size_t size)
{
	void *copy = xmalloc(size);

	if (size)
		memcpy(copy, src, size);
	return copy;
}

char *xstrdup(const char *s)
{
	return xmemdup(s, strlen(s) + 1);
}

char *xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *out;

	va_start(ap, fmt);
	if (vasprintf(&out, fmt, ap) < 0)
		BUG("out of memory");
	va_end(ap);
	return out;
}

int close_fd(int fd)
{
	int saved = errno;

	if (fd >= 0)
		(void)close(fd); /* Linux closes it even on EINTR */
	errno = saved;
	return -1;
}
