/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A list whose order no index has would be sorted anew for each window of it.
 * Once more than one window is wanted it is sorted once: which row is where is
 * kept in a temporary table of its connection, in memory with some twenty
 * bytes for each row. Rows that are sums of others are few, and dear to make:
 * they are kept there as they are.
 */
#include "base/base.h"
#include "case/paging.h"

#define SQL_MAX (16u << 10)

/* Where in its keys begins what a row is known by: "id", or all of them. */
static size_t first_of_id(const struct rows *rows)
{
	const struct key_column *last = &rows->keys[rows->n_keys - 1];

	return strcmp(rows->view->columns[last->column].name, "id") == 0
		       ? rows->n_keys - 1
		       : 0;
}

/* The columns that are kept, each behind a comma. */
static void add_kept(struct buf *sql, const struct rows *rows)
{
	const struct column *columns = rows->view->columns;

	if (rows->view->sums) {
		for (size_t i = 0; i < rows->view->n_columns; i++)
			(void)buf_addf(sql, ", \"%s\"", columns[i].name);
		return;
	}
	for (size_t i = first_of_id(rows); i < rows->n_keys; i++)
		(void)buf_addf(sql, ", \"%s\"",
			       columns[rows->keys[i].column].name);
}

static enum err_code run(struct rows *rows, const char *sql, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	bool got;
	enum err_code code = db_prepare(&rows->db, sql, &stmt, err);

	if (code == ERR_OK)
		code = db_bind(&rows->db, stmt, rows->args, rows->n_args, err);
	if (code == ERR_OK)
		code = db_step(&rows->db, stmt, &got, err);
	sqlite3_finalize(stmt);
	return code;
}

enum err_code sorting_fill(struct rows *rows, struct err *err)
{
	struct buf sql;
	enum err_code code;

	buf_init(&sql, SQL_MAX);
	(void)buf_add_str(&sql, "DROP TABLE IF EXISTS temp.sorted;"
				"CREATE TEMP TABLE sorted"
				" (place INTEGER PRIMARY KEY");
	add_kept(&sql, rows);
	(void)buf_add_str(&sql, ")");
	code = db_script(&rows->db, buf_str(&sql), err);
	buf_clear(&sql);
	(void)buf_add_str(&sql, "INSERT INTO temp.sorted SELECT NULL");
	add_kept(&sql, rows);
	(void)buf_addf(&sql, " FROM %s%s ORDER BY ", rows->view->name,
		       rows->where);
	paging_add_order(&sql, rows, rows->down);
	if (code == ERR_OK)
		code = run(rows, buf_str(&sql), err);
	buf_release(&sql);
	rows->is_sorted = code == ERR_OK;
	return code;
}

enum err_code sorting_select(struct rows *rows, uint64_t first, size_t n,
			     sqlite3_stmt **stmt, struct err *err)
{
	const struct column *columns = rows->view->columns;
	struct buf sql;
	enum err_code code;

	buf_init(&sql, SQL_MAX);
	(void)buf_add_str(&sql, "SELECT ");
	for (size_t i = 0; i < rows->view->n_columns; i++)
		(void)buf_addf(&sql, "%sv.\"%s\"", i ? ", " : "",
			       columns[i].name);
	(void)buf_add_str(&sql, rows->view->sums ? " FROM temp.sorted v"
						 : " FROM temp.sorted s");
	/* The order of a CROSS JOIN is kept. */
	if (!rows->view->sums)
		(void)buf_addf(&sql, " CROSS JOIN %s v", rows->view->name);
	(void)buf_add_str(&sql, " WHERE place > ?");
	for (size_t i = first_of_id(rows);
	     !rows->view->sums && i < rows->n_keys; i++) {
		const char *name = columns[rows->keys[i].column].name;

		(void)buf_addf(&sql, " AND v.\"%s\" = s.\"%s\"", name, name);
	}
	(void)buf_add_str(&sql, " ORDER BY place LIMIT ?");
	code = db_prepare(&rows->db, buf_str(&sql), stmt, err);
	buf_release(&sql);
	return code == ERR_OK ? db_bind(&rows->db, *stmt,
					DB_ARGS(v_u64(first), v_u64(n)), err)
			      : code;
}
