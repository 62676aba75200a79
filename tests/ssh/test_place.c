/* SPDX-License-Identifier: Apache-2.0 */
/* Placing the probe; that nothing of it stays behind, whatever happens. */
#include "ssh/sim.h"

#include <dirent.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#include "base/fs.h"

/* A probe that unlinks itself and says what it is told. */
#define ECHO "#!/bin/sh\nrm -f \"$0\"\nexec cat\n"

static struct bytes greeting; /* "hello, probe", compressed */

static void start_probe(struct sim *s, const char *config)
{
	pid_t sshd;

	s->input = greeting;
	sim_start(s, sshd_start(config, &sshd));
	sim_run(s);
}

static void start(struct sim *s, const char *config)
{
	sim_probe(s, ECHO);
	start_probe(s, config);
}

static void assert_ran(struct sim *s)
{
	if (s->fault.code != ERR_OK)
		fail_msg("%s: %s", err_name(s->fault.code), s->fault.msg);
	assert_true(s->exited);
	assert_int_equal(s->exit_status, 0);
	assert_true(bytes_eq(buf_bytes(&s->output), bytes_str("hello, probe")));
	assert_int_equal(sim_end(s), 0);
	await_all_gone();
}

static void assert_ended(struct sim *s, enum err_code code, const char *part)
{
	assert_fault(s, code, part);
	assert_int_equal(sim_end(s), 1);
	await_all_gone();
}

static void the_probe_runs_and_is_gone(void **state UNUSED)
{
	char path[256];
	struct sim s;

	sim_defaults(&s);
	start(&s, NULL);
	assert_true(s.placed);
	assert_int_equal(s.form, PROBE_ZST);
	assert_true(s.checked);
	assert_string_equal(s.system, "Linux x86_64");
	(void)snprintf(path, sizeof path, "%s", s.path);
	assert_ran(&s);
	assert_int_equal(path[0], '/');
	assert_int_not_equal(access(path, F_OK), 0);
}

/* Programs a bare host may lack, by a PATH of our own. */
static const char *with_path(const char *const *programs)
{
	static char before[200];
	struct err err;

	assert_ok(fs_remove_tree(in_fixture("bin"), &err), err);
	assert_int_equal(count_files("bin"), 0);
	for (; *programs; programs++) {
		char from[64], to[64];

		(void)snprintf(from, sizeof from, "/usr/bin/%s", *programs);
		if (access(from, X_OK) != 0)
			(void)snprintf(from, sizeof from, "/bin/%s", *programs);
		(void)snprintf(to, sizeof to, "bin/%s", *programs);
		assert_int_equal(symlink(from, in_fixture(to)), 0);
	}
	(void)snprintf(before, sizeof before, "PATH=%s", in_fixture("bin"));
	return before;
}

/* What was asked for is run after the shell commands of `before`. */
static const char *config_run(const char *before)
{
	static char line[300];
	char *script = xasprintf("%s\neval \"$SSH_ORIGINAL_COMMAND\"\n",
				 before);

	put_file("force", script, 0644);
	free(script);
	(void)snprintf(line, sizeof line, "ForceCommand /bin/sh %s",
		       in_fixture("force"));
	return line;
}

/* Of a host that is only looked at nothing is asked but who it is. */
static void a_look_places_nothing(void **state UNUSED)
{
	static const char *const old[] = {"echo", "uname", NULL};
	struct utsname u;
	struct sim s;

	assert_int_equal(uname(&u), 0);
	for (int can_tell_time = 1; can_tell_time >= 0; can_tell_time--) {
		sim_defaults(&s);
		s.start.looks_only = true;
		start(&s, can_tell_time
				  ? config_run("seq 10; echo HALLIGAN-1 x;")
				  : config_run(with_path(old)));
		assert_int_equal(s.fault.code, ERR_OK);
		assert_false(s.placed);
		assert_true(strncmp(s.system, u.sysname, strlen(u.sysname)) ==
			    0);
		assert_non_null(strstr(s.system, u.release));
		assert_string_equal(s.machine, u.machine);
		assert_string_equal(s.hostname, u.nodename);
		assert_int_equal(s.clock_ns > 0, can_tell_time);
		if (can_tell_time)
			assert_true(s.asked_ns < s.clock_ns &&
				    s.clock_ns < (uint64_t)time_now_ns());
		assert_int_equal(sim_end(&s), 0);
		await_all_gone();
	}
	sim_defaults(&s);
	s.start.looks_only = true;
	start(&s, "ForceCommand echo This account is not available; exit 1");
	assert_ended(&s, ERR_REMOTE, "before it said who the host is");
}

