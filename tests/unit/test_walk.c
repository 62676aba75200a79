/* SPDX-License-Identifier: Apache-2.0 */
/* Trees that are arranged to trap a walk. */
#include "unit/unit.h"

#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "base/hash.h"
#include "probe/file.h"
#include "probe/levels.h"
#include "probe/walk.h"
#include "unit/probe_kit.h"
#include "wire/records.h"

static const struct bytes hello = {(const uint8_t *)"hello", 5};

static void what_is_no_file_is_counted_not_opened(void **state UNUSED)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int sock = socket(AF_UNIX, SOCK_STREAM, 0);
	struct folder f;
	struct took t;

	folder_make(&f);
	folder_write(&f, "file", hello);
	assert_int_equal(mkfifo(folder_at(&f, "fifo"), 0600), 0);
	assert_int_equal(symlink("/etc/passwd", folder_at(&f, "out")), 0);
	assert_int_equal(symlink(".", folder_at(&f, "self")), 0);
	assert_int_equal(symlink("nowhere", folder_at(&f, "dangling")), 0);
	snprintf(at.sun_path, sizeof at.sun_path, "%s/sock", f.path);
	assert_int_equal(bind(sock, (struct sockaddr *)&at, sizeof at), 0);
	kit_look(NULL, f.path, &t);
	assert_int_equal(took_count(&t, REC_FILE), 1);
	assert_non_null(took_file(&t, folder_at(&f, "file")));
	assert_int_equal(took_covered(&t, "skipped", "fifo"), 1);
	assert_int_equal(took_covered(&t, "skipped", "socket"), 1);
	assert_int_equal(took_covered(&t, "skipped", "symlink"), 3);
	assert_int_equal(took_covered(&t, "collected", ""), 1);
	took_release(&t);
	close_fd(sock);
	folder_remove(&f);
}

static void a_device_is_never_read(void **state UNUSED)
{
	struct took t;

	kit_look(NULL, "/dev/zero", &t);
	assert_int_equal(took_count(&t, REC_FILE), 0);
	assert_int_equal(took_covered(&t, "failed", "device"), 1);
	took_release(&t);
}

static void names_are_any_bytes(void **state UNUSED)
{
	struct folder f;
	struct took t;
	size_t n = 0;

	folder_make(&f);
	for (unsigned c = 1; c < 256; c++) {
		char name[] = {(char)c, 'x', (char)c, '\0'};

		if (c == '/')
			continue;
		folder_write(&f, name, hello);
		n++;
	}
	kit_look(NULL, f.path, &t);
	assert_int_equal(took_count(&t, REC_FILE), n);
	for (unsigned c = 1; c < 256; c++) {
		char name[] = {(char)c, 'x', (char)c, '\0'};

		if (c != '/')
			assert_non_null(took_file(&t, folder_at(&f, name)));
	}
	took_release(&t);
	folder_remove(&f);
}

/* mkdir -p of n folders called "d", with a file in the third. */
static void dig(const struct folder *f, unsigned n)
{
	int fd = open(f->path, O_PATH | O_DIRECTORY), down;

	for (unsigned i = 0; i < n; i++) {
		assert_int_equal(mkdirat(fd, "d", 0700), 0);
		down = openat(fd, "d", O_PATH | O_DIRECTORY);
		assert_true(down >= 0);
		close_fd(fd);
		fd = down;
	}
	close_fd(fd);
	folder_write(f, "d/d/d/file", hello);
}

static void a_bottomless_folder_is_left_at_the_limit(void **state UNUSED)
{
	struct folder f;
	struct took t;

	folder_make(&f);
	dig(&f, WALK_DEPTH_MAX + 50); /* its path is half a PATH_MAX */
	kit_look(NULL, f.path, &t);
	assert_non_null(took_file(&t, folder_at(&f, "d/d/d/file")));
	assert_int_equal(took_covered(&t, "skipped", "depth") +
				 took_covered(&t, "failed", "limit"),
			 1);
	took_release(&t);
	folder_remove(&f);
}

