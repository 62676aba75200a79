/* SPDX-License-Identifier: Apache-2.0 */
/* What is in archives is found, and what is made to hurt does not. */
#include "unit/unit.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "base/time.h"
#include "unit/probe_kit.h"

#define LIT(s) bytes_of(s, sizeof(s) - 1)
#define MIB    ((size_t)1 << 20)

static const char evil[] = "rule r { strings: $a = \"EVIL\" condition: $a }";

/* ---- making archives ---- */

typedef int (*set_up)(struct archive *a);

/* An archive in memory: format, filter (NULL: none), then members. */
struct maker {
	struct archive *a;
	struct buf out;
};

static la_ssize_t take_bytes(struct archive *a UNUSED, void *user,
			     const void *p, size_t n)
{
	assert_true(buf_add(user, p, n));
	return (la_ssize_t)n;
}

static void make_begin(struct maker *m, set_up format, set_up filter)
{
	buf_init(&m->out, 256 * MIB);
	m->a = archive_write_new();
	assert_int_equal(format(m->a), ARCHIVE_OK);
	if (filter)
		assert_int_equal(filter(m->a), ARCHIVE_OK);
	assert_int_equal(archive_write_set_bytes_per_block(m->a, 0),
			 ARCHIVE_OK);
}

static void make_open(struct maker *m)
{
	assert_int_equal(
		archive_write_open(m->a, &m->out, NULL, take_bytes, NULL),
		ARCHIVE_OK);
}

static void make_add(struct maker *m, const char *name, struct bytes content)
{
	struct archive_entry *e = archive_entry_new();

	archive_entry_set_pathname(e, name);
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_perm(e, 0644);
	archive_entry_set_size(e, (la_int64_t)content.n);
	assert_int_equal(archive_write_header(m->a, e), ARCHIVE_OK);
	assert_int_equal(archive_write_data(m->a, content.p, content.n),
			 content.n);
	archive_entry_free(e);
}

static struct bytes make_end(struct maker *m)
{
	assert_int_equal(archive_write_free(m->a), ARCHIVE_OK);
	return buf_bytes(&m->out);
}

/* One member in an archive; release m->out. */
static struct bytes make_one(struct maker *m, set_up format, set_up filter,
			     const char *name, struct bytes content)
{
	make_begin(m, format, filter);
	make_open(m);
	make_add(m, name, content);
	return make_end(m);
}

/* ---- looking at them ---- */

static void look(struct plan *plan, const char *rules, const struct folder *f,
		 struct took *t)
{
	plan_rules_str(plan, "test.yar", rules);
	plan_root_str(plan, f->path);
	plan->start.scan = true;
	plan->start.archives = true;
	plan->start.context = 8;
	plan_go(plan, plan->start);
	kit_run(plan, t);
}

static const struct rec_file *member(const struct took *t, const char *name)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct rec_file *f = &t->recs[i].u.file;

		if (t->recs[i].type == REC_FILE &&
		    bytes_eq(f->member, bytes_str(name)))
			return f;
	}
	return NULL;
}

static bool has_match(const struct took *t, const struct rec_file *f)
{
	for (size_t i = 0; f && i < t->n; i++) {
		if (t->recs[i].type == REC_MATCH &&
		    t->recs[i].u.match.file_seq == f->seq)
			return true;
	}
	return false;
}

/* A single archive "x" in a folder. */
static void look_at(struct bytes archive, struct plan *plan, struct took *t)
{
	struct folder f;

	folder_make(&f);
	folder_write(&f, "x", archive);
	look(plan, evil, &f, t);
	folder_remove(&f);
}

