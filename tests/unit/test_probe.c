/* SPDX-License-Identifier: Apache-2.0 */
/* Matches, hashes and contents as the probe reports them. */
#include "unit/unit.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "base/time.h"
#include "probe/scan.h"
#include "unit/probe_kit.h"

#define LIT(s) bytes_of(s, sizeof(s) - 1)
#define BIG    ((size_t)4 << 20)

static bool has_sha256(struct bytes claimed, struct bytes b)
{
	uint8_t sum[SHA256_LEN];

	hash_sha256(b, sum);
	return bytes_eq(claimed, bytes_of(sum, sizeof sum));
}

static const char evil_rules[] =
	"private rule hidden { condition: true }\n"
	"rule evil : one two {\n"
	"meta: description = \"does evil\" author = \"me\" score = 75\n"
	"  attack = \"T1105\" reference = \"https://x.example/\"\n"
	"  reference = false\n"
	"strings: $a = \"EVIL\" $p = \"start\" private\n"
	"condition: hidden and $a and $p }\n";

static void a_match_says_all_about_itself(void **state UNUSED)
{
	struct bytes content = LIT("start EVIL and more EVIL");
	const struct rec_match *m;
	const struct rec_file *file;
	const struct rec_hit *hit;
	struct folder f;
	struct took t;

	folder_make(&f);
	folder_write(&f, "bad", content);
	folder_write(&f, "good", LIT("nothing"));
	kit_look(evil_rules, f.path, &t);
	assert_int_equal(took_count(&t, REC_FILE), 1);
	assert_int_equal(took_count(&t, REC_MATCH), 1);
	assert_int_equal(took_count(&t, REC_HIT), 2); /* $p is private */
	file = took_file(&t, folder_at(&f, "bad"));
	assert_non_null(file);
	assert_int_equal(file->size, content.n);
	assert_true(has_sha256(file->sha256, content));
	assert_false(file->content);
	m = &took_nth(&t, REC_MATCH, 0)->u.match;
	assert_int_equal(m->file_seq, file->seq);
	assert_true(bytes_eq(m->rule, LIT("evil")));
	assert_true(bytes_eq(m->ns, LIT("test.yar")));
	assert_true(bytes_eq(m->tags, LIT("one two")));
	assert_true(bytes_eq(m->severity, LIT("75")));
	assert_true(bytes_eq(m->technique, LIT("T1105")));
	assert_true(bytes_eq(m->description, LIT("does evil")));
	assert_true(bytes_eq(m->author, LIT("me")));
	assert_true(bytes_eq(m->reference, LIT("https://x.example/")));
	assert_true(bytes_eq(m->score, LIT("75")));
	assert_true(bytes_eq(
		m->meta, LIT("{\"description\":\"does evil\",\"author\":\"me\","
			     "\"score\":75,\"attack\":\"T1105\","
			     "\"reference\":[\"https://x.example/\",false]}")));
	assert_int_equal(m->n_hits, 2);
	hit = &took_nth(&t, REC_HIT, 0)->u.hit;
	assert_int_equal(hit->match_seq, m->seq);
	assert_true(bytes_eq(hit->identifier, LIT("$a")));
	assert_int_equal(hit->offset, 6);
	assert_int_equal(hit->length, 4);
	assert_int_equal(hit->context_offset, 0);
	assert_true(bytes_eq(hit->context, LIT("start EVIL and mor")));
	hit = &took_nth(&t, REC_HIT, 1)->u.hit;
	assert_int_equal(hit->offset, 20);
	assert_int_equal(hit->context_offset, 12);
	assert_true(bytes_eq(hit->context, LIT("nd more EVIL")));
	took_release(&t);
	folder_remove(&f);
}

static void all_hits_are_counted_some_are_sent(void **state UNUSED)
{
	uint8_t content[4 * 100];
	struct folder f;
	struct took t;

	for (size_t i = 0; i < sizeof content; i += 4)
		memcpy(content + i, "EVIL", 4);
	folder_make(&f);
	folder_write(&f, "bad", bytes_of(content, sizeof content));
	kit_look("rule r { strings: $a = \"EVIL\" condition: $a }", f.path, &t);
	assert_int_equal(took_nth(&t, REC_MATCH, 0)->u.match.n_hits, 100);
	assert_int_equal(took_count(&t, REC_HIT), SCAN_HITS_MAX);
	took_release(&t);
	folder_remove(&f);
}

