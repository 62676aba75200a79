/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A row that a check gives, as a finding: columns of certain names say what
 * and how bad it is and which rows of the case prove it; all others go along
 * as they are, so that whoever reads the finding sees why.
 */
#include "base/base.h"
#include "app/checks.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/text.h"
#include "model/severity.h"

#define META_MAX      ((size_t)64 << 10)
#define META_CELL_MAX 2048

static const struct value *cell(const struct judge_row *row, const char *name)
{
	for (size_t i = 0; i < row->n; i++)
		if (strcmp(row->names[i], name) == 0)
			return row->values[i].type == VALUE_NULL
				       ? NULL
				       : &row->values[i];
	return NULL;
}

static struct bytes text_of(const struct judge_row *row, const char *name)
{
	const struct value *v = cell(row, name);

	if (v && (v->type == VALUE_TEXT || v->type == VALUE_BLOB))
		return v->b;
	return (struct bytes){0};
}

static int64_t number_of(const struct judge_row *row, const char *name)
{
	const struct value *v = cell(row, name);

	return v && v->type == VALUE_INT ? v->i : 0;
}

void check_row_object(const struct judge_row *row, char *out, size_t room)
{
	const struct value *v = cell(row, "object");

	struct bytes b = text_of(row, "object");

	if (v && v->type == VALUE_INT)
		(void)snprintf(out, room, "%" PRId64, v->i);
	else
		(void)snprintf(out, room, "%.*s",
			       (int)MIN(b.n, (size_t)CHECK_OBJECT_MAX),
			       b.n ? (const char *)b.p : "");
}

static bool is_quiet(const struct judge_row *row)
{
	return text_of(row, "quiet").n != 0;
}

/* How bad: the row's own word, or else the check's; info when it is quiet.
 * ERR_FORMAT when it is no severity. */
static enum err_code severity_for(const struct judge_row *row,
				  const struct check *check, const char **out,
				  struct err *err)
{
	struct bytes own = text_of(row, "severity");
	int severity = severity_of(own.n ? own : bytes_str(check->severity));

	if (severity < 0)
		return err_set(err, ERR_FORMAT, "'%s' is no severity",
			       shown(own).s);
	*out = is_quiet(row) ? "info" : severity_name(severity);
	return ERR_OK;
}

/* ---- hashes that are known ---- */

#define KNOWN_MAX ((size_t)256 << 20)

static int compare_hashes(const void *a, const void *b)
{
	return memcmp(a, b, SHA256_LEN);
}

enum err_code hash_set_read(struct hash_set *set, const char *path,
			    struct err *err)
{
	struct buf text;
	struct bytes rest, line;
	size_t before = set->n, cap = set->n;
	enum err_code code;

	buf_init(&text, KNOWN_MAX);
	code = fs_read(path, &text, err);
	rest = buf_bytes(&text);
	while (code == ERR_OK && bytes_split(&rest, '\n', &line)) {
		if (set->n == cap) {
			cap = 2 * cap + 1024;
			set->v = xrealloc(set->v, cap, sizeof *set->v);
		}
		line.n = MIN(line.n, (size_t)2 * SHA256_LEN);
		if (line.n == (size_t)2 * SHA256_LEN &&
		    hex_decode(line, set->v[set->n], SHA256_LEN))
			set->n++;
	}
	buf_release(&text);
	if (code == ERR_OK && set->n == before)
		code = err_set(err, ERR_FORMAT,
			       "%s has no SHA-256 at the start of a line",
			       shown_str(path).s);
	if (set->n)
		qsort(set->v, set->n, sizeof *set->v, compare_hashes);
	return code;
}

void hash_set_release(struct hash_set *set)
{
	free(set->v);
	*set = (struct hash_set){0};
}

bool check_row_is_known(const struct judge_row *row,
			const struct hash_set *known)
{
	struct bytes hex = text_of(row, "sha256");
	uint8_t hash[SHA256_LEN];

	return known->n && hex_decode(hex, hash, SHA256_LEN) &&
	       bsearch(hash, known->v, known->n, sizeof *known->v,
		       compare_hashes);
}

