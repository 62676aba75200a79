/* SPDX-License-Identifier: Apache-2.0 */
/* Files that a shell tells of, judged as a walk judges them. */
#include "base/base.h"

#include <endian.h>
#include <limits.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/time.h"
#include "probe/feed_triage.h"
#include "probe/feed_walk.h"
#include "probe/fstype.h"
#include "model/secret.h"
#include "probe/sight.h"
#include "probe/socket.h"
#include "probe/unit_link.h"

#define MOUNTS_MAX 4096u
#define STRIDE	   1024u
#define LARGE_MIN  ((uint64_t)1 << 20) /* how far it has come is told */

struct mounted {
	uint8_t *path;
	size_t n;
	enum fs_kind kind;
};

struct feeder {
	struct run *run;
	struct crew *crew;
	const struct feed *feed;
	size_t root;
	bool has_root, has_dev;
	bool answered; /* something was said of the root itself */
	bool resuming; /* what was had before a cut comes */
	unsigned stride; /* entries since the cursor was told of one */
	uint64_t root_dev;
	struct buf had; /* a path that came already, by its own name */
	struct turn turn;
	struct want want; /* by patterns, of the entry */
	struct under_way under_way; /* of the file whose content comes now */
	struct mounted *mounts; /* not to be entered */
	size_t n_mounts;
	uint64_t n_sockets;
	bool has_sockets;
	struct feed_triage *triage; /* NULL: not asked for, or told */
	enum err_code code; /* why it was broken off */
	struct err err;
};

static void note(struct feeder *w, enum reason reason, struct bytes path,
		 uint64_t bytes)
{
	coverage_add(&w->run->coverage, w->root, reason, path, bytes);
}

static struct bytes root_path(const struct feeder *w)
{
	return bytes_str(w->run->plan->roots[w->root]);
}

/* ---- the host ---- */

static void on_passwd(void *arg, struct bytes text)
{
	struct feeder *w = arg;

	if (w->has_root)
		return; /* what it says now comes too late */
	owners_release(&w->run->owners);
	owners_take(&w->run->owners, text);
}

static void on_hosts(void *arg, struct bytes text)
{
	struct feeder *w = arg;

	if (w->run->indicators)
		hosts_take(w->run, text);
}

static void on_sockets(void *arg, struct bytes name, struct bytes table)
{
	struct feeder *w = arg;
	bool swapped = w->feed->word_order != BYTE_ORDER;

	if (w->triage)
		feed_triage_table(w->triage, name, table, swapped);
	if (!indicators_want_peers(w->run->indicators))
		return;
	w->has_sockets = true;
	w->n_sockets += sockets_take(w->run, name, table, swapped);
}

/* Until the files begin. */
static void on_text(void *arg, struct bytes name, struct bytes text)
{
	struct feeder *w = arg;

	if (w->triage && budget_pass(w->run, &w->turn, 0))
		feed_triage_text(w->triage, name, text,
				 w->feed->word_order != BYTE_ORDER);
}

static void on_process(void *arg, const struct feed_process *p)
{
	struct feeder *w = arg;

	if (w->triage && budget_pass(w->run, &w->turn, 0))
		feed_triage_process(w->triage, p);
}

static void end_triage(struct feeder *w)
{
	feed_triage_end(w->triage);
	w->triage = NULL;
}

static void on_mount(void *arg, enum fs_kind kind, struct bytes path)
{
	struct feeder *w = arg;

	if (w->n_mounts == MOUNTS_MAX)
		return;
	w->mounts = xrealloc(w->mounts, w->n_mounts + 1, sizeof *w->mounts);
	w->mounts[w->n_mounts++] = (struct mounted){
		.path = xmemdup(path.p, path.n), .n = path.n, .kind = kind};
}

/* ---- roots ---- */

/* Files of /proc have no size, which is what a shell goes by. */
static void say_unread(struct feeder *w)
{
	const struct plan *plan = w->run->plan;

	for (size_t i = 0; i < plan->n_patterns; i++) {
		struct bytes path = bytes_str(plan->patterns[i].pattern);

		if (bytes_starts(path, "/proc/") || bytes_starts(path, "/sys/"))
			coverage_add(&w->run->coverage, plan->pattern_root,
				     REASON_PSEUDO, path, 0);
	}
}

