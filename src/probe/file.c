/* SPDX-License-Identifier: Apache-2.0 */
/* One file: read once, described, scanned, sent. */
#include "base/base.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "probe/file.h"
#include "probe/scan.h"

#define KEPT_MAX   ((size_t)8 << 20) /* buffer kept from file to file */
#define READ_STEP  ((size_t)1 << 20) /* between looks at the clock */
#define SPARSE_MIN ((uint64_t)256 << 20)

struct worker *worker_new(struct run *run)
{
	struct worker *w = xcalloc(1, sizeof *w);

	w->run = run;
	if (run->plan->start.scan)
		w->scanner = scanner_new(run);
	return w;
}

void worker_free(struct worker *w)
{
	if (!w)
		return;
	scanner_free(w->scanner);
	free(w->content);
	free(w);
}

static bool get_room(struct worker *w, size_t n)
{
	size_t want = MAX(n, READ_STEP);

	if (w->room >= want)
		return true;
	free(w->content);
	w->content = malloc(want); /* refused on a small host: its own reason */
	w->room = w->content ? want : 0;
	return w->content != NULL;
}

static void keep_little(struct worker *w)
{
	if (w->room <= KEPT_MAX)
		return;
	free(w->content);
	w->content = NULL;
	w->room = 0;
}

/* Up to n bytes at offset; fewer at the end of the file. -1 with errno. */
static ssize_t read_at(int fd, uint8_t *to, size_t n, uint64_t offset)
{
	size_t got = 0;

	while (got < n) {
		ssize_t r = pread(fd, to + got, n - got, (off_t)(offset + got));

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -1;
		if (r == 0)
			break;
		got += (size_t)r;
	}
	return (ssize_t)got;
}

/* A file may be exchanged, cut or written to while it is read. */
static bool has_changed(const struct file *f)
{
	struct rec_file now = {0};

	return !file_stat(f->job->fd, &now) || now.size != f->rec.size ||
	       now.mtime_ns != f->rec.mtime_ns;
}

/* No more than its size at first: a log that grows as fast as we read it
 * would have no end. */
static enum reason read_all(struct worker *w, struct file *f)
{
	size_t size = (size_t)f->rec.size, done = 0;

	if (!get_room(w, size))
		return REASON_MEMORY;
	while (done < size) {
		size_t n = MIN(size - done, READ_STEP);
		ssize_t got;

		if (!budget_pass(f->run, f->turn, n))
			return REASON_STOPPED;
		got = read_at(f->job->fd, w->content + done, n, done);
		if (got < 0)
			return reason_of_errno(errno);
		done += (size_t)got;
		if ((size_t)got < n)
			break;
	}
	f->content = bytes_of(w->content, done);
	return REASON_SCANNED;
}

void file_report(struct file *f)
{
	if (f->reported)
		return;
	f->reported = true;
	f->rec.seq = atomic_fetch_add(&f->run->file_seq, 1) + 1;
	if (f->run->plan->start.scan) {
		hash_sha256(f->content, f->sha256);
		f->rec.sha256 = bytes_of(f->sha256, sizeof f->sha256);
	}
	f->rec.changed = has_changed(f);
	f->rec.content = f->run->plan->start.collect;
	(void)out_send(f->run->out, REC_FILE, &f->rec); /* remembered */
}

static void note(const struct file *f, enum reason reason, uint64_t bytes)
{
	coverage_add(&f->run->coverage, f->job->root, reason, f->rec.path,
		     bytes);
}

static void scan(struct worker *w, struct file *f)
{
	enum reason reason = read_all(w, f);

	if (reason == REASON_SCANNED)
		reason = scanner_scan(w->scanner, f);
	if (reason == REASON_SCANNED && has_changed(f))
		reason = REASON_SCANNED_CHANGED;
	note(f, reason, reason_is_success(reason) ? f->content.n : f->rec.size);
	if (f->reported && f->run->plan->start.collect)
		file_send(f);
	keep_little(w);
}

