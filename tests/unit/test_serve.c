/* SPDX-License-Identifier: Apache-2.0 */
/* The static program as a console starts it. */
#include "unit/unit.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "base/time.h"
#include "unit/probe_child.h"

#define LIT(s) bytes_of(s, sizeof(s) - 1)

static const char rule[] = "rule r { strings: $a = \"EVIL\" condition: $a }";

/* Takes for ever on any file named "slow", and nothing else. */
static const char endless[] = "rule r { condition: filename == \"slow\" and "
			      "for all i in (1..9000000000000) : ( i > 0 ) }";

static void hello_comes_unasked(void **state UNUSED)
{
	struct child c;
	const struct rec_hello *hello;

	child_serve(&c);
	child_await(&c, REC_HELLO);
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
	child_serve(&c);
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

	child_serve(&c);
	child_ask(&c, "rule r { condition: }", "/etc",
		  (struct req_start){.scan = true});
	assert_int_equal(child_end(&c), 1);
	fault = &took_nth(&c.took, REC_FAULT, 0)->u.fault;
	assert_true(bytes_eq(fault->code, LIT("format")));
	assert_true(bytes_starts(fault->message, "r:1: "));
	took_release(&c.took);

	child_serve(&c);
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
	child_serve(c);
	child_say(c, REQ_PATH, &first);
	child_ask(c, both, folder_at(f, "slow"),
		  (struct req_start){.scan = true, .threads = 1});
	child_await(c, REC_MATCH);
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
	(void)child_end(&c); /* 0 when it had the time to say it all */
	assert_true(time_mono_ns() - since < 10 * NS_PER_S);
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

/* Whatever ends the probe or its engine, all processes of it are gone. */
static void no_process_outlives_it(void **state UNUSED)
{
	static const struct {
		int probe, engine; /* signals; 0: none */
	} ways[] = {
		{SIGKILL, 0}, {SIGTERM, 0}, {SIGSEGV, 0}, {0, SIGKILL}, {0}};

	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		pid_t scanner = 0;
		struct folder f;
		struct child c;

		folder_make(&f);
		start_endless(&c, &f);
		while (!scanner)
			scanner = kit_scanner(c.pid, 0);
		if (ways[i].probe)
			assert_int_equal(kill(c.pid, ways[i].probe), 0);
		else if (ways[i].engine)
			assert_int_equal(
				kill(kit_parent(scanner), ways[i].engine), 0);
		else
			c.to = close_fd(c.to);
		while (waitpid(-1, NULL, 0) > 0) /* orphans are ours */
			continue;
		assert_int_equal(kill(scanner, 0), -1);
		close_fd(c.to);
		close_fd(c.from);
		buf_release(&c.packed);
		folder_remove(&f);
	}
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0), 0);
}

static void a_cancelled_walk_says_so(void **state UNUSED)
{
	const struct rec_done *done;
	struct child c;

	child_serve(&c);
	child_ask(&c, "rule r { condition: true }", "/usr",
		  (struct req_start){.scan = true});
	child_await(&c, REC_MATCH);
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
	child_serve(&c);
	child_ask(&c, endless, f.path,
		  (struct req_start){.scan = true, .deadline_s = 1});
	assert_int_equal(child_end(&c), 0);
	done = &took_nth(&c.took, REC_DONE, 0)->u.done;
	assert_true(bytes_eq(done->reason, LIT("deadline")));
	took_release(&c.took);
	folder_remove(&f);
}

static const char slow_and_fast[] =
	"rule r { condition: filename != \"5\" } "
	"rule s { condition: filename == \"5\" and "
	"for all i in (1..9000000000000) : ( i > 0 ) }";

static bool has_file(struct child *c, const char *path)
{
	struct took t;
	bool has;

	took_parse(&t, buf_bytes(&c->packed));
	has = took_file(&t, path) != NULL;
	took_release(&t);
	return has;
}

/* 9 files, one of which is never done with. */
static void lay_with_slow(struct folder *f)
{
	folder_make(f);
	for (char c = '1'; c <= '9'; c++) {
		const char name[] = {c, '\0'};

		folder_write(f, name, c == '5' ? LIT("x") : LIT("fast"));
	}
}

static void ask_cursor(struct child *c, const struct rec_cursor *last,
		       const struct folder *f)
{
	struct req_cursor cursor = {last->root, last->path};

	child_serve(c);
	child_say(c, REQ_CURSOR, &cursor);
	child_ask(c, "rule r { condition: true }", f->path,
		  (struct req_start){.scan = true});
	assert_int_equal(child_end(c), 0);
}

