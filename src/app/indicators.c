/* SPDX-License-Identifier: Apache-2.0 */
/* Indicators between lists in files, the case, and what a probe is asked. */
#include "base/base.h"

#include "app/indicators.h"
#include "base/fs.h"
#include "base/text.h"
#include "base/time.h"
#include "wire/records.h"

void indicator_keys_release(struct indicator_keys *keys)
{
	for (size_t i = 0; i < keys->n; i++)
		free(keys->v[i]);
	free(keys->v);
	*keys = (struct indicator_keys){0};
}

static void keys_add(struct indicator_keys *keys, const struct indicator *i)
{
	if (keys->n == keys->cap) {
		keys->cap = keys->cap ? 2 * keys->cap : 64;
		keys->v = xrealloc(keys->v, keys->cap, sizeof *keys->v);
	}
	keys->v[keys->n++] =
		xasprintf("%s:%.*s", indicator_kind_name(i->kind),
			  (int)i->value.n, (const char *)i->value.p);
}

static int compare_keys(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* ---- into the case ---- */

struct reading {
	struct casefile *cf;
	struct indicator_import *import;
	const char *path;
};

static const char *own_str(struct change *c, struct bytes b)
{
	char *s;
	const char *owned;

	if (!b.n)
		return NULL;
	s = bytes_to_str(b);
	owned = change_str(c, s);
	free(s);
	return owned;
}

static enum err_code take(void *arg, const struct indicator *i,
			  struct err *err)
{
	struct reading *r = arg;
	struct change *c = change_new(CHANGE_INDICATOR_ADD);
	struct change_indicator *to = &c->u.indicator;

	keys_add(&r->import->keys, i);
	to->kind = indicator_kind_name(i->kind);
	to->value = own_str(c, i->value);
	to->severity = own_str(c, i->severity);
	to->technique = own_str(c, i->technique);
	to->description = own_str(c, i->description);
	to->source = own_str(c, i->source);
	to->exclude = own_str(c, i->exclude);
	to->valid_from_ns = i->valid_from_ns;
	to->valid_until_ns = i->valid_until_ns;
	to->if_new = true;
	return case_submit(r->cf, c, err);
}

static void bad(void *arg, uint64_t line, const char *why)
{
	struct reading *r = arg;
	char *text = xasprintf("%s:%" PRIu64 ": %s", shown_str(r->path).s,
			       line, why);

	r->import->n_bad++;
	if (r->import->say)
		r->import->say(r->import->arg, text);
	free(text);
}

static enum err_code count(struct casefile *cf, uint64_t *n, struct err *err)
{
	struct row_query query = {.view = "indicator"};
	struct rows *rows;
	enum err_code code = case_flush(cf, err);

	if (code == ERR_OK)
		code = case_rows(cf, &query, &rows, err);
	if (code != ERR_OK)
		return code;
	*n = rows_count(rows);
	rows_close(rows);
	return ERR_OK;
}

static enum err_code import_list(struct casefile *cf, const char *path,
				 struct indicator_import *import,
				 struct err *err)
{
	const char *slash = strrchr(path, '/');
	struct reading reading = {.cf = cf, .import = import, .path = path};
	struct indicator_reader reader = {.name = slash ? slash + 1 : path,
					  .take = take,
					  .bad = bad,
					  .arg = &reading};
	uint64_t before, after = 0;
	struct buf list;
	enum err_code code;

	buf_init(&list, INDICATOR_LIST_MAX);
	code = fs_read(path, &list, err);
	if (code == ERR_OK)
		code = count(cf, &before, err);
	if (code == ERR_OK)
		code = indicator_list_read(&reader, buf_bytes(&list), err);
	if (code == ERR_OK)
		code = count(cf, &after, err);
	if (code == ERR_OK)
		import->n_new += after - before;
	buf_release(&list);
	return code;
}

enum err_code indicators_import_all(struct casefile *cf,
				    const char *const *paths, size_t n,
				    struct indicator_import *import,
				    struct err *err)
{
	enum err_code code = ERR_OK;
	char line[160];

	for (size_t i = 0; code == ERR_OK && i < n; i++)
		code = import_list(cf, paths[i], import, err);
	if (code != ERR_OK)
		return code;
	(void)snprintf(line, sizeof line,
		       "read %zu indicators, %" PRIu64 " of them new; %" PRIu64
		       " lines were none",
		       import->keys.n, import->n_new, import->n_bad);
	if (import->say)
		import->say(import->arg, line);
	if (!import->keys.n)
		return err_set(err, ERR_FORMAT, "no indicator was in there");
	return ERR_OK;
}

/* ---- to a probe ---- */

/* Numbers of the columns that are sent or looked at. */
struct columns {
	int id, kind, value, severity, description, exclude, from, until,
		removed;
};

static void find_columns(struct columns *c, const struct view *view)
{
	c->id = view_column(view, "id");
	c->kind = view_column(view, "kind");
	c->value = view_column(view, "value");
	c->severity = view_column(view, "severity");
	c->description = view_column(view, "description");
	c->exclude = view_column(view, "exclude");
	c->from = view_column(view, "valid_from");
	c->until = view_column(view, "valid_until");
	c->removed = view_column(view, "removed_at");
}

static bool is_in_force(const struct columns *c, const struct value *v,
			int64_t now)
{
	return v[c->removed].type == VALUE_NULL &&
	       (v[c->from].type == VALUE_NULL || v[c->from].i <= now) &&
	       (v[c->until].type == VALUE_NULL || v[c->until].i >= now) &&
	       !bytes_eq(v[c->kind].b,
			 bytes_str(indicator_kind_name(INDICATOR_URL)));
}

static bool is_among(const struct indicator_keys *keys,
		     const struct req_indicator *req)
{
	char *key = xasprintf("%.*s:%.*s", (int)req->kind.n,
			      (const char *)req->kind.p, (int)req->value.n,
			      (const char *)req->value.p);
	bool found = bsearch(&key, keys->v, keys->n, sizeof *keys->v,
			     compare_keys) != NULL;

	free(key);
	return found;
}

static enum err_code encode_row(const struct columns *c, const struct value *v,
				const struct indicator_keys *keys,
				struct buf *out, struct indicator_sum *sum,
				struct err *err)
{
	struct req_indicator req = {
		.id = v[c->id].b,
		.kind = v[c->kind].b,
		.value = v[c->value].b,
		.severity = v[c->severity].b,
		.description = v[c->description].b,
		.exclude = v[c->exclude].b,
	};

	if (!is_in_force(c, v, time_now_ns()) ||
	    (keys && !is_among(keys, &req)))
		return ERR_OK;
	req.description.n = MIN(req.description.n, RECORD_META_MAX);
	sum->n++;
	sum->n_files += !bytes_eq(req.kind, bytes_str("ip")) &&
			!bytes_eq(req.kind, bytes_str("domain"));
	return record_encode(REQ_INDICATOR, &req, out, err);
}

enum err_code indicators_encode(struct casefile *cf,
				struct indicator_keys *keys, struct buf *out,
				struct indicator_sum *sum, struct err *err)
{
	struct row_query query = {.view = "indicator"};
	struct columns columns;
	struct rows *rows;
	enum err_code code = case_rows(cf, &query, &rows, err);

	*sum = (struct indicator_sum){0};
	if (code != ERR_OK)
		return code;
	if (keys && keys->n)
		qsort(keys->v, keys->n, sizeof *keys->v, compare_keys);
	find_columns(&columns, rows_view(rows));
	for (uint64_t i = 0; code == ERR_OK && i < rows_count(rows); i++) {
		struct row row;

		code = rows_get(rows, i, &row, err);
		if (code == ERR_OK)
			code = encode_row(&columns, row.values, keys, out, sum,
					  err);
	}
	rows_close(rows);
	return code;
}
