/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of indicators: CSV with a header, and one a line as Loki has them. */
#include "base/base.h"

#include "base/text.h"
#include "base/time.h"
#include "model/indicator.h"
#include "model/severity.h"

#define LINE_MAX     16384u
#define COLUMNS_MAX  64u
#define REGEX_SIGNS  "\\^$*+([{|?/"
#define SEPARATORS   ";,\t "

enum column {
	COL_NONE,
	COL_KIND,
	COL_VALUE,
	COL_DESCRIPTION,
	COL_SOURCE,
	COL_SEVERITY,
	COL_TECHNIQUE,
	COL_EXCLUDE,
	COL_FROM,
	COL_UNTIL,
	COL_TLP,
	N_COLUMNS
};

static const struct {
	const char *name;
	enum column column;
} headers[] = {
	{"kind", COL_KIND},		  {"type", COL_KIND},
	{"indicator_type", COL_KIND},	  {"ioc_type", COL_KIND},
	{"value", COL_VALUE},		  {"indicator", COL_VALUE},
	{"ioc", COL_VALUE},		  {"description", COL_DESCRIPTION},
	{"comment", COL_DESCRIPTION},	  {"context", COL_DESCRIPTION},
	{"info", COL_DESCRIPTION},	  {"source", COL_SOURCE},
	{"reference", COL_SOURCE},	  {"severity", COL_SEVERITY},
	{"score", COL_SEVERITY},	  {"level", COL_SEVERITY},
	{"technique", COL_TECHNIQUE},	  {"attack", COL_TECHNIQUE},
	{"exclude", COL_EXCLUDE},	  {"false_positive", COL_EXCLUDE},
	{"valid_from", COL_FROM},	  {"valid_until", COL_UNTIL},
	{"expiration", COL_UNTIL},	  {"tlp", COL_TLP},
};

struct list {
	const struct indicator_reader *reader;
	uint64_t line;
	bool is_csv, has_patterns;
	enum column columns[COLUMNS_MAX];
	size_t n_columns;
	struct bytes comment; /* the last before this line */
	struct buf value, exclude, fields, source;
};

/* ---- any line ---- */

static enum err_code bad(struct list *l, const char *why)
{
	l->reader->bad(l->reader->arg, l->line, why);
	return ERR_OK;
}

static enum err_code take(struct list *l, struct indicator *i,
			  struct bytes value, struct err *err)
{
	struct err why;

	if (i->severity.n && severity_of(i->severity) < 0)
		return bad(l, "a severity is critical, high, medium, low, "
			      "info or a score of 0 to 100");
	buf_clear(&l->value);
	buf_clear(&l->exclude);
	if (indicator_normal(i->kind, value, &l->value, &why) != ERR_OK)
		return bad(l, why.msg);
	if (i->exclude.n &&
	    indicator_normal(INDICATOR_FILENAME, i->exclude, &l->exclude,
			     &why) != ERR_OK)
		return bad(l, why.msg);
	i->value = buf_bytes(&l->value);
	i->exclude = buf_bytes(&l->exclude);
	if (!i->source.n)
		i->source = bytes_str(l->reader->name);
	return l->reader->take(l->reader->arg, i, err);
}

static bool is_score(struct bytes b)
{
	uint64_t n;

	return bytes_to_u64(bytes_trim(b), &n) && n <= 100;
}

/* Up to one of the separators, which is taken off as well. */
static struct bytes first_word(struct bytes *rest, const char *separators)
{
	struct bytes word = *rest;
	size_t n = 0;

	while (n < rest->n && (!rest->p[n] || !strchr(separators, rest->p[n])))
		n++;
	word.n = n;
	*rest = bytes_skip(*rest, n + 1);
	return bytes_trim(word);
}

/* ---- lists with one a line ---- */

static enum err_code pattern_line(struct list *l, struct bytes line,
				  struct err *err)
{
	struct indicator i = {.kind = INDICATOR_FILENAME,
			      .description = l->comment,
			      .valid_from_ns = TIME_UNKNOWN,
			      .valid_until_ns = TIME_UNKNOWN};
	struct bytes value = first_word(&line, ";");

	i.severity = first_word(&line, ";");
	i.exclude = bytes_trim(line);
	return take(l, &i, value, err);
}

