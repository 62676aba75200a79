/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which processes, and the scan of one. Coverage has a row for each process
 * that could not be read, and sums of the bytes that were not, by why.
 */
#include "base/base.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "base/time.h"
#include "probe/external.h"
#include "probe/memory.h"
#include "probe/process.h"
#include "probe/regions.h"
#include "probe/secret.h"

#define PROCESS_MAX	((uint64_t)1 << 30) /* bytes, when nobody says */
#define ALL_MAX		((uint64_t)16 << 30)
#define TIMEOUT_FACTOR	4u /* a process may take as long as so many files */
#define READ_STEP	((size_t)256 << 10)
#define EXES_MAX	4096u

/* A process under way. */
struct memory {
	struct worker *worker;
	const struct job *job;
	struct process process;
	struct regions regions;
	struct scan_piece *pieces; /* that were read, by their numbers */
	size_t n_pieces;
	uint64_t seq; /* of its REC_PROCESS, once sent */
	uint64_t match_seq;
	struct buf room; /* for the bytes around one hit */
};

static const enum reason reason_of_unread[N_UNREAD] = {
	[UNREAD_SWAPPED] = REASON_UNREAD_SWAPPED,
	[UNREAD_UNTOUCHED] = REASON_UNREAD_UNTOUCHED,
	[UNREAD_DEVICE] = REASON_UNREAD_DEVICE,
	[UNREAD_FILE] = REASON_UNREAD_FILE,
	[UNREAD_LIMIT] = REASON_UNREAD_LIMIT,
	[UNREAD_FAILED] = REASON_UNREAD_FAILED,
};

static void note(const struct memory *m, enum reason reason, uint64_t bytes)
{
	coverage_add(&m->worker->run->coverage, m->job->root, reason,
		     bytes_of(m->job->path, m->job->path_n), bytes);
}

/* ---- what the child wants to see ---- */

static bool next_piece(void *user, struct scan_piece *piece)
{
	struct memory *m = user;
	struct worker *w = m->worker;
	size_t n;

	if (m->n_pieces == PIECES_MAX ||
	    !regions_next(&m->regions, scanner_area(w->scanner), ENGINE_AREA,
			  &piece->base, &n) ||
	    !budget_pass(w->run, &w->turn, n))
		return false;
	piece->length = n;
	if ((m->n_pieces & (m->n_pieces + 1)) == 0) /* 0, 1, 3, 7... */
		m->pieces = xrealloc(m->pieces, 2 * m->n_pieces + 2,
				     sizeof *m->pieces);
	m->pieces[m->n_pieces++] = *piece;
	return true;
}

static bool piece_again(void *user, uint32_t number, struct scan_piece *piece)
{
	struct memory *m = user;

	if (number >= m->n_pieces || run_is_over(m->worker->run))
		return false;
	*piece = m->pieces[number];
	regions_read(&m->regions, piece->base, scanner_area(m->worker->scanner),
		     (size_t)piece->length);
	return true;
}

/* ---- what it finds ---- */

static bool hash_exe(const struct process *p, uint8_t out[HASH_LEN_MAX])
{
	uint8_t *piece = xmalloc(READ_STEP);
	int fd = process_open_exe(p);
	struct hash hash;
	ssize_t n = -1;

	hash_init(&hash, HASH_SHA256);
	while (fd >= 0 && (n = read(fd, piece, READ_STEP)) > 0)
		hash_add(&hash, bytes_of(piece, (size_t)n));
	(void)hash_final(&hash, out);
	close_fd(fd);
	free(piece);
	return n == 0;
}

static uint64_t bytes_unread(const struct regions *r)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < N_UNREAD; i++)
		sum += i == UNREAD_UNTOUCHED ? 0 /* nothing is there */
					     : r->unread[i];
	return sum;
}

/* Its program is hashed only when it matters. */
static void report(struct memory *m, bool with_hash)
{
	struct run *run = m->worker->run;
	uint8_t sha256[HASH_LEN_MAX];
	struct rec_process rec;

	if (m->seq)
		return;
	process_fill(&m->process, &rec);
	if (with_hash && hash_exe(&m->process, sha256))
		rec.sha256 = bytes_of(sha256, 32);
	rec.bytes_read = m->regions.read;
	rec.bytes_skipped = bytes_unread(&m->regions);
	m->seq = process_send(run, &rec);
}

