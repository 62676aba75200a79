/* SPDX-License-Identifier: Apache-2.0 */
/* The static program itself, as a console and as a responder start it. */
#include "unit/unit.h"

#include <elf.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/fs.h"
#include "base/hash.h"
#include "base/time.h"
#include "unit/probe_kit.h"
#include "wire/records.h"
#include "wire/stream.h"

#define LIT(s)   bytes_of(s, sizeof(s) - 1)
#define HANG_NS (20 * NS_PER_S) /* a machine may be slow; a hang is longer */

static const char *probe;

/* A running probe, with both pipes. */
struct child {
	pid_t pid;
	int to, from;
	struct buf packed;
	struct took took;
};

static void child_start(struct child *c, const char *root, char *const *argv)
{
	int in[2], out[2];

	*c = (struct child){0};
	buf_init(&c->packed, 64 << 20);
	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	c->pid = fork();
	if (c->pid == 0) {
		if (root && (chroot(root) != 0 || chdir("/") != 0))
			_exit(99);
		if (dup2(in[0], 0) < 0 || dup2(out[1], 1) < 0)
			_exit(98);
		execv(argv[0], argv);
		_exit(97);
	}
	close_fd(in[0]);
	close_fd(out[1]);
	c->to = in[1];
	c->from = out[0];
}

/* What is there next; false at the end. */
static bool child_read(struct child *c)
{
	uint8_t *to = buf_reserve(&c->packed, 65536);
	struct err err;
	ssize_t n;

	assert_non_null(to);
	assert_ok(wait_fd(c->from, POLLIN, deadline_in(HANG_NS, NULL), &err),
		  err);
	n = read(c->from, to, 65536);
	assert_true(n >= 0);
	buf_commit(&c->packed, (size_t)n);
	return n > 0;
}

