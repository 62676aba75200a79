/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How far the hosts of a run have come, in it and in all that took it up or
 * that it takes up: what is left of it is left of them together.
 */
#include "base/base.h"
#include "case/casefile.h"

/* Of each host of the run: its newest leg, and the newest with a cursor. */
#define NEWEST                                                                 \
	RUNS_OF("SELECT id FROM runs WHERE uuid = ?1")                         \
	", newest (host, run, cursor_run, is_done) AS (SELECT s.host,"         \
	" max(s.run), max(CASE WHEN s.cursor IS NOT NULL THEN s.run END),"     \
	" max(s.state = 'done') FROM run_hosts s"                              \
	" WHERE s.run IN (SELECT id FROM runs_of) AND s.host IN"               \
	" (SELECT a.host FROM run_hosts a JOIN runs r ON r.id = a.run"         \
	" WHERE r.uuid = ?1) GROUP BY s.host)"

#define LEGS_SQL                                                               \
	NEWEST                                                                 \
	" SELECT h.name, CASE WHEN n.is_done THEN 'done' ELSE s.state END,"    \
	" NOT n.is_done AND r.state = 'running' AND s.state NOT IN"            \
	" ('done', 'failed', 'partial', 'cancelled', 'interrupted'),"          \
	" c.mode, c.cursor_root, c.cursor FROM newest n"                       \
	" JOIN hosts h ON h.id = n.host"                                       \
	" JOIN run_hosts s ON s.run = n.run AND s.host = n.host"               \
	" JOIN runs r ON r.id = n.run"                                         \
	" LEFT JOIN run_hosts c ON c.run = n.cursor_run AND c.host = n.host"   \
	" ORDER BY h.name"

static enum err_code tell(sqlite3_stmt *stmt, const struct leg_sink *sink,
			  struct err *err)
{
	const struct case_leg leg = {
		.host = db_column_bytes(stmt, 0),
		.state = db_column_bytes(stmt, 1),
		.is_at_work = sqlite3_column_int(stmt, 2) != 0,
		.mode = db_column_bytes(stmt, 3),
		.cursor_root = (uint64_t)sqlite3_column_int64(stmt, 4),
		.cursor = db_column_bytes(stmt, 5),
	};

	return sink->take(sink->user, &leg, err);
}

enum err_code case_legs(struct casefile *cf, const char *run,
			const struct leg_sink *sink, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	bool got = true;
	enum err_code code = db_query(&cf->reader, LEGS_SQL,
				      DB_ARGS(v_text(run)), &stmt, err);

	while (code == ERR_OK && got) {
		code = db_step(&cf->reader, stmt, &got, err);
		if (code == ERR_OK && got)
			code = tell(stmt, sink, err);
	}
	if (stmt)
		sqlite3_reset(stmt);
	return code;
}

#define LEGS_OF_SQL                                                            \
	RUNS_OF("SELECT id FROM runs WHERE uuid = ?1")                         \
	" SELECT r.uuid FROM runs_of o JOIN runs r ON r.id = o.id"             \
	" ORDER BY r.id DESC"

enum err_code case_legs_of(struct casefile *cf, const char *run, leg_fn *take,
			   void *user, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	bool got = true;
	enum err_code code = db_query(&cf->reader, LEGS_OF_SQL,
				      DB_ARGS(v_text(run)), &stmt, err);

	while (code == ERR_OK && got) {
		struct uuid id;

		code = db_step(&cf->reader, stmt, &got, err);
		if (code != ERR_OK || !got)
			break;
		(void)snprintf(id.s, sizeof id.s, "%s",
			       (const char *)sqlite3_column_text(stmt, 0));
		code = take(user, &id, err);
	}
	if (stmt)
		sqlite3_reset(stmt);
	return code;
}
