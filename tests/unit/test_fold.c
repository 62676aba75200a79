/* SPDX-License-Identifier: Apache-2.0 */
/* Events that several sources tell are one; rotated logs and their order. */
#include "unit/case_util.h"

#include "base/rotated.h"
#include "base/time.h"
#include "model/same.h"

/* ---- names of logs ---- */

static void sets_are_known_by_their_names(void **state)
{
	/* Of one set, the oldest first. */
	static const char *const set[] = {"/var/log/syslog-20251230.xz",
					  "/var/log/syslog-20260101",
					  "/var/log/syslog-2026010113.zst",
					  "/var/log/syslog.10.gz",
					  "/var/log/syslog.9.bz2",
					  "/var/log/syslog.2.gz",
					  "/var/log/syslog.1",
					  "/var/log/syslog.0",
					  "/var/log/syslog"};
	static const char *const whole[] = {"/var/log/app.20260101",
					    "/srv/v-12345678",
					    "/srv/x-20261399",
					    "/tmp/.1",
					    "/srv/1",
					    "/var/log/dnf.rpm.log",
					    "a.",
					    "",
					    ".gz"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(set); i++) {
		struct rotated a = rotated_of(bytes_str(set[i]));

		assert_int_equal(a.stem.n, strlen("/var/log/syslog"));
		for (size_t k = 0; k < ARRAY_SIZE(set); k++) {
			struct rotated b = rotated_of(bytes_str(set[k]));
			int want = (i > k) - (i < k);

			if (rotated_cmp(&a, &b) != want)
				fail_msg("%s and %s", set[i], set[k]);
		}
	}
	for (size_t i = 0; i < ARRAY_SIZE(whole); i++)
		assert_int_equal(rotated_of(bytes_str(whole[i])).stem.n,
				 strlen(whole[i]));
	assert_true(rotated_of(bytes_str("/x.gz")).packed);
	assert_int_equal(rotated_of(bytes_str("/x.3.gz")).number, 3);
}

/* ---- what is the same ---- */

struct sample {
	const char *path, *kind, *actor, *message;
};

static bool is_same(const struct sample *a, const struct sample *b)
{
	struct same_key key[2];
	const struct sample *of[] = {a, b};
	bool same = true;

	for (size_t i = 0; i < 2; i++) {
		struct same_event e = {.kind = bytes_str(of[i]->kind),
				       .desc = bytes_str("Recorded Time"),
				       .actor = bytes_str(of[i]->actor),
				       .message = bytes_str(of[i]->message),
				       .path = bytes_str(of[i]->path)};

		buf_init(&key[i].text, SAME_TEXT_MAX);
		same = same_key_of(&e, &key[i]) && same;
	}
	same = same && same_who(key[0].who, key[1].who) &&
	       bytes_eq(buf_bytes(&key[0].text), buf_bytes(&key[1].text));
	buf_release(&key[0].text);
	buf_release(&key[1].text);
	return same;
}

#define LONG "/var/log/journal/1/system.journal"

