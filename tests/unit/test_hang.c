/* SPDX-License-Identifier: Apache-2.0 */
/* Files whose opening or reading never ends: here by a listener of
 * fanotify(7) that is asked for leave and does not answer, or on a file system
 * of user space that nobody serves. And files that are written to meanwhile,
 * by a listener that is asked before each read. */
#include "unit/unit.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <sys/fanotify.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include "base/hash.h"
#include "base/time.h"
#include "probe/helper.h"
#include "probe/torn.h"
#include "unit/probe_kit.h"

static const struct bytes evil = {(const uint8_t *)"EVIL", 4};

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
	int fd = kit_listener();
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
	kit_hold(fd, FAN_OPEN_PERM, folder_at(&f, "held"));
	kit_hold(fd, FAN_ACCESS_PERM, folder_at(&f, "mute"));
	kit_hold(fd, FAN_OPEN_PERM | FAN_ONDIR, folder_at(&f, "shut"));
	kit_hold(fd, FAN_ACCESS_PERM | FAN_ONDIR, folder_at(&f, "blank"));
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
	kit_let_go();
	folder_remove(&f);
}

static void a_few_may_hang_and_no_more(void **state UNUSED)
{
	const unsigned n = HELPERS_LOST_MAX + 4;
	int fd = kit_listener();
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
		kit_hold(fd, FAN_OPEN_PERM, folder_at(&f, name));
	}
	hunt(&f, &t);
	assert_int_equal(took_covered(&t, "failed", "hang"), HELPERS_LOST_MAX);
	assert_int_equal(took_covered(&t, "skipped", "stopped"), 1);
	done = took_nth(&t, REC_DONE, 0);
	assert_false(done->u.done.complete);
	assert_true(bytes_eq(done->u.done.reason, bytes_str("host-hangs")));
	took_release(&t);
	kit_let_go();
	folder_remove(&f);
}

/* Whose run is over does not wait for a file that hangs. */
static void a_deadline_is_kept(void **state UNUSED)
{
	const struct run_limits limits = {0};
	struct plan plan = {0};
	int fd = kit_listener();
	const struct record *done;
	struct folder f;
	struct took t;

	if (fd < 0)
		skip();
	folder_make(&f);
	folder_write(&f, "held", evil);
	kit_hold(fd, FAN_OPEN_PERM, folder_at(&f, "held"));
	plan_root_str(&plan, f.path);
	plan_go(&plan, (struct req_start){.collect = true});
	kit_run_within(&plan, deadline_in(NS_PER_S, NULL), &limits, &t);
	assert_int_equal(took_covered(&t, "failed", "hang"), 0);
	done = took_nth(&t, REC_DONE, 0);
	assert_true(bytes_eq(done->u.done.reason, bytes_str("deadline")));
	took_release(&t);
	kit_let_go();
	folder_remove(&f);
}

/* Writes through a mapping whenever the file is read. */
struct scribe {
	int listener, stop; /* stop: the other end is closed */
	volatile uint8_t *at;
	bool writes;
};

static void *scribble(void *arg)
{
	struct scribe *s = arg;
	struct pollfd fds[] = {{.fd = s->listener, .events = POLLIN},
			       {.fd = s->stop, .events = POLLIN}};

	while (poll(fds, ARRAY_SIZE(fds), -1) > 0 && !fds[1].revents) {
		struct fanotify_event_metadata event;
		struct fanotify_response answer = {.response = FAN_ALLOW};

		if (read(s->listener, &event, sizeof event) != sizeof event)
			break;
		if (s->writes)
			++*s->at;
		answer.fd = event.fd;
		(void)!write(s->listener, &answer, sizeof answer);
		close_fd(event.fd);
	}
	return NULL;
}

/* How many files of a hunt, or else of a collection, are said to have
 * changed. */
