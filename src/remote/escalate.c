/* SPDX-License-Identifier: Apache-2.0 */
/* Becoming root on the host: what is typed there, and what is answered. */
#include "base/base.h"

#include "base/text.h"
#include "base/time.h"
#include "remote/escalate.h"
#include "remote/place_script.h"

#define TRIES_MAX 3
#define SAID_MAX  200
/* A line that is not ended and not gone on with is a question. */
#define QUIET_NS  (NS_PER_S / 2)
#define FIRST_NS  (30 * NS_PER_S) /* as long as a profile may take */

/*
 * What stands before and behind what root's shell is to do, which has no
 * single quote. sudo reads from standard input when there is no terminal, and
 * is told what to ask with; su and doas ask in their own words, on a
 * terminal. A terminal is raw from the beginning; PAM reads a password by one
 * read(2), so for that it holds lines together.
 */
struct line {
	const char *before, *behind;
};

static const struct {
	const char *name;
	bool wants_tty;
	struct line piped, typed;
} ways[] = {
	[ESCALATE_NONE] = {"", false, {"", ""}, {"", ""}},
	[ESCALATE_SUDO] = {"sudo",
			   false,
			   {"exec sudo -S -p \"$M prompt\" -- /bin/sh -c '",
			    "' \"$M\"\n"},
			   {"exec sudo -p \"$M prompt\" -- /bin/sh -c '",
			    "' \"$M\"\n"}},
	[ESCALATE_SU] = {"su",
			 true,
			 {"", ""},
			 {"stty icanon -echo 2>/dev/null\n"
			  "exec su root -c 'exec /bin/sh -c '\\''",
			  "'\\'' '\\'\"$M\"\\'\n"}},
	[ESCALATE_DOAS] = {"doas",
			   true,
			   {"", ""},
			   {"exec doas /bin/sh -c '", "' \"$M\"\n"}},
};

enum err_code escalate_find(struct bytes name, enum escalate *way,
			    struct err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		if (!bytes_eq(name, bytes_str(ways[i].name)))
			continue;
		*way = (enum escalate)i;
		return ERR_OK;
	}
	return err_set(err, ERR_USAGE,
		       "%s is no way to become root: sudo, su or doas",
		       shown(name).s);
}

const char *escalate_name(enum escalate way)
{
	return ways[way].name;
}

bool escalate_wants_tty(enum escalate way)
{
	return ways[way].wants_tty;
}

void escalate_preamble(const struct link *l, const char *mark,
		       size_t script_len, struct buf *out)
{
	const char *name = ways[l->escalate].name;
	const struct line *line = l->tty ? &ways[l->escalate].typed
					 : &ways[l->escalate].piped;
	(void)buf_addf(out,
		       "M='%s'\n"
		       "LC_ALL=C; export LC_ALL\n"
		       "command -v %s >/dev/null 2>&1 ||\n"
		       "  { echo \"$M absent\"; exit 1; }\n",
		       mark, name);
	/* On a terminal what is said to people would be among the records. */
	(void)buf_addf(out,
		       "%s%secho \"$0 up\"; " RUN_SCRIPT "%s",
		       line->before,
		       l->tty ? "stty raw -echo 2>/dev/null; exec 2>/dev/null; "
			      : "",
		       script_len, script_len, line->behind);
}

struct talk {
	struct link *l;
	const char *mark;
	char said[SAID_MAX]; /* the last line that was no question */
	unsigned asked;
	bool wants_password; /* and no code, say */
};

/* The last line of b; ended says whether it has its newline. */
static struct bytes last_line(const struct buf *b, bool *ended)
{
	struct bytes rest = buf_bytes(b);
	size_t from;

	*ended = rest.n && rest.p[rest.n - 1] == '\n';
	rest = bytes_trim(rest);
	from = rest.n;
	while (from > 0 && rest.p[from - 1] != '\n')
		from--;
	return bytes_trim(bytes_skip(rest, from));
}

/* What the tool said of the matter, for people; not our own prompt. */
static void note_words(struct talk *t)
{
	const struct buf *from[] = {&t->l->early, &t->l->complaints};

	for (size_t i = 0; i < ARRAY_SIZE(from); i++) {
		struct bytes rest = buf_bytes(from[i]), line;

		while (bytes_split(&rest, '\n', &line)) {
			line = bytes_trim(line);
			if (line.n && !bytes_starts(line, t->mark))
				(void)text_into(t->said, sizeof t->said, line);
		}
	}
}

static void forget_words(struct talk *t)
{
	note_words(t);
	buf_clear(&t->l->early);
	buf_clear(&t->l->complaints);
}

/* Whether there is a question, and what it is. */
static bool find_question(struct talk *t, bool quiet, char *out, size_t room)
{
	t->wants_password = true;
	const struct buf *from[] = {&t->l->complaints, &t->l->early};

	for (size_t i = 0; i < ARRAY_SIZE(from); i++) {
		bool ended;
		struct bytes line = last_line(from[i], &ended);

		if (ended || line.n == 0)
			continue;
		if (bytes_starts(line, t->mark)) {
			(void)snprintf(out, room, "%s wants the password of %s",
				       ways[t->l->escalate].name,
				       shown_str(t->l->at->user).s);
			return true;
		}
		if (quiet) {
			t->wants_password = link_wants_password(line);
			(void)snprintf(out, room, "%s: %.120s",
				       ways[t->l->escalate].name,
				       shown(line).s);
			return true;
		}
	}
	return false;
}

