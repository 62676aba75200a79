/* SPDX-License-Identifier: Apache-2.0 */
/* A row as JSON: what --json prints and jsonl holds. */
#include "base/base.h"

#include "base/json.h"
#include "base/time.h"
#include "model/rows.h"

/* Timesketch wants ISO 8601 with an offset, and microseconds beside it. */
static void add_times(int64_t when_ns, struct json *json)
{
	char text[TIME_TEXT_MAX];

	json_str(json, "datetime", time_format(when_ns, TIME_US, text));
	json_int(json, "timestamp",
		 when_ns / NS_PER_US - (when_ns % NS_PER_US < 0));
}

void row_json(const struct view *view, const struct row *row, struct json *json)
{
	int at = strcmp(view->name, "event") == 0 ? view_column(view, "time_ns")
						  : -1;
	bool timed = at >= 0 && row->values[at].type == VALUE_INT;

	json_begin_object(json, NULL);
	for (size_t i = 0; i < view->n_columns; i++)
		if (!timed || strcmp(view->columns[i].name, "datetime") != 0)
			value_json(&view->columns[i], &row->values[i], json);
	if (timed)
		add_times(row->values[at].i, json);
	json_end_object(json);
}
