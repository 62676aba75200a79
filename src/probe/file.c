/* SPDX-License-Identifier: Apache-2.0 */
/* One file: read once, described, scanned, sent. */
#include "base/base.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "base/hash.h"
#include "base/time.h"
#include "model/fstype.h"
#include "probe/external.h"
#include "probe/file.h"
#include "probe/filetype.h"
#include "probe/found.h"
#include "probe/helper.h"
#include "probe/memory.h"
#include "probe/packed.h"
#include "probe/secret.h"
#include "probe/sight.h"
#include "probe/triage.h"
#include "probe/unpack.h"

#define READ_STEP  ((size_t)1 << 20) /* between looks at the clock */
#define PSEUDO_MAX ((uint64_t)16 << 20)
#define SPARSE_MIN ((uint64_t)256 << 20)
/* What is in an archive may take so many times as long as a file. */
#define UNPACK_TIMES 5u

struct worker *worker_new(struct run *run, size_t number)
{
	struct worker *w = xcalloc(1, sizeof *w);

	w->run = run;
	buf_init(&w->room, READ_STEP);
	w->helper = helper_new(run);
	if (run->engine)
		w->scanner = scanner_new(run->engine, number);
	return w;
}

void worker_free(struct worker *w)
{
	if (!w)
		return;
	scanner_free(w->scanner);
	helper_free(w->helper);
	buf_release(&w->room);
	free(w);
}

/* Up to n bytes at offset; fewer at the end of the file. -1 with errno. */
static ssize_t read_at(const struct file *f, uint8_t *to, size_t n,
		       uint64_t offset)
{
	size_t got = 0;

	while (got < n) {
		ssize_t r = helper_pread(f->job->told ? NULL
						      : f->worker->helper,
					 f->job->fd, to + got, n - got,
					 offset + got);

		if (r < 0)
			return -1;
		if (r == 0)
			break;
		got += (size_t)r;
	}
	return (ssize_t)got;
}

void file_read_to(struct file *f, uint64_t end)
{
	if (file_length(f) > READ_STEP)
		coverage_read(&f->run->coverage, &f->under_way, end,
			      file_length(f));
}

/* A file may be exchanged, cut or written to while it is read. */
bool file_has_changed(const struct file *f)
{
	struct rec_file now = {0};

	if (f->pseudo)
		return false;
	if (f->job->told)
		return f->job->told->changed;
	return !file_stat(f->job->fd, &now) || now.size != f->rec.size ||
	       now.mtime_ns != f->rec.mtime_ns ||
	       now.ctime_ns != f->rec.ctime_ns;
}

/* No more than its size at first: a log that grows as fast as we read it
 * would have no end. */
static enum reason read_all(struct file *f)
{
	uint8_t *area = scanner_area(f->worker->scanner);
	size_t size = (size_t)f->rec.size, done = 0;

	while (done < size) {
		size_t n = MIN(size - done, READ_STEP);
		ssize_t got;

		if (!budget_pass(f->run, f->turn, n))
			return REASON_STOPPED;
		got = read_at(f, area + done, n, done);
		if (got < 0)
			return reason_of_errno(errno);
		done += (size_t)got;
		file_read_to(f, done);
		if ((size_t)got < n)
			break;
	}
	f->content = bytes_of(area, done);
	return REASON_SCANNED;
}

/* The next piece of the file; an empty one at its end or on an error. */
struct bytes file_piece(struct file *f, size_t max, uint64_t offset, int *error)
{
	uint64_t left = file_length(f) - MIN(file_length(f), offset);
	size_t n = (size_t)MIN(left, (uint64_t)max);
	uint8_t *room;
	ssize_t got;

	*error = 0;
	if (f->content.p) {
		struct bytes rest = bytes_skip(f->content, (size_t)offset);

		return bytes_first(rest, n);
	}
	buf_clear(&f->worker->room);
	room = buf_reserve(&f->worker->room, n);
	got = read_at(f, room, n, offset);
	*error = got < 0 ? errno : 0;
	return bytes_of(room, got < 0 ? 0 : (size_t)got);
}

