/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a hunt may cost the host, measured on the static program; and that it
 * heeds what the console says while it runs.
 */
#include "unit/unit.h"

#include <sys/stat.h>

#include "base/fs.h"
#include "base/time.h"
#include "unit/probe_child.h"

#define LIT(s)       bytes_of(s, sizeof(s) - 1)
#define MIB          ((size_t)1 << 20)
#define COSTLY_FILES 800u /* about a second of CPU */

static const char any[] = "rule r { condition: true }";
static const char costly[] =
	"rule r { condition: for all i in (1..30000) : ( i > 0 ) and "
	"filesize == 1 }";

/* n files of so many bytes. */
static void fill(const struct folder *f, unsigned n, size_t size)
{
	uint8_t *bytes = noise(size);
	char name[16];

	for (unsigned i = 0; i < n; i++) {
		(void)snprintf(name, sizeof name, "%u", i);
		folder_write(f, name, bytes_of(bytes, size));
	}
	free(bytes);
}

static const struct rec_done *the_end(struct child *c)
{
	assert_int_equal(child_end(c), 0);
	return &took_nth(&c->took, REC_DONE, 0)->u.done;
}

static void control(struct child *c, enum control action)
{
	struct req_control req = {.action = action};

	child_say(c, REQ_CONTROL, &req);
}

/* A hunt that reads one file and then waits for days. */
static void start_stuck(struct child *c, const struct folder *f,
			struct req_start start)
{
	struct req_budget budget = {.read_bytes_s = 1};

	fill(f, 4, MIB);
	start.scan = true;
	child_serve(c);
	child_say(c, REQ_BUDGET, &budget);
	child_ask(c, any, f->path, start);
	child_await(c, REC_MATCH);
}

/*
 * CPU time by wall time, of a hunt with one thread. On a busy machine that is
 * less, never more: the probe is last in every queue.
 */
static double share_of(struct req_budget budget, unsigned n_slower,
		       unsigned files)
{
	const struct rec_done *done;
	struct folder f;
	struct child c;
	int64_t begun;
	double share;

	folder_make(&f);
	fill(&f, files, 16);
	child_serve(&c);
	child_say(&c, REQ_BUDGET, &budget);
	begun = time_mono_ns();
	child_ask(&c, costly, f.path,
		  (struct req_start){.scan = true, .threads = 1});
	for (unsigned i = 0; i < n_slower; i++)
		control(&c, CONTROL_SLOWER);
	done = the_end(&c);
	assert_true(done->complete);
	assert_int_equal(done->files, files);
	share = (double)done->cpu_ns / (double)(time_mono_ns() - begun);
	took_release(&c.took);
	folder_remove(&f);
	return share;
}

static void cpu_time_is_a_share_of_time(void **state UNUSED)
{
	double share = share_of((struct req_budget){.cpu_percent = 20}, 0,
				COSTLY_FILES);

	if (share > 0.6) /* without a budget it is about 1 */
		fail_msg("%.0f %% of a CPU", 100 * share);
}

static void a_slow_pace_leaves_the_cpu_to_others(void **state UNUSED)
{
	double share = share_of((struct req_budget){0}, 3, COSTLY_FILES / 2);

	if (share > 0.25) /* an eighth, and what begins and ends */
		fail_msg("%.0f %% of a CPU", 100 * share);
}

/* Told to be slower, half of it. */
static void keep_rate(uint64_t rate, unsigned n_slower)
{
	struct req_budget budget = {.read_bytes_s = rate};

	for (unsigned collects = 0; collects < 2; collects++) {
		const struct rec_done *done;
		struct folder f;
		struct child c;
		int64_t begun;

		folder_make(&f);
		fill(&f, 9, MIB);
		child_serve(&c);
		child_say(&c, REQ_BUDGET, &budget);
		begun = time_mono_ns();
		child_ask(&c, any, f.path,
			  (struct req_start){.scan = !collects,
					     .collect = collects});
		for (unsigned i = 0; i < n_slower; i++)
			control(&c, CONTROL_SLOWER);
		done = the_end(&c);
		assert_true(done->complete);
		assert_int_equal(done->bytes, 9 * MIB);
		/* The last MiB is not waited off. */
		assert_in_range(time_mono_ns() - begun, 3 * NS_PER_S / 2,
				60 * NS_PER_S);
		took_release(&c.took);
		folder_remove(&f);
	}
}

