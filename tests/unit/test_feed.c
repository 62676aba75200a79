/* SPDX-License-Identifier: Apache-2.0 */
/* What a host's shell tells of its files, and what it cannot make us take. */
#include "unit/unit.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "base/text.h"
#include "base/time.h"
#include "probe/feed.h"

#define HOST "HLinux\n6.1\nx86_64\nweb01\n0\n2026 02 03 04 05 06\n1\nns\n"
#define META "81a4 5 8 1 0 0 1 77 1.1 1700000000.000000007 2.1 -"
#define GROUP(n, names, lines) "F1 " n "\0" names "\0" lines "\0"

struct seen {
	unsigned n, contents, changed, parts;
	uint64_t part;
	enum feed_state last;
	char text[64], target[64];
};

static bool on_root(void *arg UNUSED, uint64_t root)
{
	return root == 0;
}

static bool on_entry(void *arg, struct feed_entry *e)
{
	struct seen *s = arg;
	ssize_t n;

	s->n++;
	s->last = e->state;
	s->changed += e->changed;
	(void)snprintf(s->target, sizeof s->target, "%.*s", (int)e->target.n,
		       (const char *)e->target.p);
	if (e->state == FEED_CONTENT) {
		s->contents++;
		n = pread(e->fd, s->text, sizeof s->text - 1, 0);
		s->text[n > 0 ? n : 0] = '\0';
	}
	close_fd(e->fd);
	e->fd = -1;
	return true;
}

static void on_part(void *arg, const struct feed_entry *e, uint64_t part)
{
	struct seen *s = arg;

	assert_true(part > s->part && part <= e->file.size);
	s->part = part;
	s->parts++;
}

static enum err_code hear(struct bytes stream, struct seen *s, struct err *err)
{
	const struct feed_sink sink = {
		.arg = s, .root = on_root, .part = on_part, .entry = on_entry};
	int fd = memfd_create("feed", MFD_CLOEXEC);
	struct feed_host host;
	struct feed feed;
	enum err_code code;

	*s = (struct seen){0};
	assert_ok(fs_write_all(fd, stream, err), *err);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	feed_init(&feed, fd);
	code = feed_begin(&feed, &host, err);
	if (code == ERR_OK)
		code = feed_read(&feed, &sink, err);
	feed_release(&feed);
	return code;
}

#define HEAR(text, s, err)                                                     \
	hear(bytes_of(HOST "\0R0\0" text, sizeof(HOST "\0R0\0" text) - 1), s, err)

static struct feed_entry parse(const char *line)
{
	struct feed_entry e = {.blocks = 1};
	int64_t clock_ns;

	assert_true(time_parse(bytes_str("2026-02-03T04:05:06Z"), &clock_ns));
	e.known = feed_parse_meta(bytes_str(line), clock_ns, &e);
	return e;
}

static void assert_time(int64_t ns, const char *want)
{
	char text[TIME_TEXT_MAX];

	assert_string_equal(time_format_short(ns, text), want);
}

static void lines_of_stat_and_of_ls_are_read(void **state UNUSED)
{
	struct feed_entry e = parse(META);

	assert_true(e.known);
	assert_int_equal(e.file.mode, S_IFREG | 0644);
	assert_int_equal(e.file.size, 5);
	assert_int_equal(e.file.mtime_ns, INT64_C(1700000000000000007));
	assert_true(e.file.btime_ns == TIME_UNKNOWN);
	e = parse("81A4 5 8 1 0 0 1 77 1 1700000000 2 ?"); /* a BSD's, BusyBox's */
	assert_int_equal(e.file.mtime_ns, INT64_C(1700000000000000000));
	e = parse("-rwsr-sr-T 5 - 1 7 8 0 77 - Jan/31/23:59 - -");
	assert_int_equal(e.file.mode, S_IFREG | 07754);
	assert_int_equal(e.blocks, UINT64_MAX);
	assert_time(e.file.mtime_ns, "2026-01-31 23:59:00Z");
	assert_true(e.file.ctime_ns == TIME_UNKNOWN);
	e = parse("drwxr-xr-x 5 - 1 7 8 0 77 - Nov/25/20:31 - -");
	assert_true(S_ISDIR(e.file.mode));
	assert_time(e.file.mtime_ns, "2025-11-25 20:31:00Z"); /* not yet this */
	e = parse("lrwxrwxrwx 5 - 1 7 8 0 77 - Feb/29/2024 - -");
	assert_time(e.file.mtime_ns, "2024-02-29 00:00:00Z");
	assert_false(parse("-").known);
	assert_false(parse("81a4 -5 8 1 0 0 1 77 1 1 1 1").known);
	assert_false(parse("81a4 5 8 1 0 0 1 77 1 1 1").known);
}

#define LINK "a1ff 4 0 1 0 0 1 3 1 1 1 ?\n"

static void where_a_link_leads_is_told(void **state UNUSED)
{
	struct seen s;
	struct err err;

	assert_ok(HEAR(GROUP("2", "/a\0/b", META "\n" LINK)
		       "L2 ../two\nlines\0G\0Q\0", &s, &err), err);
	assert_int_equal(s.n, 2);
	assert_string_equal(s.target, "../two\nlines");
	/* Nobody could read it. */
	assert_ok(HEAR(GROUP("1", "/b", LINK) "L1 \0G\0Q\0", &s, &err), err);
	assert_string_equal(s.target, "");
	assert_ok(HEAR(GROUP("1", "/b", LINK) "G\0Q\0", &s, &err), err);
	assert_string_equal(s.target, "");
	/* Of a file, of nothing, twice. */
	assert_code(HEAR(GROUP("1", "/a", META "\n") "L1 /x\0G\0Q\0", &s, &err),
		    ERR_FORMAT);
	assert_code(HEAR(GROUP("1", "/b", LINK) "L2 /x\0G\0Q\0", &s, &err),
		    ERR_FORMAT);
	assert_code(HEAR(GROUP("1", "/b", LINK) "L1 /x\0L1 /y\0G\0Q\0", &s,
			 &err),
		    ERR_FORMAT);
}

