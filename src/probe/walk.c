/* SPDX-License-Identifier: Apache-2.0 */
/* The walk of one root. */
#include "base/base.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

#include "probe/file.h"
#include "probe/fstype.h"
#include "probe/helper.h"
#include "probe/levels.h"
#include "probe/sight.h"
#include "probe/top.h"
#include "probe/under.h"
#include "probe/unit_link.h"
#include "probe/walk.h"

/* Overlays give files the devices of the layers they come from. */
#define KNOWN_DEVS 16u

#define ANY_MODE UINT64_MAX


/* Where a walk can go on is said at least so often. */
#define STRIDE 1024u

struct walk {
	struct run *run;
	struct crew *crew;
	size_t root;
	struct buf path; /* of what is being looked at */
	struct buf real; /* the root's path without symlinks; empty: unknown */
	size_t root_n;   /* of path, the root */
	struct turn turn;
	uint64_t root_dev, file_dev; /* of the root, of the file before */
	struct levels levels;
	uint64_t known[KNOWN_DEVS];      /* whose file systems may be entered */
	size_t n_known;                  /* ever; the oldest are overwritten */
	const struct patterns *patterns; /* NULL: all that is below */
	struct pathset_state *at;        /* where each level is in them */
	size_t n_at;
	struct pathset_state here; /* where the entry is */
	bool resuming;             /* what the cursor says was done comes */
	unsigned stride;           /* entries since it was said where we are */
};

/* An entry of a folder. */
struct entry {
	int dir_fd;
	const char *name;
	unsigned char type; /* DT_*; DT_UNKNOWN before it was asked for */
	int fd;             /* of the file, when it is open already; or -1 */
	struct rec_file file;
	struct want want;  /* by patterns */
	bool is_unit_link; /* to be collected as what it says */
};

static void note(struct walk *w, enum reason reason, uint64_t bytes)
{
	coverage_add(&w->run->coverage, w->root, reason, buf_bytes(&w->path),
		     bytes);
}

static void note_errno(struct walk *w, uint64_t bytes)
{
	note(w, reason_of_errno(errno), bytes);
}

/* What is not read has a name that may be looked for. */
static void sight_name(struct walk *w, const struct entry *e, uint64_t size)
{
	struct rec_file file = {0};
	struct sightings seen = {0};

	if (!sight_name_only(w->run, w->root, buf_bytes(&w->path), size,
			     &seen) ||
	    !helper_stat_at(w->levels.helper, e->dir_fd, e->name, &file, NULL))
		return;
	file.path = buf_bytes(&w->path);
	sight_tell(w->run, &file, &seen);
}

/* What was there a moment ago has vanished; a root never was there. */
static void note_absent(struct walk *w)
{
	bool absent = errno == ENOENT || errno == ENOTDIR;

	if (w->levels.n == 0 && absent)
		note(w, REASON_NOT_FOUND, 0);
	else
		note_errno(w, 0);
}

static bool is_known(const struct walk *w, uint64_t dev)
{
	for (size_t i = 0; i < MIN(w->n_known, KNOWN_DEVS); i++) {
		if (w->known[i] == dev)
			return true;
	}
	return false;
}

/* What kind of file system it is on, asked of the kernel only where the
 * device is not that of the folder around it. */
static enum reason on_which(struct walk *w, const struct entry *e)
{
	enum reason reason;
	uint64_t type;

	if (is_known(w, e->file.dev) ||
	    (w->patterns && w->levels.n &&
	     e->file.dev == levels_last(&w->levels)->dev))
		return REASON_SCANNED;
	if (!helper_fs_type(w->levels.helper, e->dir_fd, e->name, &type))
		return reason_of_errno(errno);
	reason = fstype_reason(type);
	if (reason == REASON_SCANNED)
		w->known[w->n_known++ % KNOWN_DEVS] = e->file.dev;
	return reason;
}

/* Why a folder is not entered. */
static enum reason shut(struct walk *w, const struct entry *e)
{
	if (w->levels.n == 0)
		w->root_dev = e->file.dev;
	if (filter_shuts(&w->run->filter, buf_bytes(&w->path)))
		return REASON_EXCLUDED;
	if (w->run->plan->filter.one_fs && e->file.dev != w->root_dev)
		return REASON_OTHER_FS;
	if (w->levels.n == WALK_DEPTH_MAX)
		return REASON_DEPTH;
	if (levels_has(&w->levels, e->file.dev, e->file.ino))
		return REASON_LOOP;
	return REASON_SCANNED;
}

/* ---- patterns ---- */