static void the_same_is_known_in_all_its_forms(void **state)
{
	static const struct {
		bool same;
		struct sample a, b;
	} pairs[] = {
		/* syslog, the journal, RFC 5424 */
		{true,
		 {"/var/log/auth.log", "ssh.failed", "root",
		  "sshd[7]: Failed password for root from ::1 port 2 ssh2"},
		 {LONG, "ssh.failed", "root",
		  "sshd[7]: Failed password for root from ::1 port 2 ssh2\n"}},
		{true,
		 {"/var/log/auth.log", "ssh.failed", "root",
		  "/usr/sbin/sshd[7]: Failed  x"},
		 {"/srv/rfc5424", "ssh.failed", "root", "Failed x"}},
		{true,
		 {"/var/log/kern.log", "syslog", "kernel",
		  "kernel: [   12.345678] eth0: up"},
		 {LONG, "journal", "kernel", "kernel: eth0: up"}},
		{true,
		 {"/var/log/syslog", "syslog", "app", "app[1]: one#012  two"},
		 {LONG, "journal", "app", "app[1]: one\n\ttwo"}},
		{true,
		 {"/var/log/syslog", "syslog", "app", "app: error: x"},
		 {"/srv/rfc5424", "syslog", "app", "error: x"}},
		{true,
		 {"/var/log/auth.log", "sudo", "ann",
		  "sudo:      ann : PWD=/ ; USER=root ; COMMAND=/bin/ls"},
		 {"/srv/rfc5424", "sudo", "ann",
		  "ann : PWD=/ ; USER=root ; COMMAND=/bin/ls"}},
		{true,
		 {"/var/log/auth.log", "doas", "ann",
		  "doas: ann ran command ls as root from /"},
		 {LONG, "doas", "ann",
		  "doas[7]: ann ran command ls as root from /"}},
		{true,
		 {"/var/log/kern.log", "firewall.packet", "192.0.2.1",
		  "kernel: [   12.3] IN=eth0 OUT= SRC=192.0.2.1 DST=192.0.2.2"},
		 {LONG, "firewall.packet", "192.0.2.1",
		  "kernel: IN=eth0 OUT= SRC=192.0.2.1 DST=192.0.2.2"}},
		/* other processes, other words, other people */
		{false,
		 {"/var/log/auth.log", "ssh.failed", "root", "sshd[7]: x"},
		 {LONG, "ssh.failed", "root", "sshd[8]: x"}},
		{false,
		 {"/var/log/auth.log", "ssh.failed", "root", "sshd[7]: x"},
		 {LONG, "ssh.failed", "root", "sshd[7]: y"}},
		{false,
		 {"/var/log/syslog", "syslog", "a", "a: x"},
		 {LONG, "journal", "b", "b: x"}},
		/* logins */
		{true,
		 {"/var/log/wtmp", "login", "ann",
		  "login, user ann, line pts/0, host ::1, pid 5"},
		 {"/var/lib/wtmpdb/wtmp.db", "login", "ann",
		  "login ann, line pts/0, host ::1"}},
		{true,
		 {"/var/log/wtmp", "login", "ann",
		  "login, user ann, line pts/0"},
		 {"/x/wtmp.db", "login", "ann",
		  "login ann, line ssh, service sshd"}},
		{true,
		 {"/var/log/wtmp", "logout", "", "logout, line pts/0"},
		 {"/x/wtmp.db", "logout", "ann", "logout ann, line pts/0"}},
		{true,
		 {"/var/log/wtmp", "boot", "reboot",
		  "system booted, user reboot, line ~"},
		 {"/x/wtmp.db", "boot", "", "boot"}},
		{false,
		 {"/var/log/wtmp", "login", "ann",
		  "login, user ann, line pts/0"},
		 {"/x/wtmp.db", "login", "ann", "login ann, line pts/1"}},
		{false,
		 {"/var/log/wtmp", "login", "ann",
		  "login, user ann, line pts/0"},
		 {"/x/wtmp.db", "login", "bob", "login bob, line pts/0"}},
		{false,
		 {"/var/log/wtmp", "logout", "", "logout"},
		 {"/x/wtmp.db", "logout", "ann", "logout ann"}},
		{false,
		 {"/var/log/wtmp", "boot", "reboot", "system booted"},
		 {"/var/log/kern.log", "boot", "kernel",
		  "kernel: Linux version 6.1"}},
		/* any other log: copies of it alone */
		{true,
		 {"/var/log/web.log.1", "web.request", "::1", "GET /"},
		 {"/var/log/web.log.2.gz", "web.request", "::1", "GET /"}},
		{false,
		 {"/var/log/a.log", "web.request", "::1", "GET /"},
		 {"/var/log/b.log", "web.request", "::1", "GET /"}},
		{false,
		 {"/c/1-json.log", "container.stdout", "", "up"},
		 {"/c/2-json.log", "container.stdout", "", "up"}},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++)
		if (is_same(&pairs[i].a, &pairs[i].b) != pairs[i].same)
			fail_msg("%s / %s", pairs[i].a.message,
				 pairs[i].b.message);
}

/* ---- in a case ---- */

static void say(struct fix *f, uint64_t file, int64_t time_ns,
		int64_t precision_ns, const char *message)
{
	struct change *c = fix_record(f, REC_EVENT);

	c->u.record.u.event = (struct rec_event){
		.file_seq = file,
		.time_ns = time_ns,
		.precision_ns = precision_ns,
		.source = bytes_str("utc"),
		.desc = bytes_str("Content Modification Time"),
		.kind = bytes_str("ssh.failed"),
		.actor = bytes_str("root"),
		.message = change_bytes(c, bytes_str(message)),
		.offset = file,
		.length = 1};
	fix_submit(f, c);
}

/* What a log has, so far apart. */
static uint64_t put_log(struct fix *f, const char *path, int64_t from_ns,
			int64_t precision_ns, const char *const *lines,
			int64_t apart_ns)
{
	uint64_t file = put_evidence(f, path, bytes_str(path));

	for (; *lines; lines++, from_ns += apart_ns)
		say(f, file, from_ns, precision_ns, *lines);
	return file;
}