static void reads_keep_their_rate(void **state UNUSED)
{
	keep_rate(4 * MIB, 0);
}

static void reads_keep_a_slower_pace(void **state UNUSED)
{
	keep_rate(16 * MIB, 2);
}

/* Of files that take their time the console hears while they do. */
static void a_large_file_tells_how_far_it_is(void **state UNUSED)
{
	struct req_budget budget = {.read_bytes_s = 4 * MIB};

	for (unsigned collects = 0; collects < 2; collects++) {
		const struct rec_done *done;
		unsigned n_parts = 0;
		struct folder f;
		struct child c;

		folder_make(&f);
		fill(&f, 1, 7 * MIB);
		child_serve(&c);
		child_say(&c, REQ_BUDGET, &budget);
		child_ask(&c, any, f.path,
			  (struct req_start){.scan = !collects,
					     .collect = collects});
		done = the_end(&c);
		assert_int_equal(done->bytes, 7 * MIB);
		for (size_t i = 0; i < c.took.n; i++) {
			const struct rec_progress *p =
				&c.took.recs[i].u.progress;

			if (c.took.recs[i].type != REC_PROGRESS)
				continue;
			if (p->bytes) { /* all of it, and once */
				assert_int_equal(p->bytes, 7 * MIB);
				assert_int_equal(p->part, 0);
				assert_int_equal(p->whole, 0);
			} else if (p->part) {
				assert_int_equal(p->whole, 7 * MIB);
				assert_true(p->part <= p->whole);
				n_parts += p->part < p->whole;
			}
		}
		assert_true(n_parts >= 2);
		took_release(&c.took);
		folder_remove(&f);
	}
}

static void a_host_short_of_memory_is_left_alone(void **state UNUSED)
{
	struct req_budget budget = {.memory_bytes = UINT64_C(1) << 60};
	const struct rec_fault *fault;
	struct folder f;
	struct child c;

	folder_make(&f);
	fill(&f, 1, 16);
	child_serve(&c);
	child_say(&c, REQ_BUDGET, &budget);
	child_ask(&c, any, f.path, (struct req_start){.scan = true});
	assert_int_equal(child_end(&c), 1);
	fault = &took_nth(&c.took, REC_FAULT, 0)->u.fault;
	assert_true(bytes_eq(fault->code, LIT("limit")));
	assert_true(bytes_starts(fault->message, "not started: "));
	assert_int_equal(took_count(&c.took, REC_MATCH), 0);
	took_release(&c.took);
	folder_remove(&f);
}

/* ---- control ---- */

static bool says(const struct rec_progress *p, bool paused, uint64_t pace,
		 const char *waiting)
{
	return p->paused == paused && p->pace == pace &&
	       bytes_eq(p->waiting, bytes_str(waiting));
}

/* Reads until the newest progress says that. */
static void await_state(struct child *c, bool paused, uint64_t pace,
			const char *waiting)
{
	bool has = false;

	while (!has) {
		struct took t;

		assert_true(child_read(c));
		took_parse(&t, buf_bytes(&c->packed));
		for (size_t i = 0; i < t.n; i++) {
			if (t.recs[i].type == REC_PROGRESS)
				has = says(&t.recs[i].u.progress, paused, pace,
					   waiting);
		}
		took_release(&t);
	}
}

