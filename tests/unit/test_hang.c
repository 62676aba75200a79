/* SPDX-License-Identifier: Apache-2.0 */
/* Files whose opening or reading never ends: here by a listener of
 * fanotify(7) that is asked for leave and does not answer, or on a file system
 * of user space that nobody serves. */
#include "unit/unit.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/fanotify.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/hash.h"
#include "base/time.h"
#include "probe/helper.h"
#include "unit/probe_kit.h"

static const struct bytes evil = {(const uint8_t *)"EVIL", 4};

/* -1: this kernel, or who we are, does not let us listen. */
static int listener(void)
{
	int fd = fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC, O_RDONLY);

	if (fd < 0)
		print_message("no listener of fanotify(7) may be made here\n");
	return fd;
}

static void hold(int fd, uint64_t what, const char *path)
{
	assert_int_equal(
		fanotify_mark(fd, FAN_MARK_ADD, what, AT_FDCWD, path), 0);
}

static void hunt(const struct folder *f, struct took *t)
{
	struct plan plan = {0};

	plan_rules_str(&plan, "test.yar",
		       "rule r { strings: $a = \"EVIL\" condition: $a }");
	plan_root_str(&plan, f->path);
	plan.budget.file_timeout_s = 1;
	plan_go(&plan, (struct req_start){.scan = true, .context = 8});
	kit_run(&plan, t);
}

static void what_hangs_is_named_and_the_walk_goes_on(void **state UNUSED)
{
	static const char *const folders[] = {"shut", "blank"};
	int fd = listener();
	const struct record *done;
	struct folder f;
	struct took t;

	if (fd < 0)
		skip();
	folder_make(&f);
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		assert_int_equal(mkdir(folder_at(&f, folders[i]), 0700), 0);
	folder_write(&f, "a", evil);
	folder_write(&f, "held", evil);
	folder_write(&f, "mute", evil);
	folder_write(&f, "shut/below", evil);
	folder_write(&f, "blank/below", evil);
	folder_write(&f, "z", evil);
	hold(fd, FAN_OPEN_PERM, folder_at(&f, "held"));
	hold(fd, FAN_ACCESS_PERM, folder_at(&f, "mute"));
	hold(fd, FAN_OPEN_PERM | FAN_ONDIR, folder_at(&f, "shut"));
	hold(fd, FAN_ACCESS_PERM | FAN_ONDIR, folder_at(&f, "blank"));
	hunt(&f, &t);
	assert_true(took_covers_path(&t, "hang", folder_at(&f, "held")));
	assert_true(took_covers_path(&t, "hang", folder_at(&f, "mute")));
	assert_true(took_covers_path(&t, "hang", folder_at(&f, "shut")));
	assert_true(took_covers_path(&t, "hang", folder_at(&f, "blank")));
	assert_int_equal(took_covered(&t, "failed", "hang"), 4);
	assert_int_equal(took_covered(&t, "scanned", ""), 2);
	assert_true(took_match(&t, "r", folder_at(&f, "a")));
	assert_true(took_match(&t, "r", folder_at(&f, "z")));
	done = took_nth(&t, REC_DONE, 0);
	assert_true(done->u.done.complete);
	took_release(&t);
	close_fd(fd); /* all are let go */
	folder_remove(&f);
}

static void a_few_may_hang_and_no_more(void **state UNUSED)
{
	const unsigned n = HELPERS_LOST_MAX + 4;
	int fd = listener();
	const struct record *done;
	struct folder f;
	struct took t;

	if (fd < 0)
		skip();
	folder_make(&f);
	for (unsigned i = 0; i < n; i++) {
		char name[16];

		snprintf(name, sizeof name, "%02u", i);
		folder_write(&f, name, evil);
		hold(fd, FAN_OPEN_PERM, folder_at(&f, name));
	}
	hunt(&f, &t);
	assert_int_equal(took_covered(&t, "failed", "hang"), HELPERS_LOST_MAX);
	assert_int_equal(took_covered(&t, "skipped", "stopped"), 1);
	done = took_nth(&t, REC_DONE, 0);
	assert_false(done->u.done.complete);
	assert_true(bytes_eq(done->u.done.reason, bytes_str("host-hangs")));
	took_release(&t);
	close_fd(fd);
	folder_remove(&f);
}

