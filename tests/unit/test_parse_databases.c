/* SPDX-License-Identifier: Apache-2.0 */
/* Databases of SQLite: what each parser makes of them, where their rows lie,
 * and what those that are damaged or hostile come to. */
#include "unit/parse_kit.h"

#include "parse/database.h"

#include <sqlite3.h>

#define T "1700000000" /* 2023-11-14T22:13:20Z */

struct made {
	unsigned char *p;
	sqlite3_int64 n;
};

static struct made make(const char *sql)
{
	struct made m;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s", sqlite3_errmsg(db));
	m.p = sqlite3_serialize(db, "main", &m.n, 0);
	assert_non_null(m.p);
	(void)sqlite3_close(db);
	return m;
}

static enum err_code read_it(const char *parser, const struct made *m,
			     struct parsed *p, struct err *err)
{
	struct parse_input in = {.content = bytes_of(m->p, (size_t)m->n),
				 .path = bytes_str("/x"),
				 .mtime_ns = TIME_UNKNOWN,
				 .taken_ns = TIME_UNKNOWN};

	return parse_keep(parser_find(parser), &in, p, err);
}

/* The events of what the statements make. */
static struct parsed events_of(const char *parser, const char *sql)
{
	struct made m = make(sql);
	struct parse_input in = {.content = bytes_of(m.p, (size_t)m.n)};
	struct parsed p;
	struct err err;

	assert_ptr_equal(parser_guess(&in), parser_find(parser));
	assert_ok(read_it(parser, &m, &p, &err), err);
	assert_int_equal(p.n_problems, 0);
	sqlite3_free(m.p);
	return p;
}

#define AT "2023-11-14T22:13:20Z"

static void test_wtmpdb(void **state UNUSED)
{
	struct parsed p = events_of(
		"wtmpdb",
		"CREATE TABLE wtmp(ID INTEGER PRIMARY KEY, Type INTEGER,"
		" User TEXT NOT NULL, Login INTEGER, Logout INTEGER, TTY TEXT,"
		" RemoteHost TEXT, Service TEXT) STRICT;"
		"INSERT INTO wtmp VALUES(1,1,'reboot'," T "250000," T "500000,"
		"'~','6.12',NULL),"
		"(2,3,'alice'," T "000000,NULL,'pts/0','192.0.2.7','sshd'),"
		"(3,3,'bob'," T "000001," T "000002,'tty1','','login')");

	assert_int_equal(p.n_events, 5);
	hold_event(&p, 0, "2023-11-14T22:13:20.25Z", "boot", "reboot",
		   "boot reboot, line ~, host 6.12");
	hold_event(&p, 1, "2023-11-14T22:13:20.5Z", "shutdown", "reboot",
		   "system went down reboot, line ~, host 6.12");
	hold_event(&p, 2, AT, "login", "alice",
		   "login alice, line pts/0, host 192.0.2.7, service sshd, "
		   "no logout");
	hold_event(&p, 3, "2023-11-14T22:13:20.000001Z", "login", "bob",
		   "login bob, line tty1, service login");
	hold_event(&p, 4, "2023-11-14T22:13:20.000002Z", "logout", "bob",
		   "logout bob, line tty1, service login");
	assert_true(p.events[4].e.precision_ns == NS_PER_US);
	parsed_release(&p);
	p = events_of("lastlog2",
		      "CREATE TABLE Lastlog2(Name TEXT PRIMARY KEY, Time"
		      " INTEGER, TTY TEXT, RemoteHost TEXT, Service TEXT);"
		      "INSERT INTO Lastlog2 VALUES('never',0,'','',''),"
		      "('alice'," T ",'ssh','192.0.2.7','sshd')");
	assert_int_equal(p.n_events, 1);
	hold_event(&p, 0, AT, "login", "alice",
		   "last login alice, line ssh, host 192.0.2.7, service sshd");
	assert_string_equal(p.events[0].e.desc, DESC_LOGIN);
	parsed_release(&p);
}

