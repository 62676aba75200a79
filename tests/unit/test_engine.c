/* SPDX-License-Identifier: Apache-2.0 */
/* What one file does to the engine costs that file. */
#include "unit/unit.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "base/hash.h"
#include "base/time.h"
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
	};

	signal(SIGPIPE, SIG_IGN);
	hash_lib_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