/* Once it is known who is who there. */
static bool load_filter(struct feeder *w)
{
	const struct plan *plan = w->run->plan;

	run_load_patterns(w->run, NULL);
	say_unread(w);
	if (filter_load(&w->run->filter, plan, w->run->top, &w->run->owners,
			&w->run->coverage)) {
		if (plan->filter.packaged)
			coverage_add(&w->run->coverage, 0, REASON_PACKAGES,
				     bytes_str("not read in shell mode"), 0);
		return true;
	}
	for (size_t i = 0; i < plan->n_roots; i++)
		coverage_add(&w->run->coverage, i, REASON_NO_USER,
			     bytes_str(plan->roots[i]), 0);
	return false;
}

static bool break_off(struct feeder *w, const char *what)
{
	w->code = err_set(&w->err, ERR_FORMAT,
			  "the shell there answers nonsense: %s", what);
	return false;
}

/* Whole paths that an earlier one was through with. */
static void note_resumed(struct feeder *w)
{
	const struct plan *plan = w->run->plan;

	for (size_t i = 0; plan->has_cursor &&
			   i < MIN(plan->cursor_root, plan->n_roots); i++)
		if (!plan->has_memory || i != plan->memory_root)
			coverage_add(&w->run->coverage, i, REASON_RESUMED,
				     bytes_str(plan->roots[i]), 0);
}

/* Whoever works there by find(1) sees nothing where that fails. */
static void note_find(struct feeder *w, const char *why, struct bytes path)
{
	coverage_file(&w->run->coverage,
		      &(struct covered){.root = w->root,
					.reason = REASON_FIND,
					.path = path,
					.detail = bytes_str(why)});
	w->answered = true;
}

static void on_broken(void *arg, uint64_t status, struct bytes path)
{
	struct feeder *w = arg;
	char why[64];

	if (!w->has_root)
		return;
	if (status > 128)
		(void)snprintf(why, sizeof why,
			       "find(1) was ended by signal %" PRIu64,
			       status - 128);
	else
		(void)snprintf(why, sizeof why, "find(1) cannot be run");
	note_find(w, why, path);
}

/* It names where it begins, if nothing else. */
static void end_root(struct feeder *w)
{
	if (w->has_root && !w->answered && !run_is_over(w->run) &&
	    !plan_is_pattern_root(w->run->plan, w->root))
		note_find(w, "find(1) told nothing", root_path(w));
}

static bool on_root(void *arg, uint64_t root)
{
	struct feeder *w = arg;
	const struct plan *plan = w->run->plan;

	if (root >= plan->n_roots ||
	    (plan->has_memory && root == plan->memory_root))
		return break_off(w, "a path that nobody asked for");
	end_triage(w);
	end_root(w);
	if (!w->has_root && !load_filter(w))
		return false;
	if (!w->has_root)
		note_resumed(w);
	/* Once more: the last of what was had was not met there. Patterns are
	 * looked for in many folders, of which none is known to be done. */
	w->resuming = plan->has_cursor && root == plan->cursor_root &&
		      !(w->has_root && w->root == root) &&
		      !plan_is_pattern_root(plan, (size_t)root);
	w->root = (size_t)root;
	w->has_root = true;
	w->has_dev = w->answered = false;
	return true;
}

static bool by_pattern(const struct feeder *w)
{
	return plan_is_pattern_root(w->run->plan, w->root);
}

static void on_leads(void *arg, struct bytes from, struct bytes to)
{
	struct feeder *w = arg;

	if (!w->has_root || !by_pattern(w))
		return;
	buf_clear(&w->had);
	if (patterns_find(&w->run->patterns, to, S_IFREG).use)
		(void)buf_add_bytes(&w->had, to); /* fits, or is no file's */
	patterns_lead(&w->run->patterns, from, to);
}

static void on_absent(void *arg)
{
	struct feeder *w = arg;

	w->answered = true;
	if (w->has_root && !by_pattern(w))
		note(w, REASON_NOT_FOUND, root_path(w), 0);
}

static void on_shut(void *arg, enum fs_kind kind)
{
	struct feeder *w = arg;

	w->answered = true;
	if (w->has_root && kind != FS_ORDINARY && !by_pattern(w))
		note(w, fstype_reason_of_kind(kind), root_path(w), 0);
}

