/* SPDX-License-Identifier: Apache-2.0 */
/* A levelled log file; one write(2) per line, so threads do not mix. */
#include "base/base.h"

#include <fcntl.h>

#include "base/log.h"
#include "base/time.h"

static int fd = -1;
static enum log_level max_level = LOG_ERROR;

static const char *const names[] = {
	[LOG_ERROR] = "error",
	[LOG_WARN] = "warn",
	[LOG_INFO] = "info",
	[LOG_DEBUG] = "debug",
};

enum err_code log_open(const char *path, enum log_level up_to, struct err *err)
{
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
		  0600);
	if (fd < 0)
		return err_errno(err, "opening the log %s", path);
	max_level = up_to;
	return ERR_OK;
}

int log_fd(void)
{
	return fd;
}

void log_line(enum log_level level, const char *area, const char *fmt, ...)
{
	char when[TIME_TEXT_MAX], line[1024];
	va_list ap;
	size_t n;

	if (fd < 0 || level > max_level)
		return;
	n = (size_t)snprintf(line, sizeof line, "%s %d %s %s: ",
			     time_format(time_now_ns(), TIME_US, when),
			     (int)getpid(), names[level], area);
	va_start(ap, fmt);
	(void)vsnprintf(line + n, sizeof line - n - 1, fmt, ap);
	va_end(ap);
	n = strlen(line);
	line[n++] = '\n';
	if (write(fd, line, n) != (ssize_t)n)
		return; /* a log that cannot be written is not worth an error */
}
