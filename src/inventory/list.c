/* SPDX-License-Identifier: Apache-2.0 */
/* A list: a target a line, its name behind it, # begins a comment. */
#include "base/base.h"

#include "base/buf.h"
#include "base/text.h"
#include "inventory/inside.h"

/* Up to a # that begins the line or follows a blank. */
static struct bytes without_comment(struct bytes line)
{
	for (size_t i = 0; i < line.n; i++)
		if (line.p[i] == '#' &&
		    (i == 0 || line.p[i - 1] == ' ' || line.p[i - 1] == '\t'))
			return bytes_trim(bytes_of(line.p, i));
	return bytes_trim(line);
}

static struct bytes take_word(struct bytes *rest)
{
	size_t n = 0;
	struct bytes word;

	while (n < rest->n && rest->p[n] != ' ' && rest->p[n] != '\t')
		n++;
	word = bytes_of(rest->p, n);
	*rest = bytes_trim(bytes_skip(*rest, n));
	return word;
}

static enum err_code read_line(struct inventory *inv, struct bytes line,
			       struct err *err)
{
	struct bytes word = take_word(&line), name = take_word(&line);
	size_t before = inv->n;
	char *s;
	enum err_code code;

	if (line.n)
		return err_set(err, ERR_FORMAT,
			       "a target and a name, not '%s' behind them",
			       shown(line).s);
	if (memchr(word.p, '\0', word.n) || word.n > PATTERN_MAX)
		return err_set(err, ERR_FORMAT, "no target");
	if (word.p[0] == '@')
		return err_set(err, ERR_USAGE,
			       "a list names targets, not other lists");
	s = bytes_to_str(word);
	code = inventory_word(inv, s, err);
	free(s);
	if (code != ERR_OK || !name.n)
		return code;
	if (inv->n != before + 1)
		return err_set(err, ERR_FORMAT,
			       "%s is the name of one host, not of %zu",
			       shown(name).s, inv->n - before);
	inv->hosts[before].name = bytes_to_str(name);
	return ERR_OK;
}

enum err_code list_read(struct inventory *inv, struct bytes text,
			uint64_t *line, struct err *err)
{
	enum err_code code = ERR_OK;
	struct bytes piece;

	while (code == ERR_OK && bytes_split(&text, '\n', &piece)) {
		++*line;
		piece = without_comment(piece);
		if (piece.n)
			code = read_line(inv, piece, err);
	}
	return code;
}
