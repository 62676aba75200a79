/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Practice hosts: up, reached with ssh as anybody would, down, and nothing
 * left; then the manifest's errors and ending a tree of processes.
 */
#include "unit/unit.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "base/time.h"
#include "range/marker.h"
#include "range/process.h"
#include "range/range.h"
#include "range/scenario.h"
#include "range/server.h"

#define NOWHERE "/nonexistent/sshd"

struct place {
	char tmp[64]; /* a folder of our own */
	char dir[96]; /* the range, inside */
	char scenario[PATH_MAX];
	struct buf said;
};

static struct place place;

static int set_up(void **state)
{
	const char *src = getenv("HALLIGAN_SRCDIR");

	(void)state;
	snprintf(place.tmp, sizeof place.tmp, "/tmp/halligan-range.XXXXXX");
	assert_non_null(mkdtemp(place.tmp));
	snprintf(place.dir, sizeof place.dir, "%s/range", place.tmp);
	snprintf(place.scenario, sizeof place.scenario,
		 "%s/rules/scenarios/first-watch", src ? src : ".");
	buf_init(&place.said, 65536);
	return 0;
}

static int tear_down(void **state)
{
	struct err err;

	(void)state;
	if (marker_is_there(place.dir))
		assert_ok(range_down(place.dir, &place.said, &err), err);
	assert_ok(fs_remove_tree(place.tmp, &err), err);
	buf_release(&place.said);
	unsetenv("HALLIGAN_SSHD");
	return 0;
}

static bool is_there(const char *below_dir)
{
	char path[PATH_MAX];
	struct stat st;

	snprintf(path, sizeof path, "%s/%s", place.dir, below_dir);
	return lstat(path, &st) == 0;
}

static struct buf read_below(const char *below_dir)
{
	char path[PATH_MAX];
	struct err err;
	struct buf b;

	snprintf(path, sizeof path, "%s/%s", place.dir, below_dir);
	buf_init(&b, 65536);
	assert_ok(fs_read(path, &b, &err), err);
	return b;
}

/* Puts the range up, or skips where this machine or user cannot. */
static void put_up(void)
{
	struct err err;
	enum err_code code;

	code = range_up(place.scenario, place.dir, &place.said, &err);
	if (code == ERR_UNSUPPORTED) {
		print_message("skipped: %s\n", err.msg);
		skip();
	}
	assert_ok(code, err);
}

/* The first line of hosts.txt: user@127.0.0.1:port, name, # tree. */
static void first_host(char target[128], char port[16])
{
	struct buf b = read_below("hosts.txt");
	struct bytes rest = buf_bytes(&b), name, where;
	char *s, *colon;

	assert_true(bytes_split(&rest, '\t', &where));
	assert_true(bytes_split(&rest, '\t', &name));
	assert_true(bytes_eq(name, bytes_str("web01")));
	s = bytes_to_str(where);
	colon = strrchr(s, ':');
	assert_non_null(colon);
	*colon = '\0';
	snprintf(target, 128, "%s", s);
	snprintf(port, 16, "%s", colon + 1);
	free(s);
	buf_release(&b);
}

/* Logs in with DIR/home's key and known_hosts and touches `proof`. */
static enum err_code log_in(const char *proof, struct err *err)
{
	char key[PATH_MAX], known[PATH_MAX], log[PATH_MAX];
	char target[128], port[16];
	const char *argv[] = {"/usr/bin/ssh",
			      "-F",
			      "none",
			      "-i",
			      key,
			      "-o",
			      known,
			      "-o",
			      "BatchMode=yes",
			      "-o",
			      "StrictHostKeyChecking=yes",
			      "-p",
			      port,
			      target,
			      "touch",
			      proof,
			      NULL};

	first_host(target, port);
	snprintf(key, sizeof key, "%s/home/.ssh/id_ed25519", place.dir);
	snprintf(known, sizeof known,
		 "UserKnownHostsFile=%s/home/.ssh/known_hosts", place.dir);
	snprintf(log, sizeof log, "%s/ssh.log", place.tmp);
	return process_run(argv, log, err);
}

static void range_is_reached_with_its_home_and_leaves_nothing(void **state)
{
	char proof[PATH_MAX];
	struct marker m;
	struct err err;
	struct stat st;

	(void)state;
	put_up();
	snprintf(proof, sizeof proof, "%s/proof", place.tmp);
	assert_ok(log_in(proof, &err), err);
	assert_int_equal(0, lstat(proof, &st));
	assert_ok(marker_load(place.dir, &m, &err), err);
	assert_int_equal(2, m.n_servers);
	assert_true(process_is_running(m.servers[0]));
	assert_true(process_is_running(m.servers[1]));
	assert_ok(range_down(place.dir, &place.said, &err), err);
	assert_false(process_is_running(m.servers[0]));
	assert_false(process_is_running(m.servers[1]));
	assert_int_not_equal(0, lstat(place.dir, &st));
	assert_int_equal(ENOENT, errno);
}