/* Columns that say what the finding is. */
static const char *const fixed[] = {
	"host",	   "object",	"severity",   "quiet",	  "path",
	"sha256",  "fact_id",	"process_id", "socket_id", "file_id",
	"event_id", "evidence_id", "offset",
};

static bool is_fixed(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(fixed); i++)
		if (strcmp(fixed[i], name) == 0)
			return true;
	return false;
}

static void add_cell(struct json *j, const char *name, const struct value *v)
{
	struct bytes b = v->b;

	switch (v->type) {
	case VALUE_INT:
		json_int(j, name, v->i);
		break;
	case VALUE_REAL:
		json_double(j, name, v->real);
		break;
	case VALUE_TEXT:
	case VALUE_BLOB:
		b.n = MIN(b.n, (size_t)META_CELL_MAX);
		json_bytes(j, name, b);
		break;
	case VALUE_NULL:
		break;
	}
}

/* What of it is not said elsewhere, how bad this run says it is, and why:
 * the check's file may be another one day. */
static const char *meta_of(const struct judge_row *row,
			   const struct check *check, const char *severity,
			   struct change *c)
{
	struct buf out;
	struct json j;
	const char *meta;

	buf_init(&out, META_MAX);
	j = json_to(&out);
	json_begin_object(&j, NULL);
	json_str(&j, "severity", severity);
	json_begin_object(&j, "check");
	json_str(&j, "why", check->why);
	json_str(&j, "false_positives", check->false_positives);
	json_end_object(&j);
	json_begin_object(&j, "row");
	for (size_t i = 0; i < row->n; i++)
		if (!is_fixed(row->names[i]) &&
		    out.n + (size_t)2 * META_CELL_MAX < META_MAX)
			add_cell(&j, row->names[i], &row->values[i]);
	json_end_object(&j);
	json_end_object(&j);
	meta = change_str(c, out.full ? NULL : buf_str(&out));
	buf_release(&out);
	return meta;
}

static const char *copy_text(const struct judge_row *row, const char *name,
			     struct change *c)
{
	struct bytes b = text_of(row, name);
	char *s = b.n ? bytes_to_str(b) : NULL;
	const char *copy = change_str(c, s);

	free(s);
	return copy;
}

static void read_proof(const struct judge_row *row, struct change *c)
{
	struct change_check *k = &c->u.check;
	int64_t offset = number_of(row, "offset");

	k->path = change_bytes(c, text_of(row, "path"));
	k->sha256 = copy_text(row, "sha256", c);
	k->fact = number_of(row, "fact_id");
	k->process = number_of(row, "process_id");
	k->socket = number_of(row, "socket_id");
	k->file_row = number_of(row, "file_id");
	k->event = number_of(row, "event_id");
	k->evidence = copy_text(row, "evidence_id", c);
	k->has_offset = cell(row, "offset") && offset >= 0;
	k->offset = (uint64_t)MAX(offset, INT64_C(0));
}

enum err_code check_row_read(const struct judge_row *row,
			     const struct check *check, const char *quiet,
			     struct change *c, struct err *err)
{
	struct change_check *k = &c->u.check;
	char object[CHECK_OBJECT_MAX + 1], *techniques;
	const char *severity = NULL;
	enum err_code code = severity_for(row, check, &severity, err);

	if (code != ERR_OK)
		return code;
	check_row_object(row, object, sizeof object);
	if (!object[0])
		return err_set(err, ERR_FORMAT, "a row has no object");
	techniques = check_techniques(check);
	k->check = change_str(c, check->id);
	k->file = change_str(c, check->file);
	k->technique = change_str(c, techniques);
	k->title = change_str(c, check->title);
	k->author = change_str(c, check->author);
	k->object = change_str(c, object);
	k->quiet = copy_text(row, "quiet", c);
	if (!k->quiet)
		k->quiet = change_str(c, quiet);
	k->severity = k->quiet ? "info" : severity;
	k->meta = meta_of(row, check, k->severity, c);
	read_proof(row, c);
	free(techniques);
	return ERR_OK;
}
