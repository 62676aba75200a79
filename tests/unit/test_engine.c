/* SPDX-License-Identifier: Apache-2.0 */
/* What one file does to the engine costs that file. */
#include "unit/unit.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "base/hash.h"
#include "base/time.h"
#include "probe/hear.h"
#include "probe/scan.h"
#include "probe/unpack.h"
#include "unit/probe_kit.h"

#define LIT(s)  bytes_of(s, sizeof(s) - 1)
#define MIB     ((size_t)1 << 20)
#define BUSY_MS 50 /* of CPU time: the child is in the midst of it */

/* Takes for ever on the file "slow", and looks at its last byte meanwhile. */
static const char rules[] =
	"rule slow { condition: filename == \"slow\" and for all i in "
	"(1..8000000000) : ( i > 0 and uint8(filesize - 1) >= 0 ) }\n"
	"rule quick { condition: filename contains \"quick\" }\n";

/* A process that waits for our scanner to be busy and acts upon it. */
static pid_t fork_killer(int sig, const char *cut)
{
	pid_t self = getpid(), pid = fork(), target;

	assert_true(pid >= 0);
	if (pid > 0)
		return pid;
	do
		target = kit_scanner(self, BUSY_MS);
	while (!target);
	if (cut)
		_exit(truncate(cut, 4096) == 0 ? 0 : 1);
	_exit(kill(target, sig) == 0 ? 0 : 1);
}

static void make_files(struct folder *f, size_t slow_size)
{
	uint8_t *big = noise(slow_size);

	folder_make(f);
	folder_write(f, "a-quick", LIT("x"));
	folder_write(f, "slow", bytes_of(big, slow_size));
	for (unsigned i = 0; i < 20; i++) {
		char name[24];

		snprintf(name, sizeof name, "quick-%u", i);
		folder_write(f, name, LIT("x"));
	}
	free(big);
}

/* Runs the rules over one slow file and 21 quick ones while the scanner that
 * has the slow one meets with something. */
static void run_with_killer(int sig, bool cut, unsigned timeout_s,
			    const char *reason)
{
	const struct run_limits limits = {.skip_own = false};
	size_t size = cut ? 12 * MIB : 100;
	struct plan plan = {0};
	struct folder f;
	struct took t;
	pid_t killer;
	int status;

	make_files(&f, size);
	plan_rules_str(&plan, "r", rules);
	plan_root_str(&plan, f.path);
	plan_go(&plan, (struct req_start){.scan = true});
	killer = fork_killer(sig, cut ? folder_at(&f, "slow") : NULL);
	plan.budget.file_timeout_s = timeout_s;
	kit_run_within(&plan, deadline_in(100 * NS_PER_S, NULL), &limits, &t);
	assert_int_equal(waitpid(killer, &status, 0), killer);
	assert_int_equal(status, 0);
	assert_int_equal(took_covered(&t, "failed", reason), 1);
	assert_true(took_covers_path(&t, reason, folder_at(&f, "slow")));
	assert_int_equal(took_covered(&t, "scanned", ""), 21);
	assert_int_equal(took_count(&t, REC_MATCH), 21);
	assert_true(took_nth(&t, REC_DONE, 0)->u.done.complete);
	took_release(&t);
	folder_remove(&f);
}

static void a_crash_costs_one_file(void **state UNUSED)
{
	static const int signals[] = {SIGSEGV, SIGBUS, SIGABRT, SIGKILL};

	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		run_with_killer(signals[i], false, 60, "crash");
}

static void a_hang_costs_one_file(void **state UNUSED)
{
	run_with_killer(SIGSTOP, false, 1, "timeout");
}

static void a_file_cut_while_it_is_mapped_costs_itself(void **state UNUSED)
{
	if (SANITISED)
		skip(); /* it would say so at length, and exit as it likes */
	run_with_killer(0, true, 60, "truncated");
}

/* Some hundred bytes for each of a million matches. */
static void too_much_memory_costs_one_file(void **state UNUSED)
{
	const struct run_limits limits = {0};
	struct plan plan = {0};
	struct folder f;
	struct took t;
	uint8_t *bomb;

	if (SANITISED) {
		print_message("not limited under sanitisers\n");
		skip();
	}
	bomb = xmalloc(MIB);
	memset(bomb, 'a', MIB);
	folder_make(&f);
	folder_write(&f, "bomb", bytes_of(bomb, MIB));
	folder_write(&f, "quick", LIT("x"));
	plan_rules_str(&plan, "r",
		       "rule bomb { strings: $a = /a{300}/ condition: $a }\n"
		       "rule quick { condition: filename == \"quick\" }\n");
	plan_root_str(&plan, f.path);
	plan_go(&plan, (struct req_start){.scan = true, .threads = 1});
	plan.budget.memory_bytes = 32 * MIB;
	kit_run_within(&plan, deadline_in(100 * NS_PER_S, NULL), &limits, &t);
	assert_int_equal(took_covered(&t, "failed", "memory"), 1);
	assert_true(took_covers_path(&t, "memory", folder_at(&f, "bomb")));
	assert_true(took_match(&t, "quick", folder_at(&f, "quick")));
	took_release(&t);
	folder_remove(&f);
	free(bomb);
}