static void range_lays_out_samples_with_their_times(void **state)
{
	char path[PATH_MAX], when[TIME_TEXT_MAX];
	struct stat st;
	struct err err;
	struct buf b;

	(void)state;
	put_up();
	snprintf(path, sizeof path, "%s/hosts/db01/srv/lab/lib/netplan-helperd",
		 place.dir);
	assert_int_equal(0, lstat(path, &st));
	assert_int_equal(0644, st.st_mode & 07777);
	assert_string_equal(
		"2026-11-16T04:02:18+00:00",
		time_format(time_from_spec(st.st_mtim), TIME_S, when));
	b = read_below("hosts/db01/srv/lab/lib/netplan-helperd");
	assert_memory_equal("\x7f"
			    "ELF",
			    b.p, 4);
	assert_int_equal(0, b.p[16] | b.p[17]); /* e_type: nothing to run */
	assert_non_null(memmem(b.p, b.n, "SAMPLE DRYWELL/1", 16));
	buf_release(&b);
	assert_ok(range_down(place.dir, &place.said, &err), err);
}

static void range_refuses_a_folder_in_use(void **state)
{
	char mine[PATH_MAX];
	struct err err;

	(void)state;
	put_up();
	assert_ok(range_down(place.dir, &place.said, &err), err);
	snprintf(mine, sizeof mine, "%s/mine", place.dir);
	assert_ok(fs_make_dirs(mine, 0700, &err), err);
	assert_code(range_up(place.scenario, place.dir, &place.said, &err),
		    ERR_EXISTS);
	assert_true(is_there("mine"));
	assert_false(is_there("hosts"));
	assert_int_equal(0, rmdir(mine));
	put_up();
	assert_code(range_up(place.scenario, place.dir, &place.said, &err),
		    ERR_EXISTS);
	assert_non_null(strstr(err.msg, "range down"));
	assert_int_equal(0, mkdir(mine, 0700));
	assert_ok(range_down(place.dir, &place.said, &err), err);
	assert_true(is_there("mine"));
	assert_false(is_there("hosts"));
	assert_false(is_there("home"));
	assert_false(marker_is_there(place.dir));
}

static void range_down_touches_no_folder_without_a_range(void **state)
{
	char home[PATH_MAX];
	struct err err;

	(void)state;
	snprintf(home, sizeof home, "%s/home", place.dir);
	assert_ok(fs_make_dirs(home, 0700, &err), err);
	assert_code(range_down(place.dir, &place.said, &err), ERR_NOTFOUND);
	assert_true(is_there("home"));
}

static void range_up_names_the_package_when_sshd_is_missing(void **state)
{
	struct err err;

	(void)state;
	setenv("HALLIGAN_SSHD", NOWHERE, 1);
	assert_code(range_up(place.scenario, place.dir, &place.said, &err),
		    ERR_UNSUPPORTED);
	assert_non_null(strstr(err.msg, "openssh-server"));
	assert_false(is_there(""));
}

static void range_up_undoes_what_it_made_when_sshd_fails(void **state)
{
	enum err_code code;
	struct err err;

	(void)state;
	setenv("HALLIGAN_SSHD", "/bin/false", 1);
	code = range_up(place.scenario, place.dir, &place.said, &err);
	if (code == ERR_UNSUPPORTED)
		skip(); /* this user cannot log in */
	assert_code(code, ERR_IO);
	assert_non_null(strstr(err.msg, "web01"));
	assert_false(is_there(""));
}

static void range_down_spares_a_process_with_a_used_again_id(void **state)
{
	struct marker m;
	struct err err;

	(void)state;
	assert_ok(fs_make_dirs(place.dir, 0700, &err), err);
	assert_ok(marker_create(place.dir, &m, &err), err);
	/* Our own id with a start time that is not ours. */
	m.servers[m.n_servers++] = (struct process){getpid(), 1};
	assert_ok(marker_save(place.dir, &m, &err), err);
	assert_ok(range_down(place.dir, &place.said, &err), err);
}

