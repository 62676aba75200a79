/* SPDX-License-Identifier: Apache-2.0 */
/* The table of error codes and the three ways to fill a struct err. */
#include "base/base.h"
#include "base/err.h"

static const struct {
	const char *name;
	int status;
} codes[] = {
#define X(code, name, status, help) [ERR_##code] = {name, status},
	ERR_CODES(X)
#undef X
};

static const struct {
	int sys;
	enum err_code code;
} from_errno[] = {
	{ENOENT, ERR_NOTFOUND},	       {ENOTDIR, ERR_NOTFOUND},
	{EACCES, ERR_DENIED},	       {EPERM, ERR_DENIED},
	{EROFS, ERR_DENIED},	       {EEXIST, ERR_EXISTS},
	{ETIMEDOUT, ERR_TIMEOUT},      {ECANCELED, ERR_CANCELLED},
	{ECONNREFUSED, ERR_NET},       {ECONNRESET, ERR_NET},
	{EHOSTUNREACH, ERR_NET},       {ENETUNREACH, ERR_NET},
	{EPIPE, ERR_NET},	       {EADDRNOTAVAIL, ERR_NET},
	{ENAMETOOLONG, ERR_LIMIT},     {EFBIG, ERR_LIMIT},
	{EOPNOTSUPP, ERR_UNSUPPORTED}, {ENOSYS, ERR_UNSUPPORTED},
};

enum err_code err_set(struct err *err, enum err_code code, const char *fmt, ...)
{
	va_list ap;

	err->code = code;
	err->sys = 0;
	va_start(ap, fmt);
	(void)vsnprintf(err->msg, sizeof err->msg, fmt, ap); /* cut is fine */
	va_end(ap);
	return code;
}

enum err_code err_errno(struct err *err, const char *fmt, ...)
{
	int sys = errno;
	va_list ap;
	size_t used;

	err->code = ERR_IO;
	err->sys = sys;
	for (size_t i = 0; i < ARRAY_SIZE(from_errno); i++)
		if (from_errno[i].sys == sys)
			err->code = from_errno[i].code;
	va_start(ap, fmt);
	(void)vsnprintf(err->msg, sizeof err->msg, fmt, ap);
	va_end(ap);
	used = strlen(err->msg);
	(void)snprintf(err->msg + used, sizeof err->msg - used, ": %s",
		       strerrordesc_np(sys) ? strerrordesc_np(sys)
					    : "unknown error");
	return err->code;
}

enum err_code err_wrap(struct err *err, const char *fmt, ...)
{
	char inner[ERR_MSG_MAX];
	va_list ap;
	size_t used;

	memcpy(inner, err->msg, sizeof inner);
	va_start(ap, fmt);
	(void)vsnprintf(err->msg, sizeof err->msg, fmt, ap);
	va_end(ap);
	used = strlen(err->msg);
	(void)snprintf(err->msg + used, sizeof err->msg - used, ": %s", inner);
	return err->code;
}

static size_t checked_code(enum err_code code)
{
	if ((unsigned)code >= ERR_N_CODES)
		BUG("error code %d", (int)code);
	return (size_t)code;
}

const char *err_name(enum err_code code)
{
	return codes[checked_code(code)].name;
}

int err_exit_status(enum err_code code)
{
	return codes[checked_code(code)].status;
}

enum err_code err_from_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
		if (strcmp(codes[i].name, name) == 0)
			return (enum err_code)i;
	return ERR_FORMAT;
}
