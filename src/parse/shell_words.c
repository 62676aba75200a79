/* SPDX-License-Identifier: Apache-2.0 */
/* A line of shell as words: one pass, with a small stack of substitutions. */
#include "base/base.h"
#include "parse/shell_words.h"
#include "parse/words.h"

#define DEPTH_MAX 16u

/* What a substitution holds, or a quote whose content is run. */
struct level {
	uint16_t of;
	uint8_t quote; /* what it holds is only said: ' or "; or 0 */
	bool at_start; /* the next word is a command */
	uint8_t close; /* what ends the level: ) ` ' " or 0 */
};

struct splitter {
	struct shell_line *out;
	struct bytes text;
	size_t i;
	struct level stack[DEPTH_MAX];
	size_t depth;
	uint16_t n_commands;
	bool piped, target, glued;
	unsigned skip; /* words that are arguments of what leads on */
};

static struct level *top(struct splitter *s)
{
	return &s->stack[s->depth];
}

static void new_command(struct splitter *s, bool piped)
{
	struct level *l = top(s);

	l->of = ++s->n_commands;
	l->at_start = true;
	s->piped = piped;
	s->target = false;
}

/* Behind these the next word is a command still. */
static bool leads_on(struct bytes w)
{
	static const char *const names[] = {
		"sudo",    "exec",   "nohup",   "env",     "time",   "command",
		"builtin", "then",   "do",      "else",    "elif",   "if",
		"while",   "until",  "!",       "{",       "setsid", "nice",
		"ionice",  "doas",   "timeout", "busybox", "xargs",  "stdbuf",
		"flock",   "chroot", "toybox",  NULL,
	};

	return word_is(shell_name(w), names);
}

static bool is_assignment(struct bytes w)
{
	size_t n = 0;

	while (n < w.n && (w.p[n] == '_' || (w.p[n] >= 'A' && w.p[n] <= 'Z') ||
			   (w.p[n] >= 'a' && w.p[n] <= 'z') ||
			   (n && w.p[n] >= '0' && w.p[n] <= '9')))
		n++;
	return n && n < w.n && w.p[n] == '=';
}

/* An option, or its number, of one that leads on. */
static bool is_option(struct bytes w)
{
	return w.n && (w.p[0] == '-' || (w.p[0] >= '0' && w.p[0] <= '9'));
}

/* How many words behind it are its own. */
static unsigned takes(struct bytes w)
{
	return word_is(shell_name(w), LIST("-u", "-g", "flock", "chroot"));
}

/* A word where a command may begin. */
static void add_command(struct splitter *s, struct shell_word *w, bool first)
{
	bool option = !first && is_option(w->text);

	if (!option && s->skip) {
		s->skip--;
		return;
	}
	s->skip += takes(w->text);
	w->piped = s->piped;
	w->cmd = leads_on(w->text);
	if (w->cmd || option || is_assignment(w->text))
		return;
	w->cmd = true;
	s->skip = 0;
	top(s)->at_start = false;
}

static void add(struct splitter *s, struct bytes text)
{
	struct level *l = top(s);
	struct shell_line *out = s->out;
	struct shell_word *w = &out->w[out->n];

	if (out->n == SHELL_WORDS_MAX || text.n == 0)
		return;
	*w = (struct shell_word){.text = text,
				 .of = l->of,
				 .depth = (uint8_t)s->depth,
				 .target = s->target,
				 .glued = s->glued && out->n > 0};
	out->n++;
	if (l->at_start && !s->target)
		add_command(s, w, out->n == 1 || w[-1].of != l->of);
	s->target = false;
}

/* Does the quote that opens here hold what is run? */
static bool is_run(const struct splitter *s)
{
	struct bytes last;

	if (s->out->n == 0)
		return false;
	last = s->out->w[s->out->n - 1].text;
	return word_is(last, LIST("-c", "-lc", "-ic", "-ec", "eval", "trap",
				  "-xc", "-exc")) ||
	       (last.n > 1 && last.p[last.n - 1] == '=' && s->i &&
		s->text.p[s->i - 1] == '=');
}