/* Its bytes go to the console, and that is what takes its time. */
static bool sends(const struct file *f)
{
	return f->run->plan->start.collect && !plan_hunts(f->run->plan) &&
	       f->job->want.use != PATTERN_HASH;
}

/* What is held was read for scanning, and is hashed in place; a mapped file
 * is read again, from the page cache: if it changed since, that is said. */
bool file_hash(struct file *f, enum hash_alg alg, uint8_t out[HASH_LEN_MAX])
{
	struct hash hash;
	struct bytes piece;
	uint64_t done = 0;
	int error;

	hash_init(&hash, alg);
	do {
		piece = file_piece(f, READ_STEP, done, &error);
		hash_add(&hash, piece);
		done += piece.n;
		if (!sends(f))
			file_read_to(f, done);
	} while (piece.n &&
		 (f->content.p ? !run_is_over(f->run)
			       : budget_pass(f->run, f->turn, piece.n)));
	(void)hash_final(&hash, out);
	errno = error;
	return !error && (f->content.p || done == f->rec.size);
}

/* Hashed once, whoever asks. */
static bool knows_sha256(struct file *f)
{
	if (!f->hashed)
		f->hashed = file_hash(f, HASH_SHA256, f->sha256);
	return f->hashed;
}

void file_report(struct file *f)
{
	if (f->reported)
		return;
	f->reported = true;
	f->rec.seq = atomic_fetch_add(&f->run->file_seq, 1) + 1;
	f->rec.owner = owner_name(&f->run->owners, f->rec.uid);
	f->rec.packaged = triage_file_packaged(f->run, f->rec.path);
	secret_judge(f);
	if ((plan_hunts(f->run->plan) || f->withheld) && knows_sha256(f))
		f->rec.sha256 = bytes_of(f->sha256, sizeof f->sha256);
	f->rec.changed = file_has_changed(f) ||
			 (f->hashed && file_is_torn(f));
	file_had(f);
	f->rec.content = f->run->plan->start.collect && !f->had_whole &&
			 !f->withheld && !f->rec.known;
	f->rec.from = f->rec.content ? f->from : 0;
	(void)out_send(f->run->out, REC_FILE, &f->rec); /* remembered */
}

static void note(struct file *f, enum reason reason, uint64_t bytes)
{
	const struct covered row = {.root = f->job->root,
				    .reason = reason,
				    .path = f->rec.path,
				    .bytes = bytes,
				    .detail = bytes_str(f->detail),
				    .under_way = f->under_way};

	coverage_file(&f->run->coverage, &row);
	f->under_way = (struct under_way){0};
}

/* Why a scan of a mapped file may have ended the child that did it. */
static bool has_shrunk(const struct file *f)
{
	struct rec_file now = {0};

	return !f->job->told && file_stat(f->job->fd, &now) &&
	       now.size < f->rec.size;
}

static void ask_archives(const struct file *f, struct scan_order *order)
{
	const struct req_start *start = &f->run->plan->start;
	const struct indicators *in = f->run->indicators;

	order->depth =
		start->archive_depth ? start->archive_depth : UNPACK_DEPTH;
	order->unpacked =
		start->archive_bytes ? start->archive_bytes : UNPACK_BYTES;
	order->unpack_ms = UNPACK_TIMES * order->timeout_ms;
	order->take = start->collect;
	order->path = f->rec.path;
	order->judge = in != NULL;
	for (size_t i = 0; i < HASH_N; i++)
		order->hashes |= (uint64_t)indicators_want_hash(
					 in, (enum hash_alg)i)
				 << i;
}