static void every_kind_is_looked_into(void **state UNUSED)
{
	static const struct {
		set_up format, filter;
		const char *file, *member;
	} kinds[] = {
		{archive_write_set_format_pax, NULL, "a.tar", "d/bad"},
		{archive_write_set_format_gnutar, archive_write_add_filter_gzip,
		 "a.tgz", "d/bad"},
		{archive_write_set_format_pax, archive_write_add_filter_xz,
		 "a.tar.xz", "d/bad"},
		{archive_write_set_format_pax, archive_write_add_filter_zstd,
		 "a.tar.zst", "d/bad"},
		{archive_write_set_format_ustar, archive_write_add_filter_bzip2,
		 "a.tar.bz2", "d/bad"},
		{archive_write_set_format_zip, NULL, "a.zip", "d/bad"},
		{archive_write_set_format_raw, archive_write_add_filter_gzip,
		 "bad.gz", "bad"},
		{archive_write_set_format_raw, archive_write_add_filter_xz,
		 "bad.xz", "bad"},
		{archive_write_set_format_raw, archive_write_add_filter_zstd,
		 "bad.zst", "bad"},
		{archive_write_set_format_raw, archive_write_add_filter_bzip2,
		 "bad.bz2", "bad"},
	};
	/* Packed content must not hold the word. */
	struct bytes content = LIT("x x x x x x x x x EVIL x x x x x x x x x");
	uint8_t sum[SHA256_LEN];

	hash_sha256(content, sum);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct plan plan = {0};
		const struct rec_file *m;
		struct maker maker;
		struct folder f;
		struct took t;

		folder_make(&f);
		folder_write(&f, kinds[i].file,
			     make_one(&maker, kinds[i].format, kinds[i].filter,
				      "d/bad", content));
		look(&plan, evil, &f, &t);
		m = member(&t, kinds[i].member);
		if (!m || !has_match(&t, m))
			fail_msg("%s", kinds[i].file);
		assert_true(bytes_eq(m->path,
				     bytes_str(folder_at(&f, kinds[i].file))));
		assert_int_equal(m->size, content.n);
		assert_true(bytes_eq(m->sha256, bytes_of(sum, sizeof sum)));
		assert_int_equal(took_count(&t, REC_CHUNK), 0);
		took_release(&t);
		buf_release(&maker.out);
		folder_remove(&f);
	}
}

static void without_being_asked_nothing_is_unpacked(void **state UNUSED)
{
	struct maker maker;
	struct folder f;
	struct took t;

	folder_make(&f);
	folder_write(&f, "a.zip",
		     make_one(&maker, archive_write_set_format_zip, NULL, "bad",
			      LIT("x x x x x x x x x EVIL x x x x x x x")));
	kit_look(evil, f.path, &t);
	assert_int_equal(took_count(&t, REC_FILE), 0);
	assert_int_equal(took_covered(&t, "scanned", ""), 1);
	took_release(&t);
	buf_release(&maker.out);
	folder_remove(&f);
}

static void archives_in_archives_go_so_deep(void **state UNUSED)
{
	struct plan plan = {.start = {.archive_depth = 2}};
	struct maker first, second, third;
	struct took t;

	make_one(&first, archive_write_set_format_raw,
		 archive_write_add_filter_gzip, "-", LIT("EVIL"));
	make_begin(&second, archive_write_set_format_pax, NULL);
	make_open(&second);
	make_add(&second, "b.gz", buf_bytes(&first.out));
	make_add(&second, "plain", LIT("EVIL"));
	make_end(&second);
	make_one(&third, archive_write_set_format_zip, NULL, "a.tar",
		 buf_bytes(&second.out));
	look_at(buf_bytes(&third.out), &plan, &t);
	assert_true(has_match(&t, member(&t, "a.tar!/plain")));
	assert_null(member(&t, "a.tar!/b.gz!/b"));
	assert_int_equal(took_covered(&t, "skipped", "archive-limit"), 1);
	took_release(&t);

	plan = (struct plan){.start = {.archive_depth = 3}};
	look_at(buf_bytes(&third.out), &plan, &t);
	assert_true(has_match(&t, member(&t, "a.tar!/b.gz!/b")));
	assert_int_equal(took_covered(&t, "skipped", "archive-limit"), 0);
	took_release(&t);
	buf_release(&first.out);
	buf_release(&second.out);
	buf_release(&third.out);
}

