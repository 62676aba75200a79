/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of the probe: a folder to look at, runs, and what came out. */
#include "unit/probe_kit.h"

#include <dirent.h>
#include <fcntl.h>
#include <fts.h>
#include <sys/fanotify.h>
#include <sys/mman.h>

#include "base/fs.h"
#include "base/hash.h"
#include "probe/engine.h"
#include "probe/work.h"
#include "wire/records.h"
#include "wire/stream.h"

#define STREAM_MAX ((size_t)64 << 20)

void folder_make(struct folder *f)
{
	const char *tmp = getenv("TMPDIR");

	if (!tmp || strlen(tmp) > 32)
		tmp = "/tmp";
	snprintf(f->path, sizeof f->path, "%s/halligan-XXXXXX", tmp);
	assert_non_null(mkdtemp(f->path));
}

/* Unlike fs_remove_tree by changing folders, so that no path is too long. */
void folder_remove(struct folder *f)
{
	char *roots[] = {f->path, NULL};
	FTS *fts = fts_open(roots, FTS_PHYSICAL, NULL);
	FTSENT *e;

	assert_non_null(fts);
	while ((e = fts_read(fts))) {
		if (e->fts_info != FTS_D)
			assert_int_equal(remove(e->fts_accpath), 0);
	}
	assert_int_equal(fts_close(fts), 0);
}

const char *folder_at(const struct folder *f, const char *name)
{
	static char paths[8][512];
	static unsigned next;
	char *at = paths[next++ % ARRAY_SIZE(paths)];

	snprintf(at, sizeof paths[0], "%s/%s", f->path, name);
	return at;
}

void folder_write(const struct folder *f, const char *name, struct bytes b)
{
	int fd = open(folder_at(f, name), O_WRONLY | O_CREAT | O_TRUNC, 0644);
	struct err err;

	assert_true(fd >= 0);
	assert_ok(fs_write_all(fd, b, &err), err);
	close_fd(fd);
}

uint8_t *noise(size_t n)
{
	uint8_t *p = xmalloc(n);
	uint64_t x = 88172645463325252u;

	for (size_t i = 0; i < n; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		p[i] = (uint8_t)(x >> 32);
	}
	return p;
}

static void expand(struct bytes packed, struct buf *plain)
{
	struct zreader z;
	struct err err;

	zreader_init(&z);
	assert_ok(zreader_add(&z, &packed, plain, &err), err);
	assert_int_equal(packed.n, 0);
	zreader_release(&z);
}

void took_parse(struct took *t, struct bytes packed)
{
	struct bytes rest;

	*t = (struct took){0};
	buf_init(&t->plain, STREAM_MAX);
	expand(packed, &t->plain);
	rest = buf_bytes(&t->plain);
	while (rest.n) {
		struct record rec;
		struct err err;
		size_t used;

		assert_ok(record_next(rest, &used, &rec, &err), err);
		if (used == 0)
			return; /* cut off */
		if ((t->n & (t->n - 1)) == 0) /* full, at each power of two */
			t->recs = xrealloc(t->recs, t->n ? 2 * t->n : 1,
					   sizeof rec);
		t->recs[t->n++] = rec;
		rest = bytes_skip(rest, used);
	}
}

void took_read(struct took *t, int fd)
{
	struct buf packed;
	ssize_t n;

	buf_init(&packed, STREAM_MAX);
	do {
		uint8_t *to = buf_reserve(&packed, 65536);

		assert_non_null(to);
		n = read(fd, to, 65536);
		assert_true(n >= 0);
		buf_commit(&packed, (size_t)n);
	} while (n > 0);
	took_parse(t, buf_bytes(&packed));
	buf_release(&packed);
}

void took_release(struct took *t)
{
	buf_release(&t->plain);
	free(t->recs);
}

const struct record *took_nth(const struct took *t, enum rec_type type,
			      size_t nth)
{
	for (size_t i = 0; i < t->n; i++) {
		if (t->recs[i].type == type && nth-- == 0)
			return &t->recs[i];
	}
	fail_msg("there is no record of type %d", (int)type);
	abort(); /* fail_msg does not come back */
}

size_t took_count(const struct took *t, enum rec_type type)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++)
		n += t->recs[i].type == type;
	return n;
}

const struct rec_file *took_file(const struct took *t, const char *path)
{
	for (size_t i = 0; i < t->n; i++) {
		if (t->recs[i].type == REC_FILE &&
		    bytes_eq(t->recs[i].u.file.path, bytes_str(path)))
			return &t->recs[i].u.file;
	}
	return NULL;
}

uint64_t took_covered(const struct took *t, const char *outcome,
		      const char *reason)
{
	uint64_t n = 0;

	for (size_t i = 0; i < t->n; i++) {
		const struct rec_coverage *c = &t->recs[i].u.coverage;

		if (t->recs[i].type == REC_COVERAGE &&
		    bytes_eq(c->outcome, bytes_str(outcome)) &&
		    bytes_eq(c->reason, bytes_str(reason)))
			n += c->files;
	}
	return n;
}

bool took_covers_path(const struct took *t, const char *reason,
		      const char *path)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct rec_coverage *c = &t->recs[i].u.coverage;

		if (t->recs[i].type == REC_COVERAGE &&
		    bytes_eq(c->reason, bytes_str(reason)) &&
		    bytes_eq(c->path, bytes_str(path)))
			return true;
	}
	return false;
}