/* Which rule it was, for the row that says it took too long. */
static void blame(struct file *f, const struct scan_order *order)
{
	const struct slow_scan scan = {.run = f->run,
				       .turn = f->turn,
				       .scanner = f->worker->scanner,
				       .order = order,
				       .fd = f->mapped ? f->job->fd : -1};

	if (!slow_find(&scan, f->detail))
		f->detail[0] = '\0';
}

static enum reason scan_found(struct file *f, struct found *found)
{
	struct externals room;
	struct scan_order order = {
		.length = f->mapped ? f->rec.size : f->content.n,
		.context = f->run->plan->start.context,
		.timeout_ms = run_timeout_ms(f->run),
	};
	struct scan_sink sink = found_sink(found);
	struct scan_end end;
	enum reason reason;

	if (!externals_fill(&room, f, order.externals))
		return REASON_IO;
	if (f->run->plan->start.archives)
		ask_archives(f, &order);
	if (f->mapped && !budget_pass(f->run, f->turn, f->rec.size))
		return REASON_STOPPED;
	reason = scanner_scan(f->worker->scanner, &order,
			      f->mapped ? f->job->fd : -1, f->run->deadline,
			      &sink, &end);
	coverage_sum(&f->run->coverage, f->job->root, REASON_MEMBER,
		     end.members, end.member_bytes);
	budget_spent(&f->run->budget, scanner_take_cpu_ns(f->worker->scanner));
	if (reason == REASON_TIMEOUT && run_is_over(f->run))
		return REASON_STOPPED;
	if (reason == REASON_CRASH && f->mapped && has_shrunk(f))
		return REASON_SHRUNK;
	if (reason == REASON_TIMEOUT)
		blame(f, &order);
	return reason;
}

/* Whether it was scanned before, as what the keys say. */
static bool was_scanned(struct file *f, struct found *found,
			struct same_key keys[2], size_t *n)
{
	struct same *same = &f->run->same;

	*n = 0;
	if (!same->on || f->rec.size == 0)
		return false;
	if (f->rec.nlink > 1) {
		keys[*n] = same_link(&f->rec);
		if (same_tell(same, &keys[(*n)++], found))
			return true;
	}
	if (!same->copies || f->mapped || f->content.n != f->rec.size ||
	    !knows_sha256(f))
		return false;
	keys[*n] = same_copy(&f->rec, f->sha256);
	return same_tell(same, &keys[(*n)++], found);
}

/* What a file that is written to through a mapping was, only hashes tell. */
static bool was_written(struct file *f)
{
	return file_has_changed(f) ||
	       (file_is_mapped(f) && knows_sha256(f) && file_is_torn(f));
}

static enum reason scan_content(struct file *f)
{
	struct same_key keys[2];
	struct found found;
	enum reason reason = REASON_SCANNED;
	bool before;
	size_t n;

	found_begin(&found, f);
	before = was_scanned(f, &found, keys, &n);
	found.keeps = !before && n;
	if (!before)
		reason = scan_found(f, &found);
	if (reason == REASON_SCANNED && (f->rec.changed || was_written(f)))
		reason = REASON_SCANNED_CHANGED;
	for (size_t i = 0; !before && reason == REASON_SCANNED && i < n; i++)
		same_keep(&f->run->same, &keys[i], &found);
	found_end(&found);
	return reason;
}

static void scan(struct file *f)
{
	enum reason reason = REASON_SCANNED;

	f->mapped = f->rec.size > ENGINE_AREA;
	if (!f->mapped)
		reason = read_all(f);
	if (reason == REASON_SCANNED)
		reason = sight_file(f);
	if (reason == REASON_SCANNED)
		reason = scan_content(f);
	if (reason == REASON_SCANNED && !f->run->plan->start.scan)
		reason = REASON_SCANNED_NO_RULES;
	note(f, reason,
	     reason_is_success(reason) && !f->mapped ? f->content.n
						     : f->rec.size);
	if (f->reported && f->run->plan->start.collect)
		file_send(f);
}