/* What is mentioned by its own name is looked at wherever it is. */
static bool is_spelled_out(struct walk *w, const struct entry *e)
{
	return w->patterns && w->levels.n &&
	       pathset_step(w->patterns->set, &w->at[w->levels.n - 1],
			    bytes_str(e->name), true, &w->here);
}

/* What the entry is for; in a plan without patterns nothing says no. */
static bool is_wanted(struct walk *w, struct entry *e, uint64_t mode)
{
	if (!w->patterns)
		return true;
	e->want =
		patterns_want(w->patterns, &w->here, buf_bytes(&w->path), mode);
	return e->want.use != 0;
}

static bool is_only_listed(const struct entry *e)
{
	return e->want.use == PATTERN_METADATA || e->want.use == PATTERN_HASH;
}

/* The folder that was entered last is where the entry was. */
static void keep_place(struct walk *w)
{
	struct pathset_state was;

	if (!w->patterns)
		return;
	if (w->n_at < w->levels.n) {
		w->at = xrealloc(w->at, w->levels.n, sizeof *w->at);
		memset(w->at + w->n_at, 0,
		       (w->levels.n - w->n_at) * sizeof *w->at);
		w->n_at = w->levels.n;
	}
	was = w->at[w->levels.n - 1];
	w->at[w->levels.n - 1] = w->here;
	w->here = was;
}

static void release_places(struct walk *w)
{
	for (size_t i = 0; i < w->n_at; i++)
		pathset_state_release(&w->at[i]);
	free(w->at);
	pathset_state_release(&w->here);
}

static void enter_folder(struct walk *w, const struct entry *e)
{
	enum reason reason = shut(w, e);
	struct rec_file now;
	int fd;

	if (reason != REASON_SCANNED) {
		note(w, reason, 0);
		return;
	}
	fd = helper_open_folder(w->levels.helper, e->dir_fd, e->name, &now);
	if (fd < 0) {
		note_errno(w, 0);
		return;
	}
	if (now.dev != e->file.dev || now.ino != e->file.ino) {
		note(w, REASON_VANISHED, 0); /* exchanged while we looked */
		close_fd(fd);
		return;
	}
	sight_name(w, e, SIZE_UNKNOWN);
	if (!levels_push(&w->levels, fd, now.dev, now.ino, &w->path))
		note_errno(w, 0);
	keep_place(w);
}

/* A folder is in no row of coverage unless it is not entered. */
static void list_folder(struct walk *w, struct entry *e)
{
	if (filter_passes_path(&w->run->filter, e->file.path) &&
	    filter_passes(&w->run->filter, &e->file))
		run_list(w->run, &e->file);
}

static void pass_over(struct walk *w, const struct entry *e)
{
	note(w, reason_of_mode(DTTOIF(e->type)), 0);
	sight_name(w, e, SIZE_UNKNOWN);
}

/* Where it leads; empty: it cannot be read, or is too long. */
static struct bytes target_of(const struct entry *e, char room[UNIT_LINK_MAX])
{
	ssize_t n = readlinkat(e->dir_fd, e->name, room, UNIT_LINK_MAX);

	return bytes_of(room, n > 0 && n < UNIT_LINK_MAX ? (size_t)n : 0);
}

static bool is_unit_link(const struct walk *w, const struct entry *e)
{
	char room[UNIT_LINK_MAX];

	return w->patterns && w->run->plan->start.collect &&
	       e->type == DT_LNK && e->want.use == PATTERN_CONTENT &&
	       unit_link_is(buf_bytes(&w->path), target_of(e, room));
}

static void take_link(struct walk *w, struct entry *e)
{
	char room[UNIT_LINK_MAX];
	struct bytes target = target_of(e, room);

	if (target.n)
		note(w, REASON_COLLECTED,
		     unit_link_send(w->run, &e->file, target));
	else
		pass_over(w, e); /* it was there before */
}

static void offer_file(struct walk *w, struct entry *e)
{
	const struct req_start *start = &w->run->plan->start;
	struct job job = {.root = w->root, .want = e->want};
	bool reads = start->hash || e->want.use == PATTERN_HASH;

	if (e->is_unit_link) {
		take_link(w, e);
		return;
	}
	if ((start->walk || is_only_listed(e)) &&
	    (!reads || e->type != DT_REG)) {
		run_list(w->run, &e->file);
		note(w, REASON_LISTED, start->walk ? e->file.size : 0);
		return;
	}
	job.fd = e->fd;
	e->fd = -1;
	if (job.fd < 0)
		job.fd = helper_open(w->levels.helper, e->dir_fd, e->name, 0);
	if (job.fd < 0) {
		note_errno(w, e->file.size);
		sight_name(w, e, e->file.size);
		if (start->walk)
			run_list(w->run, &e->file);
		return;
	}
	w->file_dev = e->file.dev;
	job.path = xmemdup(w->path.p, w->path.n);
	job.path_n = w->path.n;
	job.step = cursor_begin(&w->run->cursor, w->root, buf_bytes(&w->path));
	w->stride = 0;
	crew_add(w->crew, job);
}

