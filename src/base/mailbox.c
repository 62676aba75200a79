/* SPDX-License-Identifier: Apache-2.0 */
/* A byte-bounded queue whose both ends can be polled. */
#include "base/base.h"

#include <poll.h>
#include <sys/eventfd.h>

#include "base/mailbox.h"

enum err_code mailbox_init(struct mailbox *m, size_t max_weight,
			   struct err *err)
{
	*m = (struct mailbox){.max_weight = max_weight};
	m->last = &m->first;
	m->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	m->room_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (m->fd < 0 || m->room_fd < 0) {
		enum err_code code = err_errno(err, "making an eventfd");

		close_fd(m->fd);
		close_fd(m->room_fd);
		return code;
	}
	if (pthread_mutex_init(&m->lock, NULL) != 0)
		BUG("mutex");
	return ERR_OK;
}

void mailbox_release(struct mailbox *m)
{
	if (m->first)
		BUG("mailbox released with mail in it");
	close_fd(m->fd);
	close_fd(m->room_fd);
	pthread_mutex_destroy(&m->lock);
}

static void ring(int fd)
{
	uint64_t one = 1;

	if (write(fd, &one, sizeof one) < 0)
		return; /* EAGAIN: it rings already */
}

static void hush(int fd)
{
	uint64_t count;

	if (read(fd, &count, sizeof count) < 0)
		return; /* EAGAIN: it was silent */
}

static bool post(struct mailbox *m, struct mail *mail, bool urgent)
{
	bool taken;

	pthread_mutex_lock(&m->lock);
	taken = !m->closed && (urgent || !m->first ||
			       m->weight + mail->weight <= m->max_weight);
	if (taken) {
		if (!m->first) /* it rings until it is empty */
			ring(m->fd);
		mail->next = NULL;
		*m->last = mail;
		m->last = &mail->next;
		m->weight += mail->weight;
	} else {
		m->was_full = !m->closed;
		hush(m->room_fd);
	}
	pthread_mutex_unlock(&m->lock);
	return taken;
}

bool mailbox_post(struct mailbox *m, struct mail *mail)
{
	return post(m, mail, false);
}

bool mailbox_post_urgent(struct mailbox *m, struct mail *mail)
{
	return post(m, mail, true);
}

static void sleep_on(int fd, int timeout_ms)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	if (poll(&p, 1, timeout_ms) < 0 && errno != EINTR)
		BUG("poll: %s", strerrordesc_np(errno));
}

bool mailbox_post_wait(struct mailbox *m, struct mail *mail)
{
	for (;;) {
		bool closed;

		if (post(m, mail, false))
			return true;
		pthread_mutex_lock(&m->lock);
		closed = m->closed;
		pthread_mutex_unlock(&m->lock);
		if (closed)
			return false;
		sleep_on(m->room_fd, -1);
	}
}

struct mail *mailbox_take(struct mailbox *m)
{
	struct mail *mail;

	pthread_mutex_lock(&m->lock);
	mail = m->first;
	if (mail) {
		m->first = mail->next;
		if (!m->first)
			m->last = &m->first;
		m->weight -= mail->weight;
		mail->next = NULL;
	}
	if (!m->first && !m->closed)
		hush(m->fd);
	if (m->was_full && m->weight <= m->max_weight / 2) {
		m->was_full = false;
		ring(m->room_fd);
	}
	pthread_mutex_unlock(&m->lock);
	return mail;
}

struct mail *mailbox_take_wait(struct mailbox *m, int timeout_ms)
{
	struct mail *mail = mailbox_take(m);

	if (!mail) {
		sleep_on(m->fd, timeout_ms);
		mail = mailbox_take(m);
	}
	return mail;
}

void mailbox_close(struct mailbox *m)
{
	pthread_mutex_lock(&m->lock);
	m->closed = true;
	ring(m->fd);
	ring(m->room_fd);
	pthread_mutex_unlock(&m->lock);
}

size_t mailbox_weight(struct mailbox *m)
{
	size_t weight;

	pthread_mutex_lock(&m->lock);
	weight = m->weight;
	pthread_mutex_unlock(&m->lock);
	return weight;
}