static void rules_see_the_names_of_members(void **state UNUSED)
{
	struct plan plan = {0};
	struct maker maker;
	struct folder f;
	struct took t;
	char *rules;

	folder_make(&f);
	folder_write(&f, "a.zip",
		     make_one(&maker, archive_write_set_format_zip, NULL,
			      "d/e/x.php", LIT("<?php x")));
	rules = xasprintf("rule r { condition: filename == \"x.php\" and "
			  "extension == \".php\" and filetype == \"PHP\" and "
			  "filepath == \"%s!/d/e\" and filesize == 7 and "
			  "md5 == \"42b34e22d37b4f6814e5f2e572cdad6a\" }",
			  folder_at(&f, "a.zip"));
	look(&plan, rules, &f, &t);
	assert_true(has_match(&t, member(&t, "d/e/x.php")));
	took_release(&t);
	buf_release(&maker.out);
	free(rules);
	folder_remove(&f);
}

/* Names are data: they are reported as they are, and nothing is made. */
static void names_lead_nowhere(void **state UNUSED)
{
	static const char *const names[] = {"../../../../tmp/halligan-escaped",
					    "/tmp/halligan-escaped", "a\nb",
					    "caf\xc3\xa9"};
	struct plan plan = {0};
	struct maker maker;
	struct took t;

	make_begin(&maker, archive_write_set_format_gnutar, NULL);
	make_open(&maker);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		make_add(&maker, names[i], LIT("EVIL"));
	look_at(make_end(&maker), &plan, &t);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		assert_true(has_match(&t, member(&t, names[i])));
	assert_int_not_equal(access("/tmp/halligan-escaped", F_OK), 0);
	took_release(&t);
	buf_release(&maker.out);
}

static void members_that_match_are_taken(void **state UNUSED)
{
	struct plan plan = {.start = {.collect = true}};
	struct bytes want;
	uint8_t *big = noise(MIB);
	const struct rec_file_end *end;
	const struct rec_file *m;
	struct maker maker;
	struct buf got;
	struct took t;

	memcpy(big + 1000, "EVIL", 4);
	want = bytes_of(big, MIB);
	make_begin(&maker, archive_write_set_format_zip, NULL);
	make_open(&maker);
	make_add(&maker, "good", LIT("nothing"));
	make_add(&maker, "bad", want);
	look_at(make_end(&maker), &plan, &t);
	m = member(&t, "bad");
	assert_non_null(m);
	assert_true(m->content);
	buf_init(&got, 2 * MIB);
	for (size_t i = 0; i < t.n; i++) {
		const struct rec_chunk *c = &t.recs[i].u.chunk;

		if (t.recs[i].type != REC_CHUNK || c->file_seq != m->seq)
			continue;
		assert_int_equal(c->offset, got.n);
		assert_true(buf_add_bytes(&got, c->data));
	}
	assert_true(bytes_eq(buf_bytes(&got), want));
	end = &took_nth(&t, REC_FILE_END, 0)->u.file_end;
	assert_int_equal(end->file_seq, m->seq);
	assert_true(end->complete);
	assert_true(bytes_eq(end->sha256, m->sha256));
	assert_null(member(&t, "good"));
	took_release(&t);
	buf_release(&got);
	buf_release(&maker.out);
	free(big);
}

static void coverage_counts_members_apart(void **state UNUSED)
{
	struct plan plan = {0};
	static const struct rec_coverage none;
	const struct rec_coverage *row = &none;
	struct maker maker;
	struct took t;

	make_begin(&maker, archive_write_set_format_zip, NULL);
	make_open(&maker);
	make_add(&maker, "a", LIT("123"));
	make_add(&maker, "b", LIT("4567"));
	look_at(make_end(&maker), &plan, &t);
	for (size_t i = 0; i < t.n; i++) {
		if (t.recs[i].type == REC_COVERAGE &&
		    bytes_eq(t.recs[i].u.coverage.what, LIT("archive")))
			row = &t.recs[i].u.coverage;
	}
	assert_int_equal(row->files, 2);
	assert_int_equal(row->bytes, 7);
	assert_int_equal(took_nth(&t, REC_DONE, 0)->u.done.files, 1);
	took_release(&t);
	buf_release(&maker.out);
}

