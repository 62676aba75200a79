/* SPDX-License-Identifier: Apache-2.0 */
/* The probe let loose on a tree of traps: it ends, says of each what became
 * of it, finds what is good, and reads nothing outside. */
#include "unit/unit.h"

#include "base/fs.h"
#include "base/time.h"
#include "unit/probe_child.h"
#include "unit/traps.h"

#define LIMIT_NS   (120 * NS_PER_S) /* on a busy machine, under sanitisers */
#ifdef __SANITIZE_ADDRESS__
#define RSS_MAX	 ((uint64_t)4 << 30) /* its shadow is no memory of ours */
#else
#define RSS_MAX	   ((uint64_t)150 << 20)
#endif
#define FLIPS_MIN  10000u
#define WALKS	   20u

static const char rules[] =
	"rule good { strings: $a = \"GOOD\" condition: $a at 0 } "
	"rule outside { strings: $a = \"OUTSIDE\" condition: $a }";

struct bed {
	struct folder f;
	char *tree;
	struct traps traps;
};

static int set_up(void **state)
{
	static struct bed bed;

	folder_make(&bed.f);
	bed.tree = xstrdup(folder_at(&bed.f, "t"));
	traps_lay(bed.tree, &bed.traps);
	*state = &bed;
	return 0;
}

static int tear_down(void **state)
{
	struct bed *bed = *state;

	folder_remove(&bed->f);
	free(bed->tree);
	return 0;
}

static void hunt(const char *path, struct child *c)
{
	int64_t begin = time_mono_ns();
	const struct rec_done *done;

	child_serve(c);
	child_ask(c, rules, path, (struct req_start){.scan = true});
	assert_int_equal(child_end(c), 0);
	assert_true(time_mono_ns() - begin < LIMIT_NS);
	done = &took_nth(&c->took, REC_DONE, 0)->u.done;
	assert_true(done->complete);
	assert_true(done->rss_bytes < RSS_MAX);
}

static size_t matches(const struct took *t, const char *rule)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++)
		n += t->recs[i].type == REC_MATCH &&
		     bytes_eq(t->recs[i].u.match.rule, bytes_str(rule));
	return n;
}

static uint64_t all_covered(const struct took *t)
{
	uint64_t n = 0;

	for (size_t i = 0; i < t->n; i++)
		n += t->recs[i].type == REC_COVERAGE
			     ? t->recs[i].u.coverage.files
			     : 0;
	return n;
}

/* Each is in one row, so that they add up to what find(1) counts. */
static void every_trap_has_its_row(void **state)
{
	const struct bed *bed = *state;
	const struct traps *traps = &bed->traps;
	struct child c;

	hunt(bed->tree, &c);
	assert_int_equal(matches(&c.took, "good"), traps->good);
	assert_int_equal(matches(&c.took, "outside"), 0);
	assert_int_equal(took_covered(&c.took, "skipped", "fifo"),
			 traps->fifos);
	assert_int_equal(took_covered(&c.took, "skipped", "socket"),
			 traps->sockets);
	assert_int_equal(took_covered(&c.took, "skipped", "device"),
			 traps->devices);
	assert_int_equal(took_covered(&c.took, "skipped", "symlink"),
			 traps->symlinks);
	assert_int_equal(took_covered(&c.took, "skipped", "sparse") +
				 took_covered(&c.took, "skipped", "size"),
			 traps->sparse);
	assert_int_equal(all_covered(&c.took), traps->all);
	took_release(&c.took);
}

/* Again and again until things were exchanged often enough; and once more
 * with all that is around them. */
static void nothing_is_read_outside_whoever_races(void **state)
{
	const struct bed *bed = *state;
	char *race = xasprintf("%s/race", bed->tree);
	struct racers racers;
	unsigned rounds = 0;
	struct child c;
	uint64_t flips;

	racers_start(&racers, bed->tree);
	do {
		hunt(rounds < WALKS ? race : bed->tree, &c);
		assert_int_equal(matches(&c.took, "outside"), 0);
		took_release(&c.took);
		flips = __atomic_load_n(racers.flips, __ATOMIC_RELAXED);
	} while (rounds++ < WALKS || flips < FLIPS_MIN);
	racers_stop(&racers);
	free(race);
	print_message("%" PRIu64 " exchanges in %u walks\n", flips, rounds);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_trap_has_its_row),
		cmocka_unit_test(nothing_is_read_outside_whoever_races),
	};

	if (!probe_find())
		return 77;
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
