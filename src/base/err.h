/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Errors as values. A function that can fail returns enum err_code (ERR_OK is
 * 0) and fills the struct err its caller passed as last parameter. The error
 * is set where it happens, wrapped upward with what was attempted, and printed
 * once, by the front. No allocation; a struct err may be copied freely,
 * between threads too.
 */
#ifndef HALLIGAN_BASE_ERR_H
#define HALLIGAN_BASE_ERR_H

#include "base/base.h"

/*
 * code, short name, exit status of the program, what it means to a caller.
 * The names are stored in cases (audit, run): only ever add.
 */
#define ERR_CODES(X)                                                        \
	X(OK, "ok", 0, "no error")                                          \
	X(CANCELLED, "cancelled", 130, "somebody asked for it to stop")     \
	X(TIMEOUT, "timeout", 1, "took longer than it may")                 \
	X(NOTFOUND, "notfound", 1, "is not there")                          \
	X(DENIED, "denied", 1, "is there, and may not be touched")          \
	X(EXISTS, "exists", 1, "is there already")                          \
	X(AUTH, "auth", 12, "we were not let in")                           \
	X(HOSTKEY, "hostkey", 12, "the host is not proven to be that host") \
	X(NET, "net", 1, "the network or the peer went away")               \
	X(REMOTE, "remote", 1, "the host could not do what was asked")      \
	X(IO, "io", 1, "a local read or write failed")                      \
	X(FORMAT, "format", 1, "bytes are not what they should be")         \
	X(LIMIT, "limit", 1, "more than the limit for this")                \
	X(UNSUPPORTED, "unsupported", 1, "not possible here")               \
	X(USAGE, "usage", 2, "asked for in a way we do not understand")     \
	X(VERIFY, "verify", 4, "a hash or the audit chain does not hold")   \
	X(PARTIAL, "partial", 3, "some hosts or files failed")

enum err_code {
#define X(code, name, status, help) ERR_##code,
	ERR_CODES(X)
#undef X
	ERR_N_CODES
};

#define ERR_MSG_MAX 512

struct err {
	enum err_code code;
	int sys;		/* errno, when that was the cause; else 0 */
	char msg[ERR_MSG_MAX];	/* one line, lower case, no full stop */
};

/*
 * Sets the error and returns its code, so that `return err_set(...)` works.
 * Outside bytes enter the message only through shown() (base/text.h).
 */
enum err_code err_set(struct err *err, enum err_code code, const char *fmt,
		      ...) PRINTF_LIKE(3, 4);

/* The same from errno: picks the code, appends strerror. errno must be set. */
enum err_code err_errno(struct err *err, const char *fmt, ...)
	PRINTF_LIKE(2, 3);

/* Puts "what: " before the message of an error already set; its code back. */
enum err_code err_wrap(struct err *err, const char *fmt, ...)
	PRINTF_LIKE(2, 3);

const char *err_name(enum err_code code);
int err_exit_status(enum err_code code);

/* The code of that name; ERR_FORMAT when there is none. */
enum err_code err_from_name(const char *name);

#endif