/* ---- files ---- */

static bool is_within(struct bytes path, struct bytes top)
{
	if (top.n == 1 || bytes_eq(path, top))
		return true;
	return path.n > top.n && memcmp(path.p, top.p, top.n) == 0 &&
	       path.p[top.n] == '/';
}

static enum reason mounted_here(const struct feeder *w, struct bytes path)
{
	for (size_t i = 0; i < w->n_mounts; i++)
		if (bytes_eq(path,
			     bytes_of(w->mounts[i].path, w->mounts[i].n)))
			return fstype_reason_of_kind(w->mounts[i].kind);
	return REASON_SCANNED;
}

/* Whether it is in a folder that is left out: said once, of the folder. */
static bool is_shut_off(const struct feeder *w, struct bytes path)
{
	size_t top = root_path(w).n;

	for (size_t n = MAX(top, (size_t)1); n < path.n; n++)
		if ((path.p[n] == '/' || (top == 1 && n == 1)) &&
		    filter_shuts(&w->run->filter, bytes_of(path.p, n)))
			return true;
	return false;
}

static bool is_kind(const struct feed_entry *e, mode_t type)
{
	return (e->file.mode & S_IFMT) == type;
}

static void take_folder(struct feeder *w, struct feed_entry *e)
{
	const struct plan *plan = w->run->plan;
	struct bytes path = e->file.path;

	if (plan->start.walk && filter_passes_path(&w->run->filter, path) &&
	    filter_passes(&w->run->filter, &e->file))
		run_list(w->run, &e->file);
	if (filter_shuts(&w->run->filter, path))
		note(w, REASON_EXCLUDED, path, 0);
	else if (plan->filter.one_fs && e->file.dev != w->root_dev)
		note(w, REASON_OTHER_FS, path, 0);
	else if (e->state == FEED_DENIED)
		note(w, REASON_PERMISSION, path, 0);
	else
		sight_unread(w->run, w->root, &e->file);
}

/* As a walk's left_out, and what the shell did not read for its size. */
static enum reason left_out(const struct feeder *w, const struct feed_entry *e)
{
	const struct rec_file *file = &e->file;

	if (!filter_passes(&w->run->filter, file))
		return REASON_FILTERED;
	if (file->size > run_size_limit(w->run) ||
	    file->size > FEED_FILE_MAX ||
	    (w->want.use && file->size > w->want.max_size))
		return REASON_SIZE;
	if (file->size >= FEED_SPARSE_MIN && e->blocks < file->size / 2048)
		return REASON_SPARSE;
	return REASON_SCANNED;
}

static enum reason unread_reason(enum feed_state state)
{
	static const enum reason reasons[] = {
		[FEED_PLAIN] = REASON_IO,	  /* it should have come */
		[FEED_CONTENT] = REASON_SCANNED,
		[FEED_VANISHED] = REASON_VANISHED,
		[FEED_DENIED] = REASON_PERMISSION,
		[FEED_FAILED] = REASON_IO,
	};

	return reasons[state];
}

/* The shell was told not to read it: all of it is secret by its place. */
static bool is_secret(const struct feeder *w, struct bytes path)
{
	const struct req_start *start = &w->run->plan->start;

	return start->collect && !start->secrets && !plan_hunts(w->run->plan) &&
	       secret_place_of(path)->secrecy == SECRECY_METADATA;
}

static void offer(struct feeder *w, struct feed_entry *e)
{
	struct job job = {.root = w->root,
			  .fd = e->fd,
			  .path = xmemdup(e->file.path.p, e->file.path.n),
			  .path_n = e->file.path.n,
			  .want = w->want,
			  .under_way = w->under_way,
			  .told = xmemdup(&e->file, sizeof e->file),
			  .step = cursor_begin(&w->run->cursor, w->root,
					       e->file.path)};

	w->under_way = (struct under_way){0};
	job.told->changed = e->changed;
	e->fd = -1;
	if (job.fd < 0)
		job.fd = memfd_create("empty", MFD_CLOEXEC);
	crew_add(w->crew, job);
}

