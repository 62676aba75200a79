/* SPDX-License-Identifier: Apache-2.0 */
/* Checks that had nothing to judge by. */
#include "base/base.h"
#include "app/check_lacks.h"
#include "app/cmd.h"
#include "app/inside.h"
#include "base/buf.h"
#include "base/text.h"

#define NAMED_MAX 12u /* checks that a line names */
#define WORDS_MAX ((size_t)8 << 10)
#define WHY_CELLS 300u

/* Checks of one host that lack something for one reason. */
struct reason {
	char *host, *why;
	struct buf kinds, checks;
	size_t n;
};

struct reasons {
	struct reason *v;
	size_t n;
};

static struct reason *reason_of(struct reasons *all, struct bytes host,
				struct bytes why)
{
	struct reason *r;

	for (size_t i = 0; i < all->n; i++)
		if (bytes_eq(host, bytes_str(all->v[i].host)) &&
		    bytes_eq(why, bytes_str(all->v[i].why)))
			return &all->v[i];
	all->v = xrealloc(all->v, all->n + 1, sizeof *all->v);
	r = &all->v[all->n++];
	*r = (struct reason){.host = bytes_to_str(host),
			     .why = bytes_to_str(why)};
	buf_init(&r->kinds, WORDS_MAX);
	buf_init(&r->checks, WORDS_MAX);
	return r;
}

/* Once each; they come in no order. */
static bool add_word(struct buf *list, struct bytes word)
{
	struct bytes rest = buf_bytes(list), one;

	while (bytes_split(&rest, ' ', &one))
		if (bytes_eq(one, word))
			return false;
	if (list->n)
		(void)buf_add_byte(list, ' ');
	return buf_add_bytes(list, word);
}

/* "account: /etc/passwd: size" */
static enum err_code take_row(void *arg, const struct view *v,
			      const struct row *row, struct err *err UNUSED)
{
	struct bytes why = row_bytes(v, row, "reason"), kind;
	struct reason *r;

	if (!bytes_split(&why, ':', &kind))
		return ERR_OK;
	r = reason_of(arg, row_bytes(v, row, "host"), bytes_trim(why));
	(void)add_word(&r->kinds, kind);
	r->n += add_word(&r->checks, row_bytes(v, row, "path"));
	return ERR_OK;
}

static void say_reason(struct reason *r, void (*say)(void *arg,
						     const char *line),
		       void *arg)
{
	struct buf line;

	buf_init(&line, 3 * WORDS_MAX);
	(void)buf_addf(&line, "%s: not judged for want of %s (",
		       shown_str(r->host).s, buf_str(&r->kinds));
	text_append(&line, bytes_str(r->why), WHY_CELLS);
	(void)buf_addf(&line, "): %zu %s", r->n,
		       r->n == 1 ? "check" : "checks");
	if (r->n <= NAMED_MAX) {
		(void)buf_add_str(&line, ": ");
		text_append(&line, buf_bytes(&r->checks), WHY_CELLS);
	}
	say(arg, buf_str(&line));
	buf_release(&line);
}

enum err_code lacks_say(struct app *app, const struct uuid *run,
			void (*say)(void *arg, const char *line), void *arg,
			struct err *err)
{
	struct row_query query = {.view = "coverage"};
	struct reasons all = {0};
	enum err_code code;

	cmd_where(&query, "run_id", run->s);
	cmd_where(&query, "what", "check");
	code = app_each_row(app->casefile, &query, take_row, &all, err);
	for (size_t i = 0; i < all.n; i++) {
		if (code == ERR_OK)
			say_reason(&all.v[i], say, arg);
		free(all.v[i].host);
		free(all.v[i].why);
		buf_release(&all.v[i].kinds);
		buf_release(&all.v[i].checks);
	}
	free(all.v);
	return code;
}
