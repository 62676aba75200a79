/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What parsers of configuration share: which paths they are for, lines that
 * go on, and the making of facts. A run keeps its first error in `code`; from
 * then on no line comes and nothing is told.
 */
#ifndef HALLIGAN_PARSE_CONF_H
#define HALLIGAN_PARSE_CONF_H

#include "base/base.h"
#include "base/json.h"
#include "parse/inside.h"
#include "parse/signs.h"

/* ---- where ---- */

/* The parts of `where` ("etc/passwd") are those the path ends with; `*`
 * stands for any bytes within one. */
bool path_ends(struct bytes path, const char *where);

#define PATHS(...) LIST(__VA_ARGS__)

bool path_ends_any(struct bytes path, const char *const where[]);

/* Whether the file is what its path says: the better part of its lines that
 * are no comments are such. 0 elsewhere; NULL: any text will do. */
unsigned conf_score(const struct parse_input *in, const char *const where[],
		    bool (*is_one)(struct bytes line));

/* ---- lists of words ---- */

#define WORDS_MAX 64u /* more are left out */

struct word_list {
	struct bytes w[WORDS_MAX];
	size_t n;
};

void list_add(struct word_list *words, struct bytes word);
/* All that lies between any of those separators and blanks. */
void list_split(struct word_list *words, struct bytes text, const char *seps);

bool list_has(const struct word_list *words, const char *word);

/* ---- one run ---- */

/* A line, with those that it goes on in. */
struct conf_line {
	struct bytes text; /* without blanks around it */
	uint64_t offset, length;
};

struct conf {
	const struct parse_input *in;
	const struct parse_out *out;
	struct err *err;
	enum err_code code;
	uint64_t at;
	struct buf joined;      /* a line that goes on */
	struct parse_fact fact; /* the one that is made now */
	struct buf detail;
	struct json json;
	size_t room; /* for what strangers say in it */
};

void conf_begin(struct conf *c, const struct parse_input *in,
		const struct parse_out *out, struct err *err);
enum err_code conf_end(struct conf *c);

/* The next line. `glue`: what stands for a backslash and the end of a line,
 * "" or " "; NULL: lines do not go on. */
bool conf_next(struct conf *c, const char *glue, struct conf_line *line);
/* The same, without empty lines and those that begin with # or ;. */
bool conf_next_said(struct conf *c, const char *glue, struct conf_line *line);
/* The whole of the file, as where something is said. */
struct conf_line conf_whole(const struct conf *c);
void conf_problem(struct conf *c, uint64_t offset, const char *what);

void fact_begin(struct conf *c, const char *kind, struct bytes name,
		const struct conf_line *where);
void fact_text(struct conf *c, const char *member, struct bytes text);
void fact_str(struct conf *c, const char *member, const char *text);
void fact_int(struct conf *c, const char *member, int64_t v);
void fact_bool(struct conf *c, const char *member, bool v);
void fact_list(struct conf *c, const char *member,
	       const struct word_list *list);
void fact_signs(struct conf *c, sign_set signs);
void fact_tell(struct conf *c);

/* A command that something runs, as a fact of the kind hook: conf_hooks.c. */
void tell_hook(struct conf *c, struct bytes name, struct bytes command,
	       const struct conf_line *where);

/* ---- texts ---- */

/* Lower case, in place of at most `room` bytes; what is longer is cut. */
struct bytes lower(struct bytes text, char *out, size_t room);
bool bytes_eq_nocase(struct bytes a, const char *b);
bool bytes_starts_nocase(struct bytes a, const char *prefix);
/* Quotes of one sort off both ends. */
struct bytes unquoted(struct bytes text);
/* "key = value" or "key value": false when there is no key. */
bool take_setting(struct bytes line, const char *seps, struct bytes *key,
		  struct bytes *value);

/* "[Section]" or "key = value". */
bool conf_is_setting(struct bytes line);

#endif