/* Why a file is not given to the crew. */
static enum reason left_out(const struct walk *w, const struct entry *e)
{
	const struct run_limits *limits = &w->run->limits;
	const struct rec_file *file = &e->file;
	uint64_t most = run_size_limit(w->run);

	if (w->patterns)
		most = is_only_listed(e) ? UINT64_MAX
					 : MIN(most, e->want.max_size);

	if (limits->skip_own && file->dev == limits->own_dev &&
	    file->ino == limits->own_ino)
		return REASON_OWN;
	if (!filter_passes(&w->run->filter, file))
		return REASON_FILTERED;
	if (file->size > most)
		return REASON_SIZE;
	return REASON_SCANNED;
}

/* d_type spares a stat(2) for what is passed over anyway. */
static bool is_passed_over(struct walk *w, struct entry *e, uint64_t mode)
{
	bool walks = w->run->plan->start.walk, passes = true;

	if (!is_wanted(w, e, mode) && e->type != DT_DIR &&
	    e->type != DT_UNKNOWN)
		return true; /* of no interest to anybody */
	e->is_unit_link = is_unit_link(w, e);
	walks |= is_only_listed(e) || e->is_unit_link;
	if (e->type == DT_REG ||
	    (walks && e->type != DT_DIR && e->type != DT_UNKNOWN))
		passes = filter_passes_path(&w->run->filter,
					    buf_bytes(&w->path));
	if (!passes)
		note(w, REASON_FILTERED, 0);
	else if (e->type != DT_UNKNOWN && e->type != DT_DIR &&
		 e->type != DT_REG && !walks)
		pass_over(w, e);
	else
		return false;
	return true;
}

/* What the mount table says, before anything is touched. What it hides is
 * not to be seen from here on. */
static enum reason mounted_here(struct walk *w, const struct entry *e)
{
	size_t real_n = w->real.n;
	const struct mount *mount;

	if (real_n == 0)
		return REASON_SCANNED;
	(void)buf_add(&w->real, w->path.p + w->root_n,
		      w->path.n - w->root_n); /* too long: no mount point */
	mount = mounts_find(&w->run->mounts, buf_bytes(&w->real));
	w->real.n = real_n;
	w->real.full = false;
	if (!mount)
		return REASON_SCANNED;
	if (!w->patterns && !filter_shuts(&w->run->filter, buf_bytes(&w->path)))
		under_note(w->run, w->root, w->levels.helper, e->dir_fd,
			   e->name, buf_bytes(&w->path));
	return mount->reason;
}

/* Opened in the same go where no more than that can be asked of it. */
static bool look_up(struct walk *w, struct entry *e)
{
	const struct plan *plan = w->run->plan;
	struct look look = {.max_size = run_size_limit(w->run), .fd = -1};
	bool opens = w->levels.n && !plan->start.walk && !w->patterns &&
		     !filter_chooses(&w->run->filter) &&
		     (e->type == DT_REG || e->type == DT_UNKNOWN);

	if (opens) {
		look.devs[0] = levels_last(&w->levels)->dev;
		look.devs[1] = w->file_dev ? w->file_dev : look.devs[0];
	}
	if (!helper_stat_at(w->levels.helper, e->dir_fd, e->name, &e->file,
			    opens ? &look : NULL))
		return false;
	e->fd = look.fd;
	e->file.path = buf_bytes(&w->path);
	e->type = (unsigned char)IFTODT(e->file.mode); /* it may be news */
	return true;
}

/* It is there, but cannot be looked at. */
static void note_unseen(struct walk *w, const struct entry *e)
{
	bool hangs = errno == ETIMEDOUT;

	note_absent(w);
	if (hangs)
		sight_name(w, e, SIZE_UNKNOWN);
}

/* It is what it seems, and meant. */
static void go_on(struct walk *w, struct entry *e)
{
	if (e->type != DT_DIR) {
		offer_file(w, e);
		return;
	}
	if (w->run->plan->start.walk || is_only_listed(e))
		list_folder(w, e);
	if (!w->patterns || pathset_goes_on(w->patterns->set, &w->here))
		enter_folder(w, e);
}