/* libyara counts a million of a string and no further. */
static void more_hits_than_can_be_counted_are_said(void **state UNUSED)
{
	const size_t n = 1100000;
	uint8_t *content = xmalloc(n);
	struct folder f;
	struct took t;

	memset(content, 'a', n);
	folder_make(&f);
	folder_write(&f, "bad", bytes_of(content, n));
	kit_look("rule r { strings: $a = \"aa\" condition: $a }", f.path, &t);
	assert_true(took_match(&t, "r", folder_at(&f, "bad")));
	assert_int_equal(took_covered(&t, "scanned", "too-many-matches"), 1);
	took_release(&t);
	folder_remove(&f);
	free(content);
}

static void a_long_match_is_cut_in_its_context(void **state UNUSED)
{
	uint8_t *content = xcalloc(1, 5000);
	const struct rec_hit *hit;
	struct folder f;
	struct took t;

	memset(content + 100, 'A', 4000);
	folder_make(&f);
	folder_write(&f, "bad", bytes_of(content, 5000));
	kit_look("rule r { strings: $a = /A{3000}/ condition: $a }", f.path,
		 &t);
	hit = &took_nth(&t, REC_HIT, 0)->u.hit;
	assert_int_equal(hit->offset, 100);
	assert_int_equal(hit->length, 3000);
	assert_int_equal(hit->context.n, 8 + RECORD_MATCH_MAX + 8);
	took_release(&t);
	folder_remove(&f);
	free(content);
}

static void rules_see_the_names_of_files(void **state UNUSED)
{
	struct folder f;
	struct took t;
	char *source;

	folder_make(&f);
	folder_write(&f, "a.php", LIT("x"));
	folder_write(&f, ".php", LIT("x"));
	source = xasprintf("rule r { condition: filename == \"a.php\" and "
			   "extension == \".php\" and filepath == \"%s\" "
			   "and filetype == \"\" }\n"
			   "rule bare { condition: extension == \"\" }",
			   f.path);
	kit_look(source, f.path, &t);
	assert_true(took_match(&t, "r", folder_at(&f, "a.php")));
	assert_false(took_match(&t, "r", folder_at(&f, ".php")));
	assert_true(took_match(&t, "bare", folder_at(&f, ".php")));
	took_release(&t);
	free(source);
	folder_remove(&f);
}

static void rules_see_what_a_file_is(void **state UNUSED)
{
	static const struct {
		const char *name, *content, *type;
	} rows[] = {
		{"exe", "MZ\x90", "EXE"},
		{"elf",
		 "\x7f"
		 "ELF",
		 "ELF"},
		{"zip", "PK\x03\x04", "ZIP"},
		{"gif", "GIF89a", "GIF"},
		{"pdf", "%PDF-1.7", "PDF"},
		{"php", "<?php x", "PHP"},
		{"m", "M", ""},
	};
	struct folder f;
	struct took t;

	folder_make(&f);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		folder_write(&f, rows[i].name, bytes_str(rows[i].content));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char *source = xasprintf("rule r { condition: filetype == "
					 "\"%s\" }",
					 rows[i].type);

		kit_look(source, f.path, &t);
		assert_int_equal(took_count(&t, REC_MATCH), 1);
		assert_true(took_match(&t, "r", folder_at(&f, rows[i].name)));
		took_release(&t);
		free(source);
	}
	folder_remove(&f);
}

static void rules_see_whose_a_file_is(void **state UNUSED)
{
	struct bytes md5_of_x = LIT("9dd4e461268c8034f5c8564e155c67a6");
	char *source, number[24];
	const struct top top = {.fd = -1};
	struct owners owners;
	struct bytes name;
	struct folder f;
	struct took t;

	owners_read(&owners, &top);
	name = owner_name(&owners, geteuid());
	snprintf(number, sizeof number, "%u", (unsigned)geteuid());
	source = xasprintf("rule r { condition: owner == \"%.*s\" and "
			   "md5 == \"%.*s\" }",
			   name.n ? (int)name.n : (int)strlen(number),
			   name.n ? (const char *)name.p : number,
			   (int)md5_of_x.n, (const char *)md5_of_x.p);
	folder_make(&f);
	folder_write(&f, "x", LIT("x"));
	kit_look(source, f.path, &t);
	assert_true(took_match(&t, "r", folder_at(&f, "x")));
	assert_true(bytes_eq(took_file(&t, folder_at(&f, "x"))->owner, name));
	took_release(&t);
	owners_release(&owners);
	free(source);
	folder_remove(&f);
}