static void paths_past_path_max_are_reached(void **state UNUSED)
{
	char name[251], path[PATH_MAX * 2];
	struct folder f;
	struct took t;
	int fd, down;

	folder_make(&f);
	memset(name, 'n', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	fd = open(f.path, O_PATH | O_DIRECTORY);
	snprintf(path, sizeof path, "%s", f.path);
	for (unsigned i = 0; i < 20; i++) {
		assert_int_equal(mkdirat(fd, name, 0700), 0);
		down = openat(fd, name, O_PATH | O_DIRECTORY);
		close_fd(fd);
		fd = down;
		snprintf(path + strlen(path), sizeof path - strlen(path), "/%s",
			 name);
	}
	down = openat(fd, "file", O_WRONLY | O_CREAT, 0600);
	assert_int_equal(write(down, hello.p, hello.n), hello.n);
	close_fd(down);
	close_fd(fd);
	snprintf(path + strlen(path), sizeof path - strlen(path), "/file");
	assert_true(strlen(path) > PATH_MAX);
	kit_look(NULL, f.path, &t);
	assert_non_null(took_file(&t, path));
	took_release(&t);
	folder_remove(&f);
}

static void a_root_is_never_followed_its_parents_are(void **state UNUSED)
{
	struct plan plan = {0};
	struct folder f;
	struct took t;

	folder_make(&f);
	assert_int_equal(mkdir(folder_at(&f, "real"), 0700), 0);
	folder_write(&f, "real/file", hello);
	assert_int_equal(symlink("real", folder_at(&f, "alias")), 0);
	plan_root_str(&plan, folder_at(&f, "alias///"));
	plan_root_str(&plan, folder_at(&f, "alias/file"));
	plan_root_str(&plan, folder_at(&f, "absent"));
	plan_root_str(&plan, folder_at(&f, "real/file/below"));
	plan_go(&plan, (struct req_start){.collect = true});
	kit_run(&plan, &t);
	assert_int_equal(took_count(&t, REC_FILE), 1);
	assert_non_null(took_file(&t, folder_at(&f, "alias/file")));
	/* Passed over, but asked for by name: that is a failure. */
	assert_int_equal(took_covered(&t, "failed", "symlink"), 1);
	assert_int_equal(took_covered(&t, "failed", "not-found"), 2);
	took_release(&t);
	folder_remove(&f);
}

static void made_up_file_systems_are_not_entered(void **state UNUSED)
{
	struct took t;

	if (access("/proc/self/stat", F_OK) != 0)
		skip();
	kit_look(NULL, "/proc", &t);
	assert_int_equal(took_count(&t, REC_FILE), 0);
	assert_int_equal(took_covered(&t, "failed", "pseudo-fs"), 1);
	took_release(&t);
	kit_look(NULL, "/proc/self/stat", &t);
	assert_int_equal(took_covered(&t, "failed", "pseudo-fs"), 1);
	took_release(&t);
}

static const char table[] =
	"22 1 254:0 / / rw - ext4 /dev/root rw\n"
	"23 22 0:21 / /proc rw,nosuid shared:5 master:1 - proc proc rw\n"
	"24 22 0:30 / /mnt/a\\040b rw - nfs4 srv:/x rw,addr=1\n"
	"25 24 8:1 / /mnt/a\\040b/local rw - ext4 /dev/sda1 rw\n"
	"26 22 0:31 / /home rw - autofs systemd-1 rw\n"
	"27 26 8:2 / /home rw - xfs /dev/sda2 rw\n"
	"28 22 0:40 / /media/x rw - fuse.sshfs u@h: rw\n"
	"junk\n"
	"29 22 0:41 / /cut";

static void the_mount_table_is_asked_first(void **state UNUSED)
{
	static const struct {
		const char *path;
		enum reason at, over;
	} rows[] = {
		{"/", REASON_SCANNED, REASON_SCANNED},
		{"/proc", REASON_PSEUDO, REASON_PSEUDO},
		{"/proc/1/stat", REASON_SCANNED, REASON_PSEUDO},
		{"/process", REASON_SCANNED, REASON_SCANNED},
		{"/mnt/a b", REASON_NETWORK, REASON_NETWORK},
		{"/mnt/a b/x", REASON_SCANNED, REASON_NETWORK},
		{"/mnt/a b/local/x", REASON_SCANNED, REASON_SCANNED},
		{"/home", REASON_SCANNED, REASON_SCANNED},
		{"/media/x", REASON_NETWORK, REASON_NETWORK},
		{"/cut", REASON_SCANNED, REASON_SCANNED},
	};
	struct mounts m;
	struct buf text;

	buf_init(&text, 4096);
	assert_true(buf_add(&text, table, sizeof table - 1));
	mounts_parse(&m, &text);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct bytes path = bytes_str(rows[i].path);

		assert_int_equal(mounts_at(&m, path), rows[i].at);
		assert_int_equal(mounts_over(&m, path), rows[i].over);
	}
	mounts_release(&m);
	buf_release(&text);
}

