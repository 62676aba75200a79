/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes bundles that no probe here writes to standard output: bad_bundle KIND;
 * or a sound one: bad_bundle of HOSTNAME MACHINE_ID PRODUCT_ID [NAME]
 */
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
	struct rec_done end = {.complete = true, .matches = 1};

	hello(b);
	plan(b, LIT("hunt"));
	coverage(b, 1);
	add(b, REC_MATCH, &r);
	add(b, REC_DONE, &end);
}

/* ---- what a host tells that it was not asked ---- */

static void fact(struct buf *b, const char *kind, struct bytes name,
		 const char *detail)
{
	struct rec_fact r = {.kind = bytes_str(kind),
			     .name = name,
			     .detail = bytes_str(detail)};

	add(b, REC_FACT, &r);
}

static void walk_facts(struct buf *b)
{
	hello(b);
	plan(b, LIT("walk"));
	fact(b, "module", LIT("x"), "{}");
	done(b);
}

/* Content, then what its parser would say of it. */
static void events(struct buf *b)
{
	struct rec_event r = {.file_seq = 1,
			      .source = LIT("utc"),
			      .desc = LIT("x"),
			      .kind = LIT("login"),
			      .message = LIT("nobody was here")};

	hello(b);
	plan(b, LIT("collect"));
	add(b, REC_FILE,
	    &(struct rec_file){.seq = 1, .path = LIT("/x"), .content = true});
	add(b, REC_EVENT, &r);
	done(b);
}

static void claims_parser(struct buf *b)
{
	hello(b);
	plan(b, LIT("import"));
	done(b);
}

static void no_plan(struct buf *b)
{
	hello(b);
	coverage(b, 1);
	done(b);
}

static void other_version(struct buf *b)
{
	struct rec_hello r = {.version = RECORD_VERSION + 1,
			      .program = LIT("halligan-probe 99")};

	add(b, REC_HELLO, &r);
	done(b);
}

/* ---- facts that read differently, or without end ---- */

static void doubles(struct buf *b)
{
	hello(b);
	plan(b, LIT("triage"));
	fact(b, "module", LIT("twice"), "{\"path\":\"/a\",\"path\":\"/b\"}");
	fact(b, "module", LIT("escaped"), "{\"\\u0070ath\":\"/b\"}");
	fact(b, "module", LIT("nul"), "{\"path\":\"/a\\u0000b\"}");
	fact(b, "module", LIT("half"), "{\"path\":\"\\ud800\"}");
	fact(b, "module", LIT("sound"), "{\"path\":\"/a\"}");
	done(b);
}

static void fact_bomb(struct buf *b)
{
	char *detail = xmalloc(RECORD_DETAIL_MAX);
	int n = snprintf(detail, RECORD_DETAIL_MAX, "{\"path\":\"%60000d\"}", 0);

	if (n < 60000)
		die("no detail");
	hello(b);
	plan(b, LIT("triage"));
	for (unsigned i = 0; i < 1500; i++)
		fact(b, "module", LIT("x"), detail);
	free(detail);
	done(b);
}

#define MANY 200007u /* seven more than may be of a kind */

static void many_facts(struct buf *b)
{
	uint64_t seed = 1;

	hello(b);
	plan(b, LIT("triage"));
	for (unsigned i = 0; i < MANY; i++) { /* which do not pack */
		uint64_t name[2];

		for (size_t k = 0; k < ARRAY_SIZE(name); k++)
			name[k] = seed = seed * UINT64_C(6364136223846793005) +
					 UINT64_C(1442695040888963407);
		fact(b, "module", bytes_of(name, sizeof name), "{}");
	}
	done(b);
}

#define ROWS 20000u

/* Paths without end, each of which failed. */
static void many_rows(struct buf *b)
{
	char path[32];
	struct rec_coverage r = {.what = LIT("hunt"),
				 .outcome = LIT("failed"),
				 .reason = LIT("io"),
				 .files = 1,
				 .bytes = 2};

	hello(b);
	plan(b, LIT("hunt"));
	for (unsigned i = 0; i < ROWS; i++) {
		(void)snprintf(path, sizeof path, "/x/%u", i);
		r.path = bytes_str(path);
		add(b, REC_COVERAGE, &r);
	}
	done(b);
}