static void the_first_usable_folder_is_taken(void **state UNUSED)
{
	char folders[400], want[200];
	struct sim s;

	assert_int_equal(count_files("first"), 0);
	assert_int_equal(count_files("with blank"), 0);
	(void)snprintf(folders, sizeof folders,
		       "/nonexistent /dev/null \"%s\" %s",
		       in_fixture("with blank"), in_fixture("first"));
	(void)snprintf(want, sizeof want, "%s/.", in_fixture("with blank"));
	sim_defaults(&s);
	start(&s, config_folders(folders, NULL));
	assert_true(strncmp(s.path, want, strlen(want)) == 0);
	assert_ran(&s);
	assert_int_equal(count_files("first"), 0);
	assert_int_equal(count_files("with blank"), 0);
}

static void a_profile_may_talk(void **state UNUSED)
{
	struct sim s;

	assert_int_equal(count_files("first"), 0);
	sim_defaults(&s);
	start(&s, config_folders(in_fixture("first"),
				 "seq 10000; echo HALLIGAN-1 run; printf x"));
	assert_ran(&s);
	sim_defaults(&s);
	start(&s, config_folders(in_fixture("first"), "seq 100000"));
	assert_ended(&s, ERR_REMOTE, "prints too much");
	assert_int_equal(count_files("first"), 0);
}

static void login_shells_that_refuse_are_quoted(void **state UNUSED)
{
	struct sim s;

	sim_defaults(&s);
	start(&s, "ForceCommand echo This account is not available; exit 1");
	assert_ended(&s, ERR_REMOTE, "This account is not available");
	sim_defaults(&s);
	start(&s, "ForceCommand echo no entry >&2; exit 1");
	assert_ended(&s, ERR_REMOTE, "no entry");
}

/* All that it takes, but for what hashes. */
static const char *const no_hash[] = {"dd",    "sed",  "rm",   "wc",  "chmod",
				      "uname", "gzip", "head", "cat", NULL};

static void bare_hosts_will_do(void **state UNUSED)
{
	static const char *const no_gzip[] = {"dd",    "sed",  "rm",
					      "chmod", "uname", "head",
					      "sha256sum", "cat", NULL};
	static const char *const no_head[] = {"dd",    "sed",  "rm",
					      "chmod", "uname", "gzip",
					      "sha256sum", "cat", NULL};
	struct sim s;

	assert_int_equal(count_files("first"), 0);
	sim_defaults(&s);
	start(&s, config_folders(in_fixture("first"), with_path(no_gzip)));
	assert_int_equal(s.form, PROBE_RAW);
	assert_true(s.checked);
	assert_ran(&s);
	sim_defaults(&s);
	start(&s, config_folders(in_fixture("first"), with_path(no_head)));
	assert_int_equal(s.form, PROBE_GZ);
	assert_ran(&s);
	sim_defaults(&s);
	start(&s, config_folders(in_fixture("first"), with_path(no_hash)));
	assert_false(s.checked);
	assert_ran(&s);
	assert_int_equal(count_files("first"), 0);
}

