/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events that several sources tell, found when a host has told all it had to:
 * one walk in the order of time over what was told and what the case had of
 * those times. Only what is near in time is in memory. No row is changed:
 * which are one is a row of folds.
 *
 * A group is one event: its rows are of different items of evidence, and one
 * of them, the first, is shown. What was one before stays one.
 */
#include "base/base.h"
#include "case/records.h"
#include "model/same.h"

#define BUCKETS    (1u << 16)
#define GROUPS_MAX (1u << 18) /* at one time; the oldest are settled then */

#define ROWS_AT_ONCE 16u

struct member {
	int64_t event, evidence, precision_ns;
	bool is_new; /* no row of folds says so yet */
};

struct group {
	struct group *next;  /* of its bucket */
	struct group *later; /* in the order of time */
	uint64_t hash;
	int64_t time_ns, precision_ns; /* of its first member */
	int64_t first;                 /* that is settled, or 0 */
	struct member *members;
	size_t n;
	size_t n_text, n_who;
	char text[]; /* the key, then who */
};

struct fold {
	struct intake in;
	struct same_key key;
	struct group *buckets[BUCKETS];
	struct group *oldest, *newest;
	size_t n_groups;
	struct value rows[2 * ROWS_AT_ONCE]; /* of folds, to be written */
	size_t n_rows;
};

/* A row of the walk. */
struct told {
	struct member m;
	int64_t time_ns;
	int64_t first;   /* what it is folded into */
	bool has_others; /* others are folded into it */
	uint64_t hash;
};

/* ---- groups ---- */

#define INSERT "INSERT INTO folds (event, first) VALUES "
#define ROWS_4 "(?,?),(?,?),(?,?),(?,?)"

_Static_assert(ROWS_AT_ONCE == 16, "as many as there are in the statement");

static enum err_code write_rows(struct fold *f, const struct value *v,
				size_t n, struct err *err)
{
	int64_t last;
	enum err_code code = db_insert(
		&f->in.book->db,
		n == 1 ? INSERT "(?,?)"
		       : INSERT ROWS_4 "," ROWS_4 "," ROWS_4 "," ROWS_4,
		v, 2 * n, &last, err);

	for (size_t i = n; code == ERR_OK && i-- > 0;)
		code = audit_row(&f->in.book->audit, T_FOLDS,
				 last - (int64_t)i, f->in.s->host,
				 f->in.at_ns, err);
	return code;
}

/* What waits to be written: all at once, or what there is one by one. */
static enum err_code write_waiting(struct fold *f, struct err *err)
{
	enum err_code code = ERR_OK;
	size_t n = f->n_rows;

	f->n_rows = 0;
	if (n == ROWS_AT_ONCE)
		return write_rows(f, f->rows, n, err);
	for (size_t i = 0; code == ERR_OK && i < n; i++)
		code = write_rows(f, f->rows + 2 * i, 1, err);
	return code;
}

static enum err_code say_one(struct fold *f, int64_t event, int64_t first,
			     struct err *err)
{
	f->rows[2 * f->n_rows] = v_int(event);
	f->rows[2 * f->n_rows + 1] = v_int(first);
	return ++f->n_rows == ROWS_AT_ONCE ? write_waiting(f, err) : ERR_OK;
}

/* The row that tells the time best; of several the one that came first. */
static int64_t best_of(const struct group *g)
{
	const struct member *best = &g->members[0];

	for (size_t i = 1; i < g->n; i++) {
		const struct member *m = &g->members[i];

		if (m->precision_ns < best->precision_ns ||
		    (m->precision_ns == best->precision_ns &&
		     m->event < best->event))
			best = m;
	}
	return best->event;
}

static void unlink_oldest(struct fold *f)
{
	struct group *g = f->oldest;
	struct group **at = &f->buckets[g->hash % BUCKETS];

	while (*at != g)
		at = &(*at)->next;
	*at = g->next;
	f->oldest = g->later;
	if (!f->oldest)
		f->newest = NULL;
	f->n_groups--;
}

static enum err_code settle_oldest(struct fold *f, struct err *err)
{
	struct group *g = f->oldest;
	int64_t first = g->first;
	enum err_code code = ERR_OK;

