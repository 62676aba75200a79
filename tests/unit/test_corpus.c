/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parsers against real samples whose truth others have stated: how many
 * events, the first, the last. The samples are no part of this project: their
 * folder, with corpus.tsv in it, is $HALLIGAN_CORPUS, or shared/corpus beside
 * the project's folder.
 */
#include "unit/parse_kit.h"

#include <sys/stat.h>

#include "base/buf.h"
#include "base/fs.h"

#define SAMPLE_MAX ((size_t)64 << 20)

/* Of the samples whose names begin like that: the parser, and what it finds
 * where that is not what corpus.tsv counts; why is said beside it. */
static const struct {
	const char *id, *parser;
	size_t events;    /* 0: as stated there */
	size_t problems;  /* at least so many are told */
	bool other_times; /* first and last are stated of something else */
	bool no_times;	     /* none are stated */
	bool counts_records; /* several of them are one event here */
} rows[] = {
	{.id = "plaso-utmp-corrupt", .parser = "utmp", .problems = 2},
	{.id = "plaso-utmpx-mac", .parser = "utmpx"},
	{.id = "plaso-utmp", .parser = "utmp"},
	{.id = "plaso-wtmp1", .parser = "utmp", .problems = 1},
	{.id = "ul-wtmp-", .parser = "utmp"},
	{.id = "scn-deb13-logins-wtmp", .parser = "utmp"},
	/* Of lines without a year others say which by the test's own clock;
	 * here it is the newest that the sample's file allows. */
	{.id = "plaso-syslog-rsyslog-iso", .parser = "syslog"},
	{.id = "plaso-syslog-protocol23", .parser = "syslog"},
	{.id = "plaso-syslog-chromeos", .parser = "syslog"},
	{.id = "plaso-syslog", .parser = "syslog", .other_times = true},
	{.id = "loghub-openssh", .parser = "syslog", .other_times = true},
	{.id = "gla-reassembly-", .parser = "audit"},
	{.id = "gla-", .parser = "audit", .counts_records = true},
	{.id = "plaso-audit-enriched", .parser = "audit", .counts_records = true},
	{.id = "plaso-selinux", .parser = "audit", .problems = 4, .counts_records = true},

	/* The other one is the same, cut within it. */
	{.id = "gen-journal-truncated", .parser = "journal", .problems = 1, .other_times = true},
	{.id = "gen-journal-lz4", .parser = "journal"},

	{.id = "plaso-bash-history", .parser = "bash"}, /* and -desync */
	{.id = "plaso-zsh-history", .parser = "zsh"},
	{.id = "plaso-fish-history", .parser = "fish"},
	{.id = "plaso-viminfo", .parser = "viminfo"}, /* and -alt */
	{.id = "plaso-dpkg", .parser = "dpkg"},
	/* Its ends too, which plaso leaves out. */
	{.id = "plaso-apt-history", .parser = "apt-history", .events = 20, .other_times = true},
	/* A line that was cut within the agent has its request. */
	{.id = "plaso-apache-access", .parser = "web-access", .events = 15},
	{.id = "plaso-confluence-access", .parser = "atlassian"},
	{.id = "plaso-jira-access", .parser = "atlassian"},
	{.id = "plaso-docker-log", .parser = "docker-log"},
	{.id = "plaso-cri", .parser = "cri"},
	/* Made and begun: two times of the one container. */
	{.id = "plaso-docker-config", .parser = "docker-config", .events = 2},
	{.id = "plaso-docker-layer", .parser = "docker-layer"},
	/* Of 24 and 3 files, as many times as plaso makes rows of. */
	{.id = "plaso-bodyfile-corrupt", .parser = "bodyfile", .events = 10},
	{.id = "plaso-bodyfile", .parser = "bodyfile", .events = 71},
	{.id = "plaso-chrome-history8", .parser = "chrome"},
	/* Begin and end of one of the two, which is a download. */
	{.id = "plaso-chrome-history5", .parser = "chrome", .events = 3},
	/* Three times of each cookie; of what one has as its value, none. */
	{.id = "plaso-chrome-cookies68", .parser = "chrome", .events = 15, .other_times = true},
	{.id = "plaso-chrome-webdata", .parser = "chrome", .events = 6},
	/* Two times of each bookmark and note, also of folders, but where they
	 * are zero. */
	{.id = "plaso-firefox-places", .parser = "firefox", .events = 212},
	{.id = "plaso-firefox-downloads", .parser = "firefox", .events = 2},
	{.id = "plaso-firefox-cookies10", .parser = "firefox", .events = 39},
	{.id = "plaso-zeitgeist", .parser = "zeitgeist"},

	{.id = "plaso-mlocate", .parser = "mlocate"},
	{.id = "plaso-popcontest", .parser = "popcontest", .events = 22},
	{.id = "plaso-postgresql", .parser = "postgresql"},
	{.id = "plaso-vsftpd", .parser = "vsftpd"},
	/* Its lines have no year: of the sample's file, not of the test. */
	{.id = "plaso-snort3", .parser = "ids-alert", .other_times = true},
	{.id = "plaso-suricata", .parser = "ids-alert"},
	{.id = "plaso-teamviewer-in", .parser = "teamviewer", .events = 2},
	{.id = "plaso-aws-cloudtrail", .parser = "cloudtrail"},
	{.id = "ts-incorrect", .parser = NULL},
	/* A row whose datetime is empty is refused, as it is there. */
	{.id = "ts-", .parser = "timeline", .no_times = true},
};