/* Whether this process may have a mount of its own; in a child. */
static bool can_bind(const char *from, const char *to)
{
	return unshare(CLONE_NEWNS) == 0 &&
	       mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount(from, to, NULL, MS_BIND, NULL) == 0;
}

static void a_folder_mounted_in_itself_ends(void **state UNUSED)
{
	struct folder f;
	struct took t;
	int status;
	pid_t pid;

	folder_make(&f);
	assert_int_equal(mkdir(folder_at(&f, "in"), 0700), 0);
	folder_write(&f, "file", hello);
	pid = fork();
	if (pid == 0) {
		if (!can_bind(f.path, folder_at(&f, "in")))
			_exit(77);
		kit_look(NULL, f.path, &t);
		_exit(took_covered(&t, "skipped", "loop") == 1 &&
				      took_count(&t, REC_FILE) == 1
			      ? 0
			      : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	folder_remove(&f);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
		print_message("skipped: no mounts allowed here\n");
		skip();
	}
	assert_int_equal(status, 0);
}

/* The file that a mount hides is on the disk, and in no listing. */
static bool look_at_hidden(const struct folder *f, bool one_fs)
{
	struct plan plan = {.filter = {.one_fs = one_fs}};
	struct took t;
	bool ok;

	plan_root_str(&plan, f->path);
	plan_go(&plan, (struct req_start){.collect = true});
	kit_run(&plan, &t);
	ok = !took_file(&t, folder_at(f, "in/file")) &&
	     took_covers_path(&t, "mounted-over", folder_at(f, "in/file")) &&
	     took_covers_path(&t, "mounted-over", folder_at(f, "in/folder")) &&
	     took_covered(&t, "skipped", "mounted-over") == 2 &&
	     took_covered(&t, "skipped", "other-fs") == (one_fs ? 2 : 0) &&
	     took_nth(&t, REC_DONE, 0)->u.done.skipped == (one_fs ? 2 : 0);
	took_release(&t);
	return ok;
}

static void what_a_mount_hides_is_named(void **state UNUSED)
{
	struct folder f;
	int status;
	pid_t pid;

	folder_make(&f);
	assert_int_equal(mkdir(folder_at(&f, "in"), 0700), 0);
	assert_int_equal(mkdir(folder_at(&f, "in/folder"), 0700), 0);
	assert_int_equal(mkdir(folder_at(&f, "empty"), 0700), 0);
	folder_write(&f, "in/file", hello);
	pid = fork();
	if (pid == 0) {
		if (unshare(CLONE_NEWNS) != 0 ||
		    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
		    mount("t", folder_at(&f, "in"), "tmpfs", 0, NULL) != 0 ||
		    mount("t", folder_at(&f, "empty"), "tmpfs", 0, NULL) != 0)
			_exit(77);
		_exit(look_at_hidden(&f, false) && look_at_hidden(&f, true)
			      ? 0
			      : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	folder_remove(&f);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
		print_message("skipped: no mounts allowed here\n");
		skip();
	}
	assert_int_equal(status, 0);
}

/* As somebody who may not read everything. */
static void be_nobody(bool on)
{
	if (geteuid() == 0 || !on)
		assert_int_equal(seteuid(on ? 65534 : getuid()), 0);
}

static void what_may_not_be_read_is_listed_then_counted(void **state UNUSED)
{
	const unsigned n = COVERAGE_LISTED_MAX + 30;
	uint64_t listed = 0;
	struct folder f;
	struct took t;

	folder_make(&f);
	assert_int_equal(chmod(f.path, 0755), 0);
	for (unsigned i = 0; i < n; i++) {
		char name[16];

		snprintf(name, sizeof name, "f%u", i);
		folder_write(&f, name, hello);
		assert_int_equal(chmod(folder_at(&f, name), 0), 0);
	}
	be_nobody(true);
	kit_look(NULL, f.path, &t);
	be_nobody(false);
	for (size_t i = 0; i < t.n; i++)
		listed += t.recs[i].type == REC_COVERAGE;
	assert_int_equal(listed, COVERAGE_LISTED_MAX + 1);
	assert_int_equal(took_covered(&t, "failed", "permission"), n);
	assert_int_equal(took_nth(&t, REC_DONE, 0)->u.done.skipped, n);
	took_release(&t);
	folder_remove(&f);
}

static void sizes_and_holes_are_respected(void **state UNUSED)
{
	struct plan plan = {0};
	struct folder f;
	struct took t;

	folder_make(&f);
	folder_write(&f, "small", hello);
	folder_write(&f, "hole", hello);
	folder_write(&f, "lastlog", hello);
	folder_write(&f, "large", hello);
	assert_int_equal(truncate(folder_at(&f, "hole"), 100000), 0);
	assert_int_equal(truncate(folder_at(&f, "lastlog"), 300 << 20), 0);
	assert_int_equal(truncate(folder_at(&f, "large"), 400 << 20), 0);
	plan_root_str(&plan, f.path);
	plan_go(&plan, (struct req_start){.collect = true,
					  .max_file_size = 350 << 20});
	kit_run(&plan, &t);
	assert_int_equal(took_count(&t, REC_FILE), 2);
	assert_int_equal(took_covered(&t, "skipped", "sparse"), 1);
	assert_int_equal(took_covered(&t, "skipped", "size"), 1);
	assert_int_equal(took_file(&t, folder_at(&f, "hole"))->size, 100000);
	took_release(&t);
	folder_remove(&f);
}

/* Deeper than folders are held open, with files on the way back up. */
static void a_walk_finds_its_way_back(void **state UNUSED)
{
	const unsigned n = 3 * LEVELS_OPEN_MAX;
	struct folder f;
	struct took t;
	int fd, down;

	folder_make(&f);
	fd = open(f.path, O_PATH | O_DIRECTORY);
	for (unsigned i = 0; i < n; i++) {
		assert_int_equal(mkdirat(fd, "d", 0700), 0);
		close_fd(openat(fd, "a", O_WRONLY | O_CREAT, 0600));
		close_fd(openat(fd, "z", O_WRONLY | O_CREAT, 0600));
		down = openat(fd, "d", O_PATH | O_DIRECTORY);
		close_fd(fd);
		fd = down;
	}
	close_fd(fd);
	kit_look(NULL, f.path, &t);
	assert_int_equal(took_count(&t, REC_FILE), 2 * n);
	assert_int_equal(took_covered(&t, "failed", "vanished"), 0);
	took_release(&t);
	folder_remove(&f);
}

/* More names than are held at once, so that a folder is read twice. */
static void a_crowded_folder_is_walked_in_order(void **state UNUSED)
{
	const unsigned n = NAMES_MAX + 5000;
	struct bytes last = {0};
	struct folder f;
	struct took t;
	int fd;

	folder_make(&f);
	fd = open(f.path, O_PATH | O_DIRECTORY);
	for (unsigned i = 0; i < n; i++) {
		char name[16];

		snprintf(name, sizeof name, "%x", i * 2654435761u);
		assert_int_equal(mkfifoat(fd, name, 0600), 0);
	}
	close_fd(fd);
	folder_write(&f, "~", hello);
	folder_write(&f, "!", hello);
	kit_look(NULL, f.path, &t);
	assert_int_equal(took_covered(&t, "skipped", "fifo"), n);
	assert_int_equal(took_count(&t, REC_FILE), 2);
	for (size_t i = 0; i < t.n; i++) {
		if (t.recs[i].type != REC_FILE)
			continue;
		assert_true(bytes_cmp(last, t.recs[i].u.file.path) < 0);
		last = t.recs[i].u.file.path;
	}
	took_release(&t);
	folder_remove(&f);
}

/* Names in an order in which no file system has them by chance, and one of
 * which is before another only when a slash is before all bytes. */
static const char *const in_order[] = {"a/x", "a/y/z", "a!",
				       "b",   "b.d/1", "c"};

static void lay_in_order(struct folder *f)
{
	folder_make(f);
	assert_int_equal(mkdir(folder_at(f, "a"), 0700), 0);
	assert_int_equal(mkdir(folder_at(f, "a/y"), 0700), 0);
	assert_int_equal(mkdir(folder_at(f, "b.d"), 0700), 0);
	for (size_t i = ARRAY_SIZE(in_order); i-- > 0;)
		folder_write(f, in_order[i], hello);
}

static void resume(const struct folder *f, const char *behind, struct took *t)
{
	struct plan plan = {0};
	struct req_cursor cursor = {.root = 1};
	struct err err;

	plan_root_str(&plan, folder_at(f, "b"));
	plan_root_str(&plan, f->path);
	cursor.path = bytes_str(folder_at(f, behind));
	assert_ok(plan_add_cursor(&plan, &cursor, &err), err);
	plan_go(&plan, (struct req_start){.collect = true});
	kit_run(&plan, t);
}

static void a_walk_goes_on_behind_a_cursor(void **state UNUSED)
{
	struct folder f;
	struct took t;

	lay_in_order(&f);
	for (size_t i = 0; i < ARRAY_SIZE(in_order); i++) {
		size_t n = 0;

		resume(&f, in_order[i], &t);
		for (size_t k = 0; k < ARRAY_SIZE(in_order); k++) {
			bool there = took_file(&t, folder_at(&f, in_order[k]));

			assert_int_equal(there, k > i);
			n += there;
		}
		assert_int_equal(took_count(&t, REC_FILE), n);
		assert_true(took_covered(&t, "skipped", "resumed") > 1);
		assert_int_equal(took_covered(&t, "failed", "resumed"), 0);
		took_release(&t);
	}
	folder_remove(&f);
}

/* ---- what the console has already ---- */

#define HAD_SIZE ((size_t)600000)
#define HAD	 ((size_t)300001)

enum had { HAD_SAME, HAD_WHOLE, HAD_OTHER_BYTES, HAD_OTHER_TIME, HAD_SHRUNK };

static void collect_had(struct folder *f, const uint8_t *bytes, enum had had,
			struct took *t)
{
	const char *path = folder_at(f, "core");
	uint8_t digest[SHA256_LEN];
	struct record rec = {.type = REQ_HAVE};
	struct req_have *have = &rec.u.have;
	struct plan plan = {0};
	struct rec_file now = {0};
	struct err err;
	int fd = open(path, O_RDONLY);

	assert_true(fd >= 0 && file_stat(fd, &now));
	close_fd(fd);
	hash_sha256(bytes_of(bytes, had == HAD_WHOLE ? HAD_SIZE : HAD), digest);
	*have = (struct req_have){
		.path = bytes_str(path),
		.size = now.size + (had == HAD_SHRUNK ? 100 : 0),
		.ino = now.ino,
		.dev = now.dev,
		.mtime_ns = now.mtime_ns,
		.ctime_ns = now.ctime_ns - (had == HAD_OTHER_TIME),
		.bytes = had == HAD_WHOLE ? HAD_SIZE : HAD,
		.sha256 = bytes_of(digest, sizeof digest),
		.whole = had == HAD_WHOLE,
	};
	digest[0] ^= had == HAD_OTHER_BYTES;
	plan_root_str(&plan, f->path);
	assert_ok(plan_add(&plan, &rec, &err), err);
	plan_go(&plan, (struct req_start){.collect = true});
	kit_run(&plan, t);
}

/* Only the rest is sent; the hash is of all of it. */
static void what_the_console_has_is_not_sent_again(void **state UNUSED)
{
	uint8_t *bytes = noise(HAD_SIZE), digest[SHA256_LEN];
	struct folder f;
	struct took t;

	folder_make(&f);
	folder_write(&f, "core", bytes_of(bytes, HAD_SIZE));
	hash_sha256(bytes_of(bytes, HAD_SIZE), digest);
	for (enum had had = HAD_SAME; had <= HAD_SHRUNK; had++) {
		uint64_t from = had == HAD_SAME ? HAD : 0;

		collect_had(&f, bytes, had, &t);
		if (had == HAD_WHOLE) {
			assert_int_equal(took_count(&t, REC_FILE), 0);
			assert_true(took_covered(&t, "collected", "known"));
			took_release(&t);
			continue;
		}
		assert_int_equal(took_nth(&t, REC_FILE, 0)->u.file.from, from);
		assert_int_equal(took_nth(&t, REC_CHUNK, 0)->u.chunk.offset,
				 from);
		assert_true(bytes_eq(took_nth(&t, REC_FILE_END, 0)
					     ->u.file_end.sha256,
				     bytes_of(digest, sizeof digest)));
		assert_int_equal(took_nth(&t, REC_FILE_END, 0)->u.file_end.size,
				 HAD_SIZE);
		assert_int_equal(took_covered(&t, "collected", "anew"),
				 had != HAD_SAME);
		took_release(&t);
	}
	folder_remove(&f);
	free(bytes);
}

static void a_cursor_waits_for_the_slowest(void **state UNUSED)
{
	static const char *const paths[] = {"/a", "/b", "/c", "/d"};
	struct cursor_step *steps[ARRAY_SIZE(paths)];
	static char top[] = "/", *root[] = {top};
	struct plan plan = {.roots = root, .n_roots = 1};
	struct budget budget = {0};
	struct coverage coverage;
	struct cursor c;

	coverage_init(&coverage, &plan, NULL, &budget);
	cursor_init(&c, &coverage);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		/* passed over on the way to it, and then done */
		(void)coverage_into(&c.open);
		coverage_add(&coverage, 0, REASON_SYMLINK, bytes_str("/s"), 0);
		steps[i] = cursor_begin(&c, 0, bytes_str(paths[i]));
		(void)coverage_into(cursor_ledger(steps[i]));
		coverage_add(&coverage, 0, REASON_SCANNED, bytes_str(paths[i]),
			     10);
		(void)coverage_into(NULL);
	}
	cursor_done(&c, steps[2]);
	cursor_done(&c, steps[1]);
	assert_false(c.news);
	/* Nothing counts before the cursor is behind it. */
	assert_int_equal(coverage.done, 0);
	assert_int_equal(coverage.tallies[REASON_SYMLINK].files, 0);
	cursor_done(&c, steps[0]);
	assert_true(c.news);
	assert_int_equal(coverage.done, 3);
	assert_int_equal(coverage.done_bytes, 30);
	assert_int_equal(coverage.tallies[REASON_SYMLINK].files, 3);
	assert_true(bytes_eq(buf_bytes(&c.at), bytes_str("/c")));
	cursor_done(&c, steps[3]);
	assert_true(bytes_eq(buf_bytes(&c.at), bytes_str("/d")));
	cursor_release(&c);
	coverage_release(&coverage);
}

/* How many records of that type there are. */
static size_t count_records(struct bytes rest, enum rec_type type)
{
	struct record rec;
	size_t used, n = 0;
	struct err err;

	while (record_next(rest, &used, &rec, &err) == ERR_OK && used) {
		n += rec.type == type;
		rest = bytes_skip(rest, used);
	}
	return n;
}

/* A step that is done, whose records have waited long enough to go at once. */
static void send_a_step(struct out *out)
{
	static char top[] = "/", *root[] = {top};
	struct plan plan = {.roots = root, .n_roots = 1};
	struct budget budget = {0};
	struct coverage coverage;
	struct cursor_step *step;
	struct cursor c;

	coverage_init(&coverage, &plan, out, &budget);
	cursor_init(&c, &coverage);
	step = cursor_begin(&c, 0, bytes_str("/a"));
	(void)coverage_into(cursor_ledger(step));
	coverage_add(&coverage, 0, REASON_SCANNED, bytes_str("/a"), 10);
	(void)coverage_into(NULL);
	cursor_done(&c, step);
	out->flushed_ns = 0;
	cursor_send(&c, out, NULL, NULL);
	assert_true(out_flush(out));
	cursor_release(&c);
	coverage_release(&coverage);
}

/* Whoever has the one, and no more, would count its files twice. */
static void coverage_comes_with_its_cursor(void **state UNUSED)
{
	uint8_t piece[4096];
	struct zreader z;
	struct buf plain;
	struct out out;
	int fds[2];
	ssize_t n;
	struct err err;

	/* Each write is a piece of its own. */
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	out_init(&out, fds[1], OUT_LEVEL_LIVE);
	send_a_step(&out);
	close_fd(fds[1]);
	buf_init(&plain, 1 << 20);
	zreader_init(&z);
	while ((n = recv(fds[0], piece, sizeof piece, 0)) > 0) {
		struct bytes in = bytes_of(piece, (size_t)n);

		assert_ok(zreader_add(&z, &in, &plain, &err), err);
		assert_int_equal(count_records(buf_bytes(&plain), REC_COVERAGE),
				 count_records(buf_bytes(&plain), REC_CURSOR));
	}
	assert_int_equal(count_records(buf_bytes(&plain), REC_CURSOR), 1);
	zreader_release(&z);
	buf_release(&plain);
	out_release(&out);
	close_fd(fds[0]);
}

/* Paths are those of the image's host, and nothing leads out of it. */
static void an_image_is_a_world_of_its_own(void **state UNUSED)
{
	static const char *const ways[] = {"/in/file", "/abs/file", "/up/file",
					   "/out/file", "/../in/file"};
	const struct deadline never = {.mono_ns = INT64_MAX};
	struct folder f;
	struct took t;
	struct top top;
	struct err err;

	folder_make(&f);
	assert_int_equal(mkdir(folder_at(&f, "img"), 0700), 0);
	assert_int_equal(mkdir(folder_at(&f, "img/in"), 0700), 0);
	assert_int_equal(mkdir(folder_at(&f, "img/etc"), 0700), 0);
	folder_write(&f, "img/in/file", hello);
	folder_write(&f, "img/etc/passwd", bytes_str("boss:x:0:0:::\n"));
	folder_write(&f, "file", hello); /* outside */
	assert_int_equal(symlink("/in", folder_at(&f, "img/abs")), 0);
	assert_int_equal(symlink("../../../in", folder_at(&f, "img/up")), 0);
	assert_int_equal(symlink(f.path, folder_at(&f, "img/out")), 0);
	for (unsigned plain = 0; plain < 2; plain++) {
		struct run_limits with = {0};
		struct plan plan = {0};

		assert_ok(top_open_dir(&top, folder_at(&f, "img"), &err), err);
		top.plain |= plain;
		with.top = &top;
		for (size_t i = 0; i < ARRAY_SIZE(ways); i++)
			plan_root_str(&plan, ways[i]);
		plan_root_str(&plan, "/");
		plan_go(&plan, (struct req_start){.collect = true});
		kit_run_within(&plan, never, &with, &t);
		assert_non_null(took_file(&t, "/in/file"));
		assert_true(bytes_eq(took_file(&t, "/in/file")->owner,
				     bytes_str("boss")));
		assert_null(took_file(&t, "/out/file"));
		assert_null(took_file(&t, "/file"));
		if (!top.plain) {
			assert_non_null(took_file(&t, "/abs/file"));
			assert_non_null(took_file(&t, "/up/file"));
		}
		assert_int_equal(took_covered(&t, "skipped", "symlink"), 3);
		took_release(&t);
		top_release(&top);
	}
	folder_remove(&f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_no_file_is_counted_not_opened),
		cmocka_unit_test(a_device_is_never_read),
		cmocka_unit_test(names_are_any_bytes),
		cmocka_unit_test(a_bottomless_folder_is_left_at_the_limit),
		cmocka_unit_test(paths_past_path_max_are_reached),
		cmocka_unit_test(a_root_is_never_followed_its_parents_are),
		cmocka_unit_test(made_up_file_systems_are_not_entered),
		cmocka_unit_test(the_mount_table_is_asked_first),
		cmocka_unit_test(a_folder_mounted_in_itself_ends),
		cmocka_unit_test(what_a_mount_hides_is_named),
		cmocka_unit_test(what_may_not_be_read_is_listed_then_counted),
		cmocka_unit_test(sizes_and_holes_are_respected),
		cmocka_unit_test(a_walk_finds_its_way_back),
		cmocka_unit_test(a_crowded_folder_is_walked_in_order),
		cmocka_unit_test(a_walk_goes_on_behind_a_cursor),
		cmocka_unit_test(what_the_console_has_is_not_sent_again),
		cmocka_unit_test(a_cursor_waits_for_the_slowest),
		cmocka_unit_test(coverage_comes_with_its_cursor),
		cmocka_unit_test(an_image_is_a_world_of_its_own),
	};

	hash_lib_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