/* ---- one behind the other ---- */

#define WORDS "these are words and no archive of any kind. "

static uint64_t members_with_match(const struct took *t)
{
	uint64_t n = 0;

	for (size_t i = 0; i < t->n; i++) {
		const struct rec_file *f = &t->recs[i].u.file;

		n += t->recs[i].type == REC_FILE && f->member.n &&
		     has_match(t, f);
	}
	return n;
}

static void add_archive(struct buf *to, set_up format, set_up filter,
			const char *name)
{
	struct maker m;

	if (format)
		assert_true(buf_add_bytes(
			to, make_one(&m, format, filter, name,
				     LIT("x x x x x x x EVIL x x x x x x"))));
	if (format)
		buf_release(&m.out);
}

static void what_is_behind_an_archive_is_looked_into(void **state UNUSED)
{
	static const struct {
		const char *head;
		set_up first, first_filter;
		const char *between;
		set_up second, second_filter;
		const char *tail;
		uint64_t members, trailing;
	} rows[] = {
#define TAR archive_write_set_format_ustar, NULL
#define ZIP archive_write_set_format_zip, NULL
#define GZ  archive_write_set_format_raw, archive_write_add_filter_gzip
		{"", TAR, "", TAR, "", 2, 0},
		{"", TAR, WORDS, TAR, "", 2, 0},
		{"", TAR, "", ZIP, "", 2, 0},
		{"", TAR, WORDS, GZ, "", 2, 0},
		{"", GZ, "", GZ, "", 1, 0}, /* one, in two pieces */
		{"", GZ, WORDS, GZ, "", 2, 0},
		{"", GZ, "BZh PK\x03 " WORDS, TAR, "", 2, 0},
		{"", ZIP, "", ZIP, "", 2, 0},
		{"", ZIP, WORDS, GZ, WORDS, 2, 1},
		{"\xff\xd8\xff\xe0 JFIF " WORDS, ZIP, "", NULL, NULL, "", 1, 0},
		{"\x7f" "ELF " WORDS, ZIP, "", NULL, NULL, "", 1, 0},
		{"MZ " WORDS, ZIP, "", NULL, NULL, WORDS, 1, 1},
		{"", TAR, "", NULL, NULL, WORDS, 1, 1},
		{"", GZ, "", NULL, NULL, WORDS, 1, 1},
		{"", ZIP, "", NULL, NULL, WORDS, 1, 1},
		{"", ZIP, "", NULL, NULL, "", 1, 0},
#undef TAR
#undef ZIP
#undef GZ
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct plan plan = {0};
		struct took t;
		struct buf all;

		buf_init(&all, MIB);
		(void)buf_add_str(&all, rows[i].head);
		add_archive(&all, rows[i].first, rows[i].first_filter, "a");
		(void)buf_add_str(&all, rows[i].between);
		add_archive(&all, rows[i].second, rows[i].second_filter, "b");
		(void)buf_add_str(&all, rows[i].tail);
		look_at(buf_bytes(&all), &plan, &t);
		if (members_with_match(&t) != rows[i].members ||
		    took_covered(&t, "skipped", "trailing") !=
			    rows[i].trailing ||
		    took_covered(&t, "skipped", "corrupt"))
			fail_msg("row %zu: %" PRIu64 " members, %" PRIu64
				 " trailing, %" PRIu64 " corrupt",
				 i, members_with_match(&t),
				 took_covered(&t, "skipped", "trailing"),
				 took_covered(&t, "skipped", "corrupt"));
		took_release(&t);
		buf_release(&all);
	}
}

