/* SPDX-License-Identifier: Apache-2.0 */
/* Cutting lines of ssh_config(5) into words, in ssh's two ways. */
#include "base/base.h"

#include <netdb.h>
#include <strings.h>
#include <sys/socket.h>

#include "remote/ssh_line.h"

char *ssh_take_word(char **s)
{
	char *word = *s, *end;
	bool equals;

	if (!word)
		return NULL;
	end = strpbrk(word, SSH_BLANKS "\"=");
	if (!end) {
		*s = NULL;
		return word;
	}
	if (*end == '"') {
		memmove(end, end + 1, strlen(end));
		end = strchr(end, '"');
		*s = end;
		if (!end)
			return NULL;
		*end = '\0';
		*s += strspn(end + 1, SSH_BLANKS) + 1;
		return word;
	}
	equals = *end == '=';
	*end = '\0';
	*s = end + 1 + strspn(end + 1, SSH_BLANKS);
	if (**s == '=' && !equals) {
		++*s;
		*s += strspn(*s, SSH_BLANKS);
	}
	return word;
}

/* Whether the backslash at s stands for what comes behind it. */
static bool is_escape(const char *s, char quote)
{
	return s[0] == '\\' && (s[1] == '\'' || s[1] == '"' || s[1] == '\\' ||
				(!quote && s[1] == ' '));
}

/* One word off *s, which is not blank there. False: a quote is open. */
static bool take_quoted(const char **s, char *out)
{
	char quote = '\0';

	for (; **s; ++*s) {
		char c = **s;

		if (is_escape(*s, quote))
			*out++ = *++*s;
		else if (!quote && (c == ' ' || c == '\t'))
			break;
		else if (!quote && (c == '"' || c == '\''))
			quote = c;
		else if (quote && c == quote)
			quote = '\0';
		else
			*out++ = c;
	}
	*out = '\0';
	return !quote;
}

bool ssh_split_words(const char *s, struct ssh_words *w)
{
	for (;;) {
		s += strspn(s, " \t");
		if (!*s || *s == '#')
			return true;
		if (w->n == SSH_WORDS_MAX)
			return false;
		w->v[w->n] = xcalloc(1, strlen(s) + 1);
		if (!take_quoted(&s, w->v[w->n++]))
			return false;
	}
}

void ssh_words_release(struct ssh_words *w)
{
	for (size_t i = 0; i < w->n; i++)
		free(w->v[i]);
	w->n = 0;
}

void ssh_lower(char *s)
{
	for (; *s; s++)
		if (*s >= 'A' && *s <= 'Z')
			*s = (char)(*s - 'A' + 'a');
}

char *ssh_plain_name(const char *name)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
				       .ai_flags = AI_NUMERICHOST};
	struct addrinfo *list = NULL;
	char text[NI_MAXHOST], *out;
	int rc = getaddrinfo(name, NULL, &hints, &list);

	if (rc == 0) {
		rc = getnameinfo(list->ai_addr, list->ai_addrlen, text,
				 sizeof text, NULL, 0, NI_NUMERICHOST);
		freeaddrinfo(list);
	}
	if (rc == 0) /* one that is right but for capitals is left alone */
		return xstrdup(strcasecmp(text, name) == 0 ? name : text);
	out = xstrdup(name);
	ssh_lower(out);
	return out;
}
