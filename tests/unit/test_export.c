/* SPDX-License-Identifier: Apache-2.0 */
/* Units of src/export: what hostile values become, and files whole or none. */
#include "unit/unit.h"

#include <dirent.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "base/time.h"
#include "export/export.h"

#define LIT(s)	bytes_of(s, sizeof(s) - 1)
#define TEXT(s) {.type = VALUE_TEXT, .b = {(const uint8_t *)s, sizeof(s) - 1}}
#define BLOB(s) {.type = VALUE_BLOB, .b = {(const uint8_t *)s, sizeof(s) - 1}}
#define INT(v)	{.type = VALUE_INT, .i = v}

/* A small view with every kind that matters. */
static const struct column thing_columns[] = {
	{.name = "id", .kind = COLUMN_INT},
	{.name = "path", .kind = COLUMN_BYTES},
	{.name = "note", .kind = COLUMN_TEXT},
};

static const struct view thing = {
	.name = "thing", .columns = thing_columns,
	.n_columns = ARRAY_SIZE(thing_columns),
};

/* Rows of a test as a source. */
struct fake {
	struct export_source source; /* first */
	const struct value *values;
	size_t n_rows, at;
	enum err_code fail_at_end;
};

static enum err_code next_fake(struct export_source *source, struct row *row,
			       bool *got, struct err *err)
{
	struct fake *f = (struct fake *)source;

	*got = f->at < f->n_rows;
	if (!*got && f->fail_at_end != ERR_OK)
		return err_set(err, f->fail_at_end, "as the test wants");
	if (*got)
		row->values = f->values + f->at++ * source->view->n_columns;
	return ERR_OK;
}

static bool to_buf(void *arg, struct bytes b)
{
	return buf_add_bytes(arg, b);
}

/* Runs a format over rows into out. */
static void run(const char *format, struct fake *f, struct buf *out)
{
	char sha256[HASH_HEX_MAX];
	uint64_t n = 0;
	struct outfile file;
	struct err err;

	f->source.next = next_fake;
	f->at = 0;
	buf_clear(out);
	outfile_open_sink(&file, (struct outfile_sink){to_buf, out});
	assert_ok(export_run(exporter_find(format), &f->source, &file, &n,
			     &err),
		  err);
	assert_ok(outfile_finish(&file, sha256, &err), err);
	assert_int_equal(n, f->n_rows);
}

static void csv_is_safe_to_open(void **state UNUSED)
{
	static const struct value rows[] = {
		INT(1), BLOB("=cmd|' /C calc'!A0"), TEXT("+1"),
		INT(-2), BLOB("@SUM(A1)"), TEXT("-1"),
		INT(3), BLOB("\tx"), TEXT("\rx"),
	};
	struct fake f = {.source = {.view = &thing}, .values = rows,
			 .n_rows = 3};
	struct buf out;

	buf_init(&out, 65536);
	run("csv", &f, &out);
	assert_string_equal(buf_str(&out),
			    "id,path,note\r\n"
			    "1,\"'=cmd|' /C calc'!A0\",\"'+1\"\r\n"
			    "-2,\"'@SUM(A1)\",\"'-1\"\r\n"
			    "3,\"'\\x09x\",\"'\\x0dx\"\r\n");
	buf_release(&out);
}

static void csv_keeps_one_record_one_line(void **state UNUSED)
{
	static const struct value rows[] = {
		INT(1), BLOB("a\nb\0c"), TEXT("say \"hi\", ok"),
		INT(2), BLOB("\xff\x1b[2J"), {.type = VALUE_NULL},
		INT(3), BLOB(""), TEXT("plain"),
	};
	struct fake f = {.source = {.view = &thing}, .values = rows,
			 .n_rows = 3};
	struct buf out;

	buf_init(&out, 65536);
	run("csv", &f, &out);
	assert_string_equal(buf_str(&out),
			    "id,path,note\r\n"
			    "1,a\\x0ab\\x00c,\"say \"\"hi\"\", ok\"\r\n"
			    "2,\\xff\\x1b[2J,\r\n"
			    "3,,plain\r\n");
	buf_release(&out);
}

/* One row of a real view with the named columns set. */
struct named {
	const char *column;
	struct value value;
};

static struct value *row_of(const struct view *view, const struct named *set,
			    size_t n)
{
	struct value *values = xcalloc(view->n_columns, sizeof *values);

	for (size_t i = 0; i < n; i++) {
		int at = view_column(view, set[i].column);

		assert_true(at >= 0);
		values[at] = set[i].value;
	}
	return values;
}

#define WHEN INT64_C(1777630830123456789) /* 2026-05-01T10:20:30Z */