static uint64_t changed_under(const struct folder *f, struct scribe *s,
			      bool hunts)
{
	struct plan plan = {0};
	pthread_t thread;
	uint64_t n;
	int fds[2];
	struct took t;

	assert_int_equal(pipe(fds), 0);
	s->stop = fds[0];
	assert_int_equal(pthread_create(&thread, NULL, scribble, s), 0);
	if (hunts) {
		hunt(f, &t);
	} else {
		plan_root_str(&plan, f->path);
		plan_go(&plan, (struct req_start){.collect = true});
		kit_run(&plan, &t);
	}
	close_fd(fds[1]);
	(void)pthread_join(thread, NULL);
	close_fd(fds[0]);
	n = took_covered(&t, hunts ? "scanned" : "collected", "changed");
	if (hunts)
		assert_int_equal(took_file(&t, folder_at(f, "mapped"))->changed,
				 n == 1);
	took_release(&t);
	return n;
}

/* The page is dirty before the file is opened: its times do not change. */
static void a_write_through_a_mapping_is_seen(void **state UNUSED)
{
	struct scribe s = {.listener = kit_listener()};
	struct folder f;
	uint8_t *at;
	int fd;

	if (s.listener < 0)
		skip();
	folder_make(&f);
	folder_write(&f, "mapped", bytes_str("EVIL and a byte: 0"));
	folder_write(&f, "other", evil);
	fd = open(folder_at(&f, "mapped"), O_RDWR);
	at = mmap(NULL, 18, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	assert_true(at != MAP_FAILED);
	close_fd(fd); /* what is mapped stays so */
	s.at = at + 17;
	kit_hold(s.listener, FAN_ACCESS_PERM, folder_at(&f, "mapped"));
	++*s.at;
	for (unsigned hunts = 0; hunts < 2; hunts++) {
		s.writes = false;
		assert_int_equal(changed_under(&f, &s, hunts), 0);
		s.writes = true;
		assert_int_equal(changed_under(&f, &s, hunts), 1);
	}
	(void)munmap(at, 18);
	kit_let_go();
	folder_remove(&f);
}

static void maps_tell_what_is_written_to(void **state UNUSED)
{
	struct writers w;

	writers_init(&w);
	writers_add(&w, bytes_str(
		"55d000-55e000 rw-p 00000000 08:01 7  /private\n"
		"55d000-55e000 r--s 00000000 08:01 8  /read only\n"
		"55d000-55e000 rw-s 00000000 00:00 0  /dev/zero (deleted)\n"
		"55d000-55e000 rw-s 0000a000 08:01 9  /var/log/a journal\n"
		"nonsense\n55d000-55e000 rw-s 0 fd:0a 10 /b"));
	assert_int_equal(w.n, 2);
	assert_true(writers_have(&w, makedev(8, 1), 9, bytes_str("")));
	assert_true(writers_have(&w, makedev(0xfd, 10), 10, bytes_str("")));
	assert_true(writers_have(&w, 1, 9, bytes_str("/var/log/a journal")));
	assert_false(writers_have(&w, 1, 9, bytes_str("/var/log/b")));
	assert_false(writers_have(&w, makedev(8, 1), 7, bytes_str("")));
	writers_release(&w);
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
	m.listener = kit_listener();
	m.fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (m.listener < 0 || m.fuse < 0)
		return 77;
	kit_hold(m.listener, FAN_OPEN_PERM, folder_at(f, "a"));
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
#define LISTENS(name) cmocka_unit_test_teardown(name, kit_end_listening)
	static const struct CMUnitTest tests[] = {
		LISTENS(what_hangs_is_named_and_the_walk_goes_on),
		LISTENS(a_few_may_hang_and_no_more),
		LISTENS(a_deadline_is_kept),
		cmocka_unit_test(a_mount_that_came_later_hangs_nothing),
		LISTENS(a_write_through_a_mapping_is_seen),
		cmocka_unit_test(maps_tell_what_is_written_to),
	};

	hash_lib_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
