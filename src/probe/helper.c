/* SPDX-License-Identifier: Apache-2.0 */
/* Threads that make calls for others, and may be left behind in one. */
#include "base/base.h"

#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>

#include "base/time.h"
#include "probe/helper.h"
#include "probe/run.h"
#include "probe/top.h"

#define BYTES_MAX   ((size_t)1 << 20)
#define STACK_BYTES ((size_t)256 << 10)
#define LOOK_NS	    (200 * NS_PER_MS) /* between looks whether it is over */

struct call {
	long (*make)(struct call *call);
	int fd, flags;
	char *name;
	uint8_t *bytes; /* BYTES_MAX of them: what comes late hurts nobody */
	size_t n;
	uint64_t offset;
	long result;
	int error;
};

/* Belongs to who asks, and once it is lost to its own thread. */
struct hand {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	pthread_t thread;
	enum { IDLE, ASKED, DONE, LOST, ENDED } state;
	struct call call;
};

struct helper {
	struct run *run;
	struct hand *hand; /* NULL: the next call begins one */
};

/* ---- the calls ---- */

static long make_open(struct call *call)
{
	return open_quietly(call->fd, call->name, call->flags);
}

static long make_pread(struct call *call)
{
	ssize_t n;

	do
		n = pread(call->fd, call->bytes, call->n, (off_t)call->offset);
	while (n < 0 && errno == EINTR);
	return n;
}

static long make_getdents(struct call *call)
{
	return syscall(SYS_getdents64, call->fd, call->bytes, call->n);
}

/* ---- the helper's thread ---- */

static void hand_free(struct hand *hand)
{
	(void)pthread_cond_destroy(&hand->changed);
	(void)pthread_mutex_destroy(&hand->lock);
	free(hand->call.name);
	free(hand->call.bytes);
	free(hand);
}

/* Its call ended after all; nobody waits for what it brought. */
static void come_late(struct hand *hand)
{
	if (hand->call.make == make_open)
		close_fd((int)hand->call.result);
	hand_free(hand);
}

/* Under the lock; false: the thread is to end. */
static bool help(struct hand *hand)
{
	while (hand->state == IDLE || hand->state == DONE)
		pthread_cond_wait(&hand->changed, &hand->lock);
	if (hand->state != ASKED)
		return false;
	pthread_mutex_unlock(&hand->lock);
	errno = 0;
	hand->call.result = hand->call.make(&hand->call);
	hand->call.error = errno;
	pthread_mutex_lock(&hand->lock);
	if (hand->state == LOST)
		return false;
	hand->state = DONE;
	pthread_cond_broadcast(&hand->changed);
	return true;
}

static void *hand_main(void *arg)
{
	struct hand *hand = arg;
	bool lost;

	pthread_mutex_lock(&hand->lock);
	while (help(hand))
		;
	lost = hand->state == LOST;
	pthread_mutex_unlock(&hand->lock);
	if (lost)
		come_late(hand);
	return NULL;
}

/* NULL: the host allows no further thread. */
static struct hand *hand_new(void)
{
	struct hand *hand = xcalloc(1, sizeof *hand);
	pthread_condattr_t clock;
	pthread_attr_t attr;
	sigset_t all, before;
	int error;

	if (pthread_condattr_init(&clock) != 0 ||
	    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC) != 0 ||
	    pthread_cond_init(&hand->changed, &clock) != 0 ||
	    pthread_mutex_init(&hand->lock, NULL) != 0 ||
	    pthread_attr_init(&attr) != 0 ||
	    pthread_attr_setstacksize(&attr, STACK_BYTES) != 0)
		BUG("threads cannot be set up");
	sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&hand->thread, &attr, hand_main, hand);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	(void)pthread_attr_destroy(&attr);
	(void)pthread_condattr_destroy(&clock);
	if (error == 0)
		return hand;
	hand_free(hand);
	return NULL;
}

/* ---- who asks ---- */

struct helper *helper_new(struct run *run)
{
	struct helper *h = xcalloc(1, sizeof *h);