/* By indicators alone: nothing is read unless they are hashes. */
static void judge(struct file *f)
{
	bool reads = indicators_want_hashes(f->run->indicators);
	enum reason reason = sight_file(f);

	if (reason == REASON_SCANNED)
		reason = REASON_SCANNED_NO_RULES;
	note(f, reason, reads ? f->rec.size : 0);
	if (f->reported && f->run->plan->start.collect)
		file_send(f);
}

/* By indicators alone, and there may be something in it. */
static bool is_packed(struct file *f)
{
	uint64_t back = MIN(f->rec.size, (uint64_t)PACKED_TAIL);
	struct packed_zip zip;
	struct bytes piece;
	int error;

	if (!budget_pass(f->run, f->turn, back))
		return false; /* which is said where it is judged */
	piece = file_piece(f, FILETYPE_HEAD, 0, &error);
	if (packed_knows(piece))
		return true;
	piece = file_piece(f, PACKED_TAIL, f->rec.size - back, &error);
	return packed_find_zip(piece, f->rec.size, &zip);
}

/* What is read from the disk for it: nothing when it is held. */
static uint64_t piece_cost(const struct file *f, uint64_t offset)
{
	return f->content.p ? 0 : MIN(file_length(f) - offset, RECORD_CHUNK_MAX);
}

/* What is sent of a file: as it is, or without what is secret in it. */
struct sending {
	struct file *f;
	struct redactor redactor;
	uint64_t read; /* of the file */
	int error;
	bool over;
};

/* Where the console's part of it ends, which had no secrets or is not one. */
static void go_on(struct sending *s)
{
	struct file *f = s->f;
	uint64_t back = MIN(f->from, (uint64_t)REDACT_HOLD);

	if (!f->so_far.ctx)
		return;
	redactor_remember(&s->redactor, file_piece(f, (size_t)back,
						   f->from - back, &s->error));
	hash_release(&s->redactor.sent);
	s->redactor.sent = f->so_far;
	f->so_far = (struct hash){0};
}

static void send_all(struct sending *s, struct rec_file_end *end)
{
	struct file *f = s->f;

	s->read = end->size = f->from;
	while (s->read < file_length(f)) {
		struct bytes piece;

		s->over = !budget_pass(f->run, f->turn, piece_cost(f, s->read));
		if (s->over)
			return;
		piece = file_piece(f, RECORD_CHUNK_MAX, s->read, &s->error);
		if (s->error)
			return;
		s->read += piece.n;
		if (sends(f))
			file_read_to(f, s->read);
		secret_send(f->run, &s->redactor, piece,
			    !piece.n || s->read == file_length(f), end);
		if (!piece.n)
			return;
	}
}

static enum reason reason_of_sending(const struct sending *s,
				     const struct rec_file_end *end)
{
	struct file *f = s->f;

	if (s->error)
		return reason_of_errno(s->error);
	if (!end->complete)
		return s->over ? REASON_STOPPED : REASON_CUT_SHORT;
	if (end->redacted)
		return REASON_REDACTED;
	if (f->rec.changed || file_has_changed(f) || file_is_torn(f))
		return REASON_COLLECTED_CHANGED;
	return f->had_other ? REASON_COLLECTED_ANEW : REASON_COLLECTED;
}

static enum reason send_content(struct file *f, struct rec_file_end *end,
				struct redacted_hashes *hashes)
{
	struct sending s = {.f = f};

	redactor_init(&s.redactor, f->form, f->run->plan->start.secrets);
	go_on(&s);
	send_all(&s, end);
	end->complete = end->size == file_length(f);
	(void)redactor_end(&s.redactor, end, hashes);
	memcpy(f->sha256, hashes->original, SHA256_LEN);
	if (s.read != file_length(f))
		end->original = (struct bytes){0}; /* of a part */
	return reason_of_sending(&s, end);
}