static void test_firefox(void **state UNUSED)
{
	struct parsed p = events_of(
		"firefox",
		"CREATE TABLE moz_places(id INTEGER PRIMARY KEY, url, title, "
		"x);"
		"CREATE TABLE moz_historyvisits(id INTEGER PRIMARY KEY,"
		" place_id, visit_date);"
		"CREATE TABLE moz_anno_attributes(id INTEGER PRIMARY KEY, "
		"name);"
		"CREATE TABLE moz_annos(id INTEGER PRIMARY KEY, place_id,"
		" anno_attribute_id, content, dateAdded);"
		"INSERT INTO moz_places VALUES(1,'http://a/','A',0);"
		"INSERT INTO moz_historyvisits VALUES(1,1," T "000000),"
		"(2,99," T "000001);"
		"INSERT INTO moz_anno_attributes VALUES"
		"(1,'downloads/destinationFileURI'),(2,'downloads/metaData');"
		"INSERT INTO moz_annos VALUES(1,1,1,'file:///a'," T "000000),"
		"(2,1,2,'{\"endTime\":" T "500,\"fileSize\":7}',0),"
		"(3,1,2,'no json',0)");

	assert_int_equal(p.n_events, 4);
	hold_event(&p, 0, AT, "web.visited", "", "http://a/ - A");
	/* Its place is gone: the visit is not. */
	hold_event(&p, 1, "2023-11-14T22:13:20.000001Z", "web.visited", "",
		   "?");
	hold_event(&p, 2, AT, "web.download", "", "http://a/ to file:///a");
	hold_event(&p, 3, "2023-11-14T22:13:20.5Z", "web.download", "",
		   "http://a/ ended, bytes 7");
	parsed_release(&p);
	p = events_of(
		"firefox",
		"CREATE TABLE moz_cookies(id INTEGER PRIMARY KEY, name,"
		" value, host, path, expiry, lastAccessed, creationTime);"
		"INSERT INTO moz_cookies VALUES(1,'sid','secret','h','/'," T
		"," T "000000," T "000000),"
		"(2,'b','',  'h','/'," T "000,0,0)");
	assert_int_equal(p.n_events, 4);
	for (size_t i = 0; i < 3; i++)
		hold_event(&p, i, AT, "web.cookie", "", "h/ cookie sid");
	hold_event(&p, 3, AT, "web.cookie", "", "h/ cookie b");
	assert_string_equal(p.events[3].e.desc, DESC_EXPIRES);
	parsed_release(&p);
	p = events_of(
		"firefox",
		"CREATE TABLE moz_formhistory(id INTEGER PRIMARY KEY,"
		" fieldname, value, timesUsed, firstUsed, lastUsed, guid);"
		"INSERT INTO moz_formhistory VALUES(1,'q','how to',2," T
		"000000," T "000001,'g')");
	assert_int_equal(p.n_events, 2);
	hold_event(&p, 0, AT, "web.form", "", "q = how to");
	parsed_release(&p);
}

static void test_chrome(void **state UNUSED)
{
	/* 13344473600 is 1700000000 and the years since 1601. */
	struct parsed p = events_of(
		"chrome",
		"CREATE TABLE urls(id INTEGER PRIMARY KEY, url, title);"
		"CREATE TABLE visits(id INTEGER PRIMARY KEY, url, visit_time);"
		"CREATE TABLE downloads(id INTEGER PRIMARY KEY, target_path,"
		" start_time, end_time, received_bytes, new_column);"
		"CREATE TABLE downloads_url_chains(id, chain_index, url);"
		"INSERT INTO urls VALUES(1,'http://a/','');"
		"INSERT INTO visits VALUES(1,1,13344473600250000);"
		"INSERT INTO downloads VALUES"
		"(1,'/home/a/x',13344473600000000,0,5,'?');"
		"INSERT INTO downloads_url_chains VALUES(1,0,'http://first'),"
		"(1,1,'http://last')");

	assert_int_equal(p.n_events, 2);
	hold_event(&p, 0, "2023-11-14T22:13:20.25Z", "web.visited", "",
		   "http://a/");
	hold_event(&p, 1, AT, "web.download", "",
		   "http://last to /home/a/x, bytes 5");
	parsed_release(&p);
	p = events_of("chrome",
		      "CREATE TABLE downloads(id INTEGER PRIMARY KEY,"
		      " full_path, url, start_time, received_bytes);"
		      "INSERT INTO downloads VALUES(1,'/x','http://o'," T
		      ",5)");
	assert_int_equal(p.n_events, 1); /* in seconds, as it was then */
	hold_event(&p, 0, AT, "web.download", "", "http://o to /x, bytes 5");
	parsed_release(&p);
	p = events_of("chrome",
		      "CREATE TABLE cookies(creation_utc, host_key, name,"
		      " value, path, expires_utc, last_access_utc);"
		      "INSERT INTO cookies VALUES(13344473600000000,'h','sid',"
		      "'secret','/',265000000000000000,13344473600000000)");
	assert_int_equal(p.n_events, 3);
	hold_event(&p, 0, AT, "web.cookie", "", "h/ cookie sid");
	/* In the year 9998 is never. */
	hold_event(&p, 2, "", "web.cookie", "", "h/ cookie sid");
	parsed_release(&p);
	p = events_of("chrome",
		      "CREATE TABLE autofill(name, value, date_created,"
		      " date_last_used);"
		      "INSERT INTO autofill VALUES('repo','a'," T "," T ")");
	assert_int_equal(p.n_events, 2);
	hold_event(&p, 1, AT, "web.form", "", "repo = a");
	assert_string_equal(p.events[1].e.desc, "Last Used Time");
	parsed_release(&p);
}