static void owners_are_those_of_the_root(void **state UNUSED)
{
	struct top top;
	const struct run_limits limits = {.top = &top};
	struct plan plan = {0};
	struct owners owners;
	struct folder f;
	struct run run;
	struct out out;
	uint64_t uid;
	struct err err;

	folder_make(&f);
	assert_ok(top_open_dir(&top, f.path, &err), err);
	assert_int_equal(mkdir(folder_at(&f, "etc"), 0700), 0);
	folder_write(&f, "etc/passwd",
		     LIT("root:x:0:0::/:/bin/sh\ntoor:x:0:0\njunk\n:x:7:\n"
			 "bad:x:x\nwww-data:x:33:33:::\nlast:x:5"));
	owners_read(&owners, &top);
	assert_int_equal(owners.n, 4);
	assert_true(owner_find(&owners, LIT("toor"), &uid));
	assert_int_equal(uid, 0);
	assert_false(owner_find(&owners, LIT("bad"), &uid));
	assert_true(bytes_eq(owner_name(&owners, 0), LIT("root")));
	assert_true(bytes_eq(owner_name(&owners, 33), LIT("www-data")));
	assert_true(bytes_eq(owner_name(&owners, 5), LIT("last")));
	assert_int_equal(owner_name(&owners, 7).n, 0);
	owners_release(&owners);
	out_init(&out, -1, OUT_LEVEL_LIVE);
	run_init(&run, &plan, NULL, &out, NULL, &limits);
	assert_true(bytes_eq(owner_name(&run.owners, 33), LIT("www-data")));
	run_release(&run);
	out_release(&out);
	assert_int_equal(remove(folder_at(&f, "etc/passwd")), 0);
	assert_int_equal(symlink("/etc/passwd", folder_at(&f, "etc/passwd")),
			 0);
	owners_read(&owners, &top); /* of another system */
	assert_int_equal(owners.n, 0);
	owners_release(&owners);
	top_release(&top);
	folder_remove(&f);
}

static void every_name_of_a_file_is_looked_at(void **state UNUSED)
{
	const struct rec_file *a, *b;
	struct folder f;
	struct took t;

	folder_make(&f);
	folder_write(&f, "a", LIT("start EVIL"));
	assert_int_equal(link(folder_at(&f, "a"), folder_at(&f, "b")), 0);
	kit_look(evil_rules, f.path, &t);
	a = took_file(&t, folder_at(&f, "a"));
	b = took_file(&t, folder_at(&f, "b"));
	assert_non_null(a);
	assert_non_null(b);
	assert_int_equal(a->ino, b->ino);
	assert_int_equal(a->nlink, 2);
	assert_true(bytes_eq(a->sha256, b->sha256));
	took_release(&t);
	folder_remove(&f);
}

/* All chunks of a file, which must follow each other. */
static void content_of(const struct took *t, uint64_t seq, struct buf *out)
{
	buf_clear(out);
	for (size_t i = 0; i < t->n; i++) {
		const struct rec_chunk *c = &t->recs[i].u.chunk;

		if (t->recs[i].type != REC_CHUNK || c->file_seq != seq)
			continue;
		assert_int_equal(c->offset, out->n);
		assert_true(buf_add_bytes(out, c->data));
	}
}

static void contents_arrive_whole(void **state UNUSED)
{
	uint8_t *big = noise(BIG + 7);
	struct bytes want = bytes_of(big, BIG + 7);
	const struct rec_file_end *end;
	struct folder f;
	struct took t;
	struct buf got;

	folder_make(&f);
	folder_write(&f, "big", want);
	kit_look(NULL, f.path, &t);
	buf_init(&got, 2 * BIG);
	content_of(&t, 1, &got);
	assert_true(bytes_eq(buf_bytes(&got), want));
	end = &took_nth(&t, REC_FILE_END, 0)->u.file_end;
	assert_true(end->complete);
	assert_int_equal(end->size, want.n);
	assert_int_equal(end->reason.n, 0);
	assert_true(has_sha256(end->sha256, want));
	assert_true(took_nth(&t, REC_FILE, 0)->u.file.content);
	took_release(&t);
	buf_release(&got);
	folder_remove(&f);
	free(big);
}

