/* SPDX-License-Identifier: Apache-2.0 */
/* Cancel, deadlines, and the one function that waits. */
#include "base/base.h"

#include <sys/eventfd.h>

#include "base/time.h"
#include "base/wait.h"

enum err_code cancel_init(struct cancel *c, struct err *err)
{
	atomic_init(&c->raised, false);
	c->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return c->fd < 0 ? err_errno(err, "making an eventfd") : ERR_OK;
}

void cancel_release(struct cancel *c)
{
	c->fd = close_fd(c->fd);
}

void cancel_raise(struct cancel *c)
{
	uint64_t one = 1;

	if (atomic_exchange(&c->raised, true))
		return;
	if (write(c->fd, &one, sizeof one) != (ssize_t)sizeof one)
		return; /* only full: then it is readable, which is the point */
}

struct deadline deadline_in(int64_t span_ns, const struct cancel *cancel)
{
	int64_t end;

	if (__builtin_add_overflow(time_mono_ns(), span_ns, &end))
		end = INT64_MAX;
	return (struct deadline){.mono_ns = end, .cancel = cancel};
}

struct deadline deadline_within(struct deadline outer, int64_t span_ns)
{
	struct deadline d = deadline_in(span_ns, outer.cancel);

	d.mono_ns = MIN(d.mono_ns, outer.mono_ns);
	return d;
}

int64_t deadline_left(struct deadline d)
{
	int64_t now = time_mono_ns();

	return d.mono_ns > now ? d.mono_ns - now : 0;
}

int deadline_left_ms(struct deadline d)
{
	int64_t ms;

	if (d.mono_ns == INT64_MAX)
		return -1;
	ms = (deadline_left(d) + NS_PER_MS - 1) / NS_PER_MS;
	return (int)MIN(ms, (int64_t)INT32_MAX);
}

enum err_code deadline_check(struct deadline d, struct err *err)
{
	if (d.cancel && atomic_load(&d.cancel->raised))
		return err_set(err, ERR_CANCELLED, "cancelled");
	if (deadline_left(d) == 0)
		return err_set(err, ERR_TIMEOUT, "timed out");
	return ERR_OK;
}

enum err_code wait_any(struct pollfd *fds, size_t n, struct deadline d,
		       struct err *err)
{
	struct pollfd p[WAIT_MAX + 1];

	if (n > WAIT_MAX)
		BUG("waiting for %zu descriptors", n);
	memcpy(p, fds, n * sizeof p[0]);
	p[n] = (struct pollfd){.fd = d.cancel ? d.cancel->fd : -1,
			       .events = POLLIN};
	for (;;) {
		enum err_code code = deadline_check(d, err);
		int ready;

		if (code != ERR_OK)
			return code;
		ready = poll(p, n + 1, deadline_left_ms(d));
		if (ready < 0 && errno != EINTR)
			return err_errno(err, "waiting");
		if (ready <= 0 || (ready == 1 && p[n].revents))
			continue;
		memcpy(fds, p, n * sizeof p[0]);
		return ERR_OK;
	}
}

enum err_code wait_fd(int fd, short events, struct deadline d, struct err *err)
{
	struct pollfd p = {.fd = fd, .events = events};

	return wait_any(&p, 1, d, err);
}