/* From openssl(1), or from another one when what that says is none. */
static void any_program_that_hashes_will_do(void **state UNUSED)
{
	static const char *const only[] = {"dd",   "sed",   "rm",
					   "chmod", "uname", "gzip",
					   "head", "cat",   "openssl", NULL};
	static const char *const words[] = {
		"openssl() { echo unknown command; }",
		"openssl() { echo $(printf 0%.0s $(seq 64)); }",
		"openssl() { return 1; }"};
	struct sim s;

	assert_int_equal(count_files("first"), 0);
	if (have_program("/usr/bin/openssl")) {
		sim_defaults(&s);
		start(&s, config_folders(in_fixture("first"), with_path(only)));
		assert_true(s.checked);
		assert_ran(&s);
	}
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		sim_defaults(&s);
		start(&s, config_folders(in_fixture("first"), words[i]));
		assert_true(s.checked);
		assert_ran(&s);
	}
	assert_int_equal(count_files("first"), 0);
}

/* Shells an account may have: they see one line, and need not be a sh. */
static void login_shells_are_many(void **state UNUSED)
{
	static const char *const shells[] = {
		"/bin/bash", "/bin/dash", "/bin/tcsh", "/usr/bin/fish",
		"/bin/zsh",  "/bin/ksh",  "/bin/mksh"};

	for (size_t i = 0; i < ARRAY_SIZE(shells); i++) {
		char config[200];
		struct sim s;

		if (!have_program(shells[i]))
			continue;
		(void)snprintf(config, sizeof config,
			       "ForceCommand %s -c \"$SSH_ORIGINAL_COMMAND\"",
			       shells[i]);
		sim_defaults(&s);
		start(&s, config);
		if (s.fault.code != ERR_OK)
			print_message("with %s:\n", shells[i]);
		assert_ran(&s);
	}
}

/* What /bin/sh may be, and what each does with its traps when it runs the
 * probe, or cannot. */
static void any_posix_shell_will_do(void **state UNUSED)
{
	static const char *const shells[] = {
		"/bin/dash", "/bin/bash --posix", "/bin/busybox ash",
		"/bin/mksh", "/bin/ksh",          "/bin/yash",
	};

	for (size_t i = 0; i < ARRAY_SIZE(shells); i++) {
		char program[64], config[200], path[256];
		struct sim s;

		(void)snprintf(program, sizeof program, "%.*s",
			       (int)strcspn(shells[i], " "), shells[i]);
		if (!have_program(program))
			continue;
		(void)snprintf(config, sizeof config, "ForceCommand exec %s -s",
			       shells[i]);
		sim_defaults(&s);
		start(&s, config);
		if (s.fault.code != ERR_OK)
			print_message("with %s:\n", shells[i]);
		assert_ran(&s);
		sim_defaults(&s);
		sim_probe(&s, "#!/nonexistent\n");
		start_probe(&s, config);
		assert_true(s.exited);
		assert_int_not_equal(s.exit_status, 0);
		(void)snprintf(path, sizeof path, "%s", s.path);
		(void)sim_end(&s);
		await_all_gone();
		assert_int_equal(path[0], '/');
		assert_int_not_equal(access(path, F_OK), 0);
	}
}

static void no_usable_folder_is_said(void **state UNUSED)
{
	struct sim s;

	sim_defaults(&s);
	start(&s, config_folders("/nonexistent /dev/null /proc", NULL));
	assert_false(s.placed);
	assert_ended(&s, ERR_UNSUPPORTED,
		     "/nonexistent is no folder, /dev/null is no folder, "
		     "/proc cannot be written");
}

static void mount_noexec(void)
{
	if (unshare(CLONE_NEWNS) != 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("none", in_fixture("noexec"), "tmpfs", MS_NOEXEC, NULL) != 0)
		_exit(126);
}

static bool may_do(void (*mounting)(void))
{
	pid_t pid = fork();

	if (pid == 0) {
		mounting();
		_exit(0);
	}
	return child_wait(pid) == 0;
}