/* HASH;COMMENT, HASH;SCORE;COMMENT, HASH  FILE, DOMAIN;SCORE, ADDRESS */
static enum err_code plain_line(struct list *l, struct bytes line,
				struct err *err)
{
	struct indicator i = {.description = l->comment,
			      .valid_from_ns = TIME_UNKNOWN,
			      .valid_until_ns = TIME_UNKNOWN};
	struct bytes rest = line, value = first_word(&rest, SEPARATORS);
	struct bytes behind, score;

	if (!indicator_guess(value, &i.kind))
		return bad(l, "neither a hash, an address, a domain, a URL "
			      "nor REGEX;SCORE");
	rest = bytes_trim(rest);
	behind = rest;
	score = first_word(&behind, ";");
	if (is_score(score)) {
		i.severity = score;
		rest = bytes_trim(behind);
	}
	if (rest.n)
		i.description = rest;
	return take(l, &i, value, err);
}

/* REGEX;SCORE, where it cannot be a domain with its score. */
static bool is_pattern_line(const struct list *l, struct bytes line)
{
	struct bytes value = first_word(&line, ";");
	enum indicator_kind kind;

	if (!is_score(first_word(&line, ";")))
		return false;
	if (!indicator_guess(value, &kind))
		return true;
	return kind == INDICATOR_DOMAIN && l->has_patterns;
}

/* ---- CSV ---- */

/* The next field, RFC 4180, into fields; false when a quote has no end. */
static bool next_field(struct list *l, struct bytes *line, struct bytes *field)
{
	size_t from = l->fields.n;
	bool quoted;

	while (line->n && line->p[0] == ' ')
		*line = bytes_skip(*line, 1);
	quoted = bytes_starts(*line, "\"");
	*line = bytes_skip(*line, quoted);
	while (line->n && (quoted || line->p[0] != ',')) {
		if (quoted && line->p[0] == '"' && !bytes_starts(*line, "\"\"")) {
			quoted = false;
		} else {
			(void)buf_add_byte(&l->fields, line->p[0]);
			*line = bytes_skip(*line, line->p[0] == '"' && quoted);
		}
		*line = bytes_skip(*line, 1);
	}
	*line = bytes_skip(*line, 1);
	*field = bytes_of(l->fields.p + from, l->fields.n - from);
	return !quoted;
}

/* All fields of a line, which buf_reserve keeps in one place. */
static bool split_csv(struct list *l, struct bytes line, struct bytes *fields,
		      size_t *n)
{
	buf_clear(&l->fields);
	(void)buf_reserve(&l->fields, LINE_MAX);
	for (*n = 0; line.n && *n < COLUMNS_MAX; (*n)++)
		if (!next_field(l, &line, &fields[*n]))
			return false;
	return true;
}

static bool same_word(struct bytes b, const char *word)
{
	char have[32];

	if (b.n >= sizeof have)
		return false;
	for (size_t i = 0; i < b.n; i++)
		have[i] = (char)(b.p[i] >= 'A' && b.p[i] <= 'Z'
					 ? b.p[i] + ('a' - 'A')
					 : b.p[i]);
	have[b.n] = '\0';
	return strcmp(have, word) == 0;
}

/* A line that names a value column, and says which kind a value is. */
static bool take_header(struct list *l, struct bytes line)
{
	struct bytes fields[COLUMNS_MAX];
	bool has[N_COLUMNS] = {false};

	if (!split_csv(l, line, fields, &l->n_columns))
		return false;
	for (size_t i = 0; i < l->n_columns; i++) {
		l->columns[i] = COL_NONE;
		for (size_t h = 0; h < ARRAY_SIZE(headers); h++)
			if (same_word(bytes_trim(fields[i]), headers[h].name))
				l->columns[i] = headers[h].column;
		has[l->columns[i]] = true;
	}
	return l->n_columns > 1 && has[COL_VALUE];
}

static struct bytes with_label(struct list *l, struct bytes source,
			       struct bytes tlp)
{
	if (!source.n || !tlp.n)
		return source;
	buf_clear(&l->source);
	(void)buf_add_bytes(&l->source, source);
	(void)buf_addf(&l->source, " (TLP:%.*s)", (int)tlp.n,
		       (const char *)tlp.p);
	return buf_bytes(&l->source);
}

