/* SPDX-License-Identifier: Apache-2.0 */
/* Threads that make calls for others, and may be left behind in one. */
#include "base/base.h"

#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#include "base/time.h"
#include "probe/file.h"
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
	const struct top *top;
	uint8_t *bytes; /* BYTES_MAX of them: what comes late hurts nobody */
	size_t n;
	uint64_t offset, fs_type;
	struct rec_file rec;
	bool looks;
	struct look look;
	long result;
	int error;
};

/* Belongs to who asks, and once it is lost to its own thread. Semaphores wake
 * one thread with one call, which is what a walk does all day. */
struct hand {
	pthread_t thread;
	sem_t asked, done;
	atomic_int state; /* enum state */
	struct call call;
};

enum state { IDLE, ASKED, DONE, LOST, ENDED };

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

static long make_top_open(struct call *call)
{
	return top_open(call->top, call->name, call->flags);
}

static long make_open_folder(struct call *call)
{
	int fd = open_quietly(call->fd, call->name, O_DIRECTORY), error;

	if (fd < 0 || file_stat(fd, &call->rec))
		return fd;
	error = errno;
	close_fd(fd);
	errno = error;
	return -1;
}

static long make_stat_at(struct call *call)
{
	const struct rec_file *rec = &call->rec;
	struct look *look = &call->look;

	look->fd = -1;
	if (!file_stat_at(call->fd, call->name, &call->rec))
		return -1;
	if (call->looks && S_ISREG(rec->mode) && rec->size <= look->max_size &&
	    (rec->dev == look->devs[0] || rec->dev == look->devs[1]))
		look->fd = open_quietly(call->fd, call->name, 0);
	return 0;
}