static void taking_hits_leaves_the_rest(void **state UNUSED)
{
	struct bytes bad = LIT("start EVIL");
	struct plan plan = {0};
	struct folder f;
	struct took t;
	struct buf got;

	folder_make(&f);
	folder_write(&f, "bad", bad);
	folder_write(&f, "empty", LIT(""));
	folder_write(&f, "good", LIT("nothing"));
	plan_rules_str(&plan, "r", evil_rules);
	plan_root_str(&plan, f.path);
	plan_go(&plan, (struct req_start){.scan = true, .collect = true});
	kit_run(&plan, &t);
	buf_init(&got, BIG);
	assert_int_equal(took_count(&t, REC_FILE), 1);
	content_of(&t, took_file(&t, folder_at(&f, "bad"))->seq, &got);
	assert_true(bytes_eq(buf_bytes(&got), bad));
	assert_int_equal(took_count(&t, REC_FILE_END), 1);
	assert_int_equal(took_covered(&t, "scanned", ""), 3);
	assert_int_equal(took_covered(&t, "collected", ""), 1);
	assert_int_equal(took_nth(&t, REC_DONE, 0)->u.done.files, 3);
	took_release(&t);
	buf_release(&got);
	folder_remove(&f);
}

/* A collection into a pipe that is read only when the test wants it. */
struct slow {
	struct run run;
	struct out out;
	struct plan plan;
	int fds[2];
	pthread_t thread;
};

static void *slow_main(void *arg)
{
	struct slow *s = arg;
	struct err err;

	run_files(&s->run);
	run_finish(&s->run);
	if (out_end(&s->out, &err) != ERR_OK)
		print_message("the stream broke: %s\n", err.msg);
	close_fd(s->fds[1]);
	return NULL;
}

static void slow_start(struct slow *s, const char *root)
{
	const struct run_limits limits = {0};

	*s = (struct slow){0};
	assert_int_equal(pipe(s->fds), 0);
	plan_root_str(&s->plan, root);
	plan_go(&s->plan, (struct req_start){.collect = true});
	out_init(&s->out, s->fds[1], OUT_LEVEL_LIVE);
	run_init(&s->run, &s->plan, NULL, &s->out, NULL, &limits);
	assert_int_equal(pthread_create(&s->thread, NULL, slow_main, s), 0);
}

static void slow_end(struct slow *s)
{
	assert_int_equal(pthread_join(s->thread, NULL), 0);
	run_release(&s->run);
	out_release(&s->out);
	plan_release(&s->plan);
	close_fd(s->fds[0]);
}

/*
 * Collects a file of BIG noise whose size becomes `size` once its first
 * bytes are out: the pipe holds too little for it to be read whole by then.
 */
static void collect_while_resizing(off_t size, struct took *t)
{
	uint8_t *big = noise(BIG), first[4096];
	struct buf packed;
	struct folder f;
	struct slow s;
	ssize_t n;

	folder_make(&f);
	folder_write(&f, "log", bytes_of(big, BIG));
	slow_start(&s, f.path);
	buf_init(&packed, 4 * BIG);
	n = read(s.fds[0], first, sizeof first);
	assert_true(n > 0);
	assert_int_equal(truncate(folder_at(&f, "log"), size), 0);
	while (n > 0) {
		assert_true(buf_add(&packed, first, (size_t)n));
		n = read(s.fds[0], first, sizeof first);
	}
	slow_end(&s);
	took_parse(t, buf_bytes(&packed));
	buf_release(&packed);
	folder_remove(&f);
	free(big);
}

static void a_growing_file_ends_where_it_ended(void **state UNUSED)
{
	const struct rec_file_end *end;
	struct took t;

	collect_while_resizing((off_t)BIG + 1000, &t);
	end = &took_nth(&t, REC_FILE_END, 0)->u.file_end;
	assert_int_equal(end->size, BIG);
	assert_true(end->complete);
	assert_true(bytes_eq(end->reason, LIT("changed")));
	assert_int_equal(took_covered(&t, "collected", "changed"), 1);
	took_release(&t);
}

