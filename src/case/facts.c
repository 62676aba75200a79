/* SPDX-License-Identifier: Apache-2.0 */
/* What is so on a host: facts, told by a probe or read in evidence. */
#include "base/base.h"
#include "case/records.h"
#include "model/detail.h"
#include "model/fact.h"

enum err_code detail_of(struct bytes detail, char **out, struct err *err)
{
	const char *fault = detail.n ? detail_fault(detail) : NULL;

	*out = NULL;
	if (fault)
		return err_set(err, ERR_FORMAT, "what a fact says: %s", fault);
	*out = words_of(detail);
	return ERR_OK;
}

/*
 * Kinds that are rows of a table of their own, too. ?1: the row of facts.
 */
static const struct {
	const char *kind;
	enum table_id table;
	const char *insert;
} columned[] = {
#define MEMBER(name) "json_extract(detail, '$." name "')"
	/* clang-format off */
	{"account", T_ACCOUNTS,
	 "INSERT INTO accounts (host, run, name, uid, gid, home, shell, fact)"
	 " SELECT host, run, name, CAST(" MEMBER("uid") " AS INTEGER),"
	 " CAST(" MEMBER("gid") " AS INTEGER), CAST(" MEMBER("home") " AS BLOB),"
	 " CAST(" MEMBER("shell") " AS BLOB), id FROM facts WHERE id = ?1"},
	/* clang-format on */
#define UNIT(kind, state, command)                                             \
	"INSERT INTO units (host, run, name, kind, state, path, command,"      \
	" fact) SELECT a.host, a.run, a.name, " kind ", " state ", f.path,"    \
	" CAST(" command " AS BLOB), a.id FROM facts a"                        \
	" LEFT JOIN files f ON f.id = a.file WHERE a.id = ?1"
	{"unit", T_UNITS,
	 UNIT("coalesce(CAST(" MEMBER("type") " AS TEXT), 'unit')",
	      "CAST(" MEMBER("state") " AS TEXT)", MEMBER("exec[0]"))},
	{"cron", T_UNITS, UNIT("'cron'", "NULL", "a.name")},
	{"at", T_UNITS, UNIT("'at'", "NULL", "a.name")},
#undef UNIT
#undef MEMBER
};

static enum err_code columns_of(struct intake *in, struct bytes kind,
				int64_t fact, struct err *err)
{
	int64_t row;
	enum err_code code;

	for (size_t i = 0; i < ARRAY_SIZE(columned); i++) {
		if (!bytes_eq(kind, bytes_str(columned[i].kind)))
			continue;
		code = db_insert(&in->book->db, columned[i].insert,
				 DB_ARGS(v_int(fact)), &row, err);
		if (code != ERR_OK)
			return code;
		return audit_row(&in->book->audit, columned[i].table, row,
				 in->s->host, in->at_ns, err);
	}
	return ERR_OK;
}

/*
 * The zone of the host, of a fact ?1. /etc/localtime tells its rules,
 * /etc/timezone and a live picture its name. What is of another folder (of a
 * container, of the tz database itself) is not of the host; a file that was
 * brought alone is.
 */
#define OF_HOST(name)                                                          \
	"(f.path = CAST('/etc/" name "' AS BLOB)"                              \
	" OR f.path = CAST(r.source AS BLOB))"
#define SIMPLE(text)                                                           \
	"length(" text ") BETWEEN 1 AND 100"                                   \
	" AND " text " NOT GLOB '*[^A-Za-z0-9/_+<>,.:-]*'"
/* A name leaves what /etc/localtime told, and takes the place of what somebody
 * said. */
#define BUT_LOCALTIME(new, old)                                                \
	"CASE WHEN h.zone_source = '/etc/localtime' AND t.told <> 'localtime'" \
	" THEN " old " ELSE " new " END"
#define ZONE_UPDATE                                                            \
	"UPDATE hosts SET (zone, zone_name, zone_source, zone_evidence) ="     \
	" (SELECT " BUT_LOCALTIME("t.rules", "h.zone") ","                     \
	" CASE t.told WHEN 'localtime' THEN h.zone_name ELSE t.name END,"      \
	" " BUT_LOCALTIME("CASE t.told WHEN 'live' THEN 'live'"                \
			  " ELSE '/etc/' || t.told END", "h.zone_source") ","  \
	" " BUT_LOCALTIME("t.evidence", "h.zone_evidence")                     \
	" FROM hosts h, told t WHERE h.id = hosts.id)"                         \
	" WHERE id = (SELECT t.host FROM told t WHERE CASE t.told"             \
	" WHEN 'localtime' THEN t.of_localtime"                                \
	" WHEN 'timezone' THEN t.of_timezone"                                  \
	" WHEN 'live' THEN t.live ELSE 0 END AND " SIMPLE("t.name")            \
	" AND (t.rules IS NULL OR " SIMPLE("t.rules") "))"                     \
	" RETURNING id"