	h->run = run;
	return h;
}

void helper_free(struct helper *h)
{
	if (h && h->hand) {
		pthread_mutex_lock(&h->hand->lock);
		h->hand->state = ENDED;
		pthread_cond_broadcast(&h->hand->changed);
		pthread_mutex_unlock(&h->hand->lock);
		(void)pthread_join(h->hand->thread, NULL); /* ours, once */
		hand_free(h->hand);
	}
	free(h);
}

/* What is asked for goes to the hand's call; NULL: nobody helps. */
static struct call *call_for(struct helper *h, long (*make)(struct call *))
{
	struct call *call;

	if (h && !h->hand)
		h->hand = hand_new();
	if (!h || !h->hand)
		return NULL;
	call = &h->hand->call;
	if (make != make_open && !call->bytes)
		call->bytes = xmalloc(BYTES_MAX);
	call->make = make;
	return call;
}

/* Under the hand's lock: until it is done, or took too long. */
static int wait_for(struct helper *h, struct hand *hand)
{
	int64_t now = time_mono_ns(), next;
	int64_t late = now + (int64_t)run_file_timeout_s(h->run) * NS_PER_S;

	while (hand->state != DONE) {
		struct timespec at;

		now = time_mono_ns();
		if (now >= late)
			return ETIMEDOUT;
		if (run_is_over(h->run))
			return ECANCELED;
		next = MIN(late, now + LOOK_NS);
		at = (struct timespec){.tv_sec = (time_t)(next / NS_PER_S),
				       .tv_nsec = (long)(next % NS_PER_S)};
		(void)pthread_cond_timedwait(&hand->changed, &hand->lock, &at);
	}
	return 0;
}

static void count_lost(struct run *run)
{
	if (atomic_fetch_add(&run->helpers_lost, 1) + 1 >= HELPERS_LOST_MAX)
		budget_stop(&run->budget, BUDGET_HANGS);
}

static long ask(struct helper *h)
{
	struct hand *hand = h->hand;
	long result = -1;
	int error;

	pthread_mutex_lock(&hand->lock);
	hand->state = ASKED;
	pthread_cond_broadcast(&hand->changed);
	error = wait_for(h, hand);
	if (error == 0) {
		hand->state = IDLE;
		result = hand->call.result;
		error = hand->call.error;
	} else {
		hand->state = LOST;
		h->hand = NULL;
		(void)pthread_detach(hand->thread); /* ours, once */
	}
	pthread_mutex_unlock(&hand->lock); /* a lost one may be gone then */
	if (error == ETIMEDOUT && !h->hand)
		count_lost(h->run);
	errno = error;
	return result;
}

int helper_open(struct helper *h, int dir_fd, const char *name, int flags)
{
	struct call *call = call_for(h, make_open);

	if (!call)
		return open_quietly(dir_fd, name, flags);
	free(call->name);
	call->name = xstrdup(name);
	call->fd = dir_fd;
	call->flags = flags;
	return (int)ask(h);
}

ssize_t helper_pread(struct helper *h, int fd, uint8_t *to, size_t n,
		     uint64_t offset)
{
	struct call *call = call_for(h, make_pread), here;
	ssize_t got;

	if (!call) {
		here = (struct call){
			.fd = fd, .bytes = to, .n = n, .offset = offset};
		return make_pread(&here);
	}
	call->fd = fd;
	call->n = MIN(n, BYTES_MAX);
	call->offset = offset;
	got = ask(h);
	if (got > 0)
		memcpy(to, call->bytes, (size_t)got);
	return got;
}

ssize_t helper_getdents(struct helper *h, int fd, void *to, size_t n)
{
	struct call *call = call_for(h, make_getdents);
	ssize_t got;

	if (!call)
		return syscall(SYS_getdents64, fd, to, n);
	call->fd = fd;
	call->n = MIN(n, BYTES_MAX);
	got = ask(h);
	if (got > 0)
		memcpy(to, call->bytes, (size_t)got);
	return got;
}
