/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What may be sent to a terminal: text, and what its description names. Of a
 * capability with parameters the numbers may be any.
 */
#include "tui/tui.h"

#include <curses.h>
#include <term.h>

#include "base/text.h"

#define RULES_MAX 1200
#define RULE_MAX  96

/* Escape sequences of one terminal; '#' stands for any numbers and ';'. */
static struct {
	char term[64];
	char rules[RULES_MAX][RULE_MAX];
	size_t n;
} known;

static void strip_padding(const char *s, char *out, size_t room)
{
	size_t n = 0;

	for (; *s && n + 1 < room; s++) {
		if (s[0] == '$' && s[1] == '<' && strchr(s, '>'))
			s = strchr(s, '>');
		else
			out[n++] = *s;
	}
	out[n] = '\0';
}

/*
 * A capability as a rule: "\033[%i%p1%d;%p2%dH" becomes "\033[#H". What only
 * begins with its escape later ("%p1%c\033[...b") counts from there. OSC is
 * never ours, whatever the description says.
 */
static void add_rule(const char *s)
{
	char plain[1024], *escape, *percent, last;
	size_t n;

	strip_padding(s, plain, sizeof plain);
	escape = strchr(plain, '\033');
	if (!escape || escape[1] == ']' || known.n == RULES_MAX)
		return;
	percent = strchr(escape, '%');
	n = percent ? (size_t)(percent - escape) : strlen(escape);
	if (n + 3 > RULE_MAX)
		return;
	memcpy(known.rules[known.n], escape, n);
	if (percent) {
		last = escape[strlen(escape) - 1];
		while (n && strchr("0123456789;", escape[n - 1]))
			n--;
		known.rules[known.n][n++] = '#';
		known.rules[known.n][n++] = last == ';' ? 'm' : last;
	}
	known.rules[known.n++][n] = '\0';
}

static void learn(const char *term)
{
	static const char *const extended[] = {"BE", "BD", "E3"};
	int status;

	if (strcmp(known.term, term) == 0)
		return;
	known.n = 0;
	(void)snprintf(known.term, sizeof known.term, "%s", term);
	if (setupterm(term, STDOUT_FILENO, &status) != OK)
		fail_msg("no description of %s", term);
	for (size_t i = 0; strnames[i]; i++) {
		const char *name = strnames[i], *s = tigetstr(name);
		/* u0 to u9: questions to the terminal, and its answers */
		bool is_user =
			name[0] == 'u' && name[1] >= '0' && name[1] <= '9';

		if (s && s != (char *)-1 && !is_user)
			add_rule(s);
	}
	for (size_t i = 0; i < ARRAY_SIZE(extended); i++) {
		const char *s = tigetstr(extended[i]);

		if (s && s != (char *)-1)
			add_rule(s);
	}
	if (tigetstr("XM") && tigetstr("XM") != (char *)-1) { /* the mouse */
		add_rule("\033[?%p1%dh");
		add_rule("\033[?%p1%dl");
	}
	(void)del_curterm(set_curterm(NULL));
}

/* Bytes of b that the rule takes, 0 when it does not fit. */
static size_t fits(const char *rule, struct bytes b)
{
	size_t n = 0;

	for (; *rule; rule++) {
		if (*rule == '#') {
			while (n < b.n && (b.p[n] == ';' ||
					   (b.p[n] >= '0' && b.p[n] <= '9')))
				n++;
			continue;
		}
		if (n >= b.n || b.p[n] != (uint8_t)*rule)
			return 0;
		n++;
	}
	return n;
}

static size_t known_sequence(struct bytes b)
{
	size_t longest = 0;

	for (size_t i = 0; i < known.n; i++)
		longest = MAX(longest, fits(known.rules[i], b));
	return longest;
}

static bool is_layout(uint8_t c)
{
	return c == '\r' || c == '\n' || c == '\b' || c == '\t' || c == 0x0e ||
	       c == 0x0f;
}

bool bytes_are_clean(const char *term, struct bytes raw, char *why, size_t room)
{
	size_t all = raw.n;

	learn(term);
	while (raw.n) {
		int32_t cp;
		size_t n = text_first_char(raw, &cp);

		if (raw.p[0] == 0x1b)
			n = known_sequence(raw);
		else if (!is_layout(raw.p[0]) &&
			 (cp < 0 || !text_is_plain(bytes_of(raw.p, n))))
			n = 0;
		if (n == 0) {
			(void)snprintf(why, room, "at byte %zu: %s",
				       all - raw.n,
				       shown(bytes_first(raw, 24)).s);
			return false;
		}
		raw = bytes_skip(raw, n);
	}
	return true;
}