/* The end of a zip that is in a tar is not the tar's. */
static void an_archive_in_an_archive_is_not_behind_it(void **state UNUSED)
{
	struct plan plan = {0};
	struct maker inner, outer;
	struct took t;

	make_one(&inner, archive_write_set_format_zip, NULL, "b",
		 LIT("EVIL"));
	make_one(&outer, archive_write_set_format_ustar, NULL, "a.zip",
		 buf_bytes(&inner.out));
	look_at(buf_bytes(&outer.out), &plan, &t);
	assert_true(has_match(&t, member(&t, "a.zip!/b")));
	assert_null(member(&t, "b"));
	assert_int_equal(took_covered(&t, "skipped", "corrupt"), 0);
	assert_int_equal(took_covered(&t, "skipped", "trailing"), 0);
	took_release(&t);
	buf_release(&inner.out);
	buf_release(&outer.out);
}

/* Two in what one filter unpacks. */
static void tars_in_one_gzip_are_both_looked_into(void **state UNUSED)
{
	struct plan plan = {0};
	struct maker outer;
	struct buf tars;
	struct took t;

	buf_init(&tars, MIB);
	add_archive(&tars, archive_write_set_format_ustar, NULL, "a");
	add_archive(&tars, archive_write_set_format_ustar, NULL, "b");
	make_one(&outer, archive_write_set_format_raw,
		 archive_write_add_filter_gzip, "-", buf_bytes(&tars));
	look_at(buf_bytes(&outer.out), &plan, &t);
	assert_true(has_match(&t, member(&t, "a")));
	assert_true(has_match(&t, member(&t, "b")));
	assert_int_equal(took_covered(&t, "skipped", "corrupt"), 0);
	took_release(&t);
	buf_release(&outer.out);
	buf_release(&tars);
}

/* ---- indicators ---- */

static void plan_indicator(struct plan *plan, const char *kind,
			   const char *value)
{
	struct req_indicator req = {.id = bytes_str(value),
				    .kind = bytes_str(kind),
				    .value = bytes_str(value)};
	struct err err;

	assert_ok(plan_add_indicator(plan, &req, &err), err);
}

/* Whether the indicator was sighted in that member, and nowhere else. */
static bool sighted(const struct took *t, const char *value, const char *name)
{
	const struct rec_file *f = member(t, name);
	size_t n = 0, there = 0;

	for (size_t i = 0; i < t->n; i++) {
		const struct rec_sighting *s = &t->recs[i].u.sighting;

		if (t->recs[i].type != REC_SIGHTING ||
		    !bytes_eq(s->value, bytes_str(value)))
			continue;
		n++;
		there += f && s->file_seq == f->seq;
	}
	return n == 1 && there == 1;
}

/* With rules and without; what is sighted is taken. */
static void members_are_held_against_indicators(void **state UNUSED)
{
	static const char sha1[] = "f7ff9e8b7bb2e09b70935a5d785e0cc5d9d0abf0";
	static const char size[] = "33", name[] = "/kit\\.[a-z]+$";

	for (unsigned rules = 0; rules < 2; rules++) {
		struct plan plan = {0};
		struct maker m;
		struct folder f;
		struct took t;

		make_begin(&m, archive_write_set_format_zip, NULL);
		make_open(&m);
		make_add(&m, "d/by-hash", LIT("Hello"));
		make_add(&m, "d/kit.bin", LIT("nothing"));
		make_add(&m, "d/sized", LIT("exactly thirty-three bytes long.."));
		make_add(&m, "d/plain", LIT("nothing at all"));
		make_end(&m);
		folder_make(&f);
		folder_write(&f, "x.jpg", buf_bytes(&m.out));
		folder_write(&f, "words", LIT(WORDS));
		plan_root_str(&plan, f.path);
		plan_indicator(&plan, "sha1", sha1);
		plan_indicator(&plan, "size", size);
		plan_indicator(&plan, "filename", name);
		if (rules)
			plan_rules_str(&plan, "test.yar", evil);
		plan_go(&plan, (struct req_start){.scan = rules,
						  .archives = true,
						  .collect = true});
		kit_run(&plan, &t);
		assert_true(sighted(&t, sha1, "d/by-hash"));
		assert_true(sighted(&t, size, "d/sized"));
		assert_true(sighted(&t, name, "d/kit.bin"));
		assert_null(member(&t, "d/plain"));
		assert_int_equal(took_count(&t, REC_FILE_END), 3);
		assert_int_equal(took_covered(&t, "scanned", "indicators-only"),
				 rules ? 0 : 2);
		took_release(&t);
		buf_release(&m.out);
		folder_remove(&f);
	}
}

