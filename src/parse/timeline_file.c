/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Timelines that other tools made, in Timesketch's form: CSV or an object a
 * line, with "message", "timestamp_desc" and "datetime" or, where there is no
 * such column, "timestamp" (of which its size tells the unit).
 */
#include "base/base.h"
#include "parse/csv.h"
#include "parse/inside.h"
#include "parse/json.h"

#define DESC_MAX 64u

enum column { MESSAGE, DESC, DATETIME, TIMESTAMP, USER, USERNAME, N_COLUMNS };

static const char *const names[N_COLUMNS] = {
	[MESSAGE] = "message",   [DESC] = "timestamp_desc",
	[DATETIME] = "datetime", [TIMESTAMP] = "timestamp",
	[USER] = "user",         [USERNAME] = "username",
};

struct timeline {
	const struct parse_input *in;
	const struct parse_out *out;
	size_t at[N_COLUMNS]; /* in a row; SIZE_MAX: it is not there */
	char desc[DESC_MAX];
};

/* Seconds, milli-, micro- or nanoseconds since 1970, by how many there are. */
static bool read_epoch(struct bytes b, struct parse_event *e)
{
	static const int64_t units[] = {NS_PER_S, NS_PER_MS, NS_PER_US, 1};
	int64_t v, per_s;
	size_t i = 0;

	b = bytes_trim(b);
	if (!take_number(&b, 19, &v) ||
	    (b.n && b.p[0] != '.')) /* "1.6e9" and the like are nothing */
		return false;
	for (int64_t top = INT64_C(100000000000);
	     i + 1 < ARRAY_SIZE(units) && v >= top; top *= 1000)
		i++;
	per_s = NS_PER_S / units[i];
	if (!epoch_event(v / per_s, e))
		return false;
	e->time_ns += v % per_s * units[i];
	e->precision_ns = units[i];
	return true;
}

static bool read_time(const struct timeline *t, const struct bytes v[N_COLUMNS],
		      bool has_datetime, struct parse_event *e)
{
	struct bytes when = bytes_trim(v[DATETIME]), rest = when;
	struct civil c;

	if (!has_datetime)
		return read_epoch(v[TIMESTAMP], e);
	if (civil_take_iso(&rest, &c) && rest.n == 0)
		return civil_event(&c, t->in, e);
	return read_epoch(when, e);
}

/* Its own words, as far as they can be shown. */
static const char *copy_desc(struct timeline *t, struct bytes desc)
{
	size_t n = MIN(desc.n, sizeof t->desc - 1);

	for (size_t i = 0; i < n; i++)
		t->desc[i] = desc.p[i] < 0x20 || desc.p[i] > 0x7e
				     ? '?'
				     : (char)desc.p[i];
	t->desc[n] = 0;
	return n ? t->desc : DESC_RECORDED;
}

static enum err_code say_row(struct timeline *t,
			     const struct bytes v[N_COLUMNS], bool has_datetime,
			     struct parse_event *e, struct err *err)
{
	if (!v[MESSAGE].n || !read_time(t, v, has_datetime, e))
		return parse_problem(t->out, e->offset,
				     "a row without a time or a message", err);
	e->desc = copy_desc(t, bytes_trim(v[DESC]));
	e->kind = "timeline";
	e->actor = v[USERNAME].n ? v[USERNAME] : v[USER];
	e->message = v[MESSAGE];
	return parse_say(t->out, e, err);
}

/* ---- CSV ---- */

static bool find_columns(struct timeline *t, const struct csv_row *row)
{
	for (size_t c = 0; c < N_COLUMNS; c++) {
		t->at[c] = SIZE_MAX;
		for (size_t i = row->n; i-- > 0;) {
			struct bytes name = bytes_trim(row->fields[i]);

			if (bytes_starts(name, "\xef\xbb\xbf"))
				name = bytes_skip(name, 3);
			if (bytes_eq(name, bytes_str(names[c])))
				t->at[c] = i;
		}
	}
	return t->at[MESSAGE] != SIZE_MAX && t->at[DESC] != SIZE_MAX &&
	       (t->at[DATETIME] != SIZE_MAX || t->at[TIMESTAMP] != SIZE_MAX);
}

static enum err_code run_csv(struct timeline *t, struct err *err)
{
	enum err_code code = ERR_OK;
	struct csv_row *row = xmalloc(sizeof *row);
	uint64_t at = 0;

	csv_row_init(row);
	if (!csv_next(t->in->content, &at, row) || !find_columns(t, row))
		code = err_set(err, ERR_FORMAT,
			       "its first row does not name the columns "
			       "message, timestamp_desc and datetime");
	while (code == ERR_OK && csv_next(t->in->content, &at, row)) {
		struct parse_event e = {.offset = row->offset,
					.length = row->length};
		struct bytes v[N_COLUMNS];

		for (size_t c = 0; c < N_COLUMNS; c++)
			v[c] = t->at[c] < row->n ? row->fields[t->at[c]]
						 : bytes_str("");
		code = say_row(t, v, t->at[DATETIME] != SIZE_MAX, &e, err);
	}
	csv_row_release(row);
	free(row);
	return code;
}

/* ---- an object a line ---- */

static enum err_code take_object(struct timeline *t, const struct line *line,
				 uint64_t behind, struct err *err)
{
	struct parse_event e = {.offset = line->offset,
				.length = behind - line->offset};
	json_t *doc = json_read(line->text);
	const json_t *stamp = json_at(doc, names[TIMESTAMP]);
	struct bytes v[N_COLUMNS];
	enum err_code code;
	char number[32];

	for (size_t c = 0; c < N_COLUMNS; c++)
		v[c] = json_text(doc, names[c]);
	if (json_is_number(stamp)) {
		(void)snprintf(number, sizeof number, "%" PRId64,
			       json_is_integer(stamp)
				       ? (int64_t)json_integer_value(stamp)
				       : (int64_t)json_real_value(stamp));
		v[TIMESTAMP] = bytes_str(number);
	}
	code = say_row(t, v, v[DATETIME].n > 0, &e, err);
	json_decref(doc);
	return code;
}

static enum err_code run_objects(struct timeline *t, struct err *err)
{
	enum err_code code = ERR_OK;
	struct line line;
	uint64_t at = 0;

	while (code == ERR_OK && next_line(t->in->content, &at, &line))
		if (line.text.n)
			code = take_object(t, &line, at, err);
	return code;
}

/* ---- both ---- */

enum err_code timeline_file_run(const struct parse_input *in,
				const struct parse_out *out, struct err *err)
{
	struct timeline t = {.in = in, .out = out};

	return bytes_starts(bytes_trim(in->content), "{") ? run_objects(&t, err)
							  : run_csv(&t, err);
}

static bool is_object(struct bytes line)
{
	return bytes_starts(line, "{") &&
	       bytes_find(line, "\"timestamp_desc\"", NULL) &&
	       bytes_find(line, "\"message\"", NULL);
}

unsigned timeline_file_score(const struct parse_input *in)
{
	struct timeline t = {.in = in};
	struct csv_row *row;
	uint64_t at = 0;
	bool is_one;

	/* A cut last line may be a very long one. */
	if (bytes_starts(in->content, "{"))
		return share_of_lines(in->content, is_object) >= 30 ? 90 : 0;
	if (!looks_like_text(in->content))
		return 0;
	row = xmalloc(sizeof *row);
	csv_row_init(row);
	is_one = csv_next(bytes_first(in->content, SCORE_BYTES), &at, row) &&
		 find_columns(&t, row);
	csv_row_release(row);
	free(row);
	return is_one ? 90 : 0;
}
