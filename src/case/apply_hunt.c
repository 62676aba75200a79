/* SPDX-License-Identifier: Apache-2.0 */
/* Saved hunts: a name for the words of one, to be said again. */
#include "base/base.h"
#include "base/text.h"
#include "case/book.h"

#define NAME_MAX_BYTES 64
#define WORDS_BYTES	(256u << 10)

/* A name is one word of a command line, as it is. */
static bool is_name(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz"
			     "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

	return n > 0 && n <= NAME_MAX_BYTES && s[n] == '\0' && s[0] != '-';
}

static enum err_code check(const struct change_hunt *h, struct err *err)
{
	if (!h->name || !is_name(h->name))
		return err_set(err, ERR_USAGE,
			       "a hunt's name has letters, digits, '.', '_' "
			       "and '-', %d at most; not '%s'",
			       NAME_MAX_BYTES,
			       shown_str(h->name ? h->name : "").s);
	if (!h->command || !utf8_is_valid(bytes_str(h->command)))
		return err_set(err, ERR_USAGE,
			       "a saved hunt's words are UTF-8");
	if (strlen(h->command) > WORDS_BYTES)
		return err_set(err, ERR_LIMIT,
			       "a saved hunt has at most %u KiB of words",
			       WORDS_BYTES >> 10);
	return ERR_OK;
}

/* The name of one that was removed is free again: that one goes on as
 * NAME~ID, because its runs are still there. */
static enum err_code free_name(struct book *book, const struct change *c,
			       struct err *err)
{
	int64_t row;
	enum err_code code = db_number(
		&book->db,
		"SELECT id FROM hunts WHERE name = ? AND removed_at IS NULL",
		DB_ARGS(v_text(c->u.hunt.name)), &row, err);

	if (code == ERR_OK && row)
		return err_set(err, ERR_EXISTS,
			       "there is a hunt %s already; `halligan hunt "
			       "remove %s` takes it off the list",
			       c->u.hunt.name, c->u.hunt.name);
	if (code == ERR_OK)
		code = db_number(&book->db,
				 "UPDATE hunts SET name = name || '~' ||"
				 " substr(uuid, -8) WHERE name = ?"
				 " RETURNING id",
				 DB_ARGS(v_text(c->u.hunt.name)), &row, err);
	if (code == ERR_OK && row)
		code = audit_row(&book->audit, T_HUNTS, row, 0, c->at_ns, err);
	return code;
}

enum err_code apply_hunt_save(struct book *book, const struct change *c,
			      struct err *err)
{
	const struct change_hunt *h = &c->u.hunt;
	struct uuid id = uuid_v7();
	int64_t row;
	enum err_code code = check(h, err);

	if (code == ERR_OK)
		code = free_name(book, c, err);
	if (code == ERR_OK)
		code = db_insert(&book->db,
				 "INSERT INTO hunts (uuid, name, command,"
				 " created_at, created_by) VALUES (?,?,?,?,?)",
				 DB_ARGS(v_text(h->id ? h->id : id.s),
					 v_text(h->name), v_text(h->command),
					 v_int(c->at_ns), v_text(book->actor)),
				 &row, err);
	if (code != ERR_OK)
		return code;
	return audit_one(book, c, (struct touched){T_HUNTS, row, 0}, NULL,
			 err);
}

enum err_code apply_hunt_remove(struct book *book, const struct change *c,
				struct err *err)
{
	int64_t row;
	enum err_code code = book_find(book,
				       "SELECT id FROM hunts WHERE uuid = ?"
				       " AND removed_at IS NULL",
				       "hunt", c->u.hunt.id, &row, err);

	if (code == ERR_OK)
		code = db_run(&book->db,
			      "UPDATE hunts SET removed_at = ? WHERE id = ?",
			      DB_ARGS(v_int(c->at_ns), v_int(row)), err);
	if (code != ERR_OK)
		return code;
	return audit_one(book, c, (struct touched){T_HUNTS, row, 0}, NULL,
			 err);
}
