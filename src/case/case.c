/* SPDX-License-Identifier: Apache-2.0 */
/* Making, opening and closing a case. */
#include "base/base.h"

#include <fcntl.h>

#include "base/text.h"
#include "case/casefile.h"

static const char *const tlps[] = {"red", "amber+strict", "amber", "green",
				   "clear"};

static enum err_code check_meta(const struct case_meta *meta, struct err *err)
{
	if (!meta->name || !*meta->name ||
	    strlen(meta->name) >= sizeof((struct case_info){0}).name)
		return err_set(err, ERR_USAGE,
			       "a case needs a name of at most %zu bytes",
			       sizeof((struct case_info){0}).name - 1);
	for (size_t i = 0; i < ARRAY_SIZE(tlps); i++)
		if (meta->tlp && strcmp(meta->tlp, tlps[i]) == 0)
			return ERR_OK;
	return err_set(err, ERR_USAGE,
		       "'%s' is no TLP marking: red, amber+strict, amber, "
		       "green or clear",
		       shown_str(meta->tlp ? meta->tlp : "").s);
}

/* Ours alone from the first moment on, and nothing that was there before. */
static enum err_code reserve(const char *path, struct err *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		      0600);

	if (fd < 0)
		return err_errno(err, "making the case %s", shown_str(path).s);
	close_fd(fd);
	return ERR_OK;
}

static enum err_code put_meta(struct book *book, const char *key,
			      const char *value, struct err *err)
{
	int64_t row;
	enum err_code code = db_insert(
		&book->db, "INSERT INTO meta (key, value) VALUES (?, ?)",
		DB_ARGS(v_text(key), v_text(value)), &row, err);

	if (code != ERR_OK)
		return code;
	return audit_add(&book->audit,
			 &(struct audit_entry){.action = "case.create",
					       .at_ns = time_now_ns(),
					       .has_rows = true,
					       .table = T_META,
					       .first = row,
					       .last = row},
			 err);
}

static enum err_code fill(struct book *book, const struct case_meta *meta,
			  struct err *err)
{
	struct uuid id = uuid_v7();
	char created[32];
	enum err_code code = db_run(&book->db, "BEGIN IMMEDIATE", DB_NONE, err);

	(void)snprintf(created, sizeof created, "%" PRId64, time_now_ns());
	if (code == ERR_OK)
		code = schema_migrate(&book->db, schema_version(), err);
	if (code == ERR_OK)
		code = audit_begin(&book->audit, err);
	if (code == ERR_OK)
		code = put_meta(book, "id", id.s, err);
	if (code == ERR_OK)
		code = put_meta(book, "name", meta->name, err);
	if (code == ERR_OK)
		code = put_meta(book, "tlp", meta->tlp, err);
	if (code == ERR_OK)
		code = put_meta(book, "created_at", created, err);
	return code == ERR_OK ? book_commit(book, err) : code;
}

static enum err_code lay_out(struct db *db, struct err *err)
{
	char sql[160];

	/* In this order: both are fixed once there is a page. */
	(void)snprintf(sql, sizeof sql,
		       "PRAGMA page_size = 16384;"
		       "PRAGMA application_id = %d;"
		       "PRAGMA journal_mode = WAL;",
		       CASE_APPLICATION_ID);
	return db_script(db, sql, err);
}

static void unmake(const char *path)
{
	static const char *const tails[] = {"", "-wal", "-shm"};

	for (size_t i = 0; i < ARRAY_SIZE(tails); i++) {
		char *name = xasprintf("%s%s", path, tails[i]);

		(void)unlink(name); /* the first error is the one to tell */
		free(name);
	}
}

enum err_code case_create(const char *path, const struct case_meta *meta,
			  const char *actor, struct err *err)
{
	struct book book = {0};
	enum err_code code = check_meta(meta, err);

	if (code == ERR_OK)
		code = reserve(path, err);
	if (code != ERR_OK)
		return code;
	code = db_open(&book.db, path, DB_WRITE, err);
	if (code == ERR_OK) {
		book.actor = xstrdup(actor);
		book.audit.db = &book.db;
		book.audit.actor = book.actor;
		code = lay_out(&book.db, err);
	}
	if (code == ERR_OK)
		code = fill(&book, meta, err);
	if (code != ERR_OK)
		book_undo(&book);
	book_close(&book);
	if (code != ERR_OK)
		unmake(path);
	return code;
}

static enum err_code recover(struct book *book, struct err *err)
{
	enum err_code code = book_begin(book, err);

