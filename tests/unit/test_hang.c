/* SPDX-License-Identifier: Apache-2.0 */
/* Files whose opening or reading never ends: here by a listener of
 * fanotify(7) that is asked for leave and does not answer. */
#include "unit/unit.h"

#include <fcntl.h>
#include <sys/fanotify.h>
#include <sys/stat.h>

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

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_hangs_is_named_and_the_walk_goes_on),
		cmocka_unit_test(a_few_may_hang_and_no_more),
		cmocka_unit_test(a_deadline_is_kept),
	};

	hash_lib_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