static void noexec_folders_are_passed_over(void **state UNUSED)
{
	char folders[400], want[200];
	struct sim s;

	assert_int_equal(count_files("noexec"), 0);
	assert_int_equal(count_files("first"), 0);
	if (!may_do(mount_noexec)) {
		print_message("may not mount here\n");
		skip();
	}
	sshd_before = mount_noexec;
	sim_defaults(&s);
	start(&s, config_folders(in_fixture("noexec"), NULL));
	(void)snprintf(want, sizeof want, "%s runs no programs (noexec)",
		       in_fixture("noexec"));
	assert_ended(&s, ERR_UNSUPPORTED, want);
	(void)snprintf(folders, sizeof folders, "%s %s", in_fixture("noexec"),
		       in_fixture("first"));
	(void)snprintf(want, sizeof want, "%s/.", in_fixture("first"));
	sim_defaults(&s);
	start(&s, config_folders(folders, NULL));
	assert_true(strncmp(s.path, want, strlen(want)) == 0);
	assert_ran(&s);
	sshd_before = NULL;
}

/* A probe too large to arrive in one piece. */
static char *large_probe(void)
{
	size_t n = 3u << 20;
	char *script = xmalloc(n + 1);
	uint32_t x = 1;

	memset(script, '#', n);
	memcpy(script, ECHO, strlen(ECHO));
	for (size_t i = strlen(ECHO); i < n; i++) {
		x = x * 1664525u + 1013904223u; /* so that gzip keeps it long */
		script[i] = (char)('A' + (x >> 24) % 26);
		if (i % 80 == 0)
			script[i] = '\n';
	}
	script[n] = '\0';
	return script;
}

static void mount_small(void)
{
	if (unshare(CLONE_NEWNS) != 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("none", in_fixture("small"), "tmpfs", 0, "size=1m") != 0)
		_exit(126);
}

static void full_folders_are_passed_over(void **state UNUSED)
{
	char *script = large_probe(), folders[400], want[200];
	struct sim s;

	assert_int_equal(count_files("small"), 0);
	assert_int_equal(count_files("first"), 0);
	if (!may_do(mount_small)) {
		print_message("may not mount here\n");
		free(script);
		skip();
	}
	sshd_before = mount_small;
	(void)snprintf(folders, sizeof folders, "%s %s", in_fixture("small"),
		       in_fixture("first"));
	(void)snprintf(want, sizeof want, "%s/.", in_fixture("first"));
	sim_defaults(&s);
	sim_probe(&s, script);
	start_probe(&s, config_folders(folders, NULL));
	assert_true(strncmp(s.path, want, strlen(want)) == 0);
	assert_ran(&s);
	sshd_before = NULL;
	free(script);
}

/* df as hosts have it; what makes no sense is passed over in silence. */
static void no_room_is_said(void **state UNUSED)
{
	static const char df[] = "df() { echo Filesystem; echo '%s'; }";
	static const struct {
		const char *line;
		bool room;
	} cases[] = {
		{"tmpfs 1024 1000 24 98% /dev/shm", false},
		{"//nas/my share 9999999 9999999 0 100% /mnt/a 5", false},
		{"tmpfs 1024 0 1024 0% /dev/shm", true},
		{"none - - - - /dev/shm", true},
		{"", true},
	};

	assert_int_equal(count_files("first"), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char before[200], want[200];
		struct sim s;

		(void)snprintf(before, sizeof before, df, cases[i].line);
		(void)snprintf(want, sizeof want,
			       "of 257 KiB be written and run: %s has no room",
			       in_fixture("first"));
		sim_defaults(&s);
		start(&s, config_folders(in_fixture("first"), before));
		if (cases[i].room)
			assert_ran(&s);
		else
			assert_ended(&s, ERR_UNSUPPORTED, want);
		assert_int_equal(count_files("first"), 0);
	}
}