	if (code == ERR_OK)
		code = book_recover(book, err);
	if (code == ERR_OK)
		code = book_commit(book, err);
	if (code != ERR_OK)
		book_undo(book);
	return code;
}

/* With its writer. */
static enum err_code open_writing(struct casefile *cf, const char *path,
				  const char *actor, int notify_fd,
				  struct err *err)
{
	struct book book;
	enum err_code code = book_open(&book, path, actor, err);

	if (code != ERR_OK)
		return code;
	code = recover(&book, err);
	if (code == ERR_OK)
		code = db_open(&cf->reader, path, DB_READ, err);
	if (code == ERR_OK)
		code = writer_start(&cf->writer, &book, notify_fd, err);
	if (code != ERR_OK) {
		db_close(&cf->reader);
		book_close(&book);
	}
	return code;
}

/* Evidence of somebody else, a read-only medium: there is much to see. */
static enum err_code open_reading(struct casefile *cf, const char *path,
				  struct err *err)
{
	int version = 0;
	enum err_code code = reader_open(&cf->reader, path, &cf->reader_mode,
					 &version, err);

	if (code == ERR_OK)
		code = schema_check_objects(&cf->reader, version, err);
	if (code == ERR_OK && version < schema_version())
		code = err_set(err, ERR_DENIED,
			       "%s is a case of version %d and cannot be "
			       "written, so it cannot be brought to version "
			       "%d; open a copy of it, or verify it",
			       shown_str(path).s, version, schema_version());
	if (code != ERR_OK)
		db_close(&cf->reader);
	cf->read_only = true;
	return code;
}

/* Gives what was opened, or frees it. */
static enum err_code give(struct casefile *cf, const char *path,
			  enum err_code code, struct casefile **out)
{
	*out = NULL;
	if (code != ERR_OK) {
		free(cf);
		return code;
	}
	cf->path = xstrdup(path);
	buf_init(&cf->chunk_data, CHUNK_SIZE);
	*out = cf;
	return ERR_OK;
}

enum err_code case_open(const char *path, const char *actor, int notify_fd,
			struct casefile **out, struct err *err)
{
	struct casefile *cf = xcalloc(1, sizeof *cf);
	enum err_code code = open_writing(cf, path, actor, notify_fd, err);

	if (code == ERR_DENIED)
		code = open_reading(cf, path, err);
	return give(cf, path, code, out);
}

enum err_code case_open_reading(const char *path, struct casefile **out,
				struct err *err)
{
	struct casefile *cf = xcalloc(1, sizeof *cf);

	return give(cf, path, open_reading(cf, path, err), out);
}

enum err_code case_close(struct casefile *cf, struct err *err)
{
	enum err_code code = ERR_OK;

	/* The writer last: whoever closes last tidies the file up, and only
	 * a writer can. */
	db_close(&cf->reader);
	db_close(&cf->teller);
	if (!cf->read_only)
		code = writer_stop(&cf->writer, err);
	buf_release(&cf->chunk_data);
	free(cf->path);
	free(cf);
	return code;
}

bool case_is_read_only(const struct casefile *cf)
{
	return cf->read_only;
}

enum err_code case_sink(struct casefile *cf, struct sink **sink,
			struct err *err)
{
	if (cf->read_only)
		return err_set(err, ERR_DENIED,
			       "the case %s cannot be written; it is open for "
			       "reading only",
			       shown_str(cf->path).s);
	*sink = &cf->writer.sink;
	return ERR_OK;
}

enum err_code case_apply(struct casefile *cf, struct change *c, struct err *err)
{
	struct sink *sink;
	enum err_code code = case_sink(cf, &sink, err);

	if (code == ERR_OK)
		return writer_ask(&cf->writer, c, false, err);
	change_free(c);
	return code;
}

enum err_code case_submit(struct casefile *cf, struct change *c,
			  struct err *err)
{
	struct sink *sink = NULL;
	enum err_code code = case_sink(cf, &sink, err);

	while (code == ERR_OK && !sink_submit(sink, c))
		code = case_flush(cf, err); /* there is room then */
	if (code != ERR_OK)
		change_free(c);
	return code;
}

enum err_code case_flush(struct casefile *cf, struct err *err)
{
	return writer_ask(&cf->writer, change_new(CHANGE_EVENT), true, err);
}

enum err_code case_health(struct casefile *cf, struct err *err)
{
	return cf->read_only ? ERR_OK : writer_health(&cf->writer, err);
}

const char *case_path(const struct casefile *cf)
{
	return cf->path;
}