static void it_pauses_and_goes_on(void **state UNUSED)
{
	const struct rec_done *done;
	struct folder f;
	struct child c;
	size_t at;

	folder_make(&f);
	fill(&f, 6000, 16);
	child_serve(&c);
	child_ask(&c, costly, f.path, (struct req_start){.scan = true});
	control(&c, CONTROL_PAUSE);
	await_state(&c, true, 0, "");
	at = c.packed.n;
	/* Not even a heartbeat is due yet: nothing is read any more. */
	while (wait_fd(c.from, POLLIN, deadline_in(NS_PER_S, NULL),
		       &(struct err){0}) == ERR_OK)
		assert_true(child_read(&c));
	assert_true(c.packed.n - at < 65536);
	control(&c, CONTROL_RESUME);
	done = the_end(&c);
	assert_true(done->complete);
	assert_int_equal(done->files, 6000);
	took_release(&c.took);
	folder_remove(&f);
}

static void slower_and_faster_are_said_back(void **state UNUSED)
{
	static const struct {
		enum control action;
		uint64_t pace;
	} steps[] = {
		{CONTROL_SLOWER, 50}, {CONTROL_SLOWER, 25},
		{CONTROL_SLOWER, 12}, {CONTROL_SLOWER, 6},
		{CONTROL_SLOWER, 5},  {CONTROL_FASTER, 10},
		{CONTROL_FASTER, 20}, {CONTROL_FASTER, 40},
		{CONTROL_FASTER, 80}, {CONTROL_FASTER, 0},
	};
	struct folder f;
	struct child c;

	folder_make(&f);
	start_stuck(&c, &f, (struct req_start){0});
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		control(&c, steps[i].action);
		await_state(&c, false, steps[i].pace, "");
	}
	c.to = close_fd(c.to);
	assert_true(bytes_eq(the_end(&c)->reason, LIT("cancelled")));
	took_release(&c.took);
	folder_remove(&f);
}

/* Each way to end while it is paused. */
static void a_paused_probe_still_ends(void **state UNUSED)
{
	const struct rec_done *done;
	struct folder f;
	struct child c;

	folder_make(&f);
	start_stuck(&c, &f, (struct req_start){0});
	control(&c, CONTROL_PAUSE);
	await_state(&c, true, 0, "");
	c.to = close_fd(c.to);
	done = the_end(&c);
	assert_true(bytes_eq(done->reason, LIT("cancelled")));
	took_release(&c.took);

	start_stuck(&c, &f, (struct req_start){.deadline_s = 2});
	control(&c, CONTROL_PAUSE);
	await_state(&c, true, 0, "");
	done = the_end(&c);
	assert_true(bytes_eq(done->reason, LIT("deadline")));
	took_release(&c.took);

	start_stuck(&c, &f, (struct req_start){.heard_s = 1});
	control(&c, CONTROL_PAUSE);
	await_state(&c, true, 0, "");
	done = the_end(&c);
	assert_true(bytes_eq(done->reason, LIT("console-unheard")));
	took_release(&c.took);
	folder_remove(&f);
}

static void signs_of_life_keep_it_going(void **state UNUSED)
{
	int64_t end = time_mono_ns() + 9 * NS_PER_S;
	struct folder f;
	struct child c;

	folder_make(&f);
	start_stuck(&c, &f, (struct req_start){.heard_s = 6});
	while (time_mono_ns() < end) {
		control(&c, CONTROL_ALIVE);
		if (wait_fd(c.from, POLLIN, deadline_in(NS_PER_S / 4, NULL),
			    &(struct err){0}) == ERR_OK)
			assert_true(child_read(&c)); /* it has not ended */
	}
	assert_true(bytes_eq(the_end(&c)->reason, LIT("console-unheard")));
	took_release(&c.took);
	folder_remove(&f);
}

static void only_controls_may_follow_the_start(void **state UNUSED)
{
	struct req_path path = {.path = LIT("/")};
	struct folder f;
	struct child c;

	folder_make(&f);
	start_stuck(&c, &f, (struct req_start){0});
	child_say(&c, REQ_PATH, &path);
	assert_true(bytes_eq(the_end(&c)->reason, LIT("cancelled")));
	took_release(&c.took);
	folder_remove(&f);
}

/* ---- a host whose kernel says what we like ---- */

static void proc_write(const struct folder *f, const char *name,
		       const char *text)
{
	struct err err;

	assert_ok(fs_replace(folder_at(f, name), bytes_str(text), 0644, &err),
		  err);
}