static long make_fs_type(struct call *call)
{
	int fd = openat(call->fd, call->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct statfs fs;
	int got, error;

	if (fd < 0)
		return -1;
	got = fstatfs(fd, &fs);
	error = errno;
	close_fd(fd);
	errno = error;
	call->fs_type = got == 0 ? (uint64_t)fs.f_type : 0;
	return got;
}

/* A descriptor that the call has made; -1: none. */
static int fd_of(const struct call *call)
{
	if (call->make == make_stat_at)
		return call->look.fd;
	if (call->make == make_open || call->make == make_top_open ||
	    call->make == make_open_folder)
		return (int)call->result;
	return -1;
}

/* ---- the helper's thread ---- */

static void hand_free(struct hand *hand)
{
	(void)sem_destroy(&hand->asked);
	(void)sem_destroy(&hand->done);
	free(hand->call.name);
	free(hand->call.bytes);
	free(hand);
}

/* Its call ended after all; nobody waits for what it brought. */
static void come_late(struct hand *hand)
{
	close_fd(fd_of(&hand->call));
	hand_free(hand);
}

static void wait_on(sem_t *sem)
{
	while (sem_wait(sem) != 0)
		; /* EINTR */
}

static void *hand_main(void *arg)
{
	struct hand *hand = arg;

	for (;;) {
		int asked = ASKED;

		wait_on(&hand->asked);
		if (atomic_load(&hand->state) == ENDED)
			return NULL;
		errno = 0;
		hand->call.result = hand->call.make(&hand->call);
		hand->call.error = errno;
		if (!atomic_compare_exchange_strong(&hand->state, &asked,
						    DONE)) {
			come_late(hand);
			return NULL;
		}
		(void)sem_post(&hand->done);
	}
}

bool helper_thread(pthread_t *thread, size_t stack, void *(*entry)(void *),
		   void *arg)
{
	pthread_attr_t attr;
	sigset_t all, before;
	int error;

	if (pthread_attr_init(&attr) != 0 ||
	    pthread_attr_setstacksize(&attr, stack) != 0)
		BUG("threads cannot be set up");
	sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(thread, &attr, entry, arg);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	(void)pthread_attr_destroy(&attr);
	return error == 0;
}

/* NULL: the host allows no further thread. */
static struct hand *hand_new(void)
{
	struct hand *hand = xcalloc(1, sizeof *hand);

	atomic_init(&hand->state, IDLE);
	if (sem_init(&hand->asked, 0, 0) != 0 ||
	    sem_init(&hand->done, 0, 0) != 0)
		BUG("threads cannot be set up");
	if (helper_thread(&hand->thread, STACK_BYTES, hand_main, hand))
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
		atomic_store(&h->hand->state, ENDED);
		(void)sem_post(&h->hand->asked);
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
	call->make = make;
	return call;
}

/* The same for what brings bytes. */
static struct call *call_for_bytes(struct helper *h,
				   long (*make)(struct call *))
{
	struct call *call = call_for(h, make);

	if (call && !call->bytes)
		call->bytes = xmalloc(BYTES_MAX);
	return call;
}

/* Until it is done, or took too long. */
static int wait_for(struct helper *h, struct hand *hand)
{
	int64_t now = time_mono_ns(), next;
	int64_t late = now + (int64_t)run_file_timeout_s(h->run) * NS_PER_S;

	for (;;) {
		struct timespec at;

		next = MIN(late, now + LOOK_NS);
		at = (struct timespec){.tv_sec = (time_t)(next / NS_PER_S),
				       .tv_nsec = (long)(next % NS_PER_S)};
		if (sem_clockwait(&hand->done, CLOCK_MONOTONIC, &at) == 0)
			return 0;
		now = time_mono_ns();
		if (now >= late)
			return ETIMEDOUT;
		if (run_is_over(h->run))
			return ECANCELED;
	}
}

/* False: it was done at that very moment. */
static bool leave_behind(struct helper *h, struct hand *hand)
{
	pthread_t thread = hand->thread;
	int asked = ASKED;

	if (!atomic_compare_exchange_strong(&hand->state, &asked, LOST)) {
		wait_on(&hand->done);
		return false;
	}
	h->hand = NULL; /* its thread has it, or had it */
	(void)pthread_detach(thread); /* ours, once */
	return true;
}

static void count_lost(struct run *run)
{
	if (atomic_fetch_add(&run->helpers_lost, 1) + 1 >= HELPERS_LOST_MAX)
		budget_stop(&run->budget, BUDGET_HANGS);
}

static long ask(struct helper *h)
{
	struct hand *hand = h->hand;
	int error;

	atomic_store(&hand->state, ASKED);
	(void)sem_post(&hand->asked);
	error = wait_for(h, hand);
	if (error && leave_behind(h, hand)) {
		if (error == ETIMEDOUT)
			count_lost(h->run);
		errno = error;
		return -1;
	}
	if (atomic_exchange(&hand->state, IDLE) != DONE)
		BUG("a helper that is done and is not");
	errno = hand->call.error;
	return hand->call.result;
}

/* A call about a name, made by a hand where there is one, or here. */
static struct call *call_by_name(struct helper *h, struct call *here,
				 long (*make)(struct call *), int dir_fd,
				 const char *name)
{
	struct call *call = call_for(h, make);

	if (!call) {
		*here = (struct call){.make = make};
		call = here;
	}
	free(call->name);
	call->name = xstrdup(name);
	call->fd = dir_fd;
	call->rec = (struct rec_file){0};
	call->looks = false;
	return call;
}

static long ask_by_name(struct helper *h, struct call *here, struct call *call)
{
	int error;

	if (call != here)
		return ask(h);
	here->result = here->make(here);
	error = errno;
	free(here->name);
	errno = error;
	return here->result;
}

int helper_open(struct helper *h, int dir_fd, const char *name, int flags)
{
	struct call here;
	struct call *call = call_by_name(h, &here, make_open, dir_fd, name);

	call->flags = flags;
	return (int)ask_by_name(h, &here, call);
}

int helper_top_open(struct helper *h, const struct top *top, const char *path,
		    int flags)
{
	struct call here;
	struct call *call = call_by_name(h, &here, make_top_open, -1, path);

	call->top = top;
	call->flags = flags;
	return (int)ask_by_name(h, &here, call);
}

int helper_open_folder(struct helper *h, int dir_fd, const char *name,
		       struct rec_file *rec)
{
	struct call here;
	struct call *call =
		call_by_name(h, &here, make_open_folder, dir_fd, name);
	int fd = (int)ask_by_name(h, &here, call);

	if (fd >= 0)
		*rec = call->rec;
	return fd;
}

bool helper_stat_at(struct helper *h, int dir_fd, const char *name,
		    struct rec_file *rec, struct look *look)
{
	struct call here;
	struct call *call = call_by_name(h, &here, make_stat_at, dir_fd, name);

	call->looks = look;
	if (look)
		call->look = *look;
	if (ask_by_name(h, &here, call) != 0)
		return false;
	*rec = call->rec;
	if (look)
		look->fd = call->look.fd;
	return true;
}

bool helper_fs_type(struct helper *h, int dir_fd, const char *name,
		    uint64_t *type)
{
	struct call here;
	struct call *call = call_by_name(h, &here, make_fs_type, dir_fd, name);

	if (ask_by_name(h, &here, call) != 0)
		return false;
	*type = call->fs_type;
	return true;
}

ssize_t helper_pread(struct helper *h, int fd, uint8_t *to, size_t n,
		     uint64_t offset)
{
	struct call *call = call_for_bytes(h, make_pread), here;
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
	struct call *call = call_for_bytes(h, make_getdents);
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