static enum err_code refused(const struct talk *t, const char *otherwise,
			     struct err *err)
{
	return err_set(err, ERR_AUTH, "%s made nobody root there: %s",
		       ways[t->l->escalate].name,
		       t->said[0] ? t->said : otherwise);
}

static enum err_code send_answer(struct link *l, struct bytes secret,
				 struct err *err)
{
	bool stopped;
	enum err_code code = link_write_shell(l, secret, &stopped, err);

	if (code == ERR_OK && !stopped)
		code = link_write_shell(l, bytes_str("\n"), &stopped, err);
	return code;
}

static enum err_code answer(struct talk *t, const char *question,
			    struct err *err)
{
	struct link *l = t->l;
	struct msg_link_password ask = {
		.prompt = bytes_str(question),
		.secret = t->wants_password ? SECRET_ROOT : SECRET_OTHER,
	};
	struct msg_link_secret m;
	char words[SAID_MAX + 200];
	enum err_code code;

	forget_words(t);
	if (t->asked++ == TRIES_MAX)
		return refused(t, "the password was wrong", err);
	if (t->asked > 1) {
		(void)snprintf(words, sizeof words, "%s (%s)", question,
			       t->said[0] ? t->said : "once more");
		ask.prompt = bytes_str(words);
	}
	code = link_ask(l, MSG_LINK_PASSWORD, &ask, MSG_LINK_SECRET, &m, err);
	if (code == ERR_OK && !m.ok)
		code = t->asked > 1
			       ? refused(t, "the password was wrong", err)
			       : err_set(err, ERR_AUTH,
					 "%s wants a password there, and none "
					 "was given",
					 ways[l->escalate].name);
	if (code == ERR_OK)
		code = send_answer(l, m.value, err);
	t->said[0] = '\0';
	chan_wipe(&l->chan);
	return code == ERR_OK ? link_phase(l, LINK_PLACING, "becoming root",
					   l->placing_ms, err)
			      : code;
}

/* A whole line that begins with the mark: "up" or "absent". */
static bool find_line(struct talk *t, const char *word)
{
	struct buf *b = &t->l->early;
	char wanted[128];
	const uint8_t *at;
	size_t n;

	(void)snprintf(wanted, sizeof wanted, "%s %s", t->mark, word);
	n = strlen(wanted);
	at = b->n ? memmem(b->p, b->n, wanted, n) : NULL;
	if (!at || (size_t)(at - b->p) + n >= b->n ||
	    (at[n] != '\n' && at[n] != '\r'))
		return false;
	n += (size_t)(at - b->p);
	while (n < b->n && b->p[n] != '\n')
		n++;
	buf_consume(b, MIN(n + 1, b->n));
	return true;
}

/* More of what it says; *quiet: nothing came for a while. */
static enum err_code hear(struct talk *t, int64_t patience_ns, bool *quiet,
			  struct err *err)
{
	struct link *l = t->l;
	struct deadline whole = l->deadline;
	size_t before = l->early.n + l->complaints.n;
	bool got;
	enum err_code code = link_read_shell(l, &got, err);

	*quiet = false;
	if (code != ERR_OK || got || l->early.n + l->complaints.n > before ||
	    libssh2_channel_eof(l->channel))
		return code;
	l->deadline = deadline_within(whole, patience_ns);
	code = link_wait(l, err);
	l->deadline = whole;
	*quiet = code == ERR_TIMEOUT && deadline_left(whole) > 0;
	return *quiet ? ERR_OK : code;
}

static enum err_code ended(struct talk *t, bool *wants_tty, struct err *err)
{
	note_words(t);
	*wants_tty = !t->l->tty && strstr(t->said, "must have a tty");
	return refused(t, "it ended without a word", err);
}

enum err_code escalate_talk(struct link *l, const char *mark, bool *wants_tty,
			    struct err *err)
{
	struct talk t = {.l = l, .mark = mark};
	int64_t begun = time_mono_ns();
	enum err_code code = ERR_OK;
	char question[200];
	bool quiet = false;

	*wants_tty = false;
	while (code == ERR_OK && !find_line(&t, "up")) {
		if (find_line(&t, "absent"))
			return err_set(err, ERR_AUTH,
				       "there is no %s there",
				       ways[l->escalate].name);
		if (find_question(&t, quiet, question, sizeof question)) {
			code = answer(&t, question, err);
			quiet = false;
			continue;
		}
		if (libssh2_channel_eof(l->channel))
			return ended(&t, wants_tty, err);
		if (quiet && !t.asked && time_mono_ns() - begun > FIRST_NS)
			return err_set(err, ERR_TIMEOUT,
				       "%s there says nothing",
				       ways[l->escalate].name);
		code = hear(&t, QUIET_NS, &quiet, err);
	}
	buf_clear(&l->complaints);
	return code;
}
