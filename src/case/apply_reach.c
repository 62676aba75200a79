/* SPDX-License-Identifier: Apache-2.0 */
/* How hosts are grouped and reached: labels, servers on the way, their keys. */
#include "base/base.h"
#include "base/json.h"
#include "case/book.h"

#define DETAIL_MAX (64u << 10)

/* The audit row says in words what it was: labels come and go. */
static enum err_code audit_label(struct book *book, const struct change *c,
				 struct touched what, struct err *err)
{
	struct buf detail;
	struct json json;
	enum err_code code;

	buf_init(&detail, DETAIL_MAX);
	json = json_to(&detail);
	json_begin_object(&json, NULL);
	json_str(&json, c->u.label.kind, c->u.label.name);
	json_end_object(&json);
	code = audit_one(book, c, what, buf_str(&detail), err);
	buf_release(&detail);
	return code;
}

#define FIND_LABEL                                                             \
	"SELECT id FROM labels WHERE host = ? AND kind = ? AND name = ?"       \
	" AND removed_at IS NULL"

/* What it has already is no mistake, and no news. */
enum err_code apply_host_label(struct book *book, const struct change *c,
			       struct err *err)
{
	const struct change_label *l = &c->u.label;
	int64_t host = 0, row = 0;
	enum err_code code = change_check_label(l->kind, l->name, err);

	if (code == ERR_OK)
		code = book_its_host(book, c, &host, err);
	if (code == ERR_OK)
		code = db_number(&book->db, FIND_LABEL,
				 DB_ARGS(v_int(host), v_text(l->kind),
					 v_text(l->name)),
				 &row, err);
	if (code != ERR_OK || row)
		return code;
	code = db_insert(&book->db,
			 "INSERT INTO labels (host, kind, name, added_at,"
			 " added_by) VALUES (?,?,?,?,?)",
			 DB_ARGS(v_int(host), v_text(l->kind), v_text(l->name),
				 v_int(c->at_ns), v_text(book->actor)),
			 &row, err);
	if (code != ERR_OK)
		return code;
	return audit_label(book, c, (struct touched){T_LABELS, row, host}, err);
}

enum err_code apply_host_unlabel(struct book *book, const struct change *c,
				 struct err *err)
{
	const struct change_label *l = &c->u.label;
	int64_t host = 0, row = 0;
	enum err_code code = change_check_label(l->kind, l->name, err);

	if (code == ERR_OK)
		code = book_its_host(book, c, &host, err);
	if (code == ERR_OK)
		code = db_number(&book->db,
				 "UPDATE labels SET removed_at = ? WHERE id ="
				 " (" FIND_LABEL ") RETURNING id",
				 DB_ARGS(v_int(c->at_ns), v_int(host),
					 v_text(l->kind), v_text(l->name)),
				 &row, err);
	if (code != ERR_OK)
		return code;
	if (!row)
		return err_set(err, ERR_NOTFOUND, "it has no %s %s", l->kind,
			       l->name);
	return audit_label(book, c, (struct touched){T_LABELS, row, host}, err);
}

enum err_code apply_hop(struct book *book, const struct change *c,
			struct err *err)
{
	const struct change_hop *p = &c->u.hop;
	int64_t host = 0, run = 0, row;
	enum err_code code = book_its_host(book, c, &host, err);

	if (code == ERR_OK)
		code = book_run(book, &c->run, &run, err);
	if (code == ERR_OK && (!run || !p->target || !p->fingerprint))
		return err_set(err, ERR_USAGE, "which server of which run?");
	if (code == ERR_OK)
		code = db_insert(
			&book->db,
			"INSERT INTO hops (run, host, position, target,"
			" address, \"user\", key_type, key_fingerprint, how,"
			" kex, host_key, cipher, mac, at_ns)"
			" VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
			DB_ARGS(v_int(run), v_int(host), v_u64(p->position),
				v_text(p->target), v_text(p->address),
				v_text(p->user), v_text(p->key_type),
				v_text(p->fingerprint), v_text(p->how),
				v_text(p->kex), v_text(p->host_key),
				v_text(p->cipher), v_text(p->mac),
				v_int(c->at_ns)),
			&row, err);
	if (code != ERR_OK)
		return code;
	return audit_row(&book->audit, T_HOPS, row, host, c->at_ns, err);
}

static void pin_detail(const struct change_pin *p, struct buf *out)
{
	struct json json = json_to(out);

	json_begin_object(&json, NULL);
	json_str(&json, "server", p->name);
	json_str(&json, "key_type", p->key_type);
	json_str(&json, "fingerprint", p->fingerprint);
	if (p->how)
		json_str(&json, "how", p->how);
	json_end_object(&json);
}

enum err_code apply_pin(struct book *book, const struct change *c,
			struct err *err)
{
	const struct change_pin *p = &c->u.pin;
	struct buf detail;
	int64_t row;
	enum err_code code;

	if (!p->name || !p->key_type || !p->fingerprint)
		return err_set(err, ERR_USAGE, "which key of which server?");
	code = db_number(&book->db,
			 "INSERT INTO pins (name, key_type, key,"
			 " key_fingerprint, how, at_ns, \"by\")"
			 " VALUES (?,?,?,?,?,?,?) ON CONFLICT (name) DO UPDATE"
			 " SET key_type = excluded.key_type,"
			 " key = excluded.key,"
			 " key_fingerprint = excluded.key_fingerprint,"
			 " how = excluded.how, at_ns = excluded.at_ns,"
			 " \"by\" = excluded.\"by\" RETURNING id",
			 DB_ARGS(v_text(p->name), v_text(p->key_type),
				 v_blob(p->key), v_text(p->fingerprint),
				 v_text(p->how), v_int(c->at_ns),
				 v_text(book->actor)),
			 &row, err);
	if (code != ERR_OK)
		return code;
	buf_init(&detail, DETAIL_MAX);
	pin_detail(p, &detail);
	code = audit_one(book, c, (struct touched){T_PINS, row, 0},
			 buf_str(&detail), err);
	buf_release(&detail);
	return code;
}