/* It is the engine that knows for which machines there is a probe. */
static void the_machine_is_told_before_the_probe_goes(void **state UNUSED)
{
	struct sim s;

	assert_int_equal(count_files("first"), 0);
	sim_defaults(&s);
	sim_probe(&s, ECHO);
	s.stop_at = MSG_LINK_WANT;
	s.probe_cut = 1;
	/* Its kernel says nothing of itself in /proc. */
	start_probe(&s, config_folders(in_fixture("first"),
				       "read() { return 1; }\n"
				       "uname() { [ $1 = -sm ] && "
				       "echo FreeBSD amd64; }"));
	assert_string_equal(s.system, "FreeBSD amd64");
	(void)sim_end(&s);
	await_all_gone();
	assert_int_equal(count_files("first"), 0);
}

static void a_wrong_hash_is_not_run(void **state UNUSED)
{
	struct sim s;

	assert_int_equal(count_files("first"), 0);
	sim_defaults(&s);
	sim_probe(&s, ECHO);
	s.offer.sha256 = bytes_str("0000000000000000000000000000000000"
					 "000000000000000000000000000000");
	start_probe(&s, config_folders(in_fixture("first"), NULL));
	assert_false(s.placed);
	assert_ended(&s, ERR_REMOTE, "another hash");
	assert_int_equal(count_files("first"), 0);
}

/* By the hash, or where nobody there can hash, by the length alone. */
static void a_wrong_length_is_not_run(void **state UNUSED)
{
	assert_int_equal(count_files("first"), 0);
	for (int can_hash = 1; can_hash >= 0; can_hash--) {
		struct sim s;

		sim_defaults(&s);
		sim_probe(&s, ECHO);
		s.offer.len++;
		s.sha256[0] ^= 1;
		start_probe(&s, config_folders(in_fixture("first"),
					       can_hash ? NULL
							: with_path(no_hash)));
		assert_false(s.placed);
		assert_ended(&s, ERR_REMOTE, "cut short");
		assert_int_equal(count_files("first"), 0);
	}
}

/* A limit on the length of files stands in for a full disk. */
static void a_full_disk_is_said(void **state UNUSED)
{
	char *script = large_probe();
	struct sim s;

	assert_int_equal(count_files("first"), 0);
	sim_defaults(&s);
	sim_probe(&s, script);
	start_probe(&s, config_folders(in_fixture("first"), "ulimit -f 100"));
	assert_false(s.placed);
	assert_ended(&s, ERR_REMOTE, "cannot write or unpack");
	assert_int_equal(count_files("first"), 0);
	free(script);
}

/* Ended between the writing of the first file and its removal. */
static void a_hangup_while_looking_leaves_nothing(void **state UNUSED)
{
	struct sim s;

	assert_int_equal(count_files("first"), 0);
	sim_defaults(&s);
	start(&s, config_folders(in_fixture("first"),
				 "chmod() { kill -HUP $$; }"));
	assert_ended(&s, ERR_REMOTE, "ended before the probe was placed");
	assert_int_equal(count_files("first"), 0);
}

static void start_cut(struct sim *s, char *script)
{
	pid_t sshd;

	assert_int_equal(count_files("first"), 0);
	sim_defaults(s);
	sim_probe(s, script);
	s->probe_cut = s->forms[PROBE_ZST].n / 2;
	s->stop_at = MSG_LINK_WANT;
	sim_start(s,
		  sshd_start(config_folders(in_fixture("first"), NULL), &sshd));
	sim_run(s);
	assert_int_equal(s->fault.code, ERR_OK);
}

static void a_cut_connection_leaves_nothing(void **state UNUSED)
{
	char *script = large_probe();
	struct sim s;

	start_cut(&s, script);
	(void)sim_end(&s);
	await_all_gone();
	assert_int_equal(count_files("first"), 0);
	free(script);
}

static void a_killed_link_leaves_nothing(void **state UNUSED)
{
	char *script = large_probe();
	struct sim s;

	start_cut(&s, script);
	(void)kill(s.link_pid, SIGKILL);
	assert_int_equal(sim_end(&s), 128 + SIGKILL);
	await_all_gone();
	assert_int_equal(count_files("first"), 0);
	free(script);
}