static void take_regular(struct feeder *w, struct feed_entry *e)
{
	const struct req_start *start = &w->run->plan->start;
	enum reason reason = left_out(w, e);
	struct bytes path = e->file.path;

	if (reason != REASON_SCANNED) {
		note(w, reason, path, e->file.size);
		if (reason != REASON_FILTERED)
			sight_unread(w->run, w->root, &e->file);
		if (reason == REASON_SPARSE && start->walk)
			run_list(w->run, &e->file);
		return;
	}
	if (start->walk && !start->hash) {
		run_list(w->run, &e->file);
		note(w, REASON_LISTED, path, e->file.size);
		return;
	}
	if (e->state == FEED_PLAIN && e->file.size && is_secret(w, path)) {
		run_list(w->run, &e->file);
		note(w, REASON_SECRET, path, e->file.size);
		return;
	}
	if (e->state != FEED_PLAIN || e->file.size)
		reason = unread_reason(e->state);
	if (reason == REASON_SCANNED) {
		offer(w, e);
		return;
	}
	note(w, reason, path, e->file.size);
	sight_unread(w->run, w->root, &e->file);
	if (start->walk)
		run_list(w->run, &e->file);
}

/* Symlinks and what is better not opened. */
static void take_other(struct feeder *w, struct feed_entry *e)
{
	if (w->run->plan->start.walk) {
		if (!filter_passes(&w->run->filter, &e->file)) {
			note(w, REASON_FILTERED, e->file.path, e->file.size);
			return;
		}
		run_list(w->run, &e->file);
		note(w, REASON_LISTED, e->file.path, e->file.size);
		return;
	}
	note(w, reason_of_mode((uint32_t)e->file.mode), e->file.path, 0);
	sight_unread(w->run, w->root, &e->file);
}

/* It was there when its folder was read. What is too long for a call of the
 * system, programs there cannot look at. */
static enum reason unknown_reason(struct bytes path, bool is_root)
{
	if (path.n >= PATH_MAX)
		return reason_of_errno(ENAMETOOLONG);
	return is_root ? REASON_NOT_FOUND : REASON_VANISHED;
}

/* As a walk has it: a link that systemd reads is what it says. */
static bool take_link(struct feeder *w, struct feed_entry *e)
{
	struct bytes path = e->file.path;

	if (!w->run->plan->start.collect || !is_kind(e, S_IFLNK) ||
	    w->want.use != PATTERN_CONTENT || !e->target.n ||
	    !unit_link_is(path, e->target))
		return false;
	if (!filter_passes_path(&w->run->filter, path) ||
	    !filter_passes(&w->run->filter, &e->file))
		note(w, REASON_FILTERED, path, 0);
	else
		note(w, REASON_COLLECTED, path,
		     unit_link_send(w->run, &e->file, e->target));
	return true;
}

static void take_told(struct feeder *w, struct feed_entry *e);

/* Only what a pattern names, as a walk would have it. */
static void take_by_pattern(struct feeder *w, struct feed_entry *e)
{
	bool listed;

	w->want = patterns_find(&w->run->patterns, e->file.path,
				e->known ? e->file.mode : UINT64_MAX);
	listed = w->want.use == PATTERN_METADATA ||
		 (w->want.use == PATTERN_HASH && !is_kind(e, S_IFREG));
	if (!w->want.use || !e->known ||
	    bytes_eq(e->file.path, buf_bytes(&w->had)))
		return;
	if (!listed && is_kind(e, S_IFREG) && !e->offered)
		return; /* it comes, or came, with what it holds */
	if (listed && filter_passes(&w->run->filter, &e->file)) {
		run_list(w->run, &e->file);
		note(w, REASON_LISTED, e->file.path, 0);
	} else if (!listed && !is_kind(e, S_IFDIR) && !take_link(w, e)) {
		take_told(w, e);
	}
}

static void take_told(struct feeder *w, struct feed_entry *e)
{
	struct bytes path = e->file.path;
	bool is_root = bytes_eq(path, root_path(w));
	enum reason reason = mounted_here(w, path);
	bool by_path = is_kind(e, S_IFREG) || w->run->plan->start.walk;

	if (reason != REASON_SCANNED) {
		note(w, reason, path, 0);
	} else if (!e->known) {
		note(w, unknown_reason(path, is_root), path, 0);
	} else if (is_kind(e, S_IFDIR)) {
		take_folder(w, e);
	} else if (by_path && !filter_passes_path(&w->run->filter, path)) {
		note(w, REASON_FILTERED, path, 0);
	} else if (is_kind(e, S_IFREG)) {
		take_regular(w, e);
	} else {
		take_other(w, e);
	}
}