#define ZONE_TOLD                                                              \
	"WITH told AS MATERIALIZED (SELECT a.host, a.evidence,"                \
	" CAST(a.name AS TEXT) AS name,"                                       \
	" json_extract(a.detail, '$.rules') AS rules,"                         \
	" json_extract(a.detail, '$.source') AS told,"                         \
	" " OF_HOST("localtime") " AS of_localtime,"                           \
	" " OF_HOST("timezone") " AS of_timezone, a.file IS NULL AS live"      \
	" FROM facts a LEFT JOIN files f ON f.id = a.file"                     \
	" JOIN runs r ON r.id = a.run WHERE a.id = ?1) "

static enum err_code zone_of(struct intake *in, int64_t fact, struct err *err)
{
	int64_t host = 0;
	enum err_code code = db_number(&in->book->db, ZONE_TOLD ZONE_UPDATE,
				       DB_ARGS(v_int(fact)), &host, err);

	if (code != ERR_OK || !host)
		return code;
	return audit_row(&in->book->audit, T_HOSTS, host, host, in->at_ns,
			 err);
}

static enum err_code fact_row(struct intake *in, const struct rec_fact *k,
			      const struct seen *file,
			      const struct seen *process, struct err *err)
{
	char *kind = words_of(k->kind), *detail = NULL;
	enum err_code code = detail_of(k->detail, &detail, err);
	int64_t row = 0;

	if (code == ERR_OK)
		code = db_insert(
			&in->book->db,
			"INSERT INTO facts (host, run, kind, name, detail,"
			" process, file, evidence, \"offset\", length)"
			" VALUES (?,?,?,?,?,?,?,?,?,?)",
			DB_ARGS(v_int(in->s->host), v_int(in->s->run),
				v_text(kind), v_blob(k->name),
				v_text(*detail ? detail : "{}"),
				v_ref(process ? process->row : 0),
				v_ref(file ? file->row : 0),
				v_ref(file ? file->evidence : 0),
				k->length ? v_u64(k->offset) : v_null(),
				k->length ? v_u64(k->length) : v_null()),
			&row, err);
	free(kind);
	free(detail);
	if (code != ERR_OK)
		return code;
	code = audit_row(&in->book->audit, T_FACTS, row, in->s->host, in->at_ns,
			 err);
	if (code == ERR_OK && bytes_eq(k->kind, bytes_str("time_zone")))
		code = zone_of(in, row, err);
	return code == ERR_OK ? columns_of(in, k->kind, row, err) : code;
}

enum err_code take_fact(struct intake *in, const struct record *r,
			struct err *err)
{
	const struct rec_fact *k = &r->u.fact;
	const struct seen *file = seen_find(&in->s->files, k->file_seq);
	const struct seen *process =
		seen_find(&in->s->processes, k->process_seq);

	if ((k->file_seq && !file) || (k->process_seq && !process))
		return err_set(err, ERR_FORMAT,
			       "a fact of a file or process that was never "
			       "told of");
	return fact_row(in, k, file, process, err);
}

static enum err_code whole_kind(struct intake *in, const char *kind,
				struct err *err)
{
	int64_t row;
	enum err_code code = db_number(
		&in->book->db,
		"INSERT INTO picture_kinds (host, run, kind)"
		" SELECT ?1, p.run, ?2 FROM (SELECT max(run) AS run"
		" FROM pictures WHERE host = ?1) p WHERE p.run NOT NULL"
		" AND NOT EXISTS (SELECT 1 FROM picture_kinds k"
		" WHERE k.host = ?1 AND k.kind = ?2 AND k.run = p.run)"
		" RETURNING id",
		DB_ARGS(v_int(in->s->host), v_text(kind)), &row, err);

	if (code != ERR_OK || !row)
		return code;
	return audit_row(&in->book->audit, T_PICTURE_KINDS, row, in->s->host,
			 in->at_ns, err);
}

enum err_code picture_told(struct intake *in, const struct rec_coverage *k,
			   struct err *err)
{
	enum err_code code = ERR_OK;

	if (!bytes_eq(k->what, bytes_str("triage")) ||
	    !fact_source_is_whole(k->outcome, k->reason))
		return ERR_OK;
	for (size_t i = 0; code == ERR_OK && i < n_fact_kinds; i++)
		if (fact_kinds[i].source &&
		    bytes_eq(k->path, bytes_str(fact_kinds[i].source)))
			code = whole_kind(in, fact_kinds[i].name, err);
	return code;
}

/* A run that takes up another goes on with that one's picture, and so does a
 * connection that takes up one that was cut. */
enum err_code picture_begin(struct intake *in, struct err *err)
{
	int64_t row;
	enum err_code code = db_number(
		&in->book->db,
		"INSERT INTO pictures (host, run) SELECT ?1, ?2"
		" WHERE NOT EXISTS (SELECT 1 FROM pictures WHERE host = ?1"
		" AND run = coalesce((SELECT resumes FROM runs WHERE id = ?2),"
		" ?2)) AND NOT EXISTS (SELECT 1 FROM pictures"
		" WHERE host = ?1 AND run = ?2) RETURNING id",
		DB_ARGS(v_int(in->s->host), v_int(in->s->run)), &row, err);

	if (code != ERR_OK || !row)
		return code;
	return audit_row(&in->book->audit, T_PICTURES, row, in->s->host,
			 in->at_ns, err);
}