/* Which pack to some bytes each. */
static void long_paths(struct buf *b)
{
	char path[3001];

	memset(path, 'x', sizeof path);
	path[0] = '/';
	hello(b);
	plan(b, LIT("walk"));
	for (unsigned i = 0; i < 20000; i++) {
		(void)snprintf(path + sizeof path - 8, 8, "%07u", i);
		add(b, REC_FILE,
		    &(struct rec_file){.seq = i + 1, .path = bytes_str(path)});
	}
	done(b);
}

/* So many matches, and what the last record says of them. */
static void matches(struct buf *b, uint64_t n, uint64_t said)
{
	struct rec_match r = {.file_seq = 1, .rule = LIT("x")};
	struct rec_done end = {.complete = true, .matches = said};

	hello(b);
	plan(b, LIT("hunt"));
	add(b, REC_FILE, &(struct rec_file){.seq = 1, .path = LIT("/x")});
	for (r.seq = 1; r.seq <= n; r.seq++)
		add(b, REC_MATCH, &r);
	add(b, REC_DONE, &end);
}

static void contradicts(struct buf *b)
{
	matches(b, 5, 4);
}

/* ---- the strangest of everything ---- */

#define STRANGE "\x1b[31m\xe2\x80\xae\xff\0\r\n"

static void strange_file(struct buf *b, uint64_t seq, int64_t when)
{
	struct rec_file r = {.seq = seq,
			     .path = LIT("/" STRANGE),
			     .mode = INT64_MAX,
			     .uid = INT64_MAX,
			     .gid = INT64_MAX,
			     .nlink = INT64_MAX,
			     .ino = UINT64_MAX,
			     .dev = UINT64_MAX,
			     .size = INT64_MAX,
			     .mtime_ns = when,
			     .atime_ns = when,
			     .ctime_ns = when,
			     .btime_ns = when,
			     .owner = LIT(STRANGE)};

	add(b, REC_FILE, &r);
}

static void strange_process(struct buf *b, uint64_t seq, int64_t when)
{
	struct rec_process r = {.seq = seq,
				.pid = INT64_MAX,
				.ppid = INT64_MAX,
				.uid = INT64_MAX,
				.start_ns = when,
				.exe = LIT("/" STRANGE),
				.cmdline = LIT(STRANGE),
				.bytes_read = INT64_MAX,
				.bytes_skipped = INT64_MAX,
				.detail = LIT("{\"comm\":\"\\u001b[31m\"}")};

	add(b, REC_PROCESS, &r);
}

static void strange_rest(struct buf *b, int64_t when)
{
	struct rec_socket s = {.seq = 1,
			       .proto = LIT(STRANGE),
			       .local = LIT(STRANGE),
			       .remote = LIT(STRANGE),
			       .state = LIT(STRANGE),
			       .uid = INT64_MAX,
			       .inode = INT64_MAX,
			       .process_seq = 1};
	struct rec_coverage c = {.what = LIT(STRANGE),
				 .outcome = LIT(STRANGE),
				 .reason = LIT(STRANGE),
				 .path = LIT("/" STRANGE),
				 .files = INT64_MAX,
				 .bytes = INT64_MAX};
	struct rec_fact k = {.kind = LIT("session"),
			     .name = LIT(STRANGE),
			     .offset = INT64_MAX,
			     .length = INT64_MAX};
	char *detail = xasprintf("{\"since\":%" PRId64 ",\"pid\":%" PRId64 "}",
				 when, INT64_MIN);

	add(b, REC_SOCKET, &s);
	add(b, REC_COVERAGE, &c);
	add(b, REC_COVERAGE, &c);
	k.detail = bytes_str(detail);
	add(b, REC_FACT, &k);
	free(detail);
}