	unlink_oldest(f);
	if (!first && g->n > 1)
		first = best_of(g);
	for (size_t i = 0; i < g->n && first && code == ERR_OK; i++)
		if (g->members[i].is_new && g->members[i].event != first)
			code = say_one(f, g->members[i].event, first, err);
	free(g->members);
	free(g);
	return code;
}

static enum err_code settle_before(struct fold *f, int64_t time_ns,
				   struct err *err)
{
	enum err_code code = ERR_OK;

	while (code == ERR_OK && f->oldest &&
	       (f->n_groups >= GROUPS_MAX ||
		f->oldest->time_ns <
			time_ns - SAME_PRECISION_NS - SAME_SLACK_NS))
		code = settle_oldest(f, err);
	return code;
}

static struct bytes who_of(const struct group *g)
{
	return bytes_of(g->text + g->n_text, g->n_who);
}

static bool is_told_by(const struct group *g, int64_t evidence)
{
	for (size_t i = 0; i < g->n; i++)
		if (g->members[i].evidence == evidence)
			return true;
	return false;
}

static bool says_the_same(const struct fold *f, const struct group *g,
			  const struct told *t)
{
	return g->hash == t->hash &&
	       bytes_eq(bytes_of(g->text, g->n_text),
			buf_bytes(&f->key.text)) &&
	       same_who(who_of(g), f->key.who);
}

/* The group that it belongs to: the one it was of, or the nearest that its
 * source is not in. */
static struct group *find_group(const struct fold *f, const struct told *t)
{
	int64_t settled = t->first ? t->first : t->has_others ? t->m.event : 0;
	int64_t nearest = SAME_SLACK_NS + 1;
	struct group *found = NULL;

	for (struct group *g = f->buckets[t->hash % BUCKETS]; g; g = g->next) {
		int64_t far =
			same_distance(g->time_ns, g->precision_ns, t->time_ns);

		if (settled ? g->first != settled
			    : is_told_by(g, t->m.evidence) || far > nearest ||
				      !says_the_same(f, g, t))
			continue;
		/* Buckets begin with the latest: of equals the earliest. */
		nearest = far;
		found = g;
	}
	return nearest <= SAME_SLACK_NS || settled ? found : NULL;
}

static struct group *add_group(struct fold *f, const struct told *t)
{
	struct bytes text = buf_bytes(&f->key.text), who = f->key.who;
	struct group *g = xmalloc(sizeof *g + text.n + who.n);
	struct group **bucket = &f->buckets[t->hash % BUCKETS];

	*g = (struct group){.next = *bucket,
			    .hash = t->hash,
			    .time_ns = t->time_ns,
			    .precision_ns = t->m.precision_ns,
			    .n_text = text.n,
			    .n_who = who.n};
	if (text.n)
		memcpy(g->text, text.p, text.n);
	if (who.n)
		memcpy(g->text + text.n, who.p, who.n);
	*bucket = g;
	if (f->newest)
		f->newest->later = g;
	else
		f->oldest = g;
	f->newest = g;
	f->n_groups++;
	return g;
}

static void add_member(struct group *g, const struct told *t)
{
	if ((g->n & (g->n - 1)) == 0) /* 0, 1, 2, 4... */
		g->members = xrealloc(g->members, g->n ? 2 * g->n : 1,
				      sizeof *g->members);
	g->members[g->n++] = t->m;
	if (t->first)
		g->first = t->first;
	else if (t->has_others)
		g->first = t->m.event;
}

static enum err_code take_told(struct fold *f, const struct told *t,
			       struct err *err)
{
	enum err_code code = settle_before(f, t->time_ns, err);
	struct group *g;

	if (code != ERR_OK)
		return code;
	g = find_group(f, t);
	add_member(g ? g : add_group(f, t), t);
	return ERR_OK;
}

/* ---- the walk ---- */

