/* SPDX-License-Identifier: Apache-2.0 */
/*
 * delay MS PORT: a long way to a server on loopback. Says on which port it
 * listens, and passes on what comes there to PORT and back, each byte MS
 * milliseconds later. Ends when its standard input does.
 */
#include "base/base.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include "base/fs.h"
#include "base/time.h"

#define PIECE	((size_t)64 << 10)
#define QUEUED	((size_t)64 << 20) /* on its way: more than any window */
#define WAYS	64

struct piece {
	struct piece *next;
	int64_t due_ns;
	size_t n, done;
	uint8_t data[PIECE];
};

/* One direction of a connection. */
struct way {
	int from, to;
	bool over; /* from has no more */
	struct piece *first, **last;
	size_t queued;
};

static struct way ways[WAYS];
static size_t n_ways;
static int64_t delay_ns;

static struct sockaddr_in loopback(int port)
{
	return (struct sockaddr_in){.sin_family = AF_INET,
				    .sin_port = htons((uint16_t)port),
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	exit(1);
}

static void take_on(int fd)
{
	int one = 1;

	fs_set_nonblock(fd, true);
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

static void add_way(int from, int to)
{
	struct way *w = &ways[n_ways++];

	*w = (struct way){.from = from, .to = to};
	w->last = &w->first;
}

static void accept_one(int listener, int port)
{
	struct sockaddr_in to = loopback(port);
	int near = accept(listener, NULL, NULL);
	int far = socket(AF_INET, SOCK_STREAM, 0);

	must(near >= 0 && far >= 0 && n_ways + 2 <= WAYS, "a connection");
	must(connect(far, (struct sockaddr *)&to, sizeof to) == 0, "connect");
	take_on(near);
	take_on(far);
	add_way(near, far);
	add_way(far, near);
}

static void fill(struct way *w, int64_t now)
{
	struct piece *p = xmalloc(sizeof *p);
	ssize_t n = read(w->from, p->data, sizeof p->data);

	if (n < 0 && errno == EAGAIN) {
		free(p);
		return;
	}
	p->next = NULL;
	p->due_ns = now + delay_ns;
	p->n = n > 0 ? (size_t)n : 0; /* an empty one is the end */
	p->done = 0;
	w->over = n <= 0;
	w->queued += p->n;
	*w->last = p;
	w->last = &p->next;
}

static void pass_on(struct way *w, int64_t now)
{
	struct piece *p;

	while ((p = w->first) && p->due_ns <= now) {
		ssize_t n = p->n ? send(w->to, p->data + p->done,
					p->n - p->done, MSG_NOSIGNAL)
				 : shutdown(w->to, SHUT_WR);

		if (n < 0 && errno == EAGAIN)
			return;
		p->done += n > 0 ? (size_t)n : p->n - p->done;
		if (p->done < p->n)
			continue;
		w->queued -= p->n;
		w->first = p->next;
		if (!w->first)
			w->last = &w->first;
		free(p);
	}
}

/* Which descriptors are of use now, and for how long none may be. */
static int watch(struct pollfd *p, int64_t now)
{
	int64_t soonest = INT64_MAX;

	for (size_t i = 0; i < n_ways; i++) {
		struct way *w = &ways[i];
		bool due = w->first && w->first->due_ns <= now;

		p[2 * i] = (struct pollfd){
			.fd = w->over || w->queued > QUEUED ? -1 : w->from,
			.events = POLLIN};
		p[2 * i + 1] = (struct pollfd){.fd = due ? w->to : -1,
					       .events = POLLOUT};
		if (w->first && !due)
			soonest = MIN(soonest, w->first->due_ns);
	}
	return soonest == INT64_MAX
		       ? -1
		       : (int)((soonest - now) / NS_PER_MS) + 1;
}

int main(int argc, char **argv)
{
	struct sockaddr_in at = loopback(0);
	socklen_t n = sizeof at;
	struct pollfd p[2 * WAYS + 2];
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	if (argc != 3)
		return 2;
	delay_ns = strtol(argv[1], NULL, 10) * NS_PER_MS;
	must(bind(listener, (struct sockaddr *)&at, sizeof at) == 0 &&
		     listen(listener, WAYS) == 0 &&
		     getsockname(listener, (struct sockaddr *)&at, &n) == 0,
	     "listening");
	printf("%u\n", ntohs(at.sin_port));
	fflush(stdout);
	for (;;) {
		int64_t now = time_mono_ns();
		int ms = watch(p, now);
		struct pollfd *more = &p[2 * n_ways];

		more[0] = (struct pollfd){.fd = 0, .events = POLLIN};
		more[1] = (struct pollfd){.fd = listener, .events = POLLIN};
		(void)poll(p, 2 * n_ways + 2, ms);
		if (more[0].revents)
			return 0;
		now = time_mono_ns();
		for (size_t i = 0, all = n_ways; i < all; i++) {
			if (p[2 * i].revents)
				fill(&ways[i], now);
			pass_on(&ways[i], now);
		}
		if (more[1].revents)
			accept_one(listener, (int)strtol(argv[2], NULL, 10));
	}
}
