/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An archive of a host's files: each is evidence under the path it had there,
 * and what a parser knows becomes events. UAC keeps the host's files below
 * [root]/; what it wrote itself is told of as members of the archive.
 */
#include "base/base.h"

#include "base/hash.h"
#include "base/text.h"
#include "base/time.h"
#include "model/redact.h"
#include "remote/given_inside.h"

#define MEMBERS_MAX 1000000u
#define PARSED_MAX  ((size_t)512 << 20) /* a larger one is only evidence */
#define TOTAL_LEAST ((uint64_t)4 << 30)
#define TIMES_MAX   200u /* as long as the archive */
#define UAC_ROOT    "[root]"

struct archive_teller {
	struct teller *t;
	struct members *members;
	bool is_uac;
	struct buf path, name; /* of the member */
	struct buf content;
	uint64_t n, bytes; /* seen and unpacked so far */
	struct skipped {
		const char *kind;
		uint64_t n;
	} skipped[8];
};

/* ---- names ---- */

/* Without dots and doubled slashes, a slash in front; false for one that
 * would lead elsewhere. */
static bool clean_name(struct bytes name, struct buf *out)
{
	struct bytes segment;

	buf_clear(out);
	if (memchr(name.p ? name.p : (const uint8_t *)"", 0, name.n))
		return false;
	while (bytes_split(&name, '/', &segment)) {
		if (segment.n == 0 || bytes_eq(segment, bytes_str(".")))
			continue;
		if (bytes_eq(segment, bytes_str("..")))
			return false;
		(void)buf_add_byte(out, '/');
		(void)buf_add_bytes(out, segment);
	}
	return out->n > 1 && !out->full;
}

static bool is_below_root(struct bytes name)
{
	return bytes_starts(name, "/" UAC_ROOT "/");
}

/* What UAC wrote itself, beside what is the host's. */
static bool is_of_uac(const struct archive_teller *a)
{
	return a->is_uac && !is_below_root(buf_bytes(&a->name));
}

/* Where the member was on its host; of what is UAC's, where it is here. */
static struct bytes path_of(const struct archive_teller *a)
{
	size_t skip = a->is_uac && !is_of_uac(a) ? strlen("/" UAC_ROOT) : 0;

	return bytes_skip(buf_bytes(&a->name), skip);
}

/* Any name of the archive tells. */
static bool has_uac_root(struct bytes whole)
{
	struct members *m = members_open(whole);
	struct member member;
	const char *why;
	bool found = false;
	struct buf name;

	buf_init(&name, RECORD_PATH_MAX);
	for (unsigned i = 0; m && !found && i < MEMBERS_MAX; i++) {
		if (!members_next(m, &member, &why))
			break;
		found = clean_name(member.name, &name) &&
			is_below_root(buf_bytes(&name));
	}
	buf_release(&name);
	members_close(m);
	return found;
}

/* ---- what is left out ---- */

static enum err_code say(struct archive_teller *a, const char *outcome,
			 const char *reason, struct bytes path, uint64_t files,
			 struct err *err)
{
	a->t->item.path = path;
	a->t->item.content = bytes_of(NULL, 0);
	return teller_coverage(a->t, outcome, reason, files, err);
}

static void count_skipped(struct archive_teller *a, const char *kind)
{
	for (size_t i = 0; i < ARRAY_SIZE(a->skipped); i++) {
		if (a->skipped[i].kind &&
		    strcmp(a->skipped[i].kind, kind) != 0)
			continue;
		a->skipped[i].kind = kind;
		a->skipped[i].n++;
		return;
	}
}

static enum err_code say_skipped(struct archive_teller *a, struct err *err)
{
	enum err_code code = ERR_OK;

	for (size_t i = 0; code == ERR_OK && i < ARRAY_SIZE(a->skipped); i++)
		if (a->skipped[i].n && strcmp(a->skipped[i].kind, "folder"))
			code = say(a, "skipped", a->skipped[i].kind,
				   a->t->g->order->path, a->skipped[i].n,
				   err);
	return code;
}

/* ---- a file of it ---- */