/* clang-format off */
/* What has no time, or says it too roughly, has no place among others. */
#define WALK                                                                   \
	"SELECT e.id, e.time_ns, e.precision_ns, e.evidence, e.kind,"          \
	" e.timestamp_desc, e.actor, e.message, f.path,"                       \
	" (SELECT l.first FROM folds l JOIN events x ON x.id = l.first"        \
	" WHERE l.event = e.id AND " EVENT_STANDS("x") "),"                    \
	" EXISTS (SELECT 1 FROM folds k JOIN events y ON y.id = k.event"       \
	" WHERE k.first = e.id AND " EVENT_STANDS("y") ")"                     \
	" FROM events e INDEXED BY events_host"                                \
	" LEFT JOIN files f ON f.id = e.file"                                  \
	" WHERE e.host = ? AND e.time_ns BETWEEN ? AND ?"                      \
	" AND e.evidence IS NOT NULL AND e.time_source <> 'none'"              \
	" AND e.precision_ns <= ? AND " EVENT_STANDS("e")                      \
	" ORDER BY e.time_ns, e.id"
/* clang-format on */

static enum err_code take_row(struct fold *f, sqlite3_stmt *stmt,
			      struct err *err)
{
	struct same_event e = {.kind = db_column_bytes(stmt, 4),
			       .desc = db_column_bytes(stmt, 5),
			       .actor = db_column_bytes(stmt, 6),
			       .message = db_column_bytes(stmt, 7),
			       .path = db_column_bytes(stmt, 8)};
	struct told t = {.m = {.event = sqlite3_column_int64(stmt, 0),
			       .evidence = sqlite3_column_int64(stmt, 3),
			       .precision_ns = sqlite3_column_int64(stmt, 2)},
			 .time_ns = sqlite3_column_int64(stmt, 1),
			 .first = sqlite3_column_int64(stmt, 9),
			 .has_others = sqlite3_column_int(stmt, 10) != 0};

	if (!same_key_of(&e, &f->key))
		return ERR_OK;
	t.m.is_new = !t.first && !t.has_others;
	t.hash = bytes_fnv(buf_bytes(&f->key.text));
	return take_told(f, &t, err);
}

static enum err_code walk(struct fold *f, struct err *err)
{
	const int64_t around = SAME_PRECISION_NS + SAME_SLACK_NS;
	const struct stream *s = f->in.s;
	sqlite3_stmt *stmt;
	bool got = true;
	enum err_code code =
		db_query(&f->in.book->db, WALK,
			 DB_ARGS(v_int(s->host), v_int(s->told_from - around),
				 v_int(s->told_until + around),
				 v_int(SAME_PRECISION_NS)),
			 &stmt, err);

	if (code != ERR_OK)
		return code;
	while (code == ERR_OK && got) {
		code = db_step(&f->in.book->db, stmt, &got, err);
		if (code == ERR_OK && got)
			code = take_row(f, stmt, err);
	}
	sqlite3_reset(stmt);
	return code;
}

static enum err_code has_sources(struct intake *in, int64_t *n, struct err *err)
{
	return db_number(&in->book->db,
			 "SELECT count(*) FROM (SELECT 1 FROM evidence_items v"
			 " WHERE v.host = ? AND EXISTS (SELECT 1 FROM events e"
			 " WHERE e.evidence = v.id) LIMIT 2)",
			 DB_ARGS(v_int(in->s->host)), n, err);
}

enum err_code fold_told(struct book *book, struct stream *s, int64_t at_ns,
			struct err *err)
{
	struct intake in = {.book = book, .s = s, .at_ns = at_ns};
	int64_t sources = 0;
	struct fold *f;
	enum err_code code;

	if (!s->told)
		return ERR_OK;
	code = has_sources(&in, &sources, err);
	if (code != ERR_OK || sources < 2)
		return code;
	f = xcalloc(1, sizeof *f);
	f->in = in;
	buf_init(&f->key.text, SAME_TEXT_MAX);
	code = walk(f, err);
	while (code == ERR_OK && f->oldest)
		code = settle_oldest(f, err);
	if (code == ERR_OK)
		code = write_waiting(f, err);
	while (f->oldest) { /* it broke off */
		struct group *g = f->oldest;

		unlink_oldest(f);
		free(g->members);
		free(g);
	}
	buf_release(&f->key.text);
	free(f);
	return code;
}