void file_send(struct file *f)
{
	struct rec_file_end end = {.file_seq = f->rec.seq};
	struct redacted_hashes hashes;
	enum reason reason;

	if (f->withheld)
		note(f, REASON_SECRET, f->rec.size);
	if (f->had_whole || f->withheld)
		return;
	pthread_mutex_lock(&f->run->content_lock);
	reason = send_content(f, &end, &hashes);
	end.reason = bytes_str(reason == REASON_REDACTED
				       ? RECORD_REDACTED
				       : reason_word(reason));
	(void)out_send(f->run->out, REC_FILE_END, &end); /* remembered */
	pthread_mutex_unlock(&f->run->content_lock);
	note(f, reason, end.size);
	if (end.redacted)
		coverage_row(&f->run->coverage, f->job->root, REASON_TAKEN_OUT,
			     f->rec.path, 0, end.redacted);
}

/* Of a walk that wants hashes. */
static void list(struct file *f)
{
	bool hashed = knows_sha256(f);
	enum reason reason = reason_of_errno(errno);

	if (run_is_over(f->run)) {
		note(f, REASON_STOPPED, 0);
		return;
	}
	if (hashed)
		f->rec.sha256 = bytes_of(f->sha256, sizeof f->sha256);
	file_report(f);
	note(f, hashed || f->rec.changed ? REASON_LISTED : reason,
	     f->rec.size);
}

/*
 * lastlog(8) of a host with large user ids takes some KiB and claims to be
 * 300 GB long. Compressing file systems use few blocks too, but have no holes.
 */
static bool is_mostly_hole(const struct file *f)
{
	struct stat st;
	off_t hole;

	if (f->job->told || f->rec.size < SPARSE_MIN || fstat(f->job->fd, &st) != 0 ||
	    (uint64_t)st.st_blocks * 512 > f->rec.size / 4)
		return false;
	hole = lseek(f->job->fd, 0, SEEK_HOLE);
	return hole >= 0 && (uint64_t)hole < f->rec.size;
}

/* Not read, but it has a name. */
static void pass_over(struct file *f, enum reason reason, uint64_t bytes)
{
	note(f, reason, bytes);
	sight_unread(f->run, f->job->root, &f->rec);
}

/* What it is: as the kernel has it, or a shell had it from one. */
static bool describe(struct file *f)
{
	const struct job_program *program = f->job->program;
	struct bytes path = f->rec.path;
	struct statfs fs;

	if (program) {
		f->rec.pid = program->pid;
		f->rec.start_ns = program->start_ns;
		f->rec.exe = bytes_of(program->exe, program->exe_n);
	}

	if (!f->job->told) {
		f->pseudo = f->job->want.use &&
			    fstatfs(f->job->fd, &fs) == 0 &&
			    fs_kind_of_magic((uint64_t)fs.f_type) == FS_PSEUDO;
		return file_stat(f->job->fd, &f->rec);
	}
	f->rec = *f->job->told;
	f->rec.path = path;
	f->rec.changed = false;
	return f->job->fd >= 0;
}

/* The content is this from now on, which is taken. */
static void hold(struct file *f, struct buf *content)
{
	static const uint8_t nothing[1];

	buf_release(&f->room);
	f->room = *content;
	f->content = buf_bytes(&f->room);
	if (!f->content.p) /* what is held is never NULL */
		f->content.p = nothing;
	f->held = true;
}

/* What the kernel makes up has no size before it was read. */
static enum reason read_pseudo(struct file *f)
{
	size_t max = (size_t)MIN(f->job->want.max_size, PSEUDO_MAX);
	struct buf content;
	ssize_t got = 1;

