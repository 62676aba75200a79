/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's log, as far as its ring goes back: evidence like a file. */
#include "base/base.h"

#include <fcntl.h>

#include "probe/triage.h"

#define LOG_PATH "/dev/kmsg"
#define LOG_MAX	 ((size_t)16 << 20)
#define LINE_MAX_ ((size_t)8192) /* CONSOLE_EXT_LOG_MAX of the kernel */

/* One message for each read(2); none is waited for. */
static int read_log(struct tell *t, int fd, struct buf *out)
{
	while (tell_go(t, 0)) {
		uint8_t *to = buf_reserve(out, LINE_MAX_);
		ssize_t n = to ? read(fd, to, LINE_MAX_) : 0;

		if (n > 0)
			buf_commit(out, (size_t)n);
		else if (n == 0)
			return to ? 0 : ENFILE;
		else if (errno != EPIPE && errno != EINTR) /* overwritten */
			return errno == EAGAIN ? 0 : errno;
	}
	return 0;
}

void look_kernel_log(struct tell *t)
{
	int fd = open(LOG_PATH, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	int error = fd < 0 ? errno : 0;
	struct buf text;

	buf_init(&text, LOG_MAX);
	if (fd >= 0)
		error = read_log(t, fd, &text);
	if (text.n)
		tell_content(t, bytes_str(LOG_PATH), buf_bytes(&text));
	if (error)
		tell_errno(t, error);
	close_fd(fd);
	buf_release(&text);
}