static void test_packages(void **state UNUSED)
{
	struct parsed p = events_of(
		"dnf-history",
		"CREATE TABLE trans(id INTEGER PRIMARY KEY, dt_begin, dt_end,"
		" user_id, cmdline, state);"
		"CREATE TABLE trans_item(id INTEGER PRIMARY KEY, trans_id,"
		" item_id, action);"
		"CREATE TABLE rpm(item_id, name, epoch, version, release, "
		"arch);"
		"INSERT INTO trans VALUES(1," T "," T ",1000,'install nmap',1),"
		"(2," T ",0,-1,'up',1);"
		"INSERT INTO trans_item VALUES(1,1,1,1),(2,1,2,8);"
		"INSERT INTO rpm VALUES(1,'nmap',0,'7.9','1.el9','x86_64'),"
		"(2,'audit',0,'3','2','x86_64')");

	assert_int_equal(p.n_events, 5);
	hold_event(&p, 0, AT, "package.run", "1000",
		   "transaction 1: install nmap");
	hold_event(&p, 1, AT, "package.run", "", "transaction 2: up");
	hold_event(&p, 2, AT, "package.run", "1000", "transaction 1: ended");
	hold_event(&p, 3, AT, "package.installed", "1000",
		   "Install nmap-7.9-1.el9.x86_64");
	hold_event(&p, 4, AT, "package.removed", "1000",
		   "Remove audit-3-2.x86_64");
	parsed_release(&p);
	p = events_of(
		"dnf-history",
		"CREATE TABLE trans(id INTEGER PRIMARY KEY, dt_begin, dt_end,"
		" user_id, description, state_id);"
		"CREATE TABLE trans_item(id INTEGER PRIMARY KEY, trans_id,"
		" item_id, action_id);"
		"CREATE TABLE trans_item_action(id INTEGER PRIMARY KEY, name);"
		"CREATE TABLE rpm(item_id, name_id, version, release, arch_id);"
		"CREATE TABLE pkg_names(id INTEGER PRIMARY KEY, name);"
		"CREATE TABLE archs(id INTEGER PRIMARY KEY, name);"
		"INSERT INTO trans VALUES(1," T ",NULL,4294967295,'dnf5 up',1);"
		"INSERT INTO trans_item VALUES(1,1,1,2);"
		"INSERT INTO trans_item_action VALUES(2,'Upgrade');"
		"INSERT INTO rpm VALUES(1,1,'5','6',1);"
		"INSERT INTO pkg_names VALUES(1,'bash');"
		"INSERT INTO archs VALUES(1,'noarch')");
	assert_int_equal(p.n_events, 2);
	hold_event(&p, 0, AT, "package.run", "", "transaction 1: dnf5 up");
	hold_event(&p, 1, AT, "package.upgraded", "",
		   "Upgrade bash-5-6.noarch");
	parsed_release(&p);
	p = events_of(
		"dnf-history",
		"CREATE TABLE trans_beg(tid INTEGER PRIMARY KEY, timestamp,"
		" loginuid);"
		"CREATE TABLE trans_end(tid INTEGER PRIMARY KEY, timestamp,"
		" return_code);"
		"CREATE TABLE trans_cmdline(tid, cmdline);"
		"CREATE TABLE trans_data_pkgs(tid, pkgtupid, done, state);"
		"CREATE TABLE pkgtups(pkgtupid INTEGER PRIMARY KEY, name, arch,"
		" epoch, version, release);"
		"INSERT INTO trans_beg VALUES(1," T ",0);"
		"INSERT INTO trans_end VALUES(1," T ",0);"
		"INSERT INTO trans_cmdline VALUES(1,'yum erase audit');"
		"INSERT INTO trans_data_pkgs VALUES(1,1,'TRUE','Erase');"
		"INSERT INTO pkgtups VALUES(1,'audit','x86_64',0,'1','2')");
	assert_int_equal(p.n_events, 3);
	hold_event(&p, 0, AT, "package.run", "0",
		   "transaction 1: yum erase audit");
	hold_event(&p, 1, AT, "package.run", "", "transaction 1 ended with 0");
	hold_event(&p, 2, AT, "package.removed", "0", "Erase audit-1-2.x86_64");
	parsed_release(&p);
}