static const char *const lines[] = {"sshd[7]: a", "sshd[7]: a", "sshd[8]: a",
				    "sshd[7]: b", NULL};

#define MS    (NS_PER_S / 1000)
#define SHOWN "SELECT count(*) FROM event WHERE kind = 'ssh.failed'"
#define TOLD  "SELECT count(*) FROM event_source WHERE kind = 'ssh.failed'"

static void what_two_logs_tell_is_shown_once(void **state)
{
	struct fix *f = *state;

	put_log(f, "/var/log/auth.log", T0, NS_PER_S, lines, 0);
	put_run_host(f, "done");
	fix_flush(f);
	assert_int_equal(sql_int(f, SHOWN), 4); /* a line twice is no copy */
	fix_run(f, "parse");
	/* The journal has the same, milliseconds earlier. */
	put_log(f, LONG, T0 - 20 * MS, 1000, lines, 5 * MS);
	put_run_host(f, "done");
	fix_flush(f);
	assert_int_equal(sql_int(f, SHOWN), 4);
	assert_int_equal(sql_int(f, SHOWN " AND sources = 2"), 4);
	assert_int_equal(sql_int(f, TOLD), 8);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM fold k"
				    " JOIN event e ON e.id = k.event_id"
				    " WHERE CAST(k.path AS TEXT)"
				    " = '/var/log/auth.log'"),
			 4);
	expect_sound(f);
	sql_tamper(f, "UPDATE folds SET first = 1");
	assert_code(fix_verify(f).code, ERR_VERIFY);
}

/* In one run the row that knows the time best stands for all. */
static void the_best_time_is_shown(void **state)
{
	struct fix *f = *state;

	put_log(f, "/var/log/auth.log", T0, NS_PER_S, lines, 0);
	put_log(f, LONG, T0 + 500 * MS, 1000, lines, 0);
	put_log(f, "/var/log/syslog", T0, NS_PER_S, lines, 0);
	put_run_host(f, "done");
	fix_flush(f);
	assert_int_equal(sql_int(f, SHOWN), 4);
	assert_int_equal(sql_int(f, SHOWN " AND sources = 3 AND"
					  " precision_ns = 1000"),
			 4);
	expect_sound(f);
}

static void what_is_apart_stays_so(void **state)
{
	static const char *const one[] = {"sshd[7]: a", NULL};
	struct fix *f = *state;

	put_log(f, "/var/log/auth.log", T0, NS_PER_S, one, 0);
	put_log(f, LONG, T0 + 4 * NS_PER_S, 1000, one, 0);      /* later */
	put_log(f, "/srv/dates", T0, 86400 * NS_PER_S, one, 0); /* roughly */
	put_run_host(f, "done");
	fix_host(f, "db02"); /* elsewhere */
	fix_run(f, "parse");
	put_log(f, LONG, T0, 1000, one, 0);
	put_run_host(f, "done");
	fix_flush(f);
	assert_int_equal(sql_int(f, SHOWN), 4);
	assert_int_equal(sql_int(f, SHOWN " AND sources = 1"), 4);
	/* Times at the ends of what there is do no harm. */
	fix_run(f, "parse");
	put_log(f, "/var/log/auth.log", INT64_MAX - 1, NS_PER_S, one, 0);
	put_log(f, LONG, INT64_MIN + 1, INT64_MAX, one, 0);
	put_run_host(f, "done");
	fix_flush(f);
	assert_int_equal(sql_int(f, SHOWN), 6);
	expect_sound(f);
}

/* Nearest first: a log that begins late does not shift all its lines. */
static void lines_find_their_own(void **state)
{
	static const char *const many[] = {"sshd[7]: a", "sshd[7]: a",
					   "sshd[7]: a", NULL};
	struct fix *f = *state;

	put_log(f, "/var/log/auth.log", T0, NS_PER_S, many, NS_PER_S);
	put_log(f, LONG, T0 + NS_PER_S + 2 * MS, 1000, many + 1, NS_PER_S);
	put_run_host(f, "done");
	fix_flush(f);
	assert_int_equal(sql_int(f, SHOWN), 3);
	assert_int_equal(sql_int(f, SHOWN " AND sources = 1 AND time_ns = "
					  "1700000000000000000"),
			 1);
}