static void judge(struct walk *w, struct entry *e)
{
	enum reason reason = on_which(w, e);

	if (reason == REASON_PSEUDO && is_spelled_out(w, e))
		reason = REASON_SCANNED;
	if (reason == REASON_SCANNED && e->type != DT_DIR)
		reason = left_out(w, e);
	if (reason == REASON_SCANNED) {
		go_on(w, e);
		return;
	}
	note(w, reason, e->type == DT_DIR ? 0 : e->file.size);
	if (reason == REASON_SIZE)
		sight_name(w, e, e->file.size);
}

/* What /etc/localtime leads to, if that is a zone; -1: it is none. */
static int open_zone(struct walk *w, struct rec_file *file)
{
	struct helper *h = w->levels.helper;
	uint8_t magic[4];
	int fd = helper_top_open(h, w->run->top, ZONE_LINK,
				 O_RDONLY | O_NONBLOCK | O_NOCTTY);

	if (fd >= 0 && file_stat(fd, file) && S_ISREG(file->mode) &&
	    file->size <= ZONE_LINK_MAX &&
	    helper_pread(h, fd, magic, sizeof magic, 0) == sizeof magic &&
	    memcmp(magic, "TZif", sizeof magic) == 0)
		return fd;
	return close_fd(fd);
}

/*
 * /etc/localtime is a link nearly everywhere, and what it leads to says which
 * times the logs have. Nothing else is read through a link: who asked for one
 * file is not to get another.
 */
static bool take_zone(struct walk *w, struct entry *e)
{
	if (e->type != DT_LNK || !w->patterns ||
	    !bytes_eq(buf_bytes(&w->path), bytes_str(ZONE_LINK)) ||
	    !is_wanted(w, e, ANY_MODE) || is_only_listed(e))
		return false;
	e->fd = open_zone(w, &e->file);
	if (e->fd < 0)
		return false;
	e->file.path = buf_bytes(&w->path);
	e->type = DT_REG;
	offer_file(w, e);
	e->fd = close_fd(e->fd);
	return true;
}

static void look_at(struct walk *w, struct entry *e)
{
	enum reason reason = mounted_here(w, e);

	if (reason == REASON_PSEUDO && is_spelled_out(w, e))
		reason = REASON_SCANNED;
	if (reason != REASON_SCANNED) {
		note(w, reason, 0);
		return;
	}
	if (take_zone(w, e) || is_passed_over(w, e, ANY_MODE))
		return;
	if (!look_up(w, e)) {
		note_unseen(w, e);
		return;
	}
	if (!is_passed_over(w, e, e->file.mode))
		judge(w, e);
	e->fd = close_fd(e->fd);
}

static void add_name(struct walk *w, const char *name)
{
	if (w->path.n == 0 || w->path.p[w->path.n - 1] != '/')
		(void)buf_add_byte(&w->path, '/');
	(void)buf_add_str(&w->path, name); /* full is looked at by step */
}

static bool is_below(struct bytes path, struct bytes top)
{
	return path.n > top.n && memcmp(path.p, top.p, top.n) == 0 &&
	       (path.p[top.n] == '/' || top.p[top.n - 1] == '/');
}

/* Whether an earlier run has done with it; not so a folder around its end. */
static bool is_done_already(struct walk *w)
{
	struct bytes end = buf_bytes(&w->run->plan->cursor);
	struct bytes path = buf_bytes(&w->path);

	if (!w->resuming || is_below(end, path))
		return false;
	w->resuming = cursor_order(path, end) < 0;
	if (!w->resuming && !bytes_eq(path, end))
		return false;
	note(w, REASON_RESUMED, 0);
	return true;
}

/* So that a long way without a file to read is not gone again either. */
static void say_where(struct walk *w)
{
	struct cursor *c = &w->run->cursor;

	if (++w->stride < STRIDE)
		return;
	w->stride = 0;
	cursor_done(c, cursor_begin(c, w->root, buf_bytes(&w->path)));
}

static void leave_folder(struct walk *w)
{
	bool ok = levels_pop(&w->levels, buf_bytes(&w->path));
	int error = errno;

	while (!ok) {
		w->path.n = levels_last(&w->levels)->path_n;
		note(w, reason_of_errno(error), 0);
		if (levels_last(&w->levels)->fd >= 0)
			return;
		ok = levels_pop(&w->levels, buf_bytes(&w->path));
		error = errno;
	}
}