static uint64_t most_bytes(const struct archive_teller *a)
{
	return MAX(TOTAL_LEAST, TIMES_MAX * a->t->g->size);
}

static enum err_code tell_file(struct archive_teller *a,
			       const struct member *m, struct err *err)
{
	bool of_uac = is_of_uac(a);
	struct rec_file file = {.seq = a->n,
				.mode = m->mode,
				.uid = m->uid,
				.gid = m->gid,
				.nlink = 1,
				.size = m->size,
				.mtime_ns = m->mtime_ns,
				.atime_ns = m->atime_ns,
				.ctime_ns = m->ctime_ns,
				.btime_ns = m->btime_ns,
				.content = true};

	buf_clear(&a->path);
	(void)buf_add_bytes(&a->path,
			    of_uac ? a->t->g->order->path
				   : path_of(a));
	file.path = buf_bytes(&a->path);
	if (of_uac)
		file.member = bytes_skip(buf_bytes(&a->name), 1);
	a->t->item.seq = file.seq;
	return teller_tell(a->t, REC_FILE, &file, err);
}

/* How much of a member is there, and what becomes of it. */
struct unpacking {
	const struct secret_place *place;
	struct redactor redactor;
	struct rec_file_end end;
	uint64_t read;
	bool withheld;
	const char *why; /* it is not all here; NULL */
};

/* Without what is secret; kept, as far as a parser takes it. */
static enum err_code tell_piece(struct archive_teller *a, struct unpacking *u,
				const struct member *m, struct bytes piece,
				struct err *err)
{
	struct bytes ready;

	if (!u->read && piece.n && !a->t->g->order->secrets)
		u->withheld = secret_whole(u->place, SECRECY_NONE, piece,
					   m->size) != NULL;
	u->read += piece.n;
	a->bytes += piece.n;
	if (u->withheld)
		return ERR_OK;
	ready = redactor_next(&u->redactor, piece, !piece.n);
	if (!a->content.full)
		(void)buf_add_bytes(&a->content, ready);
	return teller_bytes(a->t, &u->end, ready, err);
}

static enum err_code end_bytes(struct archive_teller *a, struct unpacking *u,
			       struct err *err)
{
	struct redacted_hashes hashes;

	u->end.complete = !u->why && !u->withheld;
	u->end.reason = bytes_str(u->withheld ? "secret" : u->why);
	if (redactor_end(&u->redactor, &u->end, &hashes) && !u->why)
		u->end.reason = bytes_str(RECORD_REDACTED);
	return teller_tell(a->t, REC_FILE_END, &u->end, err);
}

/* Its bytes as they come. */
static enum err_code tell_bytes(struct archive_teller *a,
				const struct member *m, struct unpacking *u,
				struct err *err)
{
	enum err_code code = ERR_OK;
	struct bytes piece;

	u->place = secret_place_of(path_of(a));
	redactor_init(&u->redactor, u->place->form, a->t->g->order->secrets);
	buf_clear(&a->content);
	while (code == ERR_OK &&
	       (piece = members_read(a->members, &u->why)).n) {
		if (a->bytes + piece.n > most_bytes(a)) {
			u->why = "archive-limit";
			break;
		}
		code = tell_piece(a, u, m, piece, err);
	}
	if (code == ERR_OK)
		code = tell_piece(a, u, m, bytes_of(NULL, 0), err);
	if (code == ERR_OK)
		code = end_bytes(a, u, err);
	redactor_release(&u->redactor);
	return code;
}

/* What the coverage says of it, when it is not all there is to it. */
static enum err_code say_bytes(struct archive_teller *a,
			       const struct unpacking *u, struct err *err)
{
	struct bytes path = buf_bytes(&a->path);
	enum err_code code;

	if (u->why)
		return say(a, "failed", u->why, path, 1, err);
	if (u->withheld)
		return say(a, "skipped", "secret", path, 1, err);
	if (!u->end.redacted)
		return ERR_OK;
	code = say(a, "collected", "secret", path, 1, err);
	return code == ERR_OK ? teller_taken_out(a->t, u->end.redacted, err)
			      : code;
}