static void push(struct splitter *s, uint8_t close)
{
	if (s->depth + 1 == DEPTH_MAX)
		return;
	s->depth++;
	s->stack[s->depth] = (struct level){.close = close};
	new_command(s, false);
}

/* A quote, a substitution, or the end of one; false: none of them. */
static bool take_level(struct splitter *s)
{
	uint8_t c = s->text.p[s->i];
	struct level *l = top(s);

	if (s->depth && l->close == c && (c != ')' || !l->quote)) {
		s->depth--;
		return true;
	}
	if (l->quote == c) {
		l->quote = 0;
		return true;
	}
	if (l->quote != '\'' && c == '$' && s->i + 1 < s->text.n &&
	    s->text.p[s->i + 1] == '(') {
		s->i++;
		push(s, ')');
		return true;
	}
	if (l->quote != '\'' && c == '`') {
		push(s, '`');
		return true;
	}
	if (l->quote || (c != '\'' && c != '"'))
		return false;
	if (is_run(s))
		push(s, c);
	else
		l->quote = c;
	return true;
}

/* ; & | ( ) < > outside of what is only said; false: none of them. */
static bool take_separator(struct splitter *s)
{
	uint8_t c = s->text.p[s->i];
	uint8_t next = s->i + 1 < s->text.n ? s->text.p[s->i + 1] : 0;

	if (top(s)->quote || !c || !strchr(";&|()<>", c))
		return false;
	s->glued = false;
	if (c == '>' || (c == '&' && next == '>')) {
		while (s->i + 1 < s->text.n &&
		       strchr(">&|", s->text.p[s->i + 1]) &&
		       s->text.p[s->i + 1])
			s->i++;
		s->target = true;
	} else if (c == '<' && next == '(') {
		s->i++;
		push(s, ')');
	} else if (c != '<') {
		bool twice = next == c;

		s->i += twice;
		new_command(s, c == '|' && !twice);
	}
	return true;
}

static bool ends_word(const struct splitter *s, uint8_t c)
{
	const struct level *l = &s->stack[s->depth];

	if (c == 0 || c == ' ' || c == '\t' || c == '\n' ||
	    (l->close == c && (c != ')' || !l->quote)))
		return true;
	if (l->quote)
		return c == l->quote || (l->quote == '"' && c == '`');
	return strchr(";&|()<>'\"`", c);
}

static struct bytes take(struct splitter *s)
{
	size_t from = s->i;
	uint8_t quote = top(s)->quote;

	while (s->i < s->text.n) {
		uint8_t c = s->text.p[s->i];

		if (c == '\\' && quote != '\'' && s->i + 1 < s->text.n) {
			s->i += 2;
			continue;
		}
		if (ends_word(s, c) ||
		    (c == '$' && quote != '\'' && s->i + 1 < s->text.n &&
		     s->text.p[s->i + 1] == '('))
			break;
		s->i++;
	}
	return bytes_of(s->text.p + from, s->i - from);
}

void shell_split(struct bytes line, struct shell_line *out)
{
	struct splitter s = {.out = out, .text = line};

	out->n = 0;
	out->text = line;
	s.stack[0] = (struct level){.at_start = true};
	while (s.i < line.n && out->n < SHELL_WORDS_MAX) {
		uint8_t c = line.p[s.i];

		if (c == 0 || c == ' ' || c == '\t' || c == '\n') {
			s.glued = false;
			s.i++;
			continue;
		}
		if (c == '#' && !top(&s)->quote && !s.glued)
			break;
		if (take_level(&s) || take_separator(&s)) {
			s.i++;
			continue;
		}
		{
			size_t from = s.i;

			add(&s, take(&s));
			s.i += s.i == from; /* it goes on in any case */
			s.glued = true;
		}
	}
}

struct bytes shell_name(struct bytes word)
{
	word = bytes_file_name(word);
	while (word.n && word.p[0] == '\\')
		word = bytes_skip(word, 1);
	return word;
}

struct bytes shell_whole(const struct shell_line *line, size_t i)
{
	const uint8_t *from = line->w[i].text.p;
	size_t last = i;

	while (last + 1 < line->n && line->w[last + 1].glued)
		last++;
	return bytes_of(from, (size_t)(line->w[last].text.p +
				       line->w[last].text.n - from));
}
