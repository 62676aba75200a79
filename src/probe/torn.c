/* SPDX-License-Identifier: Apache-2.0 */
/* Files that change while they are read and show no sign of it. */
#include "base/base.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/sysmacros.h>

#include "base/time.h"
#include "probe/file.h"
#include "probe/helper.h"
#include "probe/process.h"
#include "probe/torn.h"

#define AGAIN_NS (10 * NS_PER_S)      /* between looks at all processes */
#define MAPS_MAX ((size_t)4 << 20)    /* of one process */
#define TEXT_MAX ((size_t)4 << 20)    /* paths of all files */
#define ALL_MAX	 ((size_t)64 << 10)   /* files */
#define STEP	 ((size_t)1 << 20)
#define LEASES_MAX 32 /* for more files a look at all processes is cheaper */

void writers_init(struct writers *w)
{
	*w = (struct writers){0};
	buf_init(&w->text, TEXT_MAX);
	if (pthread_mutex_init(&w->lock, NULL) != 0)
		BUG("a mutex cannot be made");
	(void)signal(SIGIO, SIG_IGN); /* somebody wants what we have a lease of */
}

void writers_release(struct writers *w)
{
	buf_release(&w->text);
	free(w->all);
	(void)pthread_mutex_destroy(&w->lock); /* nobody holds it */
}

/* ---- who has what mapped ---- */

/* "7f0000-7f1000 rw-s 00000000 08:01 1234    /var/log/x" */
static bool parse_line(struct bytes line, struct mapped *m, struct bytes *path)
{
	struct bytes skipped, perms, word;
	uint64_t major, minor;

	if (!bytes_split(&line, ' ', &skipped) ||
	    !bytes_split(&line, ' ', &perms) || perms.n != 4 ||
	    perms.p[1] != 'w' || perms.p[3] != 's' ||
	    !bytes_split(&line, ' ', &skipped) ||
	    !bytes_split(&line, ':', &word) ||
	    !bytes_hex_to_u64(word, &major) ||
	    !bytes_split(&line, ' ', &word) ||
	    !bytes_hex_to_u64(word, &minor) ||
	    !bytes_split(&line, ' ', &word) || !bytes_to_u64(word, &m->ino))
		return false;
	while (line.n && line.p[0] == ' ')
		line = bytes_skip(line, 1);
	*path = line;
	m->dev = makedev((unsigned)major, (unsigned)minor);
	return m->ino != 0;
}

void writers_add(struct writers *w, struct bytes maps)
{
	struct bytes line, path;
	struct mapped m;

	while (w->n < ALL_MAX && bytes_split(&maps, '\n', &line)) {
		if (!parse_line(line, &m, &path) ||
		    writers_have(w, m.dev, m.ino, path))
			continue;
		m.path = w->text.n;
		m.path_n = path.n;
		if (!buf_add_bytes(&w->text, path))
			m.path_n = 0;
		if (w->n == w->cap) {
			w->cap = w->cap ? 2 * w->cap : 64;
			w->all = xrealloc(w->all, w->cap, sizeof m);
		}
		w->all[w->n++] = m;
	}
}

bool writers_have(const struct writers *w, uint64_t dev, uint64_t ino,
		  struct bytes path)
{
	for (size_t i = 0; i < w->n; i++) {
		const struct mapped *m = &w->all[i];

		if (m->ino == ino &&
		    (m->dev == dev ||
		     bytes_eq(bytes_of(w->text.p + m->path, m->path_n), path)))
			return true;
	}
	return false;
}

/* False when it hangs. */
static bool read_maps(struct writers *w, struct helper *h, int proc,
		      uint64_t pid, struct buf *text)
{
	ssize_t got = 0;
	char name[40];
	int fd;

	(void)snprintf(name, sizeof name, "%" PRIu64 "/maps", pid);
	fd = helper_open(h, proc, name, 0);
	if (fd < 0)
		return errno != ETIMEDOUT; /* it is gone, or not ours to see */
	buf_clear(text);
	do {
		uint8_t *to = buf_reserve(text, STEP);

		got = to ? helper_pread(h, fd, to, STEP, text->n) : 0;
		if (got > 0)
			buf_commit(text, (size_t)got);
	} while (got > 0);
	writers_add(w, buf_bytes(text));
	close_fd(fd);
	return got == 0 || errno != ETIMEDOUT;
}

/* Under the lock. */
static void look(struct writers *w, struct run *run, struct helper *h)
{
	int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct buf text;
	size_t n;
	uint64_t *pids = process_list(&n);

	w->n = 0;
	buf_clear(&w->text);
	buf_init(&text, MAPS_MAX);
	for (size_t i = 0; proc >= 0 && i < n && !w->hangs; i++) {
		if (run_is_over(run))
			break;
		w->hangs = !read_maps(w, h, proc, pids[i], &text);
	}
	buf_release(&text);
	free(pids);
	close_fd(proc);
	w->read_ns = time_mono_ns();
}

/*
 * The kernel gives no lease of a file that anybody has open, or mapped, to
 * write to: of a few files that is asked rather than all processes. It is
 * given back at once. Layers of an overlay know nothing of each other, so that
 * only file systems on a disk are asked; they alone have a device with a major
 * number.
 */
static bool nobody_writes(struct writers *w, const struct file *f)
{
	if (plan_hunts(f->run->plan) || w->n_leases == LEASES_MAX ||
	    major(f->rec.dev) == 0)
		return false;
	w->n_leases++;
	return fcntl(f->job->fd, F_SETLEASE, F_RDLCK) == 0 &&
	       fcntl(f->job->fd, F_SETLEASE, F_UNLCK) == 0;
}

bool file_is_mapped(const struct file *f)
{
	struct writers *w = &f->run->writers;
	bool is;

	if (f->job->told || f->held || f->rec.size == 0)
		return false;
	pthread_mutex_lock(&w->lock);
	is = !nobody_writes(w, f);
	if (is && !w->hangs &&
	    (!w->read_ns || time_mono_ns() - w->read_ns > AGAIN_NS))
		look(w, f->run, f->worker->helper);
	is = is && writers_have(w, f->rec.dev, f->rec.ino, f->rec.path);
	pthread_mutex_unlock(&w->lock);
	return is;
}

/* ---- reading again ---- */

/* From the file, whatever is held of it. Who is stopped does not know, and
 * says that it is as it was. */
static bool reads_same(struct file *f)
{
	uint8_t now[HASH_LEN_MAX];
	struct hash hash;
	uint64_t at = 0;
	ssize_t got = 0;
	bool over = false;

	hash_init(&hash, HASH_SHA256);
	buf_clear(&f->worker->room);
	while (at < f->rec.size) {
		size_t n = (size_t)MIN(f->rec.size - at, (uint64_t)STEP);
		uint8_t *to = buf_reserve(&f->worker->room, n);

		over = !budget_pass(f->run, f->turn, n);
		got = over ? 0
			   : helper_pread(f->worker->helper, f->job->fd, to, n,
					  at);
		if (got <= 0)
			break;
		hash_add(&hash, bytes_of(to, (size_t)got));
		at += (uint64_t)got;
	}
	(void)hash_final(&hash, now);
	return over || memcmp(now, f->sha256, SHA256_LEN) == 0;
}

bool file_is_torn(struct file *f)
{
	if (f->torn == TORN_UNKNOWN)
		f->torn = file_is_mapped(f) && !reads_same(f) ? TORN_YES : TORN_NO;
	return f->torn == TORN_YES;
}