bool took_match(const struct took *t, const char *rule, const char *path)
{
	const struct rec_file *file = took_file(t, path);

	for (size_t i = 0; file && i < t->n; i++) {
		const struct rec_match *m = &t->recs[i].u.match;

		if (t->recs[i].type == REC_MATCH && m->file_seq == file->seq &&
		    bytes_eq(m->rule, bytes_str(rule)))
			return true;
	}
	return false;
}

void plan_rules_str(struct plan *plan, const char *name, const char *source)
{
	struct req_rules req = {
		.ns = bytes_str(name),
		.name = bytes_str(name),
		.source = bytes_str(source),
		.last = true,
	};
	struct err err;

	assert_ok(plan_add_rules(plan, &req, &err), err);
}

void plan_root_str(struct plan *plan, const char *path)
{
	struct err err;

	assert_ok(plan_add_root(plan, bytes_str(path), &err), err);
}

void plan_go(struct plan *plan, struct req_start start)
{
	struct err err;

	assert_ok(plan_start(plan, &start, &err), err);
}

struct engine *kit_engine(const struct plan *plan)
{
	const struct deadline never = {.mono_ns = INT64_MAX};
	struct engine *engine;
	struct err err;

	if (!plan_scans(plan))
		return NULL;
	assert_ok(engine_start(plan, crew_size(plan), &engine, &err), err);
	assert_ok(engine_await(engine, never, &err), err);
	return engine;
}

void kit_run(struct plan *plan, struct took *t)
{
	const struct deadline never = {.mono_ns = INT64_MAX};
	const struct run_limits limits = {0};

	kit_run_within(plan, never, &limits, t);
}

void kit_run_within(struct plan *plan, struct deadline d,
		    const struct run_limits *limits, struct took *t)
{
	int fd = memfd_create("stream", MFD_CLOEXEC);
	struct run run;
	struct out out;
	struct err err;

	assert_true(fd >= 0);
	out_init(&out, fd, OUT_LEVEL_LIVE);
	run_init(&run, plan, kit_engine(plan), &out, NULL, limits);
	run.deadline = d;
	run_files(&run);
	run_finish(&run);
	assert_ok(out_end(&out, &err), err);
	run_release(&run);
	out_release(&out);
	plan_release(plan);
	assert_true(lseek(fd, 0, SEEK_SET) == 0);
	took_read(t, fd);
	close_fd(fd);
}

void kit_look(const char *source, const char *root, struct took *t)
{
	struct plan plan = {0};

	if (source)
		plan_rules_str(&plan, "test.yar", source);
	plan_root_str(&plan, root);
	plan_go(&plan, (struct req_start){.scan = source != NULL,
					  .collect = source == NULL,
					  .context = 8});
	kit_run(&plan, t);
}

/* State, parent and CPU time of a process; false when it is none. */
struct proc {
	char name[32];
	pid_t ppid;
	unsigned long cpu_ms;
};

static bool proc_read(const char *pid, struct proc *p)
{
	char path[64], text[1024], *at;
	unsigned long ticks = 0, v;
	ssize_t n;
	int fd;

	snprintf(path, sizeof path, "/proc/%.20s/stat", pid);
	fd = open(path, O_RDONLY);
	n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
	close_fd(fd);
	if (n <= 0)
		return false;
	text[n] = '\0';
	at = strrchr(text, ')');
	if (!at || !strchr(text, '('))
		return false;
	*at = '\0';
	snprintf(p->name, sizeof p->name, "%s", strchr(text, '(') + 1);
	at += 4; /* ") S " */
	p->ppid = (pid_t)strtol(at, &at, 10);
	for (unsigned field = 5; field <= 15; field++) {
		v = strtoul(at, &at, 10);
		ticks += field >= 14 ? v : 0;
	}
	p->cpu_ms = ticks * 1000 / (unsigned long)sysconf(_SC_CLK_TCK);
	return true;
}

pid_t kit_scanner(pid_t of, unsigned long cpu_ms)
{
	DIR *dir = opendir("/proc");
	struct dirent *d;
	pid_t found = 0;

	assert_non_null(dir);
	while (!found && (d = readdir(dir))) {
		struct proc p, parent;
		char ppid[24];

		if (*d->d_name < '1' || *d->d_name > '9' ||
		    !proc_read(d->d_name, &p) ||
		    strcmp(p.name, "halligan:scan") != 0 || p.cpu_ms < cpu_ms)
			continue;
		snprintf(ppid, sizeof ppid, "%d", (int)p.ppid);
		if (proc_read(ppid, &parent) && parent.ppid == of)
			found = (pid_t)strtol(d->d_name, NULL, 10);
	}
	closedir(dir);
	return found;
}

pid_t kit_parent(pid_t of)
{
	struct proc p = {.ppid = 0};
	char pid[24];

	snprintf(pid, sizeof pid, "%d", (int)of);
	return proc_read(pid, &p) ? p.ppid : 0;
}

static int listening = -1;

int kit_listener(void)
{
	listening = fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC, O_RDONLY);
	if (listening < 0)
		print_message("no listener of fanotify(7) may be made here\n");
	return listening;
}

void kit_hold(int listener, uint64_t what, const char *path)
{
	assert_int_equal(
		fanotify_mark(listener, FAN_MARK_ADD, what, AT_FDCWD, path),
		0);
}

void kit_let_go(void)
{
	listening = close_fd(listening);
}

int kit_end_listening(void **state UNUSED)
{
	kit_let_go();
	return 0;
}
