/* SPDX-License-Identifier: Apache-2.0 */
/* What leaves the case: exports of views and copies of evidence. */
#include "base/base.h"

#include "app/cmd.h"
#include "base/text.h"
#include "export/export.h"

#define COPY_BYTES (1u << 20)

static bool write_to_front(void *arg, struct bytes b)
{
	struct front *front = arg;

	return front->data(front, b);
}

/* -o FILE; "-" is the front's standard output. */
static enum err_code open_output(struct invocation *inv, struct outfile *out,
				 struct err *err)
{
	const char *path = option_text(inv, "output");

	if (!path)
		return err_set(err, ERR_USAGE,
			       "where to? give -o FILE, or -o - for standard "
			       "output");
	if (strcmp(path, "-") != 0)
		return outfile_open(out, path, err);
	if (inv->front->is_console)
		return err_set(err, ERR_USAGE,
			       "the console has no standard output; give "
			       "-o FILE");
	outfile_open_sink(out, (struct outfile_sink){.write = write_to_front,
						     .arg = inv->front});
	return ERR_OK;
}

/* Data left the case: that is on record, with the hash of what left. A case
 * that cannot be written cannot keep that, and who exports hears so. */
static enum err_code record_export(struct app *app, struct invocation *inv,
				   const struct change_export *e,
				   struct err *err)
{
	struct change *c = change_new(CHANGE_EXPORT);
	char *full = realpath(e->path, NULL);
	const char *path = full ? full : e->path;

	c->u.export.format = change_str(c, e->format);
	c->u.export.path = change_str(c, utf8_is_valid(bytes_str(path))
						 ? path
						 : shown_str(path).s);
	c->u.export.sha256 = change_str(c, e->sha256);
	c->u.export.rows = e->rows;
	free(full);
	if (case_is_read_only(app_case(app)))
		change_free(c);
	else if (case_apply(app_case(app), c, err) != ERR_OK) {
		if (strcmp(e->path, "-") != 0)
			(void)unlink(e->path); /* nothing leaves unrecorded */
		return err_wrap(err, "recording the export");
	}
	cmd_say(inv, "%s: %" PRIu64 " %s, SHA-256 %s%s",
		strcmp(e->path, "-") == 0 ? "standard output"
					  : shown_str(e->path).s,
		e->rows, strcmp(e->format, "evidence") == 0 ? "item" : "rows",
		e->sha256,
		case_is_read_only(app_case(app))
			? "; not recorded: the case cannot be written"
			: "");
	return ERR_OK;
}

/* struct rows as a source. */
struct rows_source {
	struct export_source source; /* first */
	struct rows *rows;
	uint64_t at;
	const struct invocation *inv;
};

static enum err_code next_row(struct export_source *source, struct row *row,
			      bool *got, struct err *err)
{
	struct rows_source *s = (struct rows_source *)source;
	enum err_code code = cmd_cancelled(s->inv, err);

	*got = s->at < rows_count(s->rows);
	if (code != ERR_OK || !*got)
		return code;
	return rows_get(s->rows, s->at++, row, err);
}

static enum err_code write_rows(struct app *app, struct invocation *inv,
				const struct exporter *exporter,
				struct rows *rows, struct err *err)
{
	struct rows_source source = {
		.source = {.view = rows_view(rows),
			   .next = next_row,
			   .one_host = option_flag(inv, "host")},
		.rows = rows,
		.inv = inv,
	};
	char sha256[HASH_HEX_MAX];
	struct change_export e = {.format = exporter->name,
				  .path = option_text(inv, "output"),
				  .sha256 = sha256};
	struct outfile out;
	enum err_code code = open_output(inv, &out, err);

	if (code != ERR_OK)
		return code;
	code = export_run(exporter, &source.source, &out, &e.rows, err);
	if (code == ERR_OK)
		code = outfile_finish(&out, sha256, err);
	else
		outfile_discard(&out);
	return code == ERR_OK ? record_export(app, inv, &e, err) : code;
}

static enum err_code find_exporter(const struct invocation *inv,
				   const struct exporter **exporter,
				   struct err *err)
{
	const char *format = option_text(inv, "format");
	struct buf names;

	*exporter = format ? exporter_find(format) : NULL;
	if (*exporter)
		return ERR_OK;
	buf_init(&names, 1024);
	for (size_t i = 0; i < n_exporters; i++)
		(void)buf_addf(&names, "%s%s", i ? ", " : "",
			       exporters[i].name);
	(void)err_set(err, ERR_USAGE, "--format is one of %s",
		      buf_str(&names));
	buf_release(&names);
	return ERR_USAGE;
}

COMMAND_RUN(cmd_export)
{
	const char *view = option_text(inv, "view");
	const char *host = option_text(inv, "host");
	const struct exporter *exporter;
	struct row_query query = {0};
	struct rows *rows;
	struct uuid id;
	enum err_code code = find_exporter(inv, &exporter, err);

	if (code != ERR_OK)
		return code;
	query.view = view ? view : exporter->view;
	if (!view_find(query.view))
		return err_set(err, ERR_USAGE, "there is no view '%s'",
			       shown_str(query.view).s);
	if (host)
		code = cmd_host_id(app, host, &id, err);
	if (host)
		cmd_where(&query, "host", host);
	if (code == ERR_OK)
		code = app_rows(app, &query, &rows, err);
	if (code != ERR_OK)
		return code;
	code = write_rows(app, inv, exporter, rows, err);
	rows_close(rows);
	return code;
}

/* ---- evidence get ---- */

static enum err_code copy_evidence(struct app *app, struct invocation *inv,
				   const char *id, struct outfile *out,
				   struct err *err)
{
	uint8_t *piece = xmalloc(COPY_BYTES);
	enum err_code code;

	for (;;) {
		size_t n = COPY_BYTES;

		code = cmd_cancelled(inv, err);
		if (code == ERR_OK)
			code = case_evidence_read(app_case(app), id, out->size,
						  piece, &n, err);
		if (code != ERR_OK || n == 0)
			break;
		code = outfile_add(out, bytes_of(piece, n), err);
		if (code != ERR_OK)
			break;
	}
	free(piece);
	return code;
}

COMMAND_RUN(cmd_evidence_get)
{
	char sha256[HASH_HEX_MAX];
	struct change_export e = {.format = "evidence",
				  .path = option_text(inv, "output"),
				  .sha256 = sha256,
				  .rows = 1};
	struct outfile out;
	struct uuid id;
	enum err_code code = case_find_id(app_case(app), "evidence",
					  inv->args[0], &id, err);

	if (code == ERR_OK)
		code = open_output(inv, &out, err);
	if (code != ERR_OK)
		return code;
	code = copy_evidence(app, inv, id.s, &out, err);
	if (code == ERR_OK)
		code = outfile_finish(&out, sha256, err);
	else
		outfile_discard(&out);
	return code == ERR_OK ? record_export(app, inv, &e, err) : code;
}