/* Whose run is over does not wait for a file that hangs. */
static void a_deadline_is_kept(void **state UNUSED)
{
	const struct run_limits limits = {0};
	struct plan plan = {0};
	int fd = listener();
	const struct record *done;
	struct folder f;
	struct took t;

	if (fd < 0)
		skip();
	folder_make(&f);
	folder_write(&f, "held", evil);
	hold(fd, FAN_OPEN_PERM, folder_at(&f, "held"));
	plan_root_str(&plan, f.path);
	plan_go(&plan, (struct req_start){.collect = true});
	kit_run_within(&plan, deadline_in(NS_PER_S, NULL), &limits, &t);
	assert_int_equal(took_covered(&t, "failed", "hang"), 0);
	done = took_nth(&t, REC_DONE, 0);
	assert_true(bytes_eq(done->u.done.reason, bytes_str("deadline")));
	took_release(&t);
	close_fd(fd);
	folder_remove(&f);
}

/* A file system of user space that answers nothing, not even stat(2). */
struct dead_mount {
	int listener, fuse; /* fuse -1: it could not be mounted */
	const char *at;
};

static void *mount_when_asked(void *arg)
{
	struct dead_mount *m = arg;
	struct fanotify_event_metadata event;
	struct fanotify_response answer = {.response = FAN_ALLOW};
	char *how = xasprintf("fd=%d,rootmode=40000,user_id=0,group_id=0",
			      m->fuse);

	if (read(m->listener, &event, sizeof event) == sizeof event) {
		if (mount("dead", m->at, "fuse", MS_NOSUID | MS_NODEV, how))
			m->fuse = close_fd(m->fuse);
		answer.fd = event.fd;
		(void)!write(m->listener, &answer, sizeof answer);
		close_fd(event.fd);
	}
	free(how);
	return NULL;
}

/* Mounted when the walk opens the file before it: no mount table has it. In a
 * child, whose namespace it is; its exit status. */
static int meet_dead_mount(const struct folder *f)
{
	struct dead_mount m = {.at = folder_at(f, "b")};
	pthread_t thread;
	struct took t;
	bool ok;

	if (unshare(CLONE_NEWNS) != 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		return 77;
	m.listener = fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC, O_RDONLY);
	m.fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (m.listener < 0 || m.fuse < 0)
		return 77;
	hold(m.listener, FAN_OPEN_PERM, folder_at(f, "a"));
	if (pthread_create(&thread, NULL, mount_when_asked, &m) != 0)
		return 1;
	hunt(f, &t);
	ok = took_covers_path(&t, "hang", m.at) &&
	     took_covered(&t, "failed", "hang") == 1 &&
	     took_match(&t, "r", folder_at(f, "a")) &&
	     took_match(&t, "r", folder_at(f, "z")) &&
	     took_nth(&t, REC_DONE, 0)->u.done.complete;
	took_release(&t);
	(void)pthread_join(thread, NULL);
	if (m.fuse < 0)
		return 77;
	close_fd(m.fuse); /* whoever waits for it is let go */
	return ok ? 0 : 1;
}

static void a_mount_that_came_later_hangs_nothing(void **state UNUSED)
{
	struct folder f;
	int status;
	pid_t pid;

	folder_make(&f);
	assert_int_equal(mkdir(folder_at(&f, "b"), 0700), 0);
	folder_write(&f, "a", evil);
	folder_write(&f, "z", evil);
	pid = fork();
	if (pid == 0)
		_exit(meet_dead_mount(&f));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	folder_remove(&f);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
		print_message("skipped: no FUSE mounts allowed here\n");
		skip();
	}
	assert_int_equal(status, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_hangs_is_named_and_the_walk_goes_on),
		cmocka_unit_test(a_few_may_hang_and_no_more),
		cmocka_unit_test(a_deadline_is_kept),
		cmocka_unit_test(a_mount_that_came_later_hangs_nothing),
	};

	hash_lib_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
