/* SPDX-License-Identifier: Apache-2.0 */
/*
 * First include of every file: attributes, small macros, allocation that
 * cannot fail, and the list of functions nobody here may call.
 */
#ifndef HALLIGAN_BASE_BASE_H
#define HALLIGAN_BASE_BASE_H

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b)     ((a) < (b) ? (a) : (b))
#define MAX(a, b)     ((a) > (b) ? (a) : (b))

#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#define MUST_CHECK	       __attribute__((warn_unused_result))
#define NORETURN	       __attribute__((noreturn))
#define UNUSED		       __attribute__((unused))

/* Built with a sanitiser that needs terabytes of address space and does what
 * a jail takes for an attack. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITISED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITISED 1
#endif
#endif
#ifndef SANITISED
#define SANITISED 0
#endif

/* State nobody outside can cause: a mistake of ours. Says where, aborts. */
#define BUG(...) bug_at(__FILE__, __LINE__, __VA_ARGS__)
NORETURN void bug_at(const char *file, int line, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

/*
 * Called once by BUG() before it prints, so that a front can give the
 * terminal back. NULL to remove.
 */
void bug_set_hook(void (*hook)(void));

/*
 * Memory: these never return NULL; out of memory aborts. A size that comes
 * from outside has been checked against a maximum before it gets here.
 */
void *xmalloc(size_t size) MUST_CHECK;
void *xcalloc(size_t count, size_t size) MUST_CHECK;
void *xrealloc(void *ptr, size_t count, size_t size) MUST_CHECK;
void *xmemdup(const void *src, size_t size) MUST_CHECK;
char *xstrdup(const char *s) MUST_CHECK;
char *xasprintf(const char *fmt, ...) PRINTF_LIKE(1, 2) MUST_CHECK;

/* EINTR-safe close that keeps errno; fd < 0 is fine. Always returns -1. */
int close_fd(int fd);

#define BANNED(f)	use_of_banned_function_##f
#undef strcpy
#define strcpy(a, b)	BANNED(strcpy)
#undef strcat
#define strcat(a, b)	BANNED(strcat)
#undef sprintf
#define sprintf(...)	BANNED(sprintf)
#undef vsprintf
#define vsprintf(...)	BANNED(vsprintf)
#undef strtok
#define strtok(a, b)	BANNED(strtok)
#undef system
#define system(a)	BANNED(system)
#undef popen
#define popen(a, b)	BANNED(popen)
#undef sscanf
#define sscanf(...)	BANNED(sscanf)
#undef gmtime
#define gmtime(a)	BANNED(gmtime)
#undef localtime
#define localtime(a)	BANNED(localtime)
#undef ctime
#define ctime(a)	BANNED(ctime)
#undef atoi
#define atoi(a)		BANNED(atoi)

#endif