static void timeline_is_what_timesketch_reads(void **state UNUSED)
{
	static const struct named set[] = {
		{"time_ns", INT(WHEN)},
		{"host", TEXT("web01")},
		{"message", TEXT("modified /etc/passwd")},
		{"timestamp_desc", TEXT("Content Modification Time")},
		{"datetime", TEXT("whatever SQL made of it")},
	};
	const struct view *view = view_find("event");
	struct value *row = row_of(view, set, ARRAY_SIZE(set));
	struct fake f = {.source = {.view = view}, .values = row, .n_rows = 1};
	static const char header[] = "message,datetime,timestamp_desc,";
	struct buf out;

	buf_init(&out, 65536);
	run("csv", &f, &out);
	assert_memory_equal(out.p, header, sizeof header - 1);
	assert_non_null(strstr(buf_str(&out),
			       "\r\n\"modified /etc/passwd\","
			       "2026-05-01T10:20:30.123456+00:00,"
			       "\"Content Modification Time\","));
	run("jsonl", &f, &out);
	assert_non_null(strstr(buf_str(&out),
			       "\"datetime\":\"2026-05-01T10:20:30.123456"
			       "+00:00\",\"timestamp\":1777630830123456}\n"));
	assert_null(strstr(buf_str(&out), "SQL"));
	free(row);
	buf_release(&out);
}

static void jsonl_keeps_the_exact_bytes(void **state UNUSED)
{
	static const struct value rows[] = {
		INT(1), BLOB("\xff\n"), TEXT("a\nb\"\x1b"),
	};
	struct fake f = {.source = {.view = &thing}, .values = rows,
			 .n_rows = 1};
	struct buf out;

	buf_init(&out, 65536);
	run("jsonl", &f, &out);
	assert_string_equal(buf_str(&out),
			    "{\"id\":1,\"path\":\"\\\\xff\\\\x0a\","
			    "\"path_b64\":\"/wo=\","
			    "\"note\":\"a\\nb\\\"\\u001b\"}\n");
	buf_release(&out);
}

static void bodyfile_has_eleven_fields(void **state UNUSED)
{
	static const struct named set[] = {
		{"host", TEXT("web01")},
		{"path", BLOB("/srv/a|b\n\xff c|")},
		{"mode", INT(S_IFREG | 04755)},
		{"uid", INT(0)},
		{"gid", INT(33)},
		{"ino", INT(4242)},
		{"size", INT(17)},
		{"mtime_ns", INT(WHEN)},
		{"ctime_ns", INT(-1)},
	};
	const struct view *view = view_find("file");
	struct value *row = row_of(view, set, ARRAY_SIZE(set));
	struct fake f = {.source = {.view = view}, .values = row, .n_rows = 1};
	struct buf out;

	buf_init(&out, 65536);
	run("bodyfile", &f, &out);
	assert_string_equal(buf_str(&out),
			    "0|web01:/srv/a\\x7cb\\x0a\\xff c\\x7c|4242|"
			    "r/rrwsr-xr-x|0|33|17|0|1777630830|-1|0\n");
	f.source.one_host = true;
	run("bodyfile", &f, &out);
	assert_memory_equal(out.p, "0|/srv/", 7);
	free(row);
	buf_release(&out);
}

static void bodyfile_takes_files_only(void **state UNUSED)
{
	struct fake f = {.source = {.view = view_find("note"),
				    .next = next_fake}};
	struct outfile file;
	struct err err;
	uint64_t n;

	outfile_open_sink(&file, (struct outfile_sink){to_buf, NULL});
	assert_code(export_run(exporter_find("bodyfile"), &f.source, &file, &n,
			       &err),
		    ERR_USAGE);
	outfile_discard(&file);
}

static void a_failing_source_is_no_export(void **state UNUSED)
{
	struct fake f = {.source = {.view = &thing, .next = next_fake},
			 .fail_at_end = ERR_IO};

	for (size_t i = 0; i < n_exporters; i++) {
		struct fake one = f;
		struct outfile file;
		struct err err;
		struct buf out;
		uint64_t n;

		if (exporters[i].only_that_view)
			one.source.view = view_find(exporters[i].view);
		buf_init(&out, 65536);
		outfile_open_sink(&file, (struct outfile_sink){to_buf, &out});
		assert_code(export_run(&exporters[i], &one.source, &file, &n,
				       &err),
			    ERR_IO);
		outfile_discard(&file);
		buf_release(&out);
	}
}

/* ---- files ---- */

struct folder {
	char dir[64], file[80];
};