/* What does not fit the area is mapped; nobody sees the difference. */
static void a_large_file_is_scanned_like_a_small_one(void **state UNUSED)
{
	size_t n = ENGINE_AREA + 4097;
	uint8_t *big = noise(n), sum[SHA256_LEN], md5[HASH_LEN_MAX];
	char hex[HASH_HEX_MAX], *source;
	const struct rec_hit *hit;
	struct hash hash;
	struct folder f;
	struct took t;

	memcpy(big, "MZ", 2);
	memcpy(big + n - 10, "EVIL", 4);
	hash_init(&hash, HASH_MD5);
	hash_add(&hash, bytes_of(big, n));
	source = xasprintf("rule r { strings: $a = \"EVIL\" condition: $a and "
			   "md5 == \"%s\" and filetype == \"EXE\" }",
			   hex_encode(bytes_of(md5, hash_final(&hash, md5)),
				      hex, sizeof hex));
	folder_make(&f);
	folder_write(&f, "big", bytes_of(big, n));
	kit_look(source, f.path, &t);
	hit = &took_nth(&t, REC_HIT, 0)->u.hit;
	assert_int_equal(hit->offset, n - 10);
	assert_int_equal(hit->context_offset, n - 18);
	assert_true(bytes_eq(hit->context, bytes_of(big + n - 18, 18)));
	hash_sha256(bytes_of(big, n), sum);
	assert_true(bytes_eq(took_file(&t, folder_at(&f, "big"))->sha256,
			     bytes_of(sum, sizeof sum)));
	assert_int_equal(took_nth(&t, REC_DONE, 0)->u.done.bytes, n);
	took_release(&t);
	folder_remove(&f);
	free(source);
	free(big);
}

/* 256 MiB without holes, in an address space of which little is resident. */
static void a_huge_file_takes_little_memory(void **state UNUSED)
{
	const struct rec_done *done;
	uint8_t *part;
	struct folder f;
	struct took t;
	int fd;

	if (SANITISED) {
		print_message("sanitisers shadow all memory\n");
		skip();
	}
	part = noise(16 * MIB);
	folder_make(&f);
	fd = open(folder_at(&f, "huge"), O_WRONLY | O_CREAT, 0600);
	for (unsigned i = 0; i < 16; i++)
		assert_int_equal(write(fd, part, 16 * MIB), 16 * MIB);
	free(part);
	close_fd(fd);
	kit_look("import \"hash\"\n"
		 "rule r { strings: $a = \"EVIL\" condition: not $a and "
		 "hash.md5(0, filesize) != \"\" }",
		 f.path, &t);
	assert_true(took_match(&t, "r", folder_at(&f, "huge")));
	done = &took_nth(&t, REC_DONE, 0)->u.done;
	print_message("%" PRIu64 " MiB at most\n", done->rss_bytes / MIB);
	assert_true(done->rss_bytes < 150 * MIB);
	took_release(&t);
	folder_remove(&f);
}

/* A crash of libyara's compiler is a fault of the rules, and says so. */
static void rules_that_are_wrong_are_said(void **state UNUSED)
{
	const struct deadline never = {.mono_ns = INT64_MAX};
	struct plan plan = {0};
	struct engine *engine;
	struct err err;

	plan_rules_str(&plan, "r.yar", "rule r { condition: nonsense }");
	plan_root_str(&plan, "/");
	plan_go(&plan, (struct req_start){.scan = true});
	assert_ok(engine_start(&plan, 1, &engine, &err), err);
	assert_int_equal(engine_await(engine, never, &err), ERR_FORMAT);
	assert_non_null(strstr(err.msg, "r.yar:1: "));
	engine_stop(engine);
	plan_release(&plan);
}

/* ---- a child that lies ---- */

struct heard {
	unsigned matches, hits, members, data, problems;
};

static void count_match(void *user, struct rec_match *m UNUSED)
{
	((struct heard *)user)->matches++;
}

static void count_hit(void *user, struct rec_hit *h UNUSED)
{
	((struct heard *)user)->hits++;
}

static void count_member(void *user, const struct scan_member *m UNUSED)
{
	((struct heard *)user)->members++;
}

static void count_data(void *user, const struct scan_data *d UNUSED)
{
	((struct heard *)user)->data++;
}

static void count_problem(void *user, const struct scan_problem *p UNUSED)
{
	((struct heard *)user)->problems++;
}