/* Reads to the end and gives the exit status. */
static int child_end(struct child *c)
{
	int status;

	while (child_read(c))
		continue;
	assert_int_equal(waitpid(c->pid, &status, 0), c->pid);
	took_parse(&c->took, buf_bytes(&c->packed));
	close_fd(c->to);
	close_fd(c->from);
	buf_release(&c->packed);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void child_say(struct child *c, enum rec_type type, const void *msg)
{
	struct buf out;
	struct err err;

	buf_init(&out, RECORD_BODY_MAX);
	assert_ok(record_encode(type, msg, &out, &err), err);
	assert_ok(fs_write_all(c->to, buf_bytes(&out), &err), err);
	buf_release(&out);
}

/* A hunt in two pieces of rules. */
static void child_ask(struct child *c, const char *rules, const char *path,
		      struct req_start start)
{
	struct bytes source = bytes_str(rules);
	struct req_rules r = {.name = LIT("r"), .ns = LIT("r")};
	struct req_path p = {.path = bytes_str(path)};

	r.source = bytes_of(source.p, source.n / 2);
	child_say(c, REQ_RULES, &r);
	r.source = bytes_skip(source, source.n / 2);
	r.last = true;
	child_say(c, REQ_RULES, &r);
	child_say(c, REQ_PATH, &p);
	child_say(c, REQ_START, &start);
}

static void serve(struct child *c)
{
	char *argv[] = {xstrdup(probe), xstrdup("--serve"), NULL};

	child_start(c, NULL, argv);
	free(argv[0]);
	free(argv[1]);
}

/* Whether what came so far holds a record of that type. */
static bool has_come(struct child *c, enum rec_type type)
{
	struct took t;
	bool has;

	took_parse(&t, buf_bytes(&c->packed));
	has = took_count(&t, type) > 0;
	took_release(&t);
	return has;
}

static void await(struct child *c, enum rec_type type)
{
	while (!has_come(c, type))
		assert_true(child_read(c));
}

static const char rule[] = "rule r { strings: $a = \"EVIL\" condition: $a }";

/* Takes for ever on any file named "slow", and nothing else. */
static const char endless[] = "rule r { condition: filename == \"slow\" and "
			      "for all i in (1..9000000000000) : ( i > 0 ) }";

static void hello_comes_unasked(void **state UNUSED)
{
	struct child c;
	const struct rec_hello *hello;

	serve(&c);
	await(&c, REC_HELLO);
	c.to = close_fd(c.to);
	assert_int_equal(child_end(&c), 1);
	hello = &took_nth(&c.took, REC_HELLO, 0)->u.hello;
	assert_int_equal(hello->version, RECORD_VERSION);
	assert_int_equal(hello->pid, c.pid);
	assert_int_equal(hello->uid, geteuid());
	assert_false(hello->unlinked);
	assert_true(hello->hostname.n > 0);
	took_release(&c.took);
}

static void a_hunt_over_pipes(void **state UNUSED)
{
	struct folder f;
	struct child c;

	folder_make(&f);
	folder_write(&f, "bad", LIT("some EVIL"));
	serve(&c);
	child_ask(&c, rule, f.path, (struct req_start){.scan = true});
	assert_int_equal(child_end(&c), 0);
	assert_true(took_match(&c.took, "r", folder_at(&f, "bad")));
	assert_int_equal(c.took.recs[c.took.n - 1].type, REC_DONE);
	assert_true(c.took.recs[c.took.n - 1].u.done.complete);
	assert_true(c.took.recs[c.took.n - 1].u.done.rss_bytes > 0);
	took_release(&c.took);
	folder_remove(&f);
}

static void faults_are_sent(void **state UNUSED)
{
	const struct rec_fault *fault;
	struct child c;

	serve(&c);
	child_ask(&c, "rule r { condition: }", "/etc",
		  (struct req_start){.scan = true});
	assert_int_equal(child_end(&c), 1);
	fault = &took_nth(&c.took, REC_FAULT, 0)->u.fault;
	assert_true(bytes_eq(fault->code, LIT("format")));
	assert_true(bytes_starts(fault->message, "r:1: "));
	took_release(&c.took);

	serve(&c);
	assert_int_equal(write(c.to, "GET / HTTP/1.0\r\n", 16), 16);
	assert_int_equal(child_end(&c), 1);
	fault = &took_nth(&c.took, REC_FAULT, 0)->u.fault;
	assert_true(bytes_eq(fault->code, LIT("format")));
	took_release(&c.took);
}

/*
 * A probe in the midst of a scan that has no end: the file before it was
 * reported, and one thread takes them in the order of the roots.
 */
static void start_endless(struct child *c, const struct folder *f)
{
	char *both = xasprintf("rule s { condition: filename == \"first\" }\n"
			       "%s",
			       endless);
	struct req_path first = {.path = bytes_str(folder_at(f, "first"))};

	folder_write(f, "first", LIT("x"));
	folder_write(f, "slow", LIT("x"));
	serve(c);
	child_say(c, REQ_PATH, &first);
	child_ask(c, both, folder_at(f, "slow"),
		  (struct req_start){.scan = true, .threads = 1});
	await(c, REC_MATCH);
	free(both);
}

static void the_end_of_stdin_ends_it(void **state UNUSED)
{
	struct folder f;
	struct child c;
	int64_t since;

	folder_make(&f);
	start_endless(&c, &f);
	since = time_mono_ns();
	c.to = close_fd(c.to);
	assert_int_equal(child_end(&c), 1);
	assert_true(time_mono_ns() - since < 10 * NS_PER_S);
	assert_int_equal(took_count(&c.took, REC_DONE), 0);
	took_release(&c.took);
	folder_remove(&f);
}

static void the_end_of_stdout_ends_it(void **state UNUSED)
{
	struct folder f;
	struct child c;
	int status;

	folder_make(&f);
	start_endless(&c, &f);
	close_fd(c.from);
	assert_int_equal(waitpid(c.pid, &status, 0), c.pid);
	assert_true(WIFEXITED(status));
	assert_true(WEXITSTATUS(status) != 0);
	close_fd(c.to);
	buf_release(&c.packed);
	folder_remove(&f);
}

static void a_cancelled_walk_says_so(void **state UNUSED)
{
	const struct rec_done *done;
	struct child c;

	serve(&c);
	child_ask(&c, "rule r { condition: true }", "/usr",
		  (struct req_start){.scan = true});
	await(&c, REC_MATCH);
	c.to = close_fd(c.to);
	assert_int_equal(child_end(&c), 0);
	done = &took_nth(&c.took, REC_DONE, 0)->u.done;
	assert_false(done->complete);
	assert_true(bytes_eq(done->reason, LIT("cancelled")));
	took_release(&c.took);
}

static void a_deadline_ends_even_a_long_scan(void **state UNUSED)
{
	const struct rec_done *done;
	struct folder f;
	struct child c;

	folder_make(&f);
	folder_write(&f, "slow", LIT("x"));
	serve(&c);
	child_ask(&c, endless, f.path,
		  (struct req_start){.scan = true, .deadline_s = 1});
	assert_int_equal(child_end(&c), 0);
	done = &took_nth(&c.took, REC_DONE, 0)->u.done;
	assert_true(bytes_eq(done->reason, LIT("deadline")));
	took_release(&c.took);
	folder_remove(&f);
}

static void copy_probe(const char *to)
{
	struct buf b;
	struct err err;

	buf_init(&b, 64 << 20);
	assert_ok(fs_read(probe, &b, &err), err);
	assert_ok(fs_replace(to, buf_bytes(&b), 0755, &err), err);
	buf_release(&b);
}

static void it_removes_its_own_file_when_told(void **state UNUSED)
{
	char serve_arg[] = "--serve", unlink_arg[] = "--unlink";
	struct folder f;
	struct child c;

	for (unsigned told = 0; told < 2; told++) {
		char *path, *argv[4] = {NULL, serve_arg, NULL, NULL};

		folder_make(&f);
		path = xstrdup(folder_at(&f, "p"));
		argv[0] = path;
		argv[2] = told ? unlink_arg : NULL;
		copy_probe(path);
		child_start(&c, NULL, argv);
		await(&c, REC_HELLO);
		assert_int_equal(access(path, F_OK), told ? -1 : 0);
		c.to = close_fd(c.to);
		assert_int_equal(child_end(&c), 1);
		assert_int_equal(
			took_nth(&c.took, REC_HELLO, 0)->u.hello.unlinked,
			told);
		took_release(&c.took);
		free(path);
		folder_remove(&f);
	}
}

static void it_needs_no_interpreter(void **state UNUSED)
{
	const Elf64_Ehdr *head;
	struct buf b;
	struct err err;

	buf_init(&b, 64 << 20);
	assert_ok(fs_read(probe, &b, &err), err);
	head = (const void *)b.p;
	if (head->e_ident[EI_CLASS] != ELFCLASS64)
		skip();
	for (unsigned i = 0; i < head->e_phnum; i++) {
		const Elf64_Phdr *ph = (const void *)(b.p + head->e_phoff);

		assert_true(ph[i].p_type != PT_INTERP);
		assert_true(ph[i].p_type != PT_DYNAMIC);
	}
	buf_release(&b);
}

static void an_empty_root_is_enough(void **state UNUSED)
{
	char p[] = "/p", serve_arg[] = "--serve", unlink_arg[] = "--unlink";
	char *argv[] = {p, serve_arg, unlink_arg, NULL};
	struct folder f;
	struct child c;

	if (geteuid() != 0) {
		print_message("skipped: only root may chroot\n");
		skip();
	}
	folder_make(&f);
	copy_probe(folder_at(&f, "p"));
	folder_write(&f, "bad", LIT("EVIL"));
	child_start(&c, f.path, argv);
	child_ask(&c,
		  "import \"pe\" import \"hash\" import \"elf\"\n"
		  "rule r { strings: $a = \"EVIL\" condition: $a and "
		  "hash.md5(0, filesize) != \"\" and "
		  "not defined pe.machine }",
		  "/", (struct req_start){.scan = true, .collect = true});
	assert_int_equal(child_end(&c), 0);
	assert_true(took_match(&c.took, "r", "/bad"));
	assert_int_equal(took_covered(&c.took, "collected", ""), 1);
	took_release(&c.took);
	folder_remove(&f);
}

/* Every line of the trace that opens something outside the folder. */
static void check_opens(const char *log, const char *folder)
{
	struct bytes rest, line;
	unsigned n = 0;
	struct buf b;
	struct err err;

	buf_init(&b, 16 << 20);
	assert_ok(fs_read(log, &b, &err), err);
	rest = buf_bytes(&b);
	while (bytes_split(&rest, '\n', &line)) {
		char *s = bytes_to_str(line);
		const char *path = strchr(s, '"');

		n += path != NULL;
		if (path && path[1] == '/' &&
		    strncmp(path + 1, folder, strlen(folder)) != 0 &&
		    strncmp(path + 1, "/proc/self/", 11) != 0 &&
		    strncmp(path + 1, "/tmp\"", 5) != 0)
			fail_msg("%s", s);
		free(s);
	}
	assert_true(n > 2);
	buf_release(&b);
}

static void it_opens_nothing_of_the_host(void **state UNUSED)
{
	char strace[] = "/usr/bin/strace", opt_f[] = "-f", opt_o[] = "-o";
	char opt_e[] = "-etrace=open,openat,openat2,readlink";
	char serve_arg[] = "--serve", quiet[] = "-qq";
	char *log, *path = xstrdup(probe);
	struct folder f, data;
	struct child c;

	folder_make(&f);
	folder_make(&data);
	log = xstrdup(folder_at(&f, "log"));
	folder_write(&data, "bad", LIT("EVIL"));
	child_start(&c, NULL,
		    (char *[]){strace, quiet, opt_f, opt_e, opt_o, log, path,
			       serve_arg, NULL});
	if (access(strace, X_OK) == 0)
		child_ask(&c, rule, data.path,
			  (struct req_start){.scan = true});
	if (child_end(&c) != 0) {
		print_message("skipped: no strace, or it may not trace\n");
	} else {
		assert_true(took_match(&c.took, "r", folder_at(&data, "bad")));
		check_opens(log, data.path);
	}
	took_release(&c.took);
	free(log);
	free(path);
	folder_remove(&f);
	folder_remove(&data);
}

static int alone(char *const *argv)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY);

		if (dup2(null, 2) == 2)
			execv(argv[0], argv);
		_exit(97);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void a_bundle_is_the_same_stream(void **state UNUSED)
{
	char hunt[] = "hunt", o_rules[] = "--rules", o_path[] = "--path";
	char o_out[] = "--out", o_take[] = "--take";
	char *rules, *path, *out, *p = xstrdup(probe);
	struct folder f;
	struct took t;
	struct stat st;
	int fd;

	folder_make(&f);
	folder_write(&f, "bad", LIT("EVIL"));
	folder_write(&f, "rules", LIT("rule r { condition: filesize == 4 }"));
	rules = xstrdup(folder_at(&f, "rules"));
	path = xstrdup(f.path);
	out = xstrdup(folder_at(&f, "bundle"));
	char *argv[] = {p,    hunt,  o_rules, rules,  o_path,
			path, o_out, out,     o_take, NULL};
	assert_int_equal(alone(argv), 0);
	assert_int_equal(stat(out, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	fd = open(out, O_RDONLY);
	took_read(&t, fd);
	close_fd(fd);
	assert_int_equal(t.recs[0].type, REC_HELLO);
	assert_true(took_match(&t, "r", folder_at(&f, "bad")));
	assert_int_equal(took_count(&t, REC_FILE_END), 1);
	assert_int_equal(took_covered(&t, "skipped", "own-output"), 1);
	assert_int_equal(t.recs[t.n - 1].type, REC_DONE);
	took_release(&t);
	assert_int_equal(alone(argv), 1); /* it is not overwritten */
	argv[8] = NULL;
	argv[7] = rules;
	assert_int_equal(alone(argv), 1);
	argv[1] = o_out;
	assert_int_equal(alone(argv), 2);
	free(rules);
	free(path);
	free(out);
	free(p);
	folder_remove(&f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(hello_comes_unasked),
		cmocka_unit_test(a_hunt_over_pipes),
		cmocka_unit_test(faults_are_sent),
		cmocka_unit_test(the_end_of_stdin_ends_it),
		cmocka_unit_test(the_end_of_stdout_ends_it),
		cmocka_unit_test(a_cancelled_walk_says_so),
		cmocka_unit_test(a_deadline_ends_even_a_long_scan),
		cmocka_unit_test(it_removes_its_own_file_when_told),
		cmocka_unit_test(it_needs_no_interpreter),
		cmocka_unit_test(an_empty_root_is_enough),
		cmocka_unit_test(it_opens_nothing_of_the_host),
		cmocka_unit_test(a_bundle_is_the_same_stream),
	};

	probe = getenv("HALLIGAN_PROBE");
	if (!probe || access(probe, X_OK) != 0) {
		puts("skipped: no static probe in HALLIGAN_PROBE");
		return 77;
	}
	signal(SIGPIPE, SIG_IGN);
	(void)alarm(120); /* a probe that does not end must not hang us */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
