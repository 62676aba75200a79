/* SPDX-License-Identifier: Apache-2.0 */
/* Writes bundles that no probe writes to standard output: bad_bundle KIND */
#include "base/base.h"
#include "base/fs.h"
#include "base/time.h"
#include "wire/records.h"
#include "wire/stream.h"

#define LIT(s) bytes_of(s, sizeof(s) - 1)

static void die(const char *what)
{
	fprintf(stderr, "bad_bundle: %s\n", what);
	exit(1);
}

static void add(struct buf *b, enum rec_type type, const void *rec)
{
	struct err err;

	if (record_encode(type, rec, b, &err) != ERR_OK)
		die(err.msg);
}

static void hello(struct buf *b)
{
	struct rec_hello r = {.version = RECORD_VERSION,
			      .program = LIT("halligan-probe 9"),
			      .os = LIT("Linux 6.1"),
			      .arch = LIT("x86_64"),
			      .hostname = LIT("evil host;/\x1b[31m"),
			      .clock_ns = INT64_MAX};

	add(b, REC_HELLO, &r);
}

static void plan(struct buf *b, struct bytes op)
{
	struct rec_plan r = {.op = op, .command = LIT("\x1b]0;x\a")};

	add(b, REC_PLAN, &r);
}

static void coverage(struct buf *b, unsigned n)
{
	struct rec_coverage r = {.what = LIT("hunt"),
				 .outcome = LIT("scanned"),
				 .path = LIT("/srv"),
				 .files = 1};

	while (n--)
		add(b, REC_COVERAGE, &r);
}

static void done(struct buf *b)
{
	struct rec_done r = {.complete = true};

	add(b, REC_DONE, &r);
}

/* Each begins with a hello, if it has one at all. */
static void bomb(struct buf *b)
{
	hello(b);
	plan(b, LIT("hunt"));
	coverage(b, 300000);
	done(b);
}

static void no_hello(struct buf *b)
{
	coverage(b, 1);
	done(b);
}

static void bad_plan(struct buf *b)
{
	hello(b);
	plan(b, LIT("format"));
	done(b);
}

static void after_done(struct buf *b)
{
	hello(b);
	plan(b, LIT("hunt"));
	coverage(b, 1);
	done(b);
	coverage(b, 1);
}

/* A match of a file that was never told of. */
static void no_file(struct buf *b)
{
	struct rec_match r = {.seq = 1, .file_seq = 7, .rule = LIT("x")};

	hello(b);
	plan(b, LIT("hunt"));
	coverage(b, 1);
	add(b, REC_MATCH, &r);
	done(b);
}

static const struct {
	const char *name;
	void (*write)(struct buf *b);
} kinds[] = {
	{"bomb", bomb},		    {"no-hello", no_hello},
	{"bad-plan", bad_plan},	    {"after-done", after_done},
	{"no-file", no_file},
};

int main(int argc, char **argv)
{
	struct buf plain, packed;
	struct zwriter z;
	struct err err;

	buf_init(&plain, 64u << 20);
	buf_init(&packed, 64u << 20);
	for (size_t i = 0; argc == 2 && i < ARRAY_SIZE(kinds); i++)
		if (strcmp(argv[1], kinds[i].name) == 0)
			kinds[i].write(&plain);
	if (!plain.n)
		die("no such kind");
	zwriter_init(&z, 3);
	if (zwriter_add(&z, buf_bytes(&plain), ZFLUSH_END, &packed, &err) !=
		    ERR_OK ||
	    fs_write_all(STDOUT_FILENO, buf_bytes(&packed), &err) != ERR_OK)
		die(err.msg);
	zwriter_release(&z);
	buf_release(&plain);
	buf_release(&packed);
	return 0;
}