static void on_match(void *user, struct rec_match *match)
{
	struct memory *m = user;
	struct run *run = m->worker->run;

	report(m, true);
	match->seq = atomic_fetch_add(&run->match_seq, 1) + 1;
	match->file_seq = 0;
	match->process_seq = m->seq;
	m->match_seq = match->seq;
	(void)out_send(run->out, REC_MATCH, match); /* remembered */
	atomic_fetch_add(&run->matches, 1);
}

/* The bytes around a match are read anew, as far as they still hold it. */
static void add_context(struct memory *m, const struct region *region,
			struct rec_hit *hit)
{
	uint64_t around = m->worker->run->plan->start.context;
	uint64_t from = hit->offset - MIN(hit->offset - region->start, around);
	uint64_t to = hit->offset + MIN(hit->length, (uint64_t)RECORD_MATCH_MAX);
	struct bytes match = hit->context;
	uint8_t *p;

	to = MIN(to + around, region->end);
	if (to <= hit->offset || match.n > to - hit->offset)
		return;
	buf_clear(&m->room);
	p = buf_reserve(&m->room, (size_t)(to - from));
	regions_read(&m->regions, from, p, (size_t)(to - from));
	if (memcmp(p + (hit->offset - from), match.p, match.n) != 0)
		return;
	buf_commit(&m->room, (size_t)(to - from));
	hit->context = buf_bytes(&m->room);
	hit->context_offset = from;
}

static void on_hit(void *user, struct rec_hit *hit)
{
	struct memory *m = user;
	const struct region *region = regions_find(&m->regions, hit->offset);
	struct buf text, room = {0};

	hit->match_seq = m->match_seq;
	buf_init(&text, RECORD_META_MAX);
	if (region) {
		add_context(m, region, hit);
		region_describe(region, &text);
	}
	hit->region = buf_bytes(&text);
	secret_clean_hit(m->worker->run, hit, &room);
	(void)out_send(m->worker->run->out, REC_HIT, hit); /* remembered */
	buf_release(&room);
	buf_release(&text);
}

/* ---- one process ---- */

static enum reason scan(struct memory *m)
{
	struct run *run = m->worker->run;
	const struct scan_pieces pieces = {next_piece, piece_again, m};
	const struct scan_sink sink = {
		.match = on_match, .hit = on_hit, .user = m};
	struct scan_order order = {
		.context = run->plan->start.context,
		.timeout_ms = TIMEOUT_FACTOR * run_timeout_ms(run),
	};
	enum reason reason;

	externals_names(buf_bytes(&m->process.exe), order.externals);
	reason = scanner_scan_pieces(m->worker->scanner, &order, &pieces,
				     run->deadline, &sink);
	budget_spent(&run->budget, scanner_take_cpu_ns(m->worker->scanner));
	if (run_is_over(run))
		return REASON_STOPPED;
	if (reason == REASON_SCANNED || reason == REASON_SCANNED_MANY)
		return m->regions.unread[UNREAD_LIMIT] ||
				       m->regions.unread[UNREAD_FAILED]
			       ? REASON_MEMORY_PARTLY
			       : REASON_MEMORY_SCANNED;
	return reason;
}

/* What the plan leaves to all processes, less what they have had. */
static uint64_t limit_of(struct run *run)
{
	const struct req_memory *asked = &run->plan->memory;
	uint64_t all = asked->total_bytes ? asked->total_bytes : ALL_MAX;
	uint64_t had = atomic_load(&run->memory_read);

	return MIN(asked->process_bytes ? asked->process_bytes : PROCESS_MAX,
		   all - MIN(all, had));
}

static void look_into(struct memory *m)
{
	struct run *run = m->worker->run;
	enum reason reason;

	if (!regions_open(&m->regions, m->process.dir,
			  run->plan->memory.file_backed, limit_of(run))) {
		reason = errno == ESRCH || errno == ENOENT
				 ? REASON_MEMORY_GONE
				 : REASON_MEMORY_DENIED;
		note(m, reason, 0);
		return;
	}
	if (m->regions.n == 0) { /* all of its threads have ended */
		note(m, REASON_MEMORY_GONE, 0);
		return;
	}
	reason = scan(m);
	report(m, false);
	atomic_fetch_add(&run->memory_read, m->regions.read);
	/* Others had all that might be read: of this one that is all there is
	 * to say. */
	if (reason == REASON_MEMORY_PARTLY && !m->regions.read &&
	    m->regions.unread[UNREAD_LIMIT]) {
		note(m, REASON_MEMORY_LIMIT, m->regions.unread[UNREAD_LIMIT]);
		m->regions.unread[UNREAD_LIMIT] = 0;
	} else {
		note(m, reason, m->regions.read);
	}
	for (size_t i = 0; i < N_UNREAD; i++)
		coverage_sum(&run->coverage, m->job->root, reason_of_unread[i],
			     0, m->regions.unread[i]);
}