static void content_is_as_long_as_was_said(void **state UNUSED)
{
	struct seen s;
	struct err err;

	assert_ok(HEAR(GROUP("1", "/a\nF1 9", META "\n")
		       "C1 \0hello" "D1 1 - " META "\0G\0Q\0", &s, &err), err);
	assert_int_equal(s.contents, 1);
	assert_int_equal(s.changed, 0);
	assert_string_equal(s.text, "hello");
	/* It ended early, and dd(1) padded it. */
	assert_ok(HEAR(GROUP("1", "/a", META "\n")
		       "C1 \0he\0\0\0" "D1 0 - " META "\0G\0Q\0", &s, &err),
		  err);
	assert_int_equal(s.changed, 1);
	/* It is another now; it is gone now. */
	assert_ok(HEAR(GROUP("1", "/a", META "\n") "C1 \0hello"
		       "D1 1 - 81a4 6 8 1 0 0 1 77 1 1 1 -\0G\0Q\0", &s, &err),
		  err);
	assert_int_equal(s.changed, 1);
	assert_ok(HEAR(GROUP("1", "/a", META "\n")
		       "C1 \0hello" "D1 1 - \0G\0Q\0", &s, &err), err);
	assert_int_equal(s.changed, 1);
	/* It could not be read after all. */
	assert_ok(HEAR(GROUP("1", "/a", META "\n")
		       "C1 \0\0\0\0\0\0" "D1 0 p \0G\0Q\0", &s, &err), err);
	assert_int_equal(s.last, FEED_DENIED);
}

/* Of a large file it is told how much has come, while it comes. */
static void a_large_file_tells_how_far_it_is(void **state UNUSED)
{
	static const char head[] =
		HOST "\0R0\0" GROUP("1", "/a", "81a4 600000 8 1 0 0 1 77 1 1 "
						 "1 -\n") "C1 ";
	static const char end[] = "D1 3 - 81a4 600000 8 1 0 0 1 77 1 1 1 -\0"
				  "G\0Q";
	size_t n = 3 * (size_t)FEED_BLOCK;
	uint8_t *content = xcalloc(n, 1);
	struct seen s;
	struct err err;
	struct buf stream;

	buf_init(&stream, 2 * n);
	(void)buf_add(&stream, head, sizeof head);
	(void)buf_add(&stream, content, n);
	(void)buf_add(&stream, end, sizeof end);
	assert_ok(hear(buf_bytes(&stream), &s, &err), err);
	assert_int_equal(s.contents, 1);
	assert_int_equal(s.parts, 3);
	assert_int_equal(s.part, 600000);
	buf_release(&stream);
	free(content);
}

static void small_files_come_again_when_one_was_not_in_order(
	void **state UNUSED)
{
	struct seen s;
	struct err err;

	assert_ok(HEAR(GROUP("3", "/a\0/gone\0/b", META "\n-\n" META "\n")
		       "B2 1:5 3:5\0hellothere" "E-\0G\0Q\0", &s, &err), err);
	assert_int_equal(s.n, 3);
	assert_int_equal(s.contents, 2);
	assert_string_equal(s.text, "there");
	assert_ok(HEAR(GROUP("1", "/a", META "\n")
		       "B1 1:5\0wrong" "Ex\0" "C1 \0hello" "D1 1 - " META
		       "\0G\0Q\0", &s, &err), err);
	assert_int_equal(s.contents, 1);
	assert_string_equal(s.text, "hello");
}

static void lies_end_it(void **state UNUSED)
{
	static const struct {
		const char *p;
		size_t n;
	} lies[] = {
#define LIE(text) {HOST "\0R0\0" text, sizeof(HOST "\0R0\0" text) - 1}
		LIE("q\0"), LIE("Px\0"),
		LIE(GROUP("0", "", "")),
		LIE(GROUP("70000", "/a", "")),
		LIE(GROUP("1", "no/path", META "\n")),
		LIE(GROUP("2", "/a\0/b", META "\n")),
		LIE("C1 \0hello"),
		LIE(GROUP("1", "/a", META "\n") "C2 \0hello"),
		LIE(GROUP("1", "/a", META "\n") "C1 \0hello!D1 1 - \0"),
		LIE(GROUP("1", "/a", META "\n") "B1 1:6\0hello!E-\0"),
		LIE(GROUP("1", "/a", META "\n") "B2 1:5 1:5\0hellohelloE-\0"),
		LIE(GROUP("1", "/a", META "\n") "B1 1:5\0helloE?\0"),
		LIE("F0 1\0/a\0" META "\n\0C1 \0hello"),
#undef LIE
	};
	struct seen s;
	struct err err;

	for (size_t i = 0; i < ARRAY_SIZE(lies); i++) {
		enum err_code code =
			hear(bytes_of(lies[i].p, lies[i].n), &s, &err);

		if (code != ERR_FORMAT || s.contents)
			fail_msg("lie %zu: %s", i, err_name(code));
	}
	assert_int_equal(HEAR(GROUP("1", "/a", META "\n") "C1 \0hel", &s, &err),
			 ERR_REMOTE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_of_stat_and_of_ls_are_read),
		cmocka_unit_test(where_a_link_leads_is_told),
		cmocka_unit_test(content_is_as_long_as_was_said),
		cmocka_unit_test(a_large_file_tells_how_far_it_is),
		cmocka_unit_test(
			small_files_come_again_when_one_was_not_in_order),
		cmocka_unit_test(lies_end_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