/* The only file in there, once there is one. */
static void await_file(const char *folder, char *name, size_t room)
{
	struct dirent *e;
	DIR *d = opendir(in_fixture(folder));

	assert_non_null(d);
	*name = '\0';
	while (!*name) {
		e = readdir(d);
		if (!e)
			rewinddir(d);
		else if (e->d_name[0] == '.' && strlen(e->d_name) > 32)
			(void)snprintf(name, room, "%s/%s", folder,
				       e->d_name);
	}
	closedir(d);
}

/* As placed, but for who placed it, and its checksum that much more. */
static void put_lookalike(const char *placed, pid_t placer, unsigned more)
{
	char name[128];
	const char *sum = strchr(placed, '-') + 1;

	(void)snprintf(name, sizeof name, "%.*s%lu-%d", (int)(sum - placed),
		       placed, strtoul(sum, NULL, 10) + more, (int)placer);
	put_file(name, "not to be removed", 0700);
}

/* As if nobody had written to any file there for two minutes. */
static void make_old(const char *folder)
{
	struct timespec then[2] = {{.tv_nsec = UTIME_OMIT},
				   {.tv_sec = time(NULL) - 120}};
	DIR *d = opendir(in_fixture(folder));
	struct dirent *e;

	assert_non_null(d);
	while ((e = readdir(d)))
		if (strlen(e->d_name) > 32)
			assert_int_equal(utimensat(dirfd(d), e->d_name, then,
						   0),
					 0);
	closedir(d);
}

/*
 * Nothing can be done about a SIGKILL but by who comes next: it takes away
 * what is known to be ours, of a placer that is gone, and nothing else. Whose
 * number is nobody's here may live in a container that shares the folder.
 */
static void what_a_killed_shell_leaves_goes_with_the_next(void **state UNUSED)
{
	char *script = large_probe(), name[128];
	pid_t placer;
	struct sim s;
	struct err err;

	start_cut(&s, script);
	await_file("first", name, sizeof name);
	placer = (pid_t)strtol(strrchr(name, '-') + 1, NULL, 10);
	assert_true(placer > 1 && kill(placer, SIGKILL) == 0);
	(void)sim_end(&s);
	await_all_gone();
	assert_int_equal(count_files("first"), 1);

	sim_defaults(&s);
	start(&s, config_folders(in_fixture("first"), NULL));
	assert_string_equal(s.cleared, "");
	assert_ran(&s);
	assert_int_equal(count_files("first"), 1);

	put_lookalike(name, getpid(), 0);
	put_lookalike(name, 999999999, 1);
	make_old("first");
	sim_defaults(&s);
	start(&s, config_folders(in_fixture("first"), NULL));
	assert_string_equal(s.cleared, in_fixture(name));
	assert_ran(&s);
	assert_int_not_equal(access(in_fixture(name), F_OK), 0);
	assert_int_equal(count_files("first"), 2);
	sim_defaults(&s);
	start(&s, config_folders(in_fixture("first"), NULL));
	assert_string_equal(s.cleared, "");
	assert_ran(&s);
	assert_int_equal(count_files("first"), 2);
	assert_ok(fs_remove_tree(in_fixture("first"), &err), err);
	free(script);
}

static void a_large_probe_arrives_whole(void **state UNUSED)
{
	char *script = large_probe();
	struct sim s;

	sim_defaults(&s);
	sim_probe(&s, script);
	start_probe(&s, NULL);
	assert_ran(&s);
	free(script);
}

/* A host that stops reading; it comes to its senses by itself later. */
#define STALL                                                                  \
	"zstd() { case $1 in\n"                                                \
	"-dc) read -r x; case $x in *x) echo x;;\n"                            \
	"  *) timeout 3 tail -f /dev/null;; esac;;\n"                          \
	"*) cat;; esac; }"

