/* SPDX-License-Identifier: Apache-2.0 */
/* Settings of hosts from ssh_config(5), and what is said of them. */
#include "base/base.h"

#include "app/reaching.h"
#include "base/text.h"

#define SAID_MAX (64u << 10)

void reaching_begin(struct reaching *r, struct app *app, const char *file)
{
	*r = (struct reaching){
		.app = app,
		.us = {.home = app->home,
		       .user = app->user,
		       .agent = getenv("SSH_AUTH_SOCK")},
	};
	ssh_config_init(&r->config, app->home, file);
}

void reaching_end(struct reaching *r)
{
	ssh_config_release(&r->config);
}

/* Whether the word was said before; it is from now on. */
static bool was_said(struct app *app, const char *word)
{
	struct bytes rest = buf_bytes(&app->said), piece;

	while (bytes_split(&rest, '\n', &piece))
		if (bytes_eq(piece, bytes_str(word)))
			return true;
	if (!app->said.max)
		buf_init(&app->said, SAID_MAX);
	(void)buf_addf(&app->said, "%s\n", word);
	return false;
}

static void say(const struct reaching *r, const char *fmt, ...)
	PRINTF_LIKE(2, 3);

static void say(const struct reaching *r, const char *fmt, ...)
{
	char line[600];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(line, sizeof line, fmt, ap); /* cut is fine */
	va_end(ap);
	r->say(r->say_arg, line);
}

static void say_once(struct reaching *r, const struct reach *host)
{
	char where[400];

	for (size_t i = 0; i < host->values.n_passed_over; i++) {
		const struct ssh_unhonoured *u = &host->values.passed_over[i];

		if (!u->idle && !was_said(r->app, u->word))
			say(r, "%s: %s is not honoured here",
			    text_into(where, sizeof where, bytes_str(u->where)),
			    shown_str(u->word).s);
	}
	if (host->strict == REACH_NOT_STRICT &&
	    !was_said(r->app, "StrictHostKeyChecking"))
		say(r,
		    "%s: StrictHostKeyChecking no is taken as accept-new: a "
		    "changed host key is refused all the same",
		    text_into(where, sizeof where,
			      bytes_str(reach_where(
				      host, SSH_STRICTHOSTKEYCHECKING))));
}

enum err_code reaching_host(struct reaching *r, const struct reach_ask *ask,
			    struct reach *out, struct err *err)
{
	enum err_code code = reach_make(&r->us, &r->config, ask, out, err);

	if (code == ERR_OK && r->say)
		say_once(r, out);
	return code;
}