void memory_do(struct worker *w, const struct job *job)
{
	struct memory m = {.worker = w, .job = job};

	buf_init(&m.room, 2 * RECORD_CONTEXT_MAX + RECORD_MATCH_MAX);
	m.regions.mem = m.regions.pagemap = -1;
	if (!budget_pass(w->run, &w->turn, 0)) {
		note(&m, REASON_STOPPED, 0);
	} else if (!process_open(&m.process, job->pid)) {
		note(&m, w->run->plan->memory.pid ? REASON_NOT_FOUND
						  : REASON_MEMORY_GONE, 0);
	} else {
		run_set_current(w->run, bytes_of(job->path, job->path_n));
		secret_clean_arguments(w->run->plan->start.secrets,
				       &m.process.cmdline);
		if (m.process.own)
			note(&m, REASON_OWN_PROCESS, 0);
		else if (m.process.kernel)
			note(&m, REASON_KERNEL_THREAD, 0);
		else
			look_into(&m);
		process_close(&m.process);
	}
	regions_close(&m.regions);
	free(m.pieces);
	buf_release(&m.room);
}

/* ---- all of them ---- */

/* Programs without a name, each looked at once. */
struct exes {
	struct {
		dev_t dev;
		ino_t ino;
	} seen[EXES_MAX];
	size_t n;
};

static bool was_seen(struct exes *exes, const struct stat *st)
{
	for (size_t i = 0; i < exes->n; i++)
		if (exes->seen[i].dev == st->st_dev &&
		    exes->seen[i].ino == st->st_ino)
			return true;
	if (exes->n < EXES_MAX) {
		exes->seen[exes->n].dev = st->st_dev;
		exes->seen[exes->n++].ino = st->st_ino;
	}
	return false;
}

static struct job job_for(const struct plan *plan, uint64_t pid,
			  const char *what)
{
	char path[64];

	(void)snprintf(path, sizeof path, "/proc/%" PRIu64 "%s", pid, what);
	return (struct job){
		.fd = -1,
		.root = plan->memory_root,
		.path = xmemdup(path, strlen(path)),
		.path_n = strlen(path),
	};
}

/* Whose it is, as of a match in its memory: the process may be gone when the
 * file is looked at. */
static struct job_program *program_of(const struct process *p)
{
	static const char gone[] = " (deleted)";
	size_t gone_n = p->exe_deleted ? strlen(gone) : 0;
	struct bytes exe = buf_bytes(&p->exe);
	struct job_program *program =
		xcalloc(1, sizeof *program + exe.n + gone_n);

	program->pid = p->pid;
	program->start_ns = p->start_ns;
	program->exe_n = exe.n + gone_n;
	if (exe.n)
		memcpy(program->exe, exe.p, exe.n);
	memcpy(program->exe + exe.n, gone, gone_n);
	return program;
}

/* Its program, when no walk could find that: as a file like any other. */
static void offer_exe(struct run *run, struct crew *crew, uint64_t pid,
		      struct exes *exes)
{
	struct job_program *program = NULL;
	struct process p;
	struct stat st;
	struct job job;
	int fd = -1;

	if (!process_open(&p, pid))
		return; /* the other look at it will say so */
	if (!p.own && (p.exe_deleted || p.memfd))
		fd = process_open_exe(&p);
	if (fd >= 0)
		program = program_of(&p);
	process_close(&p);
	if (fd < 0)
		return;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	    was_seen(exes, &st)) {
		close_fd(fd);
		free(program);
		return;
	}
	job = job_for(run->plan, pid, "/exe");
	job.fd = fd;
	job.program = program;
	crew_add(crew, job);
}

void memory_offer(struct run *run, struct crew *crew)
{
	uint64_t only = run->plan->memory.pid;
	struct exes *exes = xcalloc(1, sizeof *exes);
	size_t n = 1;
	uint64_t *pids = only ? xmemdup(&only, sizeof only) : process_list(&n);

	for (size_t i = 0; i < n && !run_is_over(run); i++) {
		struct job job;

		offer_exe(run, crew, pids[i], exes);
		if (!run->plan->start.scan)
			continue; /* collecting takes programs, not memory */
		job = job_for(run->plan, pids[i], "");
		job.pid = pids[i];
		crew_add(crew, job);
	}
	free(pids);
	free(exes);
}