/* In the order in which the host tells of its files, up to the last that was
 * had. */
static void pass_over(struct feeder *w, struct feed_entry *e)
{
	note(w, REASON_RESUMED, e->file.path, 0);
	if (bytes_eq(e->file.path, buf_bytes(&w->run->plan->cursor)))
		w->resuming = false;
}

/* So that a long way without a file to read is not told of again either. */
static void say_where(struct feeder *w, struct bytes path)
{
	struct cursor *c = &w->run->cursor;

	if (++w->stride < STRIDE)
		return;
	w->stride = 0;
	cursor_done(c, cursor_begin(c, w->root, path));
}

static void take_entry(struct feeder *w, struct feed_entry *e)
{
	w->want = (struct want){0};
	if (w->resuming) {
		pass_over(w, e);
		return;
	}
	if (by_pattern(w)) {
		take_by_pattern(w, e);
		return;
	}
	take_told(w, e);
	say_where(w, e->file.path);
}

static void on_part(void *arg, const struct feed_entry *e, uint64_t part)
{
	struct feeder *w = arg;

	if (e->file.size <= LARGE_MIN)
		return;
	if (!w->under_way.part)
		run_set_current(w->run, e->file.path);
	coverage_read(&w->run->coverage, &w->under_way, part, e->file.size);
}

static bool on_entry(void *arg, struct feed_entry *e)
{
	struct feeder *w = arg;
	bool sound = w->has_root && is_within(e->file.path, root_path(w));

	w->answered |= sound && bytes_eq(e->file.path, root_path(w));
	if (sound && !w->has_dev && e->known) { /* a root comes first */
		w->root_dev = e->file.dev;
		w->has_dev = true;
	}
	if (sound && budget_pass(w->run, &w->turn, 0) &&
	    !is_shut_off(w, e->file.path))
		take_entry(w, e);
	coverage_forget(&w->run->coverage, &w->under_way);
	close_fd(e->fd);
	e->fd = -1;
	if (!sound)
		return break_off(w, "a path that is not below what was asked");
	return !run_is_over(w->run);
}

/* ---- all of it ---- */

static void say_stopped(struct feeder *w)
{
	const struct plan *plan = w->run->plan;

	for (size_t i = w->has_root ? w->root : 0; i < plan->n_roots; i++) {
		w->root = i;
		if (!plan->has_memory || i != plan->memory_root)
			note(w, REASON_STOPPED, root_path(w), 0);
	}
}

enum err_code feed_walk(struct run *run, struct feed *feed, struct crew *crew,
			struct err *err)
{
	struct feeder w = {.run = run, .crew = crew, .feed = feed};
	const struct feed_sink sink = {
		.arg = &w,
		.passwd = on_passwd,
		.hosts = on_hosts,
		.sockets = on_sockets,
		.text = on_text,
		.process = on_process,
		.mount = on_mount,
		.root = on_root,
		.broken = on_broken,
		.leads = on_leads,
		.absent = on_absent,
		.shut = on_shut,
		.part = on_part,
		.entry = on_entry,
	};
	enum err_code code;

	buf_init(&w.had, RECORD_PATH_MAX);
	feed->deadline = run->deadline;
	if (run->plan->start.triage)
		w.triage = feed_triage_new(run);
	(void)coverage_into(&run->cursor.open);
	code = feed_read(feed, &sink, err);
	if (code == ERR_OK)
		end_root(&w);
	(void)coverage_into(NULL);
	end_triage(&w);
	if (code == ERR_OK && w.code != ERR_OK)
		*err = w.err;
	if (w.code != ERR_OK)
		code = w.code;
	if (run_is_over(run)) {
		say_stopped(&w);
		code = ERR_OK; /* that is why it was not read to its end */
	}
	if (indicators_want_peers(run->indicators))
		sockets_say(run, w.has_sockets, w.n_sockets);
	for (size_t i = 0; i < w.n_mounts; i++)
		free(w.mounts[i].path);
	free(w.mounts);
	buf_release(&w.had);
	return code;
}
