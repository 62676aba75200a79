/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What changed from one run to the next. A run that takes up another is one
 * with it, and with those that took that up before. A finding is gone only where
 * this run could have seen it: what it could not look at again is counted, and
 * called neither.
 */
#include "base/base.h"
#include "case/casefile.h"

/* Another leg of the run `id`, not after `last`: r, or the one it takes up. */
#define IS_LEG(id, last)                                                       \
	"((r.resumes = " id " AND r.id <= " last ")"                           \
	" OR (r.id = " id " AND r.resumes IS NOT NULL))"
#define OTHER_LEG(id) "CASE WHEN r.id = " id " THEN r.resumes ELSE r.id END"

/*
 * ?1: the run; ?2: the run to compare with, NULL: for each host the last one
 * before that did the same there.
 */
#define WITH                                                                   \
	"WITH RECURSIVE mine (id) AS (SELECT ?1 UNION"                         \
	" SELECT " OTHER_LEG("m.id") " FROM mine m JOIN runs r"                \
	" ON " IS_LEG("m.id", "?1") "),"                                       \
	" looked (host, whole) AS (SELECT s.host, max(s.state IN"              \
	" ('done', 'partial')) FROM run_hosts s JOIN mine m ON m.id = s.run"   \
	" GROUP BY s.host),"                                                   \
	" former (host, run) AS (SELECT l.host, CASE WHEN ?2 IS NOT NULL"      \
	" THEN ?2 ELSE (SELECT max(s.run) FROM run_hosts s"                    \
	" JOIN runs r ON r.id = s.run JOIN runs me ON me.id = ?1"              \
	" WHERE s.host = l.host AND s.run < (SELECT min(id) FROM mine)"        \
	" AND s.state IN ('done', 'partial')"                                  \
	" AND (r.hunt = me.hunt OR r.words = me.words)) END FROM looked l),"   \
	" legs (last, id) AS (SELECT DISTINCT run, run FROM former"            \
	" WHERE run IS NOT NULL UNION SELECT l.last, " OTHER_LEG("l.id")       \
	" FROM legs l JOIN runs r ON " IS_LEG("l.id", "l.last") "),"           \
	" theirs (host, run) AS (SELECT f.host, l.id FROM former f"            \
	" JOIN legs l ON l.last = f.run),"                                     \
	" now (id) AS (SELECT DISTINCT t.finding FROM mine m"                  \
	" JOIN finding_runs t ON t.run = m.id),"                               \
	" was (id) AS (SELECT DISTINCT t.finding FROM theirs h"                \
	" JOIN finding_runs t ON t.run = h.run"                                \
	" JOIN findings d ON d.id = t.finding AND d.host = h.host) "

/* The same rule in the same place. */
#define SAME_PLACE                                                             \
	" p.host = d.host AND p.path = d.path AND p.rule = d.rule"             \
	" AND p.kind = d.kind AND p.namespace = d.namespace"                   \
	" AND p.member IS d.member AND p.object IS d.object"

/* This run did not get to where the finding d was: as the view `finding` has it
 * (CAME_THERE). */
#define NOT_LOOKED_AT                                                          \
	"(l.whole = 0 OR EXISTS (SELECT 1 FROM coverage_rows c"                \
	" WHERE c.run = ?1 AND c.host = d.host AND (c.reason = 'stopped'"      \
	" OR (c.outcome IN ('skipped', 'failed') AND c.path = d.path)"         \
	" OR (c.outcome = 'failed' AND c.files = 1 AND"                        \
	" substr(d.path, 1, length(c.path) + 1) ="                             \
	" CAST(c.path || '/' AS BLOB)))))"

/* The rules of this run had that of d, as far as is known: as the view has it
 * (HAS_RULE). */
#define HAS_RULE                                                               \
	"(d.kind NOT IN ('yara', 'memory') OR me.rules_sha256 IS"              \
	" (SELECT o.rules_sha256 FROM runs o WHERE o.id = d.run)"              \
	" OR coalesce((SELECT instr("                                          \
	"x.rule_names, char(10) || d.namespace || ':' || d.rule || char(10))"  \
	" FROM runs x WHERE x.rules_sha256 = me.rules_sha256"                  \
	" AND x.rule_names IS NOT NULL LIMIT 1), 1) <> 0)"

#define COLUMNS                                                                \
	" h.name AS host, CASE d.severity WHEN 4 THEN 'critical'"              \
	" WHEN 3 THEN 'high' WHEN 2 THEN 'medium' WHEN 1 THEN 'low'"           \
	" ELSE 'info' END, d.rule, d.path, d.member, "