enum { COL_ID, COL_EVENTS = 6, COL_FIRST, COL_LAST, COL_LOCAL = 11, N_COLS };

static char folder[4096];

static size_t split(char *line, char *cols[N_COLS])
{
	size_t n = 0;

	while (n < N_COLS && line)
		cols[n++] = strsep(&line, "\t");
	return n;
}

static void read_sample(const char *local, struct buf *out, struct stat *st)
{
	char path[sizeof folder + 512];
	const char *in = strchr(local, '/'); /* it says "corpus/..." */
	struct err err;

	assert_non_null(in);
	(void)snprintf(path, sizeof path, "%s%s", folder, in);
	buf_init(out, SAMPLE_MAX);
	assert_ok(fs_read(path, out, &err), err);
	assert_int_equal(stat(path, st), 0);
}

static bool same_time(int64_t a, const char *stated)
{
	int64_t b;

	/* Others have microseconds, or milliseconds. */
	return !time_parse(bytes_str(stated), &b) ||
	       (a >= b ? a - b : b - a) < 1 * NS_PER_MS;
}

static size_t hold_times(const struct parsed *p, char *cols[])
{
	int64_t first = INT64_MAX, last = INT64_MIN;

	for (size_t i = 0; i < p->n_events; i++) {
		if (p->events[i].e.source == SOURCE_NONE)
			continue;
		first = MIN(first, p->events[i].e.time_ns);
		last = MAX(last, p->events[i].e.time_ns);
	}
	if (p->n_events == 0 || (same_time(first, cols[COL_FIRST]) &&
				 same_time(last, cols[COL_LAST])))
		return 0;
	{
		char a[TIME_TEXT_MAX], b[TIME_TEXT_MAX];

		print_message("%s: from %s to %s, stated are %s and %s\n",
			      cols[COL_ID], time_format(first, TIME_US, a),
			      time_format(last, TIME_US, b), cols[COL_FIRST],
			      cols[COL_LAST]);
	}
	return 1;
}

/* Records of audit, which an event joins by bars, each with its type. */
static size_t records_of(const struct parsed *p)
{
	size_t n = p->n_events;

	for (size_t i = 0; i < p->n_events; i++)
		for (const char *at = p->events[i].message;
		     (at = strstr(at, " | ")); at++)
			n += at[3] >= 'A' && at[3] <= 'Z';
	return n;
}

static size_t hold(size_t row, char *cols[])
{
	const struct parser *parser = parser_find(rows[row].parser);
	size_t stated = strtoul(cols[COL_EVENTS], NULL, 10), wrong = 0;
	struct parse_input in = {.taken_ns = TIME_UNKNOWN};
	struct parsed p;
	struct stat st;
	struct buf content;
	struct err err;

	if (rows[row].events)
		stated = rows[row].events;
	assert_non_null(parser);
	read_sample(cols[COL_LOCAL], &content, &st);
	in.content = buf_bytes(&content);
	in.path = bytes_str(cols[COL_LOCAL]);
	in.mtime_ns = time_from_spec(st.st_mtim);
	in.taken_ns = in.mtime_ns;
	if (parser_guess(&in) != parser) {
		print_message("%s: taken for %s\n", cols[COL_ID],
			      parser_guess(&in) ? parser_guess(&in)->name
						: "nothing");
		wrong++;
	}
	assert_ok(parse_keep(parser, &in, &p, &err), err);
	if ((rows[row].counts_records ? records_of(&p) : p.n_events) !=
		    stated || p.n_problems < rows[row].problems) {
		print_message("%s: %zu events, stated are %zu; %zu problems\n",
			      cols[COL_ID], p.n_events, stated, p.n_problems);
		wrong++;
	}
	if (!rows[row].other_times && !rows[row].no_times)
		wrong += hold_times(&p, cols);
	parsed_release(&p);
	buf_release(&content);
	return wrong;
}

static void test_corpus(void **state UNUSED)
{
	char path[sizeof folder + 16], line[16384], *cols[N_COLS];
	size_t wrong = 0, held = 0;
	FILE *file;

	(void)snprintf(path, sizeof path, "%s/corpus.tsv", folder);
	file = fopen(path, "re");
	assert_non_null(file);
	while (fgets(line, sizeof line, file)) {
		if (split(line, cols) != N_COLS)
			continue;
		for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
			if (strncmp(cols[COL_ID], rows[i].id,
				    strlen(rows[i].id)) != 0)
				continue;
			if (rows[i].parser) {
				wrong += hold(i, cols);
				held++;
			}
			break;
		}
	}
	(void)fclose(file);
	print_message("%zu samples held\n", held);
	assert_int_equal(wrong, 0);
	assert_true(held >= 10);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_corpus),
	};
	const char *given = getenv("HALLIGAN_CORPUS");
	const char *src = getenv("HALLIGAN_SRCDIR");
	char path[sizeof folder + 16];

	if (given)
		(void)snprintf(folder, sizeof folder, "%s", given);
	else
		(void)snprintf(folder, sizeof folder, "%s/../shared/corpus",
			       src ? src : ".");
	(void)snprintf(path, sizeof path, "%s/corpus.tsv", folder);
	if (access(path, R_OK) != 0) {
		puts("skipped: HALLIGAN_CORPUS names no folder of samples");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