/* Files behind one that takes long are done before it, but will be again. */
static void a_cut_walk_goes_on_behind_its_cursor(void **state UNUSED)
{
	struct child cut, on;
	const struct rec_cursor *last;
	struct folder f;
	size_t n;

	lay_with_slow(&f);
	child_serve(&cut);
	child_ask(&cut, slow_and_fast, f.path,
		  (struct req_start){.scan = true, .threads = 2});
	child_await(&cut, REC_CURSOR);
	while (!has_file(&cut, folder_at(&f, "9")))
		assert_true(child_read(&cut));
	cut.to = close_fd(cut.to);
	(void)child_end(&cut); /* however it ended */
	n = took_count(&cut.took, REC_CURSOR);
	last = &took_nth(&cut.took, REC_CURSOR, n - 1)->u.cursor;
	assert_true(bytes_cmp(last->path, bytes_str(folder_at(&f, "5"))) < 0);
	ask_cursor(&on, last, &f);
	for (char c = '1'; c <= '9'; c++) {
		const char name[] = {c, '\0'};
		const char *path = folder_at(&f, name);

		assert_int_equal(took_match(&on.took, "r", path),
				 bytes_cmp(bytes_str(path), last->path) > 0);
	}
	took_release(&cut.took);
	took_release(&on.took);
	folder_remove(&f);
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
		probe_copy(path);
		child_start(&c, NULL, argv);
		child_await(&c, REC_HELLO);
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

/* ---- the lean one ---- */

/* One of the two probes for this machine does a plan without rules. */
static bool ask_without_rules(struct child *c, const char *suffix,
			      const char *path, struct req_start start)
{
	char *arch = xasprintf("%s-" PROBE_ARCH "%s", probe, suffix);
	char serve_arg[] = "--serve", *argv[] = {arch, serve_arg, NULL};
	struct req_path p = {.path = bytes_str(path)};
	bool is_there = access(arch, X_OK) == 0;

	if (is_there) {
		child_start(c, NULL, argv);
		child_say(c, REQ_PATH, &p);
		child_say(c, REQ_START, &start);
	}
	free(arch);
	return is_there;
}

static void assert_file(const struct child *a, const struct child *b,
			const char *path, size_t n_chunks)
{
	const struct rec_file *x = took_file(&a->took, path),
			      *y = took_file(&b->took, path);

	assert_non_null(x);
	assert_non_null(y);
	assert_true(bytes_eq(x->sha256, y->sha256));
	assert_int_equal(x->mtime_ns, y->mtime_ns);
	assert_int_equal(x->mode, y->mode);
	assert_true(bytes_eq(x->owner, y->owner));
	assert_int_equal(took_count(&a->took, REC_CHUNK), n_chunks);
	assert_int_equal(took_count(&b->took, REC_CHUNK), n_chunks);
}

/* It lists and sends what the other one does, hashes included. */
static void a_lean_probe_says_the_same(void **state UNUSED)
{
	static const struct {
		struct req_start start;
		size_t n_chunks;
	} plans[] = {
		{{.walk = true, .hash = true}, 0},
		{{.collect = true}, 3},
	};
	uint8_t *bytes = noise(600000);
	struct folder f;

	folder_make(&f);
	folder_write(&f, "noise", bytes_of(bytes, 600000));
	for (size_t i = 0; i < ARRAY_SIZE(plans); i++) {
		const char *path = folder_at(&f, "noise");
		struct child full, lean;

		assert_true(ask_without_rules(&full, "", f.path,
					      plans[i].start));
		assert_int_equal(child_end(&full), 0);
		assert_true(ask_without_rules(&lean, "-lean", f.path,
					      plans[i].start));
		assert_int_equal(child_end(&lean), 0);
		assert_file(&full, &lean, path, plans[i].n_chunks);
		for (size_t k = 0; k < plans[i].n_chunks; k++)
			assert_true(bytes_eq(
				took_nth(&full.took, REC_CHUNK, k)
					->u.chunk.data,
				took_nth(&lean.took, REC_CHUNK, k)
					->u.chunk.data));
		if (plans[i].n_chunks)
			assert_true(bytes_eq(
				took_nth(&full.took, REC_FILE_END, 0)
					->u.file_end.sha256,
				took_nth(&lean.took, REC_FILE_END, 0)
					->u.file_end.sha256));
		took_release(&full.took);
		took_release(&lean.took);
	}
	folder_remove(&f);
	free(bytes);
}

static void a_lean_probe_refuses_to_scan(void **state UNUSED)
{
	char *lean = xasprintf("%s-" PROBE_ARCH "-lean", probe);
	char serve_arg[] = "--serve", *argv[] = {lean, serve_arg, NULL};
	const struct rec_fault *fault;
	struct child c;

	child_start(&c, NULL, argv);
	child_ask(&c, rule, "/etc", (struct req_start){.scan = true});
	assert_int_equal(child_end(&c), 1);
	assert_true(bytes_eq(took_nth(&c.took, REC_HELLO, 0)->u.hello.engine,
			     LIT("no engine")));
	fault = &took_nth(&c.took, REC_FAULT, 0)->u.fault;
	assert_true(bytes_eq(fault->code, LIT("unsupported")));
	took_release(&c.took);
	free(lean);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_lean_probe_says_the_same),
		cmocka_unit_test(a_lean_probe_refuses_to_scan),
		cmocka_unit_test(hello_comes_unasked),
		cmocka_unit_test(a_hunt_over_pipes),
		cmocka_unit_test(faults_are_sent),
		cmocka_unit_test(the_end_of_stdin_ends_it),
		cmocka_unit_test(the_end_of_stdout_ends_it),
		cmocka_unit_test(no_process_outlives_it),
		cmocka_unit_test(a_cancelled_walk_says_so),
		cmocka_unit_test(a_deadline_ends_even_a_long_scan),
		cmocka_unit_test(a_cut_walk_goes_on_behind_its_cursor),
		cmocka_unit_test(it_removes_its_own_file_when_told),
	};

	if (!probe_find())
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
