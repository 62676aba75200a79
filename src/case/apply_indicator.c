/* SPDX-License-Identifier: Apache-2.0 */
/* Changes to the indicators of the case. */
#include "base/base.h"
#include "base/text.h"
#include "case/book.h"
#include "model/indicator.h"

/* Held against model/indicator.h: whoever made the change read it there. */
static enum err_code check(const struct change_indicator *i, int *severity,
			   struct err *err)
{
	enum indicator_kind kind;
	struct buf normal;
	enum err_code code;

	*severity = severity_of(bytes_str(i->severity ? i->severity : "medium"));
	if (*severity < 0)
		return err_set(err, ERR_FORMAT, "'%s' is no severity",
			       shown_str(i->severity).s);
	if (!indicator_kind_of(bytes_str(i->kind), &kind))
		return err_set(err, ERR_FORMAT, "'%s' is no kind of indicator",
			       shown_str(i->kind ? i->kind : "").s);
	buf_init(&normal, INDICATOR_VALUE_MAX);
	code = indicator_normal(kind, bytes_str(i->value), &normal, err);
	if (code == ERR_OK && !bytes_eq(buf_bytes(&normal), bytes_str(i->value)))
		code = err_set(err, ERR_FORMAT, "%s is written another way",
			       shown_str(i->value).s);
	buf_release(&normal);
	return code;
}

/* Text of a list as it may be bound; NULL for none. */
static char *words_or_null(const char *s)
{
	return s && *s ? words_of(bytes_str(s)) : NULL;
}

/* One that was removed is taken up again as it is told now. */
#define INDICATOR_PUT                                                          \
	"INSERT INTO indicators (kind, value, severity, technique,"            \
	" description, source, exclude, valid_from, valid_until, uuid,"        \
	" added_at, added_by) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)"                \
	" ON CONFLICT (kind, value) DO UPDATE SET"                             \
	" severity = excluded.severity, technique = excluded.technique,"       \
	" description = excluded.description, source = excluded.source,"       \
	" exclude = excluded.exclude, valid_from = excluded.valid_from,"       \
	" valid_until = excluded.valid_until, removed_at = NULL"               \
	" RETURNING id"

static enum err_code put(struct book *book, const struct change *c,
			 int severity, int64_t *row, struct err *err)
{
	const struct change_indicator *i = &c->u.indicator;
	struct uuid id = uuid_v7();
	char *technique = words_or_null(i->technique);
	char *description = words_or_null(i->description);
	char *source = words_or_null(i->source);
	char *exclude = words_or_null(i->exclude);
	enum err_code code = db_number(
		&book->db, INDICATOR_PUT,
		DB_ARGS(v_text(i->kind), v_text(i->value),
			v_text(severity_name(severity)), v_text(technique),
			v_text(description), v_text(source), v_text(exclude),
			v_time(i->valid_from_ns), v_time(i->valid_until_ns),
			v_text(i->id ? i->id : id.s), v_int(c->at_ns),
			v_text(book->actor)),
		row, err);

	free(technique);
	free(description);
	free(source);
	free(exclude);
	return code;
}

enum err_code apply_indicator_add(struct book *book, const struct change *c,
				  struct err *err)
{
	const struct change_indicator *i = &c->u.indicator;
	int64_t row = 0;
	int severity;
	enum err_code code = check(i, &severity, err);

	if (code == ERR_OK)
		code = db_number(&book->db,
				 "SELECT id FROM indicators WHERE kind = ?"
				 " AND value = ? AND removed_at IS NULL",
				 DB_ARGS(v_text(i->kind), v_text(i->value)),
				 &row, err);
	if (code == ERR_OK && row && i->if_new)
		return ERR_OK;
	if (code == ERR_OK && row)
		code = err_set(err, ERR_EXISTS,
			       "the %s %s is in the case already", i->kind,
			       shown_str(i->value).s);
	if (code == ERR_OK)
		code = put(book, c, severity, &row, err);
	if (code != ERR_OK)
		return code;
	return audit_one(book, c, (struct touched){T_INDICATORS, row, 0}, NULL,
			 err);
}

enum err_code apply_indicator_remove(struct book *book, const struct change *c,
				     struct err *err)
{
	int64_t row = 0;
	enum err_code code =
		book_find(book, "SELECT id FROM indicators WHERE uuid = ?",
			 "indicator", c->u.indicator.id, &row, err);

	if (code == ERR_OK)
		code = db_run(&book->db,
			      "UPDATE indicators SET removed_at ="
			      " coalesce(removed_at, ?) WHERE id = ?",
			      DB_ARGS(v_int(c->at_ns), v_int(row)), err);
	if (code != ERR_OK)
		return code;
	return audit_one(book, c, (struct touched){T_INDICATORS, row, 0}, NULL,
			 err);
}