static void a_shrinking_file_is_not_called_complete(void **state UNUSED)
{
	const struct rec_file_end *end;
	struct took t;

	collect_while_resizing((off_t)BIG / 2, &t);
	end = &took_nth(&t, REC_FILE_END, 0)->u.file_end;
	assert_int_equal(end->size, BIG / 2);
	assert_false(end->complete);
	assert_true(bytes_eq(end->reason, LIT("truncated")));
	assert_int_equal(took_covered(&t, "failed", "truncated"), 1);
	took_release(&t);
}

static void a_dead_reader_ends_the_run(void **state UNUSED)
{
	uint8_t *big = noise(BIG);
	struct folder f;
	struct slow s;

	folder_make(&f);
	folder_write(&f, "a", bytes_of(big, BIG));
	folder_write(&f, "b", bytes_of(big, BIG));
	slow_start(&s, f.path);
	close_fd(s.fds[0]);
	s.fds[0] = -1;
	assert_int_equal(pthread_join(s.thread, NULL), 0);
	assert_true(atomic_load(&s.out.dead));
	assert_int_equal(s.run.coverage.done, 0);
	run_release(&s.run);
	out_release(&s.out);
	plan_release(&s.plan);
	folder_remove(&f);
	free(big);
}

static void run_stopped(struct deadline d, const char *reason)
{
	const struct run_limits limits = {0};
	const struct rec_done *done;
	struct plan plan = {0};
	struct took t;

	plan_root_str(&plan, "/etc");
	plan_go(&plan, (struct req_start){.collect = true});
	kit_run_within(&plan, d, &limits, &t);
	done = &took_nth(&t, REC_DONE, 0)->u.done;
	assert_false(done->complete);
	assert_true(bytes_eq(done->reason, bytes_str(reason)));
	assert_int_equal(took_covered(&t, "skipped", "stopped"), 1);
	took_release(&t);
}

static void being_stopped_is_said(void **state UNUSED)
{
	struct cancel cancel;
	struct err err;

	assert_ok(cancel_init(&cancel, &err), err);
	run_stopped(deadline_in(-1, NULL), "deadline");
	cancel_raise(&cancel);
	run_stopped(deadline_in(NS_PER_S, &cancel), "cancelled");
	cancel_release(&cancel);
}

static void one_file_cannot_take_all_the_time(void **state UNUSED)
{
	const struct run_limits limits = {0};
	struct plan plan = {.budget = {.file_timeout_s = 1}};
	struct folder f;
	struct took t;

	folder_make(&f);
	folder_write(&f, "slow", LIT("x"));
	folder_write(&f, "quick", LIT("x"));
	plan_rules_str(&plan, "r",
		       "rule r { condition: filename == \"slow\" and "
		       "for all i in (1..8000000000) : ( i > 0 ) }\n"
		       "rule q { condition: filename == \"quick\" }");
	plan_root_str(&plan, f.path);
	plan_go(&plan, (struct req_start){.scan = true});
	kit_run_within(&plan, deadline_in(60 * NS_PER_S, NULL), &limits, &t);
	assert_int_equal(took_covered(&t, "failed", "timeout"), 1);
	assert_true(took_match(&t, "q", folder_at(&f, "quick")));
	assert_true(took_nth(&t, REC_DONE, 0)->u.done.complete);
	took_release(&t);
	folder_remove(&f);
}

/* Runs 40 rules, one of them slow, over some files of that content, all of
 * which are to be given up on, and to be said of by which rule. */
