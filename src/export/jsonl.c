/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One JSON object a line, the same as --json prints. Bytes that are no UTF-8
 * are exact in NAME_b64 beside their shown form.
 */
#include "base/base.h"

#include "base/buf.h"
#include "base/json.h"
#include "export/export.h"

#define LINE_MAX_BYTES (64u << 20)

static enum err_code send_row(struct outfile *out, const struct view *view,
			      const struct row *row, struct err *err)
{
	struct buf line;
	struct json json = json_to(&line);
	enum err_code code;

	buf_init(&line, LINE_MAX_BYTES);
	row_json(view, row, &json);
	(void)buf_add_byte(&line, '\n');
	if (line.full)
		code = err_set(err, ERR_LIMIT, "a row is longer than %u MiB",
			       LINE_MAX_BYTES >> 20);
	else
		code = outfile_add(out, buf_bytes(&line), err);
	buf_release(&line);
	return code;
}

enum err_code export_jsonl(struct export_source *source, struct outfile *out,
			   uint64_t *n_rows, struct err *err)
{
	struct row row;
	bool got = true;
	enum err_code code;

	for (;;) {
		code = source->next(source, &row, &got, err);
		if (code != ERR_OK || !got)
			return code;
		code = send_row(out, source->view, &row, err);
		if (code != ERR_OK)
			return code;
		++*n_rows;
	}
}