static void test_safari(void **state UNUSED)
{
	struct parsed p = events_of(
		"safari",
		"CREATE TABLE history_items(id INTEGER PRIMARY KEY, url TEXT);"
		"CREATE TABLE history_visits(id INTEGER PRIMARY KEY,"
		" history_item INTEGER, visit_time REAL, title TEXT);"
		"INSERT INTO history_items VALUES(1,'http://h/');"
		"INSERT INTO history_visits VALUES(1,1,721692800.25,'Home')");

	assert_int_equal(p.n_events, 1);
	hold_event(&p, 0, "2023-11-14T22:13:20.25Z", "web.visited", "",
		   "http://h/ - Home");
	parsed_release(&p);
}

static void test_others(void **state UNUSED)
{
	struct parsed p = events_of(
		"fail2ban",
		"CREATE TABLE bans(jail, ip, timeofban INTEGER, bantime,"
		" bancount, data JSON);"
		"INSERT INTO bans VALUES('sshd','192.0.2.7'," T ",600,2,'{}'),"
		"('sshd','192.0.2.8'," T ",-1,1,'{}')");

	assert_int_equal(p.n_events, 2);
	hold_event(&p, 0, AT, "ban", "192.0.2.7",
		   "banned 192.0.2.7 in sshd for 600 s, time 2");
	hold_event(&p, 1, AT, "ban", "192.0.2.8",
		   "banned 192.0.2.8 in sshd for ever, time 1");
	parsed_release(&p);
	p = events_of("fail2ban",
		      "CREATE TABLE bans(jail, ip, timeofban, data);"
		      "INSERT INTO bans VALUES('a','192.0.2.7'," T ",'')");
	hold_event(&p, 0, AT, "ban", "192.0.2.7", "banned 192.0.2.7 in a");
	parsed_release(&p);
	p = events_of("zeitgeist",
		      "CREATE TABLE event(id, timestamp, actor, subj_id);"
		      "CREATE TABLE uri(id INTEGER PRIMARY KEY, value);"
		      "CREATE TABLE actor(id INTEGER PRIMARY KEY, value);"
		      "INSERT INTO event VALUES(1," T "250,1,1);"
		      "INSERT INTO uri VALUES(1,'file:///a');"
		      "INSERT INTO actor VALUES(1,'application://gedit')");
	hold_event(&p, 0, "2023-11-14T22:13:20.25Z", "desktop.used",
		   "application://gedit", "file:///a");
	parsed_release(&p);
}

#define BANS "CREATE TABLE bans(jail, ip, timeofban, data);"
#define MANY                                                                   \
	BANS "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n"    \
	     " WHERE i<5000) INSERT INTO bans SELECT "                         \
	     "'jail','ip-'||i||'-end'," T ",'x' FROM n;"