static void run_slow(const char *slow, struct bytes content, size_t n_files)
{
	const struct run_limits limits = {0};
	struct plan plan = {.budget = {.file_timeout_s = 1}};
	struct folder f;
	struct took t;
	struct buf rules;
	size_t named = 0;

	folder_make(&f);
	for (size_t i = 0; i < n_files; i++) {
		char name[16];

		(void)snprintf(name, sizeof name, "slow-%zu", i);
		folder_write(&f, name, content);
	}
	buf_init(&rules, 64u << 10);
	for (unsigned i = 0; i < 40; i++)
		(void)buf_addf(&rules, "rule r%u { %s }\n", i,
			       i == 27 ? slow : "condition: filesize == 1");
	plan_rules_str(&plan, "web", buf_str(&rules));
	buf_release(&rules);
	plan_root_str(&plan, f.path);
	plan_go(&plan, (struct req_start){.scan = true});
	kit_run_within(&plan, deadline_in(200 * NS_PER_S, NULL), &limits, &t);
	assert_int_equal(took_covered(&t, "failed", "timeout"), n_files);
	for (size_t i = 0; i < took_count(&t, REC_COVERAGE); i++)
		named += bytes_starts(
			took_nth(&t, REC_COVERAGE, i)->u.coverage.detail,
			"rule web:r27 took over ");
	assert_int_equal(named, n_files);
	assert_true(took_nth(&t, REC_DONE, 0)->u.done.complete);
	took_release(&t);
	folder_remove(&f);
}

/* For files after those that were searched for, too. */
static void a_rule_whose_condition_is_slow_is_named(void **state UNUSED)
{
	run_slow("condition: for all i in (1..8000000000) : ( i > 0 )",
		 LIT("x"), SLOW_SEARCHES + 1);
}

static void a_rule_whose_strings_are_slow_is_named(void **state UNUSED)
{
	size_t n = (size_t)1 << 20;
	uint8_t *content = xmalloc(n);

	memset(content, 'x', n / 2);
	memset(content + n / 2, 'y', n / 2);
	run_slow("strings: $a = /x.{0,3000}y.{0,3000}z.{0,3000}q/ "
		 "condition: $a",
		 bytes_of(content, n), 1);
	free(content);
}

/* Where no rule is to be blamed, none is. */
static void rules_that_are_slow_together_are_not_named(void **state UNUSED)
{
	const struct run_limits limits = {0};
	struct plan plan = {.budget = {.file_timeout_s = 1}};
	const struct rec_coverage *row = NULL;
	struct folder f;
	struct took t;
	struct buf rules;

	folder_make(&f);
	folder_write(&f, "slow", LIT("x"));
	buf_init(&rules, 64u << 10);
	for (unsigned i = 0; i < 200; i++)
		(void)buf_addf(&rules,
			       "rule r%u { condition: for all i in "
			       "(1..1500000) : ( i > 0 ) }\n",
			       i);
	plan_rules_str(&plan, "web", buf_str(&rules));
	buf_release(&rules);
	plan_root_str(&plan, f.path);
	plan_go(&plan, (struct req_start){.scan = true});
	kit_run_within(&plan, deadline_in(90 * NS_PER_S, NULL), &limits, &t);
	assert_int_equal(took_covered(&t, "failed", "timeout"), 1);
	for (size_t i = 0; i < took_count(&t, REC_COVERAGE); i++) {
		row = &took_nth(&t, REC_COVERAGE, i)->u.coverage;
		assert_int_equal(row->detail.n, 0);
	}
	assert_true(took_nth(&t, REC_DONE, 0)->u.done.complete);
	took_release(&t);
	folder_remove(&f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_match_says_all_about_itself),
		cmocka_unit_test(all_hits_are_counted_some_are_sent),
		cmocka_unit_test(more_hits_than_can_be_counted_are_said),
		cmocka_unit_test(a_long_match_is_cut_in_its_context),
		cmocka_unit_test(rules_see_the_names_of_files),
		cmocka_unit_test(rules_see_what_a_file_is),
		cmocka_unit_test(rules_see_whose_a_file_is),
		cmocka_unit_test(owners_are_those_of_the_root),
		cmocka_unit_test(every_name_of_a_file_is_looked_at),
		cmocka_unit_test(contents_arrive_whole),
		cmocka_unit_test(taking_hits_leaves_the_rest),
		cmocka_unit_test(a_growing_file_ends_where_it_ended),
		cmocka_unit_test(a_shrinking_file_is_not_called_complete),
		cmocka_unit_test(a_dead_reader_ends_the_run),
		cmocka_unit_test(being_stopped_is_said),
		cmocka_unit_test(a_rule_whose_condition_is_slow_is_named),
		cmocka_unit_test(a_rule_whose_strings_are_slow_is_named),
		cmocka_unit_test(rules_that_are_slow_together_are_not_named),
		cmocka_unit_test(one_file_cannot_take_all_the_time),
	};

	signal(SIGPIPE, SIG_IGN);
	hash_lib_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