static void strange(struct buf *b)
{
	static const int64_t times[] = {INT64_MAX, INT64_MIN + 1, 0, -1,
					INT64_MAX - 1, INT64_MIN};
	struct rec_done end = {.files = INT64_MAX,
			       .bytes = INT64_MAX,
			       .matches = INT64_MAX,
			       .skipped = INT64_MAX,
			       .clock_ns = INT64_MIN,
			       .cpu_ns = INT64_MAX,
			       .rss_bytes = INT64_MAX,
			       .complete = true,
			       .reason = LIT(STRANGE)};
	struct rec_progress p = {.files = INT64_MAX,
				 .bytes = INT64_MAX,
				 .matches = INT64_MAX,
				 .path = LIT(STRANGE),
				 .pace = INT64_MAX,
				 .waiting = LIT(STRANGE)};

	hello(b);
	plan(b, LIT("triage"));
	add(b, REC_PROGRESS, &p);
	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		strange_file(b, i + 1, times[i]);
		strange_process(b, i + 1, times[i]);
	}
	strange_rest(b, times[0]);
	add(b, REC_DONE, &end);
}

/* ---- evidence that is not what it says ---- */

static void content(struct buf *b, const char *hash, bool in_order)
{
	struct rec_chunk c = {.file_seq = 1, .data = LIT("abc")};
	struct rec_file_end end = {.file_seq = 1,
				   .size = 3,
				   .sha256 = bytes_of(hash, 32),
				   .complete = true};

	hello(b);
	plan(b, LIT("collect"));
	add(b, REC_FILE,
	    &(struct rec_file){.seq = 1, .path = LIT("/x"), .size = 3,
			       .content = true});
	if (in_order)
		add(b, REC_CHUNK, &c);
	add(b, REC_FILE_END, &end);
	if (!in_order)
		add(b, REC_CHUNK, &c);
	done(b);
}

static void wrong_hash(struct buf *b)
{
	content(b, "0123456789abcdef0123456789abcdef", true);
}

/* What it would be if it came in order. */
static void reordered(struct buf *b)
{
	content(b,
		"\xba\x78\x16\xbf\x8f\x01\xcf\xea\x41\x41\x40\xde\x5d\xae"
		"\x22\x23\xb0\x03\x61\xa3\x96\x17\x7a\x9c\xb4\x10\xff\x61"
		"\xf2\x00\x15\xad",
		false);
}

/* Of a machine that says so of itself; a file in it names it. */
static void of_machine(struct buf *b, char **argv)
{
	struct rec_hello r = {.version = RECORD_VERSION,
			      .program = LIT("halligan-probe 9"),
			      .hostname = bytes_str(argv[0]),
			      .machine_id = bytes_str(argv[1]),
			      .product_id = bytes_str(argv[2]),
			      .host_name = bytes_str(argv[3] ? argv[3] : "")};
	char *path = xasprintf("/%s/%s/%s", argv[0], argv[1], argv[2]);

	add(b, REC_HELLO, &r);
	plan(b, LIT("walk"));
	add(b, REC_FILE,
	    &(struct rec_file){.seq = 1, .path = bytes_str(path)});
	free(path);
	done(b);
}

static const struct {
	const char *name;
	void (*write)(struct buf *b);
} kinds[] = {
	{"walk-facts", walk_facts},
	{"events", events},
	{"claims-parser", claims_parser},
	{"no-plan", no_plan},
	{"other-version", other_version},
	{"doubles", doubles},
	{"fact-bomb", fact_bomb},
	{"many-facts", many_facts},
	{"many-rows", many_rows},
	{"long-paths", long_paths},
	{"contradicts", contradicts},
	{"strange", strange},
	{"wrong-hash", wrong_hash},
	{"reordered", reordered},
	{"bomb", bomb},		    {"no-hello", no_hello},
	{"bad-plan", bad_plan},	    {"after-done", after_done},
	{"no-file", no_file},
};

int main(int argc, char **argv)
{
	struct buf plain, packed;
	struct zwriter z;
	struct err err;

	buf_init(&plain, 128u << 20);
	buf_init(&packed, 64u << 20);
	for (size_t i = 0; argc == 2 && i < ARRAY_SIZE(kinds); i++)
		if (strcmp(argv[1], kinds[i].name) == 0)
			kinds[i].write(&plain);
	if (argc >= 5 && strcmp(argv[1], "of") == 0)
		of_machine(&plain, argv + 2);
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
