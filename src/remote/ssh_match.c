/* SPDX-License-Identifier: Apache-2.0 */
/* Match of ssh_config(5). Nothing is run: a criterion that would need that
 * never holds, and is told of. */
#include "base/base.h"

#include <strings.h>

#include "remote/ssh_pass.h"

/* What Match looks at; host and user as far as they are known yet. */
struct match {
	char *host;
	const char *original, *user, *local_user;
	bool final;
	char *rest; /* of the line */
	bool holds; /* as far as it was read */
};

static void match_init(const struct ssh_pass *p, struct match *m)
{
	const struct ssh_value *name = ssh_values_first(p->out, SSH_HOSTNAME);
	const struct ssh_value *user = ssh_values_first(p->out, SSH_USER);
	const struct ssh_tokens tokens = {.h = p->who->host};
	struct err ignored; /* it is said when the host's name is made */

	*m = (struct match){.original = p->who->host,
			    .local_user = p->who->local_user,
			    .user = user ? user->text : p->who->local_user,
			    .final = p->final,
			    .holds = true};
	if (!name)
		m->host = xstrdup(p->who->host);
	else if (p->final || ssh_expand(name->text, "h", false, &tokens,
					&m->host, &ignored) != ERR_OK)
		m->host = xstrdup(name->text);
	ssh_lower(m->host);
}

/* Criteria that would need a command to be run, or what we do not know. */
static bool is_not_looked_at(const char *word)
{
	static const char *const words[] = {"exec",    "localnetwork",
					    "tagged",  "command",
					    "version", "sessiontype"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcasecmp(words[i], word) == 0)
			return true;
	return false;
}

/* With an argument. Names of hosts match in any case of letters. 0 or 1; -1:
 * there is no such criterion. */
static int criterion(const struct match *m, const char *word, const char *arg)
{
	char *original;
	int r;

	if (strcasecmp(word, "host") == 0)
		return ssh_pattern_list(arg, m->host, true) == 1;
	if (strcasecmp(word, "user") == 0)
		return ssh_pattern_list(arg, m->user, false) == 1;
	if (strcasecmp(word, "localuser") == 0)
		return ssh_pattern_list(arg, m->local_user, false) == 1;
	if (strcasecmp(word, "originalhost") != 0)
		return -1;
	original = xstrdup(m->original);
	ssh_lower(original);
	r = ssh_pattern_list(arg, original, true) == 1;
	free(original);
	return r;
}

/* ssh takes one more before it, but none behind. */
static enum err_code match_all(struct ssh_place *at, struct match *m,
			       bool alone, bool negated, struct err *err)
{
	char *more = ssh_take_word(&m->rest);

	if (!alone || (more && *more && *more != '#'))
		return ssh_bad(at, err,
			       "all goes with no other criteria of Match",
			       NULL);
	m->holds &= !negated;
	return ERR_OK;
}

static enum err_code match_one(struct ssh_pass *p, struct ssh_place *at,
			       struct match *m, const char *word,
			       struct err *err)
{
	bool negated = word[0] == '!';
	const char *name = word + negated;
	bool final = strcasecmp(name, "final") == 0;
	char *arg, *said;
	int r;

	p->wants_final |= final;
	if (final || strcasecmp(name, "canonical") == 0) {
		m->holds &= m->final != negated;
		return ERR_OK;
	}
	arg = ssh_take_word(&m->rest);
	if (!arg || !*arg || *arg == '#')
		return ssh_bad(at, err, "Match lacks an argument for", name);
	if (is_not_looked_at(name)) {
		said = xasprintf("Match %s", name);
		ssh_pass_over(p, at, said);
		free(said);
		m->holds = false;
		return ERR_OK;
	}
	r = criterion(m, name, arg);
	if (r < 0)
		return ssh_bad(at, err, "Match does not know", name);
	m->holds &= r != negated;
	return ERR_OK;
}

enum err_code ssh_match(struct ssh_pass *p, struct ssh_place *at, char *rest,
			struct err *err)
{
	enum err_code code = ERR_OK;
	unsigned n = 0;
	struct match m;
	char *word;

	match_init(p, &m);
	m.rest = rest;
	while (code == ERR_OK && (word = ssh_take_word(&m.rest)) && *word &&
	       *word != '#') {
		bool negated = word[0] == '!';

		if (strcasecmp(word + negated, "all") == 0) {
			code = match_all(at, &m, n <= 1, negated, err);
			n++;
			break;
		}
		n++;
		code = match_one(p, at, &m, word, err);
	}
	if (code == ERR_OK && n == 0)
		code = ssh_bad(at, err, "Match without criteria", NULL);
	at->active = m.holds && !at->never;
	free(m.host);
	return code;
}
