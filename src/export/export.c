/* SPDX-License-Identifier: Apache-2.0 */
/* The table of exporters. */
#include "base/base.h"

#include "export/export.h"

const struct exporter exporters[] = {
	{
		.name = "csv",
		.extension = ".csv",
		.help = "Comma-separated values (RFC 4180) with a header line; "
			"of the timeline, what Timesketch reads.",
		.view = "event",
		.run = export_csv,
	},
	{
		.name = "jsonl",
		.extension = ".jsonl",
		.help = "One JSON object a line, named as the view's columns; "
			"of the timeline, what Timesketch reads.",
		.view = "event",
		.run = export_jsonl,
	},
	{
		.name = "bodyfile",
		.extension = ".body",
		.help = "File times for mactime (The Sleuth Kit 3 format).",
		.view = "file",
		.only_that_view = true,
		.run = export_bodyfile,
	},
};

const size_t n_exporters = ARRAY_SIZE(exporters);

const struct exporter *exporter_find(const char *name)
{
	for (size_t i = 0; i < n_exporters; i++)
		if (strcmp(exporters[i].name, name) == 0)
			return &exporters[i];
	return NULL;
}

enum err_code export_run(const struct exporter *exporter,
			 struct export_source *source, struct outfile *out,
			 uint64_t *n_rows, struct err *err)
{
	*n_rows = 0;
	if (exporter->only_that_view &&
	    strcmp(exporter->view, source->view->name) != 0)
		return err_set(err, ERR_USAGE,
			       "the format %s holds the view %s only",
			       exporter->name, exporter->view);
	return exporter->run(source, out, n_rows, err);
}

struct value export_value(const struct view *view, const struct row *row,
			  const char *column)
{
	int i = view_column(view, column);

	return i < 0 ? (struct value){.type = VALUE_NULL} : row->values[i];
}