static enum err_code say(struct hearing *h, enum engine_frame type,
			 const void *msg)
{
	enum err_code code;
	struct frame f = {.type = type};
	struct buf b;
	struct err err;

	buf_init(&b, CHAN_BODY_MAX);
	assert_ok(order_encode(type, msg, &b, &err), err);
	f.body = buf_bytes(&b);
	code = hear(h, &f, &err);
	buf_release(&b);
	return code;
}

static const struct rec_match a_match = {.rule = {(const uint8_t *)"r", 1}};
static const struct rec_hit a_hit = {.identifier = {(const uint8_t *)"$", 1}};
static const uint8_t zeros[SHA256_LEN];

static bool says_yes(void *user UNUSED, const struct scan_seen *s UNUSED)
{
	return true;
}

static struct hearing hearing_of(struct heard *heard, bool archives)
{
	static struct scan_order order, plain;
	static struct scan_sink sink;

	*heard = (struct heard){0};
	sink = (struct scan_sink){.match = count_match,
				  .hit = count_hit,
				  .member = count_member,
				  .data = count_data,
				  .problem = count_problem,
				  .seen = says_yes,
				  .user = heard};
	order = (struct scan_order){.depth = 1, .take = true, .unpacked = 1000};
	return (struct hearing){.order = archives ? &order : &plain,
				.sink = &sink,
				.n_rules = 2,
				.begun_ns = time_mono_ns()};
}

static void the_truth_is_heard(void **state UNUSED)
{
	struct scan_member m = {.name = LIT("a"),
				.size = 3,
				.sha256 = bytes_of(zeros, SHA256_LEN)};
	struct scan_problem p = {.name = LIT("b"), .reason = REASON_CORRUPT};
	struct scan_data d = {.bytes = LIT("ab")}, last = {.bytes = LIT("c")};
	struct scan_end end = {.reason = REASON_SCANNED, .cpu_ns = INT64_MAX};
	struct heard heard;
	struct hearing h = hearing_of(&heard, true);

	last.last = true;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(say(&h, FRAME_MATCH, &a_match), ERR_OK);
		assert_int_equal(say(&h, FRAME_HIT, &a_hit), ERR_OK);
	}
	assert_int_equal(say(&h, FRAME_MEMBER, &m), ERR_OK);
	assert_int_equal(say(&h, FRAME_MATCH, &a_match), ERR_OK);
	assert_int_equal(say(&h, FRAME_DATA, &d), ERR_OK);
	assert_int_equal(say(&h, FRAME_DATA, &last), ERR_OK);
	assert_int_equal(say(&h, FRAME_PROBLEM, &p), ERR_OK);
	assert_int_equal(say(&h, FRAME_END, &end), ERR_OK);
	assert_true(h.ended);
	assert_true(h.end.cpu_ns < UINT64_C(1) << 40);
	assert_int_equal(heard.matches, 3);
	assert_int_equal(heard.hits, 2);
	assert_int_equal(heard.members + heard.problems + heard.data, 4);
}

static void members_are_asked_about_when_ordered(void **state UNUSED)
{
	const struct scan_seen good = {
		.name = LIT("a"),
		.size = 3,
		.hashes[HASH_SHA1] = bytes_of(zeros, 20)};
	struct scan_seen huge = good, nameless = good, other = good;
	const struct {
		const struct scan_seen *seen;
		bool judge;
		enum err_code code;
	} rows[] = {
		{&good, true, ERR_OK},         {&good, false, ERR_FORMAT},
		{&huge, true, ERR_FORMAT},     {&nameless, true, ERR_FORMAT},
		{&other, true, ERR_FORMAT},
	};

	huge.size = UNPACK_MEMBER + 1;
	nameless.name.n = 0;
	other.hashes[HASH_MD5] = bytes_of(zeros, 16); /* nobody asked for it */
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct heard heard;
		struct hearing h = hearing_of(&heard, true);
		struct scan_order order = *h.order;
		struct frame f = {.type = FRAME_SEEN};
		struct buf body;
		struct err err;
		bool heed = false;

		order.judge = rows[i].judge;
		order.hashes = 1u << HASH_SHA1;
		h.order = &order;
		buf_init(&body, 4096);
		assert_ok(order_encode(FRAME_SEEN, rows[i].seen, &body, &err),
			  err);
		f.body = buf_bytes(&body);
		assert_code(hear_seen(&h, &f, &heed, &err), rows[i].code);
		assert_int_equal(heed, rows[i].code == ERR_OK);
		buf_release(&body);
	}
}