#define NEWS                                                                   \
	"SELECT CASE WHEN p.id IS NULL THEN 'new' ELSE 'changed' END AS c,"    \
	COLUMNS "d.sha256, p.sha256, d.score, d.uuid, d.object,"          \
	" d.severity AS rank"      \
	" FROM now n JOIN findings d ON d.id = n.id"                           \
	" JOIN hosts h ON h.id = d.host LEFT JOIN findings p ON p.id ="        \
	" (SELECT p.id FROM findings p WHERE" SAME_PLACE                       \
	" AND p.id IN was AND p.id NOT IN now ORDER BY p.id DESC LIMIT 1)"     \
	" WHERE d.id NOT IN was AND d.exclusion IS NULL"

#define LOSSES                                                                 \
	"SELECT CASE WHEN " NOT_LOOKED_AT " THEN 'unseen' WHEN NOT " HAS_RULE  \
	" THEN 'no rule' ELSE 'gone' END,"                                     \
	COLUMNS "NULL, d.sha256, d.score, d.uuid, d.object, d.severity"                  \
	" FROM was w JOIN findings d ON d.id = w.id"                           \
	" JOIN hosts h ON h.id = d.host JOIN looked l ON l.host = d.host"      \
	" JOIN runs me ON me.id = ?1"                                          \
	" WHERE d.id NOT IN now AND d.exclusion IS NULL"                       \
	" AND NOT EXISTS (SELECT 1 FROM findings p WHERE" SAME_PLACE           \
	" AND p.id IN now AND p.id NOT IN was)"

#define ORDER " ORDER BY host, c <> 'new', c <> 'changed', rank DESC, path"

struct asked {
	int64_t run, other;
};

static enum err_code run_number(struct db *db, const struct uuid *id,
				int64_t *row, struct err *err)
{
	enum err_code code = db_number(db, "SELECT id FROM runs WHERE uuid = ?",
				       DB_ARGS(v_text(id->s)), row, err);

	if (code == ERR_OK && !*row)
		return err_set(err, ERR_NOTFOUND, "no run %s in this case",
			       id->s);
	return code;
}

static enum err_code each_change(struct db *db, const struct asked *asked,
				 struct case_diff *diff, struct err *err)
{
	struct value values[DIFF_COLUMNS_MAX];
	struct row row = {.values = values};
	sqlite3_stmt *stmt;
	bool got = true;
	enum err_code code = db_query(
		db, WITH "SELECT * FROM (" NEWS " UNION ALL " LOSSES ")" ORDER,
		DB_ARGS(v_int(asked->run), v_ref(asked->other)), &stmt, err);

	if (diff_view.n_columns > ARRAY_SIZE(values))
		BUG("columns of view %s", diff_view.name);
	while (code == ERR_OK) {
		code = db_step(db, stmt, &got, err);
		if (code != ERR_OK || !got)
			break;
		for (size_t i = 0; i < diff_view.n_columns; i++)
			values[i] = db_column_value(stmt, (int)i);
		if (bytes_eq(values[0].b, bytes_str("unseen"))) {
			diff->n_unseen++;
			continue;
		}
		diff->n_changes++;
		diff->n_no_rule += bytes_eq(values[0].b, bytes_str("no rule"));
		diff->each(diff->arg, &row);
	}
	if (code == ERR_OK)
		sqlite3_reset(stmt);
	return code;
}

enum err_code case_diff(struct casefile *cf, const struct uuid *run,
			const struct uuid *other, struct case_diff *diff,
			struct err *err)
{
	struct db *db = &cf->reader;
	struct asked asked = {0};
	int64_t first = 0, other_rules = 0;
	enum err_code code = run_number(db, run, &asked.run, err);

	if (code == ERR_OK && other)
		code = run_number(db, other, &asked.other, err);
	if (code == ERR_OK)
		code = each_change(db, &asked, diff, err);
	if (code == ERR_OK)
		code = db_number(db,
				 WITH "SELECT count(*) FROM former"
				      " WHERE run IS NULL",
				 DB_ARGS(v_int(asked.run), v_ref(asked.other)),
				 &first, err);
	diff->n_first = (uint64_t)first;
	if (code == ERR_OK)
		code = db_number(db,
				 WITH "SELECT count(*) FROM former f"
				      " JOIN runs r ON r.id = f.run"
				      " JOIN runs me ON me.id = ?1"
				      " WHERE r.rules_sha256"
				      " IS NOT me.rules_sha256",
				 DB_ARGS(v_int(asked.run), v_ref(asked.other)),
				 &other_rules, err);
	diff->n_other_rules = (uint64_t)other_rules;
	return code;
}
