/* SPDX-License-Identifier: Apache-2.0 */
/* The hosts of the case in memory: small rows, looked at many times. */
#include "base/base.h"

#include "app/hosts.h"
#include "base/text.h"

void hosts_release(struct host_list *hosts)
{
	for (size_t i = 0; i < hosts->n; i++) {
		free(hosts->v[i].name);
		free(hosts->v[i].target);
		free(hosts->v[i].tags);
		free(hosts->v[i].groups);
	}
	free(hosts->v);
	*hosts = (struct host_list){0};
}

static int compare_entries(const void *a, const void *b)
{
	const struct host_entry *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static void add_row(struct host_list *hosts, const struct view *view,
		    const struct row *row)
{
	struct host_entry *to = &hosts->v[hosts->n];
	const struct {
		const char *column;
		char **out;
	} texts[] = {{"name", &to->name},
		     {"target", &to->target},
		     {"tags", &to->tags},
		     {"groups", &to->groups}};

	if (row->values[view_column(view, "removed_at")].type != VALUE_NULL)
		return;
	*to = (struct host_entry){0};
	(void)snprintf(to->id.s, sizeof to->id.s, "%s",
		       shown(row->values[view_column(view, "id")].b).s);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		*texts[i].out = bytes_to_str(
			row->values[view_column(view, texts[i].column)].b);
	hosts->n++;
}

enum err_code hosts_load(struct app *app, struct host_list *hosts,
			 struct err *err)
{
	struct row_query query = {.view = "host", .limit = HOSTS_MAX};
	struct rows *rows;
	struct row row;
	enum err_code code = app_rows(app, &query, &rows, err);

	*hosts = (struct host_list){0};
	if (code != ERR_OK)
		return code;
	hosts->v = xcalloc(rows_count(rows) + 1, sizeof *hosts->v);
	for (uint64_t i = 0; code == ERR_OK && i < rows_count(rows); i++) {
		code = rows_get(rows, i, &row, err);
		if (code == ERR_OK)
			add_row(hosts, rows_view(rows), &row);
	}
	rows_close(rows);
	qsort(hosts->v, hosts->n, sizeof *hosts->v, compare_entries);
	if (code != ERR_OK)
		hosts_release(hosts);
	return code;
}

struct host_entry *hosts_find(const struct host_list *hosts, const char *name)
{
	union {
		const char *borrowed;
		char *s;
	} u = {.borrowed = name};
	struct host_entry key = {.name = u.s};

	if (hosts->n == 0)
		return NULL;
	return bsearch(&key, hosts->v, hosts->n, sizeof *hosts->v,
		       compare_entries);
}

bool host_has_label(const struct host_entry *host, const char *kind,
		    const char *name)
{
	bool is_tag = strcmp(kind, "tag") == 0;
	struct bytes rest = bytes_str(is_tag ? host->tags : host->groups);
	struct bytes piece;

	while (bytes_split(&rest, ',', &piece))
		if (bytes_eq(piece, bytes_str(name)))
			return true;
	return false;
}