/* The bytes that an event names have the row in them. */
static void rows_are_where_they_are_said_to_be(void **state UNUSED)
{
	struct made m = make(MANY);
	struct parsed p;
	struct err err;

	assert_ok(read_it("fail2ban", &m, &p, &err), err);
	assert_int_equal(p.n_events, 5000);
	for (size_t i = 0; i < p.n_events; i++) {
		const struct parse_event *e = &p.events[i].e;

		assert_in_range(e->length, 15, 60);
		assert_non_null(memmem(m.p + e->offset, e->length,
				       p.events[i].actor,
				       strlen(p.events[i].actor)));
	}
	parsed_release(&p);
	sqlite3_free(m.p);
}

static void a_log_beside_it_is_named(void **state UNUSED)
{
	struct made m = make(MANY);
	struct parsed p;
	struct err err;

	m.p[18] = m.p[19] = 2;
	assert_ok(read_it("fail2ban", &m, &p, &err), err);
	assert_int_equal(p.n_events, 5000);
	assert_int_equal(p.n_problems, 1);
	assert_non_null(strstr(p.last_problem, "-wal"));
	parsed_release(&p);
	sqlite3_free(m.p);
}

static void damage_costs_rows(void **state UNUSED)
{
	struct made m = make(MANY);
	struct parsed p;
	struct err err;

	memset(m.p + 20 * 4096, 0xa5, 4096);
	assert_ok(read_it("fail2ban", &m, &p, &err), err);
	assert_in_range(p.n_events, 100, 4999);
	assert_int_equal(p.n_problems, 1);
	parsed_release(&p);
	m.n = 10 * 4096 + 100; /* cut off */
	assert_ok(read_it("fail2ban", &m, &p, &err), err);
	assert_in_range(p.n_events, 1, 4999);
	assert_true(p.n_problems >= 1);
	parsed_release(&p);
	m.n = 50;
	assert_code(read_it("fail2ban", &m, &p, &err), ERR_FORMAT);
	sqlite3_free(m.p);
}

/* A schema is somebody's program: none of it is run. */
static void views_are_not_taken_for_tables(void **state UNUSED)
{
	struct made m =
		make("CREATE TABLE t(a);"
		     "CREATE VIEW bans AS WITH RECURSIVE n(i) AS (SELECT 1"
		     " UNION ALL SELECT i+1 FROM n) SELECT 'a' AS jail,"
		     " 'b' AS ip, i AS timeofban, '' AS data FROM n");
	struct parse_input in = {.content = bytes_of(m.p, (size_t)m.n)};
	struct parsed p;
	struct err err;

	assert_null(parser_guess(&in));
	assert_code(read_it("fail2ban", &m, &p, &err), ERR_FORMAT);
	sqlite3_free(m.p);
}

static void a_tree_that_leads_nowhere_ends(void **state UNUSED)
{
	struct made m = make(MANY);
	uint64_t offset, length;

	/* Page 2, the root of the table, has itself for all its children. */
	assert_int_equal(m.p[4096], 5);
	for (size_t at = 4096 + 12; at < 2 * 4096; at++)
		m.p[at] = 0;
	memcpy(m.p + 4096 + 8, "\0\0\0\2", 4);
	assert_false(database_find_row(bytes_of(m.p, (size_t)m.n), 2, 4000,
				       &offset, &length));
	assert_false(database_find_row(bytes_of(m.p, (size_t)m.n), 0, 1,
				       &offset, &length));
	assert_false(database_find_row(bytes_of(m.p, (size_t)m.n), 1 << 30, 1,
				       &offset, &length));
	sqlite3_free(m.p);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wtmpdb),
		cmocka_unit_test(test_firefox),
		cmocka_unit_test(test_chrome),
		cmocka_unit_test(test_packages),
		cmocka_unit_test(test_safari),
		cmocka_unit_test(test_others),
		cmocka_unit_test(rows_are_where_they_are_said_to_be),
		cmocka_unit_test(a_log_beside_it_is_named),
		cmocka_unit_test(damage_costs_rows),
		cmocka_unit_test(views_are_not_taken_for_tables),
		cmocka_unit_test(a_tree_that_leads_nowhere_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