static void lies_are_not_believed(void **state UNUSED)
{
	struct scan_member m = {.name = LIT("a"),
				.size = 3,
				.sha256 = bytes_of(zeros, SHA256_LEN)};
	struct scan_member huge = m, bare = m, nameless = m;
	struct scan_data d = {.bytes = LIT("abcd")};
	const struct rec_match ruleless = {.n_hits = 1};
	const struct rec_hit far = {.identifier = LIT("$"),
				    .offset = INT64_MAX,
				    .length = INT64_MAX};
	const struct scan_problem success = {.reason = REASON_SCANNED};
	const struct scan_problem none = {.reason = N_REASONS};
	const struct scan_end stopped = {.reason = REASON_STOPPED};
	const struct scan_end many = {.member_bytes = 1001};
	struct {
		bool archives, after_match, after_member;
		enum engine_frame type;
		const void *msg;
	} lies[] = {
		{false, false, false, FRAME_HIT, &a_hit},
		{false, false, false, FRAME_MATCH, &ruleless},
		{false, true, false, FRAME_HIT, &far},
		{false, false, false, FRAME_MEMBER, &m},
		{false, false, false, FRAME_PROBLEM, &none},
		{true, false, false, FRAME_MEMBER, &huge},
		{true, false, false, FRAME_MEMBER, &bare},
		{true, false, false, FRAME_MEMBER, &nameless},
		{true, false, false, FRAME_DATA, &d},
		{true, false, true, FRAME_DATA, &d},
		{true, false, true, FRAME_HIT, &a_hit},
		{true, false, false, FRAME_PROBLEM, &success},
		{true, false, false, FRAME_PROBLEM, &none},
		{true, false, false, FRAME_END, &stopped},
		{true, false, false, FRAME_END, &many},
		{true, false, false, FRAME_READY, &(struct engine_ready){0}},
	};
	struct heard heard;

	huge.size = (uint64_t)1 << 40;
	bare.sha256 = (struct bytes){0};
	nameless.name = (struct bytes){0};
	for (size_t i = 0; i < ARRAY_SIZE(lies); i++) {
		struct hearing h = hearing_of(&heard, lies[i].archives);

		if (lies[i].after_match)
			assert_int_equal(say(&h, FRAME_MATCH, &a_match),
					 ERR_OK);
		if (lies[i].after_member)
			assert_int_equal(say(&h, FRAME_MEMBER, &m), ERR_OK);
		if (say(&h, lies[i].type, lies[i].msg) != ERR_FORMAT)
			fail_msg("lie %zu is believed", i);
		assert_false(h.ended);
	}
}

static void floods_are_cut(void **state UNUSED)
{
	struct heard heard;
	struct hearing h = hearing_of(&heard, false);
	unsigned hits = 0;

	assert_int_equal(say(&h, FRAME_MATCH, &a_match), ERR_OK);
	while (say(&h, FRAME_HIT, &a_hit) == ERR_OK)
		hits++;
	assert_int_equal(hits, SCAN_HITS_MAX);
	assert_int_equal(say(&h, FRAME_MATCH, &a_match), ERR_OK);
	assert_int_equal(say(&h, FRAME_MATCH, &a_match), ERR_FORMAT);
}

static bool uses(const char *source, enum external e)
{
	struct plan plan = {0};
	struct engine *engine;
	bool does;

	plan_rules_str(&plan, "r.yar", source);
	plan_root_str(&plan, "/");
	plan_go(&plan, (struct req_start){.scan = true});
	engine = kit_engine(&plan);
	does = engine_uses(engine, e);
	engine_stop(engine);
	plan_release(&plan);
	return does;
}

static void only_what_rules_use_is_asked_for(void **state UNUSED)
{
	const char *pe = "import \"hash\" rule r { meta: owner = \"md5\" "
			 "condition: hash.md5(0, 1) == \"owner\" }";

	assert_true(uses("rule r { condition: md5 == \"\" }", EXTERNAL_md5));
	assert_true(uses("rule r { condition: owner contains \"r\" }",
			 EXTERNAL_owner));
	assert_false(uses("rule r { condition: md5 == \"\" }", EXTERNAL_owner));
	assert_false(uses(pe, EXTERNAL_md5));
	assert_false(uses(pe, EXTERNAL_owner));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_crash_costs_one_file),
		cmocka_unit_test(a_hang_costs_one_file),
		cmocka_unit_test(a_file_cut_while_it_is_mapped_costs_itself),
		cmocka_unit_test(too_much_memory_costs_one_file),
		cmocka_unit_test(a_large_file_is_scanned_like_a_small_one),
		cmocka_unit_test(a_huge_file_takes_little_memory),
		cmocka_unit_test(rules_that_are_wrong_are_said),
		cmocka_unit_test(only_what_rules_use_is_asked_for),
		cmocka_unit_test(the_truth_is_heard),
		cmocka_unit_test(lies_are_not_believed),
		cmocka_unit_test(members_are_asked_about_when_ordered),
		cmocka_unit_test(floods_are_cut),
	};

	signal(SIGPIPE, SIG_IGN);
	hash_lib_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