static enum err_code take_row(struct list *l, const struct bytes *cells,
			      struct err *err)
{
	struct indicator i = {.description = cells[COL_DESCRIPTION],
			      .severity = cells[COL_SEVERITY],
			      .technique = cells[COL_TECHNIQUE],
			      .exclude = cells[COL_EXCLUDE]};
	char why[160];

	i.source = with_label(l, cells[COL_SOURCE], cells[COL_TLP]);
	if (!indicator_time(cells[COL_FROM], &i.valid_from_ns) ||
	    !indicator_time(cells[COL_UNTIL], &i.valid_until_ns))
		return bad(l, "valid_from and valid_until are dates");
	if (cells[COL_KIND].n ? !indicator_kind_of(cells[COL_KIND], &i.kind)
			      : !indicator_guess(cells[COL_VALUE], &i.kind)) {
		(void)snprintf(why, sizeof why, "%.60s is no kind that is "
			       "looked for", shown(cells[COL_KIND]).s);
		return bad(l, why);
	}
	return take(l, &i, cells[COL_VALUE], err);
}

static enum err_code csv_line(struct list *l, struct bytes line,
			      struct err *err)
{
	struct bytes fields[COLUMNS_MAX], cells[N_COLUMNS] = {{0}};
	size_t n;

	if (!split_csv(l, line, fields, &n))
		return bad(l, "a quote is never closed");
	for (size_t i = 0; i < MIN(n, l->n_columns); i++)
		cells[l->columns[i]] = bytes_trim(fields[i]);
	if (!cells[COL_VALUE].n)
		return bad(l, "the value is empty");
	return take_row(l, cells, err);
}

/* ---- the whole ---- */

static bool next_line(struct bytes *rest, struct bytes *line)
{
	if (!bytes_split(rest, '\n', line))
		return false;
	*line = bytes_trim(*line); /* CR as well */
	return true;
}

static bool has_signs(struct bytes b)
{
	for (size_t i = 0; i < b.n; i++)
		if (b.p[i] && strchr(REGEX_SIGNS, b.p[i]))
			return true;
	return false;
}

/* What kind of list it is, before its first line is taken. */
static void look_ahead(struct list *l, struct bytes rest)
{
	enum indicator_kind kind;
	struct bytes line;
	bool first = true;

	while (!l->has_patterns && !l->is_csv && next_line(&rest, &line)) {
		struct bytes value, score = line;

		if (!line.n || line.p[0] == '#' || line.n > LINE_MAX)
			continue;
		l->is_csv = first && take_header(l, line);
		first = false;
		value = first_word(&score, ";");
		l->has_patterns = has_signs(value) &&
				  is_score(first_word(&score, ";")) &&
				  !indicator_guess(value, &kind);
	}
}

static enum err_code one_line(struct list *l, struct bytes line,
			      struct err *err)
{
	if (line.n > LINE_MAX)
		return bad(l, "the line is too long");
	if (memchr(line.p, '\0', line.n))
		return bad(l, "the line holds a NUL byte");
	if (l->is_csv)
		return csv_line(l, line, err);
	if (is_pattern_line(l, line))
		return pattern_line(l, line, err);
	return plain_line(l, line, err);
}

static void list_release(struct list *l)
{
	buf_release(&l->value);
	buf_release(&l->exclude);
	buf_release(&l->fields);
	buf_release(&l->source);
}

enum err_code indicator_list_read(const struct indicator_reader *reader,
				  struct bytes text, struct err *err)
{
	struct list l = {.reader = reader};
	enum err_code code = ERR_OK;
	bool header;
	struct bytes line;

	if (bytes_starts(text, "\xef\xbb\xbf")) /* as spreadsheets write it */
		text = bytes_skip(text, 3);
	buf_init(&l.value, INDICATOR_VALUE_MAX);
	buf_init(&l.exclude, INDICATOR_VALUE_MAX);
	buf_init(&l.fields, LINE_MAX);
	buf_init(&l.source, LINE_MAX);
	look_ahead(&l, text);
	header = l.is_csv;
	while (code == ERR_OK && next_line(&text, &line)) {
		l.line++;
		if (!line.n) {
			l.comment.n = 0;
		} else if (line.p[0] == '#') {
			l.comment = bytes_trim(bytes_skip(line, 1));
		} else if (header) {
			header = false;
		} else {
			code = one_line(&l, line, err);
		}
	}
	list_release(&l);
	return code;
}