/* The next piece of what is sent; an empty one at its end or on an error. */
static struct bytes next_piece(struct file *f, uint8_t *room, uint64_t offset,
			       int *error)
{
	uint64_t left = f->rec.size - offset;
	ssize_t n;

	if (f->run->plan->start.scan) {
		struct bytes rest = bytes_skip(f->content, (size_t)offset);

		return bytes_of(rest.p, MIN(rest.n, RECORD_CHUNK_MAX));
	}
	n = read_at(f->job->fd, room, (size_t)MIN(left, RECORD_CHUNK_MAX),
		    offset);
	*error = n < 0 ? errno : 0;
	return bytes_of(room, n < 0 ? 0 : (size_t)n);
}

/* What is read from the disk for it: nothing when it was read to be scanned. */
static uint64_t piece_cost(const struct file *f, uint64_t offset)
{
	return f->run->plan->start.scan
		       ? 0
		       : MIN(f->rec.size - offset, RECORD_CHUNK_MAX);
}

static enum reason send_chunks(struct file *f, uint8_t *room,
			       struct rec_file_end *end)
{
	struct hash hash;
	int error = 0;
	bool over = false;

	hash_init(&hash, HASH_SHA256);
	while (end->size < f->rec.size) {
		struct rec_chunk chunk = {
			.file_seq = f->rec.seq,
			.offset = end->size,
		};

		over = !budget_pass(f->run, f->turn, piece_cost(f, end->size));
		if (over)
			break;
		chunk.data = next_piece(f, room, end->size, &error);
		if (chunk.data.n == 0)
			break;
		hash_add(&hash, chunk.data);
		end->size += chunk.data.n;
		(void)out_send(f->run->out, REC_CHUNK, &chunk); /* remembered */
	}
	(void)hash_final(&hash, f->sha256);
	end->sha256 = bytes_of(f->sha256, sizeof f->sha256);
	end->complete = end->size == f->rec.size;
	if (error)
		return reason_of_errno(error);
	if (!end->complete)
		return over ? REASON_STOPPED : REASON_CUT_SHORT;
	return has_changed(f) ? REASON_COLLECTED_CHANGED : REASON_COLLECTED;
}

void file_send(struct file *f)
{
	struct rec_file_end end = {.file_seq = f->rec.seq};
	uint8_t *room = NULL;
	enum reason reason;

	if (!f->run->plan->start.scan)
		room = xmalloc(RECORD_CHUNK_MAX);
	pthread_mutex_lock(&f->run->content_lock);
	reason = send_chunks(f, room, &end);
	end.reason = bytes_str(reason_word(reason));
	(void)out_send(f->run->out, REC_FILE_END, &end); /* remembered */
	pthread_mutex_unlock(&f->run->content_lock);
	note(f, reason, end.size);
	free(room);
}

/*
 * lastlog(8) of a host with large user ids takes some KiB and claims to be
 * 300 GB long. Compressing file systems use few blocks too, but have no holes.
 */
static bool is_mostly_hole(const struct file *f)
{
	struct stat st;
	off_t hole;

	if (f->rec.size < SPARSE_MIN || fstat(f->job->fd, &st) != 0 ||
	    (uint64_t)st.st_blocks * 512 > f->rec.size / 4)
		return false;
	hole = lseek(f->job->fd, 0, SEEK_HOLE);
	return hole >= 0 && (uint64_t)hole < f->rec.size;
}

static void look_at(struct worker *w, struct file *f)
{
	if (!budget_pass(w->run, f->turn, 0)) {
		note(f, REASON_STOPPED, 0);
		return;
	}
	run_set_current(w->run, f->rec.path);
	if (!file_stat(f->job->fd, &f->rec)) {
		note(f, reason_of_errno(errno), 0);
	} else if (!S_ISREG(f->rec.mode)) {
		note(f, reason_of_mode((uint32_t)f->rec.mode), 0);
	} else if (is_mostly_hole(f)) {
		note(f, REASON_SPARSE, f->rec.size);
	} else if (f->rec.size > run_size_limit(w->run)) {
		note(f, REASON_SIZE, f->rec.size); /* it grew since */
	} else if (w->scanner) {
		scan(w, f);
	} else {
		file_report(f);
		file_send(f);
	}
}

void worker_do(struct worker *w, const struct job *job)
{
	struct file f = {.run = w->run, .job = job, .turn = &w->turn};

	f.rec.path = bytes_of(job->path, job->path_n);
	look_at(w, &f);
	budget_rest(&w->turn);
}