/* The next entry of the deepest folder, or back to the one above. */
static void step(struct walk *w)
{
	struct level *level = levels_last(&w->levels);
	struct entry e = {.dir_fd = level->fd, .fd = -1};

	w->path.n = level->path_n;
	w->path.full = false;
	e.name = levels_next(&w->levels, &e.type);
	if (errno)
		note_errno(w, 0);
	if (!e.name) {
		leave_folder(w);
		return;
	}
	add_name(w, e.name);
	if (w->path.full) {
		note(w, REASON_DEPTH, 0);
		return;
	}
	if (w->patterns &&
	    !pathset_step(w->patterns->set, &w->at[w->levels.n - 1],
			  bytes_str(e.name), false, &w->here)) {
		say_where(w);
		return;
	}
	if (is_done_already(w))
		return;
	look_at(w, &e);
	if (e.type != DT_DIR)
		say_where(w);
}

/* The root as the mount table has it, if /proc tells. */
static void find_real(struct walk *w, const struct entry *e, bool is_top)
{
	char link[64], *real = xmalloc(PATH_MAX);
	ssize_t n;

	(void)snprintf(link, sizeof link, "/proc/self/fd/%d", e->dir_fd);
	n = readlink(link, real, PATH_MAX);
	if (n > 0 && n < PATH_MAX && real[0] == '/') {
		(void)buf_add(&w->real, real, (size_t)n);
		if (!is_top && n > 1)
			(void)buf_add_byte(&w->real, '/');
		if (!is_top)
			(void)buf_add_str(&w->real, e->name);
	}
	free(real);
}

/* Where the root is by its name alone, for the mount table. */
static enum reason mounted_over(struct walk *w, const char *root)
{
	char *path = xasprintf("%s%s", w->run->top->dir ? w->run->top->dir : "",
			       root);
	enum reason reason = mounts_over(&w->run->mounts, bytes_str(path));

	free(path);
	return reason;
}

/*
 * The folders above a root are the host's business and may be symlinks, as
 * /var/run is; the root itself is an entry like any other.
 */
static void begin(struct walk *w, const char *root)
{
	enum reason reason = mounted_over(w, root);
	bool is_top = strcmp(root, "/") == 0;
	const char *slash = strrchr(root, '/');
	struct entry e = {
		.name = is_top ? "." : slash + 1, .type = DT_UNKNOWN, .fd = -1};
	char *parent;

	if (reason != REASON_SCANNED) {
		note(w, reason, 0);
		return;
	}
	if (is_done_already(w))
		return;
	parent = xstrdup(root);
	parent[MAX(1, slash - root)] = '\0';
	e.dir_fd = helper_top_open(w->levels.helper, w->run->top, parent,
				   O_PATH | O_DIRECTORY);
	free(parent);
	if (e.dir_fd < 0) {
		note_absent(w);
		return;
	}
	find_real(w, &e, is_top);
	look_at(w, &e);
	close_fd(e.dir_fd);
}

/* Of an earlier run; false: this root is behind its end. */
static bool was_done(struct walk *w)
{
	const struct plan *plan = w->run->plan;

	w->resuming = plan->has_cursor && w->root == plan->cursor_root;
	if (!plan->has_cursor || w->root >= plan->cursor_root)
		return false;
	note(w, REASON_RESUMED, 0);
	return true;
}

void walk_root(struct run *run, size_t root, struct crew *crew)
{
	struct walk *w = xcalloc(1, sizeof *w);
	const char *path = run->plan->roots[root];

	w->run = run;
	w->crew = crew;
	w->root = root;
	if (plan_is_pattern_root(run->plan, root)) {
		w->patterns = &run->patterns;
		pathset_begin(run->patterns.set, &w->here);
	}
	buf_init(&w->path, RECORD_PATH_MAX);
	buf_init(&w->real, RECORD_PATH_MAX);
	(void)buf_add_str(&w->path, path);
	w->root_n = w->path.n;
	w->levels.helper = helper_new(run);
	(void)coverage_into(&run->cursor.open);
	if (!run_is_over(run) && !was_done(w))
		begin(w, path);
	while (w->levels.n && budget_pass(run, &w->turn, 0))
		step(w);
	(void)coverage_into(NULL);
	if (w->levels.n || run_is_over(run)) {
		buf_clear(&w->path);
		(void)buf_add_str(&w->path, path);
		note(w, REASON_STOPPED, 0);
	}
	helper_free(w->levels.helper);
	levels_release(&w->levels);
	release_places(w);
	buf_release(&w->path);
	buf_release(&w->real);
	free(w);
}