static bool make_host(struct folder *f)
{
	if (geteuid() != 0) {
		print_message("skipped: only root may chroot\n");
		return false;
	}
	folder_make(f);
	assert_int_equal(mkdir(folder_at(f, "proc"), 0755), 0);
	assert_int_equal(mkdir(folder_at(f, "proc/pressure"), 0755), 0);
	assert_int_equal(mkdir(folder_at(f, "srv"), 0755), 0);
	proc_write(f, "proc/meminfo",
		   "MemTotal: 999 kB\nMemAvailable:  1048576 kB\n");
	proc_write(f, "proc/loadavg", "9.25 8.00 7.00 2/345 6789\n");
	folder_write(f, "srv/a", LIT("x"));
	probe_copy(folder_at(f, "p"));
	return true;
}

static void start_there(struct child *c, const struct folder *f,
			struct req_budget budget)
{
	char p[] = "/p", serve_arg[] = "--serve";
	char *argv[] = {p, serve_arg, NULL};

	child_start(c, f->path, argv);
	child_say(c, REQ_BUDGET, &budget);
	child_ask(c, any, "/srv", (struct req_start){.scan = true});
}

static void a_high_load_is_waited_for(void **state UNUSED)
{
	struct folder f;
	struct child c;

	if (!make_host(&f))
		skip();
	start_there(&c, &f, (struct req_budget){.load_centi = 250});
	await_state(&c, false, 0, "load 9.25 is over 2.50");
	proc_write(&f, "proc/loadavg", "2.50 8.00 7.00 2/345 6789\n");
	assert_true(the_end(&c)->complete);
	took_release(&c.took);
	folder_remove(&f);
}

static void it_ends_when_memory_runs_short(void **state UNUSED)
{
	static const struct {
		const char *file, *text;
	} troubles[] = {
		{"proc/meminfo", "MemAvailable: 1024 kB\n"},
		{"proc/pressure/memory",
		 "some avg10=80.00 avg60=1.00 avg300=0.00 total=1\n"
		 "full avg10=10.50 avg60=1.00 avg300=0.00 total=1\n"},
		{"proc/meminfo", /* of an old kernel */
		 "MemFree: 512 kB\nBuffers: 256 kB\nCached: 256 kB\n"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(troubles); i++) {
		const struct rec_done *done;
		struct folder f;
		struct child c;

		if (!make_host(&f))
			skip();
		start_there(&c, &f, (struct req_budget){.load_centi = 100});
		await_state(&c, false, 0, "load 9.25 is over 1.00");
		proc_write(&f, troubles[i].file, troubles[i].text);
		done = the_end(&c);
		assert_false(done->complete);
		assert_true(bytes_eq(done->reason, LIT("memory-pressure")));
		assert_true(took_covered(&c.took, "skipped",
					 "memory-pressure") > 0);
		took_release(&c.took);

		start_there(&c, &f, (struct req_budget){0});
		assert_int_equal(child_end(&c), 1);
		assert_true(bytes_starts(
			took_nth(&c.took, REC_FAULT, 0)->u.fault.message,
			"not started: "));
		took_release(&c.took);
		folder_remove(&f);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(cpu_time_is_a_share_of_time),
		cmocka_unit_test(reads_keep_their_rate),
		cmocka_unit_test(reads_keep_a_slower_pace),
		cmocka_unit_test(a_large_file_tells_how_far_it_is),
		cmocka_unit_test(a_host_short_of_memory_is_left_alone),
		cmocka_unit_test(it_pauses_and_goes_on),
		cmocka_unit_test(slower_and_faster_are_said_back),
		cmocka_unit_test(a_slow_pace_leaves_the_cpu_to_others),
		cmocka_unit_test(a_paused_probe_still_ends),
		cmocka_unit_test(signs_of_life_keep_it_going),
		cmocka_unit_test(only_controls_may_follow_the_start),
		cmocka_unit_test(a_high_load_is_waited_for),
		cmocka_unit_test(it_ends_when_memory_runs_short),
	};

	if (!probe_find())
		return 77;
	(void)alarm(600); /* it takes its time */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
