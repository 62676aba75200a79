/* SPDX-License-Identifier: Apache-2.0 */
/* Files that were cut: what is told of them, and how they go on. */
#include "unit/case_util.h"

#include "base/time.h"

#define MIB (1u << 20)

#define CUT_AT (MIB + MIB / 2 + 3)
#define CUT_OF (3 * MIB + 1)

static uint64_t put_content(struct fix *f, const char *path, uint64_t from,
			    int64_t mtime_ns)
{
	struct change *c = fix_record(f, REC_FILE);

	c->u.record.u.file = (struct rec_file){
		.seq = ++f->files,
		.path = change_bytes(c, bytes_str(path)),
		.mode = 0100600,
		.nlink = 1,
		.ino = 77,
		.size = CUT_OF,
		.mtime_ns = mtime_ns,
		.atime_ns = TIME_UNKNOWN,
		.ctime_ns = 9,
		.btime_ns = TIME_UNKNOWN,
		.content = true,
		.from = from,
	};
	fix_submit(f, c);
	return f->files;
}

static void put_rest(struct fix *f, uint64_t file, struct bytes whole,
		     uint64_t from)
{
	while (from < whole.n) {
		struct change *c = fix_record(f, REC_CHUNK);
		size_t n = (size_t)MIN(whole.n - from,
				       (uint64_t)RECORD_CHUNK_MAX);

		c->u.record.u.chunk = (struct rec_chunk){
			.file_seq = file,
			.offset = from,
			.data = change_bytes(c, bytes_of(whole.p + from, n))};
		fix_submit(f, c);
		from += n;
	}
}

/* Brings CUT_AT bytes of the file, and the run is cut. */
static void cut_short(struct fix *f, struct bytes whole)
{
	uint64_t file = put_content(f, "/core", 0, 5);

	put_bytes(f, file, bytes_of(whole.p, CUT_AT));
	put_run_host(f, "reconnecting");
	fix_flush(f);
	f->files = 0; /* the next probe's numbers are its own */
}

/* What case_had tells. */
struct told {
	unsigned n;
	struct req_have last;
	uint8_t sha256[SHA256_LEN];
};

static enum err_code take_have(void *user, const struct req_have *have,
			       struct err *err UNUSED)
{
	struct told *t = user;

	t->n++;
	t->last = *have;
	memcpy(t->sha256, have->sha256.p, sizeof t->sha256);
	return ERR_OK;
}

static void ask_had(struct fix *f, struct told *t)
{
	const struct had_sink sink = {.take = take_have, .user = t};
	struct err err;

	*t = (struct told){0};
	assert_ok(case_had(f->cf, &f->run, &f->host, &sink, &err), err);
}

static void a_cut_file_goes_on_in_its_item(void **state)
{
	struct fix *f = *state;
	uint8_t *p = noise(CUT_OF, 5), digest[SHA256_LEN];
	struct bytes whole = bytes_of(p, CUT_OF);
	struct told told;
	uint64_t file;
	char *id;

	cut_short(f, whole);
	ask_had(f, &told);
	assert_int_equal(told.n, 1);
	assert_int_equal(told.last.bytes, CUT_AT);
	assert_int_equal(told.last.size, CUT_OF);
	assert_false(told.last.whole);
	hash_sha256(bytes_of(p, CUT_AT), digest);
	assert_memory_equal(told.sha256, digest, sizeof digest);

	file = put_content(f, "/core", CUT_AT, 5);
	put_rest(f, file, whole, CUT_AT);
	put_end(f, file, whole);
	fix_flush(f);
	assert_sql(f, "SELECT count(*) || complete || size || method"
		   " FROM evidence",
		   "113145729halligan-probe; gone on at byte 1572867");
	id = sql_str(f, "SELECT id FROM evidence");
	assert_evidence(f, id, whole);
	ask_had(f, &told);
	assert_int_equal(told.n, 1);
	assert_true(told.last.whole);
	expect_sound(f);
	free(id);
	free(p);
}

/* Who was killed could not hash what it had. */
static void what_was_killed_is_hashed_when_it_is_asked_for(void **state)
{
	struct fix *f = *state;
	uint8_t *p = noise(CUT_OF, 6), digest[SHA256_LEN];
	struct told told;

	put_bytes(f, put_content(f, "/core", 0, 5), bytes_of(p, CUT_AT));
	fix_close(f);
	fix_open(f);
	ask_had(f, &told);
	assert_int_equal(told.n, 1);
	assert_int_equal(told.last.bytes, MIB); /* whole ones were stored */
	hash_sha256(bytes_of(p, MIB), digest);
	assert_memory_equal(told.sha256, digest, sizeof digest);
	free(p);
}

/* A host that says that it goes on, and sends something else. */
static void the_hash_of_all_of_it_must_hold(void **state)
{
	struct fix *f = *state;
	uint8_t *p = noise(CUT_OF, 7);
	struct bytes whole = bytes_of(p, CUT_OF);
	uint64_t file;

	cut_short(f, whole);
	p[5] ^= 1;
	file = put_content(f, "/core", CUT_AT, 5);
	put_rest(f, file, whole, CUT_AT);
	put_end(f, file, whole);
	fix_flush(f);
	assert_sql(f, "SELECT count(*) || complete || reason FROM evidence",
		   "10sha256 differs after transfer");
	expect_sound(f);
	free(p);
}

/* Nothing of it is here, or it is another file, or it ends elsewhere. */
static void what_is_not_here_does_not_go_on(void **state)
{
	static const struct {
		const char *path;
		uint64_t from;
		int64_t mtime_ns;
	} cases[] = {
		{"/other", CUT_AT, 5},
		{"/core", CUT_AT - 1, 5},
		{"/core", CUT_AT, 6},
		{"/core", CUT_OF + 1, 5},
	};
	struct fix *f = *state;
	uint8_t *p = noise(CUT_OF, 8);
	struct err err;

	cut_short(f, bytes_of(p, CUT_OF));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		(void)put_content(f, cases[i].path, cases[i].from,
				  cases[i].mtime_ns);
		fix_flush(f);
		assert_code(case_health(f->cf, &err), ERR_FORMAT);
	}
	assert_sql(f, "SELECT count(*) || complete || size || reason"
		   " FROM evidence",
		   "101572867broken off");
	free(p);
}

#define HAD_TEST(t) \
	cmocka_unit_test_setup_teardown(t, host_and_run, fix_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		HAD_TEST(a_cut_file_goes_on_in_its_item),
		HAD_TEST(what_was_killed_is_hashed_when_it_is_asked_for),
		HAD_TEST(the_hash_of_all_of_it_must_hold),
		HAD_TEST(what_is_not_here_does_not_go_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