static void scenario_open_lists_what_there_is(void **state)
{
	struct scenario s;
	struct err err;

	(void)state;
	assert_code(scenario_open(&s, "no-such-watch", &err), ERR_NOTFOUND);
	assert_non_null(strstr(err.msg, "\"no-such-watch\""));
	scenario_release(&s);
	assert_code(scenario_open(&s, "..", &err), ERR_NOTFOUND);
	scenario_release(&s);
}

static void manifest_errors_name_file_and_line(void **state)
{
	static const struct {
		const char *manifest, *where;
	} bad[] = {
		{"title T\nhunt /srv\nhost a\n", "manifest:2:"},
		{"title T\nhost A\n", "manifest:2:"},
		{"title T\nhost a\nhunt srv\n", "manifest:3:"},
		{"title T\nhost a\nhunt /srv/../../etc\n", "manifest:3:"},
		{"title T\nhost a\nfile 0644 2026-11-16T04:02:18Z /a ../b\n",
		 "manifest:3:"},
		{"title T\nhost a\nfile 0644 2026-11-16T04:02:18Z /a\n",
		 "manifest:3:"},
		{"title T\nhost a\nelf 0648 2026-11-16T04:02:18Z /a m\n",
		 "manifest:3:"},
		{"title T\nhost a\nelf 0644 yesterday /a m\n", "manifest:3:"},
		{"title T\nhost a\nplant /a\n", "manifest:3:"},
		{"host a\n", "manifest:1:"},
	};
	char path[PATH_MAX];
	struct err err;

	(void)state;
	snprintf(path, sizeof path, "%s/manifest", place.tmp);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct scenario s;

		assert_ok(fs_replace(path, bytes_str(bad[i].manifest), 0600,
				     &err),
			  err);
		assert_code(scenario_read(&s, place.tmp, &err), ERR_FORMAT);
		assert_non_null(strstr(err.msg, bad[i].where));
		scenario_release(&s);
	}
}

/* Gone, or a zombie that only its new parent may reap. */
static bool is_gone(pid_t pid)
{
	char path[64];
	struct err err;
	struct buf b;
	bool gone;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	buf_init(&b, 4096);
	gone = fs_read(path, &b, &err) != ERR_OK ||
	       strstr(buf_str(&b), ") Z ") != NULL;
	buf_release(&b);
	return gone;
}

/* A script that starts a child, says so on a FIFO, and would never end. */
static void process_end_tree_ends_children_too(void **state)
{
	static const char script_text[] = "cat \"$1\" &\n"
					  "echo $! > \"$2\"\n"
					  "wait\n";
	char script[PATH_MAX], never[PATH_MAX], ready[PATH_MAX];
	const char *argv[] = {"/bin/sh", script, never, ready, NULL};
	struct process parent;
	struct bytes pid;
	uint64_t number;
	struct err err;
	struct buf b;

	(void)state;
	snprintf(script, sizeof script, "%s/script", place.tmp);
	snprintf(never, sizeof never, "%s/never", place.tmp);
	snprintf(ready, sizeof ready, "%s/ready", place.tmp);
	assert_int_equal(0, mkfifo(never, 0600));
	assert_int_equal(0, mkfifo(ready, 0600));
	assert_ok(fs_replace(script, bytes_str(script_text), 0600, &err), err);
	assert_ok(process_start(argv, "/dev/null", &parent, &err), err);
	buf_init(&b, 64);
	assert_ok(fs_read(ready, &b, &err), err);
	pid = bytes_trim(buf_bytes(&b));
	assert_true(bytes_to_u64(pid, &number));
	assert_int_equal(0, kill((pid_t)number, 0));
	assert_ok(process_end_tree(parent, &err), err);
	assert_false(process_is_running(parent));
	assert_true(is_gone((pid_t)number));
	buf_release(&b);
}

/*
 * A range that had to make /run/sshd removes it; done here for all, so that
 * no other test that runs a root sshd at this moment loses it.
 */
static int group_set_up(void **state)
{
	(void)state;
	if (geteuid() == 0 && mkdir("/run/sshd", 0755) != 0 && errno != EEXIST)
		return -1;
	return 0;
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		T(range_is_reached_with_its_home_and_leaves_nothing),
		T(range_lays_out_samples_with_their_times),
		T(range_refuses_a_folder_in_use),
		T(range_down_touches_no_folder_without_a_range),
		T(range_up_names_the_package_when_sshd_is_missing),
		T(range_up_undoes_what_it_made_when_sshd_fails),
		T(range_down_spares_a_process_with_a_used_again_id),
		T(scenario_open_lists_what_there_is),
		T(manifest_errors_name_file_and_line),
		T(process_end_tree_ends_children_too),
	};
#undef T

	return cmocka_run_group_tests(tests, group_set_up, NULL);
}