static void a_shell_that_never_answers_is_said(void **state UNUSED)
{
	struct sim s;

	sim_defaults(&s);
	sim_probe(&s, ECHO);
	s.start.placing_ms = 1000;
	start_probe(&s, "ForceCommand cat >/dev/null");
	assert_ended(&s, ERR_TIMEOUT,
		     "the login shell there never answered (waited 1 s)");
}

static void an_upload_that_stalls_ends(void **state UNUSED)
{
	char *script = large_probe();
	struct sim s;

	assert_int_equal(count_files("first"), 0);
	sim_defaults(&s);
	sim_probe(&s, script);
	s.start.placing_ms = 1500;
	start_probe(&s, config_folders(in_fixture("first"), STALL));
	assert_ended(&s, ERR_TIMEOUT, "placing the probe took longer than");
	assert_int_equal(count_files("first"), 0);
	free(script);
}

/* The probe that is built beside us, when it is. */
static void our_own_probe_runs(void **state UNUSED)
{
	const char *path = getenv("HALLIGAN_PROBE");
	struct buf probe;
	char *script;
	struct sim s;
	pid_t sshd;
	struct err err;

	if (!path || access(path, X_OK) != 0) {
		print_message("no probe is built\n");
		skip();
	}
	buf_init(&probe, 64u << 20);
	assert_ok(fs_read(path, &probe, &err), err);
	sim_defaults(&s);
	sim_probe_bytes(&s, buf_bytes(&probe));
	sim_start(&s, sshd_start(NULL, &sshd));
	sim_run(&s);
	if (s.fault.code != ERR_OK)
		fail_msg("%s: %s", err_name(s.fault.code), s.fault.msg);
	assert_true(s.output.n > 0); /* it says hello, at the least */
	script = xstrdup(s.path);
	(void)sim_end(&s);
	await_all_gone();
	assert_int_not_equal(access(script, F_OK), 0);
	free(script);
	buf_release(&probe);
}

static struct buf compressed;

static int setup(void **state)
{
	compress_for_probe(bytes_str("hello, probe"), &compressed);
	greeting = buf_bytes(&compressed);
	return fixture_make(state);
}

static int teardown(void **state)
{
	buf_release(&compressed);
	return fixture_remove(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_probe_runs_and_is_gone),
		cmocka_unit_test(a_look_places_nothing),
		cmocka_unit_test(the_first_usable_folder_is_taken),
		cmocka_unit_test(a_profile_may_talk),
		cmocka_unit_test(login_shells_that_refuse_are_quoted),
		cmocka_unit_test(bare_hosts_will_do),
		cmocka_unit_test(any_program_that_hashes_will_do),
		cmocka_unit_test(login_shells_are_many),
		cmocka_unit_test(any_posix_shell_will_do),
		cmocka_unit_test(no_usable_folder_is_said),
		cmocka_unit_test(noexec_folders_are_passed_over),
		cmocka_unit_test(full_folders_are_passed_over),
		cmocka_unit_test(no_room_is_said),
		cmocka_unit_test(the_machine_is_told_before_the_probe_goes),
		cmocka_unit_test(a_wrong_hash_is_not_run),
		cmocka_unit_test(a_wrong_length_is_not_run),
		cmocka_unit_test(a_full_disk_is_said),
		cmocka_unit_test(a_hangup_while_looking_leaves_nothing),
		cmocka_unit_test(a_cut_connection_leaves_nothing),
		cmocka_unit_test(a_killed_link_leaves_nothing),
		cmocka_unit_test(what_a_killed_shell_leaves_goes_with_the_next),
		cmocka_unit_test(a_large_probe_arrives_whole),
		cmocka_unit_test(a_shell_that_never_answers_is_said),
		cmocka_unit_test(an_upload_that_stalls_ends),
		cmocka_unit_test(our_own_probe_runs),
	};

	if (!sshd_is_there()) {
		print_message("no sshd here: skipped\n");
		return 77;
	}
	return cmocka_run_group_tests_name("place", tests, setup, teardown);
}