/* ---- what is made to hurt ---- */

/* A bomb is cut at a limit, in little time, and the rest goes on. */
static void survive(struct bytes bomb, struct plan *plan)
{
	int64_t begun = time_mono_ns();
	struct folder f;
	struct took t;

	folder_make(&f);
	folder_write(&f, "a-bomb", bomb);
	folder_write(&f, "bad", LIT("EVIL"));
	look(plan, evil, &f, &t);
	assert_true(took_match(&t, "r", folder_at(&f, "bad")));
	assert_int_equal(took_covered(&t, "skipped", "archive-limit"), 1);
	assert_int_equal(took_covered(&t, "skipped", "corrupt"), 0);
	assert_int_equal(took_nth(&t, REC_DONE, 0)->u.done.files, 2);
	if (!SANITISED)
		assert_true(took_nth(&t, REC_DONE, 0)->u.done.rss_bytes <
			    200 * MIB);
	assert_true(time_mono_ns() - begun < 60 * NS_PER_S);
	took_release(&t);
	folder_remove(&f);
}

static void bombs_do_not_go_off(void **state UNUSED)
{
	static const struct {
		set_up format, filter;
	} kinds[] = {
		{archive_write_set_format_raw, archive_write_add_filter_gzip},
		{archive_write_set_format_raw, archive_write_add_filter_xz},
		{archive_write_set_format_raw, archive_write_add_filter_zstd},
		{archive_write_set_format_raw, archive_write_add_filter_bzip2},
		{archive_write_set_format_zip, NULL},
	};
	uint8_t *zeros = xcalloc(1, 48 * MIB);

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct plan plan = {0};
		struct maker maker;

		survive(make_one(&maker, kinds[i].format, kinds[i].filter,
				 "zeros", bytes_of(zeros, 48 * MIB)),
			&plan);
		buf_release(&maker.out);
	}
	free(zeros);
}

/* Small in small, as "42.zip" is: all levels are counted together. */
static void nested_bombs_do_not_go_off(void **state UNUSED)
{
	struct plan plan = {.start = {.archive_bytes = 20 * MIB}};
	uint8_t *zeros = xcalloc(1, 8 * MIB);
	struct maker inner, outer;
	char name[16];

	make_one(&inner, archive_write_set_format_zip, NULL, "zeros",
		 bytes_of(zeros, 8 * MIB));
	make_begin(&outer, archive_write_set_format_zip, NULL);
	make_open(&outer);
	for (unsigned i = 0; i < 64; i++) {
		snprintf(name, sizeof name, "%u.zip", i);
		make_add(&outer, name, buf_bytes(&inner.out));
	}
	survive(make_end(&outer), &plan);
	buf_release(&inner.out);
	buf_release(&outer.out);
	free(zeros);
}

/* A tar of some KiB with one file of 48 MiB, all hole. */
static void holes_do_not_count_as_free(void **state UNUSED)
{
	struct archive_entry *e = archive_entry_new();
	const size_t n = 48 * MIB;
	uint8_t *zeros = xcalloc(1, n);
	struct plan plan = {0};
	struct maker m;

	make_begin(&m, archive_write_set_format_pax, NULL);
	make_open(&m);
	archive_entry_set_pathname(e, "holes");
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_size(e, (la_int64_t)n);
	archive_entry_sparse_add_entry(e, (la_int64_t)n - 4, 4);
	assert_int_equal(archive_write_header(m.a, e), ARCHIVE_OK);
	assert_int_equal(archive_write_data(m.a, zeros, n), n);
	archive_entry_free(e);
	assert_true(make_end(&m).n < MIB);
	survive(buf_bytes(&m.out), &plan);
	buf_release(&m.out);
	free(zeros);
}