static char *item_of(struct fix *f, const char *path)
{
	char *sql = xasprintf("SELECT id FROM evidence"
			      " WHERE CAST(path AS TEXT) = '%s'",
			      path);
	char *id = sql_str(f, sql);

	free(sql);
	return id;
}

static void reread(struct fix *f, const char *path, int64_t from_ns)
{
	struct change *c;
	char *id = item_of(f, path);

	fix_run(f, "parse");
	c = fix_record(f, REC_ITEM);
	c->u.record.u.item =
		(struct rec_item){.seq = 1,
				  .evidence = change_bytes(c, bytes_str(id)),
				  .path = bytes_str("/x"),
				  .size = 1,
				  .mtime_ns = T0,
				  .taken_ns = T0};
	fix_submit(f, c);
	for (size_t i = 0; lines[i]; i++)
		say(f, 1, from_ns, NS_PER_S, lines[i]);
	put_run_host(f, "done");
	fix_flush(f);
	free(id);
}

static void what_is_read_anew_is_found_again(void **state)
{
	struct fix *f = *state;

	put_log(f, "/var/log/auth.log", T0, NS_PER_S, lines, 0);
	put_log(f, LONG, T0, 1000, lines, 0);
	put_log(f, "/var/log/syslog", T0, NS_PER_S, lines, 0);
	put_run_host(f, "done");
	fix_flush(f);
	/* The row that was shown is read anew, in another zone: the others
	 * come out from behind it, as one. */
	reread(f, LONG, T0 + 3600 * NS_PER_S);
	assert_int_equal(sql_int(f, SHOWN " AND sources = 1"), 4 + 8);
	reread(f, "/var/log/syslog", T0);
	assert_int_equal(sql_int(f, SHOWN " AND sources = 2"), 4);
	assert_int_equal(sql_int(f, SHOWN " AND sources = 1"), 4);
	reread(f, LONG, T0);
	assert_int_equal(sql_int(f, SHOWN), 4);
	assert_int_equal(sql_int(f, SHOWN " AND sources = 3"), 4);
	assert_int_equal(sql_int(f, TOLD), 12);
	expect_sound(f);
}

static uint64_t rows_in(struct fix *f, const char *view)
{
	struct row_query query = {.view = view};
	struct rows *rows;
	struct err err;
	uint64_t n, seen = 0;
	struct row row;

	assert_ok(case_rows(f->cf, &query, &rows, &err), err);
	n = rows_count(rows);
	while (seen < n && rows_get(rows, seen, &row, &err) == ERR_OK)
		seen++;
	rows_close(rows);
	assert_int_equal(seen, n);
	return n;
}

/* The counts of lists are made from numbers of rows. */
static void lists_count_what_they_show(void **state)
{
	struct fix *f = *state;

	put_log(f, "/var/log/auth.log", T0, NS_PER_S, lines, 0);
	put_log(f, LONG, T0, 1000, lines, 0);
	put_run_host(f, "done");
	fix_flush(f);
	reread(f, LONG, T0);
	assert_int_equal(rows_in(f, "event"),
			 sql_int(f, "SELECT count(*) FROM event"));
	assert_int_equal(rows_in(f, "event_source"),
			 sql_int(f, "SELECT count(*) FROM event_source"));
	assert_int_equal(sql_int(f, SHOWN), 4);
}

/* More at one time than are kept: the oldest are settled, none is lost. */
static void a_flood_is_bounded(void **state)
{
	struct fix *f = *state;
	uint64_t a = put_evidence(f, "/var/log/auth.log", bytes_str("a"));
	uint64_t b = put_evidence(f, LONG, bytes_str("b"));
	char message[64];

	for (unsigned i = 0; i < 3000; i++) {
		(void)snprintf(message, sizeof message, "sshd[%u]: a", i);
		say(f, a, T0, NS_PER_S, message);
		say(f, b, T0, 1000, message);
	}
	put_run_host(f, "done");
	fix_flush(f);
	assert_int_equal(sql_int(f, SHOWN " AND sources = 2"), 3000);
	expect_sound(f);
}

int main(void)
{
#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, host_and_run, fix_teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets_are_known_by_their_names),
		cmocka_unit_test(the_same_is_known_in_all_its_forms),
		TEST(what_two_logs_tell_is_shown_once),
		TEST(the_best_time_is_shown),
		TEST(what_is_apart_stays_so),
		TEST(lines_find_their_own),
		TEST(what_is_read_anew_is_found_again),
		TEST(lists_count_what_they_show),
		TEST(a_flood_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