static int make_folder(void **state)
{
	struct folder *f = xcalloc(1, sizeof *f);

	(void)snprintf(f->dir, sizeof f->dir, "/tmp/halligan-export-XXXXXX");
	if (!mkdtemp(f->dir))
		return -1;
	(void)snprintf(f->file, sizeof f->file, "%s/out.csv", f->dir);
	*state = f;
	return 0;
}

static int remove_folder(void **state)
{
	struct folder *f = *state;
	struct err err;
	int rc = fs_remove_tree(f->dir, &err) == ERR_OK ? 0 : -1;

	free(f);
	return rc;
}

static size_t count_files(const char *dir)
{
	DIR *d = opendir(dir);
	size_t n = 0;

	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n - 2;
}

static void a_file_is_private_and_hashed(void **state)
{
	struct folder *f = *state;
	char sha256[HASH_HEX_MAX];
	struct outfile file;
	struct stat st;
	struct err err;
	struct buf big;

	buf_init(&big, 1u << 20);
	assert_ok(outfile_open(&file, f->file, &err), err);
	assert_ok(outfile_add(&file, LIT("abc"), &err), err);
	assert_int_equal(access(f->file, F_OK), -1); /* not before it is whole */
	assert_ok(outfile_finish(&file, sha256, &err), err);
	assert_string_equal(sha256, "ba7816bf8f01cfea414140de5dae2223b00361a3"
				    "96177a9cb410ff61f20015ad");
	assert_int_equal(stat(f->file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(count_files(f->dir), 1);
	memset(buf_reserve(&big, 600000), 'x', 600000);
	buf_commit(&big, 600000);
	assert_ok(outfile_open(&file, f->file, &err), err);
	for (int i = 0; i < 3; i++) {
		assert_ok(outfile_add(&file, LIT("begin"), &err), err);
		assert_ok(outfile_add(&file, buf_bytes(&big), &err), err);
	}
	assert_ok(outfile_finish(&file, sha256, &err), err);
	assert_int_equal(stat(f->file, &st), 0);
	assert_int_equal(st.st_size, 3 * 600005);
	buf_release(&big);
}

static void a_discarded_file_was_never_there(void **state)
{
	struct folder *f = *state;
	struct outfile file;
	struct err err;

	assert_ok(fs_replace(f->file, LIT("old"), 0600, &err), err);
	assert_ok(outfile_open(&file, f->file, &err), err);
	assert_ok(outfile_add(&file, LIT("new"), &err), err);
	outfile_discard(&file);
	assert_int_equal(count_files(f->dir), 1);
	assert_code(outfile_open(&file, "/nonexistent/dir/x", &err),
		    ERR_NOTFOUND);
}

static void a_full_device_is_an_error(void **state UNUSED)
{
	char sha256[HASH_HEX_MAX];
	struct outfile file;
	struct err err;

	if (access("/dev/full", W_OK) != 0)
		skip();
	assert_ok(outfile_open(&file, "/dev/full", &err), err);
	assert_ok(outfile_add(&file, LIT("x"), &err), err);
	assert_code(outfile_finish(&file, sha256, &err), ERR_IO);
	assert_int_equal(access("/dev/full", F_OK), 0);
}

static void a_link_is_followed_not_replaced(void **state)
{
	struct folder *f = *state;
	char sha256[HASH_HEX_MAX], link[96];
	struct outfile file;
	struct stat st;
	struct err err;

	(void)snprintf(link, sizeof link, "%s/link", f->dir);
	assert_ok(fs_replace(f->file, LIT("old"), 0600, &err), err);
	assert_int_equal(symlink(f->file, link), 0);
	assert_ok(outfile_open(&file, link, &err), err);
	assert_ok(outfile_add(&file, LIT("newer"), &err), err);
	assert_ok(outfile_finish(&file, sha256, &err), err);
	assert_int_equal(lstat(link, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(stat(f->file, &st), 0);
	assert_int_equal(st.st_size, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(csv_is_safe_to_open),
		cmocka_unit_test(csv_keeps_one_record_one_line),
		cmocka_unit_test(timeline_is_what_timesketch_reads),
		cmocka_unit_test(jsonl_keeps_the_exact_bytes),
		cmocka_unit_test(bodyfile_has_eleven_fields),
		cmocka_unit_test(bodyfile_takes_files_only),
		cmocka_unit_test(a_failing_source_is_no_export),
		cmocka_unit_test_setup_teardown(a_file_is_private_and_hashed,
						make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(
			a_discarded_file_was_never_there, make_folder,
			remove_folder),
		cmocka_unit_test(a_full_device_is_an_error),
		cmocka_unit_test_setup_teardown(a_link_is_followed_not_replaced,
						make_folder, remove_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
