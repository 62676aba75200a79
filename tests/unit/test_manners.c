/* SPDX-License-Identifier: Apache-2.0 */
/* How the static program treats a host while it is at work. */
#include "unit/unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/fs.h"
#include "unit/probe_child.h"

#define LIT(s)	    bytes_of(s, sizeof(s) - 1)
#define IOPRIO_IDLE 3

static const char any[] = "rule r { condition: true }";

/* A hunt that has read one file and then waits for days. */
static void start_stuck(struct child *c, const struct folder *f)
{
	struct req_budget budget = {.read_bytes_s = 1};
	uint8_t *bytes = noise(1 << 20);

	folder_write(f, "a", bytes_of(bytes, 1 << 20));
	folder_write(f, "b", bytes_of(bytes, 1 << 20));
	free(bytes);
	child_serve(c);
	child_say(c, REQ_BUDGET, &budget);
	child_ask(c, any, f->path, (struct req_start){.scan = true});
	child_await(c, REC_MATCH);
}

/* A file of /proc, as far as it is short. */
static void read_proc(pid_t pid, const char *name, char out[1024])
{
	char path[64];
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	n = read(fd, out, 1023);
	assert_true(n >= 0);
	out[n] = '\0';
	close_fd(fd);
}

/* The nineteenth field; the name of the second may hold anything. */
static long nice_of(pid_t tid)
{
	char stat[1024];
	const char *at;

	read_proc(tid, "stat", stat);
	at = strrchr(stat, ')');
	assert_non_null(at);
	for (unsigned field = 2; field < 19; field++) {
		at = strchr(at + 1, ' ');
		assert_non_null(at);
	}
	return strtol(at, NULL, 10);
}

static void check_queues(pid_t tid)
{
	long io = syscall(SYS_ioprio_get, 1, (int)tid);

	assert_int_equal(nice_of(tid), 19);
	assert_int_equal(io >> 13, IOPRIO_IDLE);
}

static void it_is_last_in_every_queue(void **state UNUSED)
{
	char path[64], score[1024];
	struct dirent *d;
	struct folder f;
	struct child c;
	unsigned n = 0;
	DIR *tasks;

	folder_make(&f);
	start_stuck(&c, &f);
	(void)snprintf(path, sizeof path, "/proc/%d/task", (int)c.pid);
	tasks = opendir(path);
	assert_non_null(tasks);
	while ((d = readdir(tasks))) {
		if (d->d_name[0] == '.')
			continue;
		check_queues((pid_t)strtol(d->d_name, NULL, 10));
		n++;
	}
	(void)closedir(tasks);
	assert_true(n > 1); /* its threads, too */
	read_proc(c.pid, "oom_score_adj", score);
	assert_int_equal(strtol(score, NULL, 10), 1000);
	c.to = close_fd(c.to);
	(void)child_end(&c);
	took_release(&c.took);
	folder_remove(&f);
}

/* Read long before it was written: the next reading shows. */
static void set_times(const char *path)
{
	const struct timespec times[2] = {{.tv_sec = 1000000000},
					  {.tv_sec = 1100000000}};

	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static bool was_read(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_atim.tv_sec != 1000000000;
}

static void reading_leaves_no_access_time(void **state UNUSED)
{
	struct folder f;
	struct child c;
	struct buf b;
	struct err err;

	folder_make(&f);
	folder_write(&f, "a", LIT("EVIL"));
	set_times(folder_at(&f, "a"));
	set_times(f.path);
	child_serve(&c);
	child_ask(&c, any, f.path,
		  (struct req_start){.scan = true, .collect = true});
	assert_int_equal(child_end(&c), 0);
	assert_true(took_match(&c.took, "r", folder_at(&f, "a")));
	assert_false(was_read(folder_at(&f, "a")));
	assert_false(was_read(f.path));
	took_release(&c.took);
	buf_init(&b, 16);
	assert_ok(fs_read(folder_at(&f, "a"), &b, &err), err);
	buf_release(&b);
	if (!was_read(folder_at(&f, "a")))
		print_message("nobody's reading leaves a time here\n");
	folder_remove(&f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_last_in_every_queue),
		cmocka_unit_test(reading_leaves_no_access_time),
	};

	if (!probe_find())
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
