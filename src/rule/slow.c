/* SPDX-License-Identifier: Apache-2.0 */
/* What makes a rule slow and libyara says nothing of, told by its source. */
#include "base/base.h"
#include "rule/lex.h"
#include "rule/rule.h"

/* From how many bytes, repeats or rounds on. */
#define JUMP_LONG   20000u
#define REPEAT_MANY 1000u
#define LOOP_LONG   100000u

struct look {
	const struct rule_file *file;
	struct lexer lexer;
	struct token t, before; /* the current one, and the one before it */
	struct bytes name;	/* of the string: "$a" */
	rule_slow_fn *say;
	void *arg;
};

static void next(struct look *l)
{
	l->before = l->t;
	l->t = lex_next(&l->lexer);
}

PRINTF_LIKE(3, 4)
static void say(const struct look *l, const struct token *at, const char *fmt,
		...)
{
	struct rule_place place = rule_place(l->file, at->line, at->text);
	char message[200];
	va_list args;

	place.column = at->column;
	va_start(args, fmt);
	(void)vsnprintf(message, sizeof message, fmt, args);
	va_end(args);
	l->say(l->arg, place, message);
}

/* The width of a shown name is bounded by what it is printed with. */
#define NAME(l) (int)MIN((l)->name.n, (size_t)60), (const char *)(l)->name.p

/* In a hex string, at "[": [4], [4-6], [4-], [-]. */
static void look_at_jump(struct look *l)
{
	const struct token at = l->t;
	uint64_t from = 0, to = 0;
	bool has_to, open = false;

	next(l);
	if (token_number(&l->t, &from))
		next(l);
	to = from;
	if (token_is(&l->t, "-")) {
		next(l);
		has_to = token_number(&l->t, &to);
		open = !has_to;
		if (has_to)
			next(l);
	}
	if (open)
		say(l, &at,
		    "string \"%.*s\" has a jump without an end: wherever what "
		    "is before it stands, the rest of the file is gone through",
		    NAME(l));
	else if (to >= JUMP_LONG)
		say(l, &at,
		    "string \"%.*s\" jumps up to %" PRIu64
		    " bytes: slow where what is before that is common",
		    NAME(l), to);
}

static void look_at_hex(struct look *l)
{
	while (l->t.kind != TOKEN_END && !token_is(&l->t, "}")) {
		if (token_is(&l->t, "["))
			look_at_jump(l);
		else
			next(l);
	}
}

/* Behind a class's "[": where it ends. */
static size_t class_end(struct bytes re, size_t i)
{
	i += i < re.n && re.p[i] == '^';
	i += i < re.n && re.p[i] == ']';
	while (i < re.n && re.p[i] != ']')
		i += re.p[i] == '\\' ? 2 : 1;
	return i;
}

/* {n}, {n,m}, {,m} at "{": the most there are; 0: no end is named. */
static uint64_t repeats(struct bytes re, size_t at)
{
	uint64_t n = 0;

	for (size_t i = at + 1; i < re.n && re.p[i] != '}'; i++) {
		if (re.p[i] == ',')
			n = 0;
		else if (re.p[i] >= '0' && re.p[i] <= '9' && n < UINT32_MAX)
			n = n * 10 + (uint64_t)(re.p[i] - '0');
		else
			return 0;
	}
	return n;
}

static void look_at_regex(const struct look *l)
{
	struct bytes re = l->t.text;

	for (size_t i = 1; i < re.n; i++) {
		struct token at = l->t;
		uint64_t n;

		if (re.p[i] == '\\') {
			i++;
		} else if (re.p[i] == '[') {
			i = class_end(re, i + 1);
		} else if (re.p[i] == '{') {
			n = repeats(re, i);
			at.column += (unsigned)i;
			if (n >= REPEAT_MANY)
				say(l, &at,
				    "string \"%.*s\" repeats up to %" PRIu64
				    " times: slow where what is before that "
				    "is common",
				    NAME(l), n);
		}
	}
}

/* One end of a range: a number, or the size of the file in it. */
struct end {
	uint64_t n;
	bool is_number, has_filesize;
};

/* Up to ".." or, where that is over, to the ")" of the range. */
static struct end read_end(struct look *l, bool last)
{
	struct end end = {0};
	size_t tokens = 0;
	int depth = 0;

	for (; l->t.kind != TOKEN_END; next(l)) {
		if (!last && depth == 0 && token_is(&l->t, ".") &&
		    token_is(&l->before, "."))
			break;
		if (depth == 0 && token_is(&l->t, ")"))
			break;
		depth += token_is(&l->t, "(") - token_is(&l->t, ")");
		end.has_filesize |= token_is(&l->t, "filesize");
		if (!token_is(&l->t, "."))
			end.is_number =
				++tokens == 1 && token_number(&l->t, &end.n);
	}
	return end;
}

/* At "for": for any i in (0..filesize). */
static void look_at_loop(struct look *l)
{
	const struct token at = l->t;
	struct end from, to;

	while (l->t.kind != TOKEN_END && !token_is(&l->t, "in") &&
	       !token_is(&l->t, ":") && !token_is(&l->t, "of"))
		next(l);
	if (!token_is(&l->t, "in"))
		return;
	next(l);
	if (!token_is(&l->t, "("))
		return;
	next(l);
	from = read_end(l, false);
	if (!token_is(&l->t, "."))
		return; /* a list */
	next(l);
	to = read_end(l, true);
	if (to.has_filesize && !from.has_filesize)
		say(l, &at,
		    "a loop over all of a file: as many rounds as it has "
		    "bytes");
	else if (from.is_number && to.is_number &&
		 to.n - MIN(to.n, from.n) >= LOOP_LONG)
		say(l, &at, "a loop of %" PRIu64 " rounds, for each file",
		    to.n - from.n + 1);
}

void rule_slow_parts(const struct rule_file *file, rule_slow_fn *say_fn,
		     void *arg)
{
	struct look l = {.file = file,
			 .lexer = lexer_of(buf_bytes(&file->source)),
			 .say = say_fn,
			 .arg = arg};

	for (next(&l); l.t.kind != TOKEN_END; next(&l)) {
		bool is_value = token_is(&l.before, "=");

		if (token_is(&l.t, "=") && l.before.kind == TOKEN_WORD)
			l.name = l.before.text;
		else if (is_value && token_is(&l.t, "{"))
			look_at_hex(&l);
		else if (is_value && l.t.kind == TOKEN_REGEX)
			look_at_regex(&l);
		else if (token_is(&l.t, "for"))
			look_at_loop(&l);
	}
}