/* What no parser knows is evidence all the same; one that gives up costs its
 * own events. */
static enum err_code parse(struct archive_teller *a, const struct member *m,
			   struct err *err)
{
	struct item *item = &a->t->item;
	struct parse_input in;
	struct err why;
	enum err_code code;

	*item = (struct item){.seq = item->seq,
			      .path = path_of(a),
			      .content = buf_bytes(&a->content),
			      .mtime_ns = m->mtime_ns,
			      .taken_ns = time_now_ns()};
	if (a->content.full)
		return say(a, "skipped", "larger than 512 MiB: not parsed",
			   buf_bytes(&a->path), 1, err);
	code = teller_at(a->t, a->n, err);
	if (code != ERR_OK)
		return code;
	in = teller_take_up(a->t);
	item->parser = parser_guess(&in);
	if (!item->parser) {
		a->t->files++;
		a->t->bytes += a->content.n;
		return ERR_OK;
	}
	code = teller_parse(a->t, &in, &why);
	if (code == ERR_FORMAT)
		return teller_coverage(a->t, "failed", why.msg, 1, err);
	return code == ERR_OK ? code : (*err = why).code;
}

/* The one that the child before us ended at; its bytes are evidence. */
static enum err_code say_lost(struct archive_teller *a, struct err *err)
{
	char *why = bytes_to_str(a->t->g->order->why);
	enum err_code code = say(a, "failed", why, path_of(a), 1, err);

	free(why);
	return code;
}

static enum err_code take(struct archive_teller *a, const struct member *m,
			  const char **stop, struct err *err)
{
	struct unpacking u = {.read = 0};
	enum err_code code;

	if (a->n < a->t->g->order->after)
		return ERR_OK; /* it was told before */
	if (!clean_name(m->name, &a->name))
		return say(a, "skipped", "a name that leads out of it",
			   bytes_first(m->name, RECORD_PATH_MAX), 1, err);
	if (a->n == a->t->g->order->after)
		return say_lost(a, err);
	code = tell_file(a, m, err);
	u.end.file_seq = a->t->item.seq;
	if (code == ERR_OK)
		code = tell_bytes(a, m, &u, err);
	if (code == ERR_OK)
		code = say_bytes(a, &u, err);
	if (u.why && strcmp(u.why, "archive-limit") == 0)
		*stop = u.why;
	return code == ERR_OK && !u.why && !u.withheld ? parse(a, m, err)
							: code;
}

static enum err_code take_all(struct archive_teller *a, struct err *err)
{
	enum err_code code = ERR_OK;
	const char *why = NULL;
	struct member m;

	while (code == ERR_OK && !why && members_next(a->members, &m, &why)) {
		if (a->n++ == MEMBERS_MAX)
			why = "archive-limit";
		else if (m.kind)
			count_skipped(a, m.kind);
		else
			code = take(a, &m, &why, err);
	}
	if (code == ERR_OK)
		code = say_skipped(a, err);
	if (code == ERR_OK && why)
		code = say(a, "failed", why, a->t->g->order->path, 1, err);
	return code;
}

enum err_code given_tell_archive(struct teller *t, struct members *members,
				 struct err *err)
{
	struct archive_teller a = {.t = t, .members = members};
	enum err_code code;

	a.is_uac = has_uac_root(t->whole);
	buf_init(&a.path, RECORD_PATH_MAX);
	buf_init(&a.name, RECORD_PATH_MAX);
	buf_init(&a.content, PARSED_MAX);
	if (t->g->order->after)
		code = ERR_OK;
	else
		code = teller_begin(t, "import", a.is_uac ? "UAC" : "archive",
				    err);
	if (code == ERR_OK)
		code = teller_zone(t, err);
	if (code == ERR_OK)
		code = take_all(&a, err);
	if (code == ERR_OK)
		code = say(&a, "collected", "", t->g->order->path, t->files,
			   err);
	buf_release(&a.path);
	buf_release(&a.name);
	buf_release(&a.content);
	return code;
}