static void a_large_member_is_scanned_as_far_as_held(void **state UNUSED)
{
	size_t n = 65 * MIB;
	uint8_t *big = noise(n);
	struct plan plan = {0};
	struct maker maker;
	struct took t;

	memcpy(big + 63 * MIB, "EVIL", 4);
	make_begin(&maker, archive_write_set_format_pax, NULL);
	make_open(&maker);
	make_add(&maker, "big", bytes_of(big, n));
	make_add(&maker, "after", LIT("EVIL"));
	look_at(make_end(&maker), &plan, &t);
	assert_true(has_match(&t, member(&t, "big")));
	assert_true(has_match(&t, member(&t, "after")));
	assert_int_equal(took_covered(&t, "skipped", "archive-limit"), 1);
	took_release(&t);
	buf_release(&maker.out);
	free(big);
}

static void what_was_read_before_damage_counts(void **state UNUSED)
{
	uint8_t *big = noise(MIB);
	struct plan plan = {0};
	struct maker maker;
	struct bytes whole;
	struct took t;

	make_begin(&maker, archive_write_set_format_pax,
		   archive_write_add_filter_gzip);
	make_open(&maker);
	make_add(&maker, "before", LIT("EVIL"));
	make_add(&maker, "cut", bytes_of(big, MIB));
	whole = make_end(&maker);
	look_at(bytes_of(whole.p, whole.n / 2), &plan, &t);
	assert_true(has_match(&t, member(&t, "before")));
	assert_int_equal(took_covered(&t, "skipped", "corrupt"), 1);
	took_release(&t);

	plan = (struct plan){0};
	look_at(LIT("PK\x03\x04 and then nothing of the kind"), &plan, &t);
	assert_int_equal(took_covered(&t, "skipped", "corrupt"), 1);
	assert_int_equal(took_covered(&t, "scanned", ""), 1);
	took_release(&t);
	buf_release(&maker.out);
	free(big);
}

static void encrypted_members_are_said(void **state UNUSED)
{
	struct plan plan = {0};
	struct maker maker;
	struct took t;

	make_begin(&maker, archive_write_set_format_zip, NULL);
	assert_int_equal(
		archive_write_set_options(maker.a, "zip:encryption=aes128"),
		ARCHIVE_OK);
	assert_int_equal(archive_write_set_passphrase(maker.a, "infected"),
			 ARCHIVE_OK);
	make_open(&maker);
	make_add(&maker, "secret", LIT("EVIL"));
	look_at(make_end(&maker), &plan, &t);
	assert_int_equal(took_covered(&t, "skipped", "encrypted"), 1);
	assert_null(member(&t, "secret"));
	took_release(&t);
	buf_release(&maker.out);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_is_looked_into),
		cmocka_unit_test(without_being_asked_nothing_is_unpacked),
		cmocka_unit_test(archives_in_archives_go_so_deep),
		cmocka_unit_test(rules_see_the_names_of_members),
		cmocka_unit_test(names_lead_nowhere),
		cmocka_unit_test(members_that_match_are_taken),
		cmocka_unit_test(coverage_counts_members_apart),
		cmocka_unit_test(what_is_behind_an_archive_is_looked_into),
		cmocka_unit_test(an_archive_in_an_archive_is_not_behind_it),
		cmocka_unit_test(tars_in_one_gzip_are_both_looked_into),
		cmocka_unit_test(members_are_held_against_indicators),
		cmocka_unit_test(bombs_do_not_go_off),
		cmocka_unit_test(nested_bombs_do_not_go_off),
		cmocka_unit_test(holes_do_not_count_as_free),
		cmocka_unit_test(a_large_member_is_scanned_as_far_as_held),
		cmocka_unit_test(what_was_read_before_damage_counts),
		cmocka_unit_test(encrypted_members_are_said),
	};

	signal(SIGPIPE, SIG_IGN);
	hash_lib_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