	buf_init(&content, max);
	while (got > 0 && content.n < max) {
		size_t n = MIN(max - content.n, READ_STEP / 16);
		uint8_t *to = buf_reserve(&content, n);

		if (!budget_pass(f->run, f->turn, n))
			got = 0;
		else
			got = helper_pread(f->worker->helper, f->job->fd, to,
					   n, content.n);
		if (got > 0)
			buf_commit(&content, (size_t)got);
	}
	if (got < 0) {
		buf_release(&content);
		return reason_of_errno(errno);
	}
	hold(f, &content);
	return run_is_over(f->run) ? REASON_STOPPED
	       : got > 0	   ? REASON_SIZE
				   : REASON_SCANNED;
}

/* Content that the console has, of whatever host, need not go there. */
static bool is_known(struct file *f)
{
	const struct plan *plan = f->run->plan;

	if (f->held || f->job->told || !plan_knows_size(plan, f->rec.size) ||
	    !knows_sha256(f) || file_has_changed(f))
		return false;
	f->rec.known = plan_knows(plan, f->rec.size,
				  bytes_of(f->sha256, SHA256_LEN));
	if (f->rec.known)
		f->rec.sha256 = bytes_of(f->sha256, SHA256_LEN);
	return f->rec.known;
}

static void take(struct file *f)
{
	enum reason reason = f->pseudo ? read_pseudo(f) : REASON_SCANNED;

	if (reason != REASON_SCANNED) {
		f->withheld = true;
		note(f, reason, f->rec.size);
		return;
	}
	secret_judge(f);
	if (f->withheld) {
		file_report(f);
		file_send(f);
		return;
	}
	if (!f->held)
		file_had(f);
	if (f->had_whole) {
		/* It came before what is behind the cursor did. */
		note(f, REASON_COLLECTED_KNOWN, f->rec.size);
	} else if (!f->from && is_known(f)) { /* what was begun is ended */
		file_report(f);
		note(f, REASON_COLLECTED_KNOWN, f->rec.size);
	} else {
		file_report(f);
		file_send(f);
	}
}

/* The largest that it may be. */
static uint64_t size_limit(const struct file *f)
{
	uint64_t limit = run_size_limit(f->run);

	return f->job->want.use ? MIN(limit, f->job->want.max_size) : limit;
}

static void work_on(struct worker *w, struct file *f)
{
	if (w->scanner && (w->run->plan->start.scan || is_packed(f)))
		scan(f);
	else if (plan_hunts(w->run->plan))
		judge(f);
	else if (w->run->plan->start.walk || f->job->want.use == PATTERN_HASH)
		list(f);
	else
		take(f);
}

static void look_at(struct worker *w, struct file *f)
{
	if (!budget_pass(w->run, f->turn, 0)) {
		note(f, REASON_STOPPED, 0);
		return;
	}
	run_set_current(w->run, f->rec.path);
	if (!describe(f)) {
		note(f, reason_of_errno(errno), 0);
	} else if (!S_ISREG(f->rec.mode)) {
		pass_over(f, reason_of_mode((uint32_t)f->rec.mode), 0);
	} else if (is_mostly_hole(f)) {
		pass_over(f, REASON_SPARSE, f->rec.size);
		if (w->run->plan->start.walk)
			file_report(f);
	} else if (f->pseudo && secret_is_endless(f->rec.path)) {
		pass_over(f, REASON_PSEUDO, 0);
	} else if (f->rec.size > size_limit(f)) {
		pass_over(f, REASON_SIZE, f->rec.size); /* it grew since */
	} else {
		work_on(w, f);
	}
}

void worker_do(struct worker *w, const struct job *job)
{
	struct file f = {
		.run = w->run, .job = job, .worker = w, .turn = &w->turn,
		.under_way = job->under_way};

	f.rec.path = bytes_of(job->path, job->path_n);
	if (job->pid)
		memory_do(w, job);
	else
		look_at(w, &f);
	coverage_forget(&w->run->coverage, &f.under_way);
	hash_release(&f.so_far);
	buf_release(&f.room);
	budget_rest(&w->turn);
}
