/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Placing the probe over one exec channel. Whatever the login shell is, it is
 * asked only for `exec /bin/sh`, which every shell reads alike; the
 * script itself follows on standard input, so that it can be written plainly,
 * and neither it nor the file's name shows in a process list.
 *
 * The script answers in lines that begin with a mark made for this run;
 * whatever a profile printed before the first of them is passed over.
 */
#include "base/base.h"

#include <sys/random.h>

#include "base/hash.h"
#include "base/text.h"
#include "base/time.h"
#include "remote/escalate.h"
#include "remote/link.h"
#include "remote/place_script.h"

#define PACKET     32768u      /* more breaks libssh2 */
#define MARK       "HALLIGAN-1"
#define SCRIPT_MAX 8192
#define NONCE_LEN  16
#define CLOCK_DIGITS 19 /* nanoseconds since 1970, until 2286 */
#define SHELL_NS   (30 * NS_PER_S) /* until the shell says something */
#define NO_FOLDER_MAX 320
#define SPARE_KIB  256 /* of room, beyond the probe itself */

struct placing {
	struct link *link;
	char nonce[2 * NONCE_LEN + 1];
	char mark[64];       /* MARK and the nonce */
	char line[LINK_LINE_MAX]; /* what came after the mark */
	char os[48], arch[48]; /* uname -s, -m */
	enum probe_form form;
	uint64_t probe_len; /* plain */
};

/* A mark nobody there can have made before; nonce may be NULL. */
static void make_mark(char nonce[2 * NONCE_LEN + 1], char *mark, size_t room)
{
	char own[2 * NONCE_LEN + 1];
	uint8_t chance[NONCE_LEN];

	if (getrandom(chance, sizeof chance, 0) != sizeof chance)
		BUG("no random bytes");
	(void)hex_encode(bytes_of(chance, sizeof chance), own, sizeof own);
	if (nonce)
		memcpy(nonce, own, sizeof own);
	(void)snprintf(mark, room, "%s %s", MARK, own);
}

/* No echo, no lines, no signals, no bytes changed (RFC 4254 8). */
static const char raw_tty[] = {
	50, 0, 0, 0, 0, /* ISIG */
	51, 0, 0, 0, 0, /* ICANON */
	53, 0, 0, 0, 0, /* ECHO */
	59, 0, 0, 0, 0, /* IEXTEN */
	33, 0, 0, 0, 0, /* ISTRIP */
	34, 0, 0, 0, 0, /* INLCR */
	35, 0, 0, 0, 0, /* IGNCR */
	36, 0, 0, 0, 0, /* ICRNL */
	38, 0, 0, 0, 0, /* IXON */
	40, 0, 0, 0, 0, /* IXOFF */
	70, 0, 0, 0, 0, /* OPOST */
	91, 0, 0, 0, 1, /* CS8 */
	0,
};

static enum err_code get_tty(struct link *l, struct err *err)
{
	enum err_code code;
	int rc;

	do
		rc = libssh2_channel_request_pty_ex(l->channel, "vt100",
						    strlen("vt100"), raw_tty,
						    sizeof raw_tty, 80, 24, 0,
						    0);
	while (link_again(l, rc, &code, err));
	if (code != ERR_OK || rc == 0)
		return code;
	return err_set(err, ERR_AUTH,
		       "%s asks on a terminal only, and the server gives none",
		       escalate_name(l->escalate));
}

static enum err_code open_channel(struct link *l, struct err *err)
{
	enum err_code code;
	int rc = 0;

	do {
		l->channel = libssh2_channel_open_ex(l->ssh, "session",
						     strlen("session"),
						     link_window(l), PACKET,
						     NULL, 0);
		if (!l->channel)
			rc = libssh2_session_last_errno(l->ssh);
	} while (!l->channel && link_again(l, rc, &code, err));
	if (!l->channel)
		return rc == LIBSSH2_ERROR_EAGAIN
			       ? err->code
			       : link_failed(l, rc, "opening a channel", err);
	return l->tty ? get_tty(l, err) : ERR_OK;
}

static enum err_code exec_command(struct link *l, const char *command,
				  struct err *err)
{
	enum err_code code;
	int rc;

	do
		rc = libssh2_channel_process_startup(l->channel, "exec",
						     strlen("exec"), command,
						     (unsigned)strlen(command));
	while (link_again(l, rc, &code, err));
	if (code != ERR_OK)
		return code;
	return rc == 0 ? ERR_OK
		       : link_failed(l, rc, "starting a shell there", err);
}

/* A shell that reads what it is to do; the length matters on a terminal. */
static enum err_code start_shell(struct link *l, size_t script_len,
				 struct err *err)
{
	char command[160];

	if (!l->tty)
		return exec_command(l, RUN_SHELL, err);
	(void)snprintf(command, sizeof command,
		       "exec /bin/sh -c '" RUN_SCRIPT "'",
		       script_len, script_len);
	return exec_command(l, command, err);
}

/* The same as root: what it reads first makes it so. */
static enum err_code start_root(struct link *l, size_t script_len,
				bool *wants_tty, struct err *err)
{
	char mark[64];
	struct buf preamble;
	bool stopped;
	enum err_code code;

	make_mark(NULL, mark, sizeof mark);
	buf_init(&preamble, SCRIPT_MAX);
	escalate_preamble(l, mark, script_len, &preamble);
	code = start_shell(l, preamble.n, err);
	if (code == ERR_OK)
		code = link_write_shell(l, buf_bytes(&preamble), &stopped, err);
	if (code == ERR_OK)
		code = escalate_talk(l, mark, wants_tty, err);
	buf_release(&preamble);
	return code;
}

static enum err_code close_channel(struct link *l, struct err *err)
{
	enum err_code code;
	int rc;

	do
		rc = libssh2_channel_free(l->channel);
	while (link_again(l, rc, &code, err));
	l->channel = NULL;
	buf_clear(&l->early);
	buf_clear(&l->complaints);
	return code;
}

static enum err_code open_shell(struct link *l, size_t script_len,
				struct err *err)
{
	bool wants_tty = false;
	enum err_code code = open_channel(l, err);

	if (code == ERR_OK && l->escalate == ESCALATE_NONE)
		return start_shell(l, script_len, err);
	if (code == ERR_OK)
		code = start_root(l, script_len, &wants_tty, err);
	if (!wants_tty)
		return code;
	l->tty = true;
	code = close_channel(l, err);
	if (code == ERR_OK)
		code = open_channel(l, err);
	return code == ERR_OK ? start_root(l, script_len, &wants_tty, err)
			      : code;
}

/* Standard error is read lest it fill the window, and because libssh2 sees no
 * end of file before it. It may be the probe's already: it is kept. */
static bool read_complaints(struct link *l)
{
	char text[1024];
	ssize_t n = libssh2_channel_read_stderr(l->channel, text, sizeof text);

	if (n <= 0)
		return false; /* an error shows in the next read, too */
	(void)buf_add(&l->complaints, text,
		      MIN((size_t)n, l->complaints.max - l->complaints.n));
	return true;
}

/* Reads what is there of standard output; *got false when nothing was. */
static enum err_code read_some(struct link *l, bool *got, struct err *err)
{
	size_t room = MIN(l->early.max - l->early.n, (size_t)4096);
	uint8_t *to = buf_reserve(&l->early, room);
	ssize_t n;

	*got = false;
	while (read_complaints(l))
		;
	if (room == 0)
		return err_set(err, ERR_REMOTE,
			       "the login shell there prints too much");
	n = libssh2_channel_read(l->channel, (char *)to, room);
	if (n == LIBSSH2_ERROR_EAGAIN)
		return ERR_OK;
	if (n < 0)
		return link_failed(l, (int)n, l->phase, err);
	buf_commit(&l->early, (size_t)n);
	*got = n > 0;
	return ERR_OK;
}

static enum err_code shell_ended(const struct link *l, struct err *err)
{
	struct bytes said = bytes_trim(buf_bytes(&l->early));

	if (said.n == 0)
		said = bytes_trim(buf_bytes(&l->complaints));
	return err_set(err, ERR_REMOTE,
		       "the shell there ended before %s%s%s",
		       l->looks_only	 ? "it said who the host is"
		       : l->feed_fd >= 0 ? "it ran what was asked of it"
					 : "the probe was placed",
		       said.n ? ": " : "", shown(said).s);
}

/* Takes the next marked line, and all that came before it, off l->early. */
static bool take_line(struct placing *p)
{
	struct buf *b = &p->link->early;
	size_t mark_len = strlen(p->mark), n;
	const uint8_t *at = b->n ? memmem(b->p, b->n, p->mark, mark_len) : NULL;
	const uint8_t *text, *end;

	if (!at)
		return false;
	text = at + mark_len;
	end = memchr(text, '\n', b->n - (size_t)(text - b->p));
	if (!end)
		return false;
	n = MIN((size_t)(end - text), sizeof p->line - 1);
	memcpy(p->line, text, n);
	p->line[n] = '\0';
	buf_consume(b, (size_t)(end + 1 - b->p));
	return true;
}

static enum err_code await_line(struct placing *p, struct err *err)
{
	struct link *l = p->link;

	while (!take_line(p)) {
		bool got;
		enum err_code code = read_some(l, &got, err);

		if (code == ERR_OK && !got && libssh2_channel_eof(l->channel))
			return shell_ended(l, err);
		if (code == ERR_OK && !got)
			code = link_wait(l, err);
		if (code != ERR_OK)
			return code;
	}
	return ERR_OK;
}

/*
 * The first line takes as long as the login shell's profile. Where that never
 * ends, hanging up need not end it either, and people should know.
 */
static enum err_code await_shell(struct placing *p, struct err *err)
{
	struct link *l = p->link;
	struct deadline whole = l->deadline;
	int64_t wait_ns = MIN(deadline_left(whole), SHELL_NS);
	int64_t begun = time_mono_ns();
	enum err_code code;

	l->deadline = deadline_in(wait_ns, whole.cancel);
	code = await_line(p, err);
	l->deadline = whole;
	if (code != ERR_TIMEOUT)
		return code;
	return err_set(err, code,
		       "the login shell there never answered (waited %" PRId64
		       " s); a shell of %s may linger there",
		       (time_mono_ns() - begun + NS_PER_S / 2) / NS_PER_S,
		       shown_str(l->at->user).s);
}

/*
 * Writes all of b. Stops early, with ERR_OK, when the other side has said
 * something in between or is gone: then it wants no more.
 */
static enum err_code write_all(struct link *l, struct bytes b, bool *stopped,
			       struct err *err)
{
	*stopped = false;
	while (b.n) {
		ssize_t n = libssh2_channel_write(l->channel, (const char *)b.p,
						  b.n);
		bool unsent = libssh2_session_block_directions(l->ssh) &
			      LIBSSH2_SESSION_BLOCK_OUTBOUND;
		enum err_code code = ERR_OK;
		bool got = false;

		if (n > 0) {
			b = bytes_skip(b, (size_t)n);
			continue;
		}
		if (n != LIBSSH2_ERROR_EAGAIN && n != 0)
			return link_failed(l, (int)n, l->phase, err);
		/* libssh2 must finish a packet before it may begin another,
		 * which reading can make it do. */
		if (!unsent)
			code = read_some(l, &got, err);
		if (code == ERR_OK &&
		    (got || libssh2_channel_eof(l->channel))) {
			*stopped = true;
			return ERR_OK;
		}
		if (code == ERR_OK)
			code = link_wait(l, err);
		if (code != ERR_OK)
			return code;
	}
	return ERR_OK;
}

enum err_code link_read_shell(struct link *l, bool *got, struct err *err)
{
	return read_some(l, got, err);
}

enum err_code link_write_shell(struct link *l, struct bytes b, bool *stopped,
			       struct err *err)
{
	return write_all(l, b, stopped, err);
}

static uint64_t kib_needed(const struct link *l)
{
	return l->probe_largest / 1024 + 1 + SPARE_KIB;
}

static bool next_word(struct bytes *rest, char *out, size_t room)
{
	struct bytes word;

	return bytes_split(rest, ' ', &word) && word.n > 0 &&
	       snprintf(out, room, "%s", shown(word).s) > 0;
}

/* "none /dev/shm has no room, /tmp runs no programs (noexec)" */
static enum err_code no_folder(const struct placing *p, struct bytes why,
			       struct err *err)
{
	char all[NO_FOLDER_MAX]; /* a clause for each of them */

	return err_set(err, ERR_UNSUPPORTED,
		       "no folder there lets a program of %" PRIu64
		       " KiB be written and run: %s",
		       kib_needed(p->link), text_into(all, sizeof all, why));
}

static const char *const form_words[PROBE_FORMS] = {
	[PROBE_RAW] = "raw",
	[PROBE_GZ] = "gz",
	[PROBE_ZST] = "zst",
};

/* "left /dev/shm/.0123...-1234567-4242", once for each, before the offer */
static enum err_code tell_cleared(struct placing *p, struct err *err)
{
	enum err_code code = ERR_OK;

	while (code == ERR_OK && bytes_starts(bytes_str(p->line), " left ")) {
		struct msg_link_cleared m = {
			.path = bytes_trim(bytes_skip(bytes_str(p->line), 6))};

		code = link_send(p->link, MSG_LINK_CLEARED, &m, err);
		if (code == ERR_OK)
			code = await_line(p, err);
	}
	return code;
}

/* "send gz Linux x86_64 /dev/shm" */
static enum err_code read_offer(struct placing *p, struct err *err)
{
	struct bytes rest = bytes_trim(bytes_str(p->line));
	char verb[16], form[8];

	if (bytes_starts(rest, "none "))
		return no_folder(p, bytes_trim(bytes_skip(rest, 4)), err);
	if (!next_word(&rest, verb, sizeof verb) || strcmp(verb, "send") != 0 ||
	    !next_word(&rest, form, sizeof form) ||
	    !next_word(&rest, p->os, sizeof p->os) ||
	    !next_word(&rest, p->arch, sizeof p->arch))
		return err_set(err, ERR_REMOTE,
			       "the shell there answers nonsense: %s",
			       shown_str(p->line).s);
	p->form = PROBE_RAW;
	for (size_t i = 0; i < PROBE_FORMS; i++)
		if (strcmp(form, form_words[i]) == 0)
			p->form = (enum probe_form)i;
	return ERR_OK;
}

/* Waits for the next piece of the probe, which piece then holds. */
static enum err_code next_piece(struct placing *p, uint64_t left,
				struct buf *piece, struct err *err)
{
	struct link *l = p->link;
	struct msg_data m;
	struct frame f;
	int64_t begun = time_mono_ns();
	enum err_code code;

	/* The engine sends it as fast as it may, and sees to us meanwhile. */
	link_watchdog(0);
	code = chan_wait(&l->chan, &f, deadline_in(INT64_MAX, NULL), err);
	l->deadline.mono_ns += time_mono_ns() - begun;
	if (l->chan.eof)
		return err_set(err, ERR_CANCELLED, "cancelled");
	if (code == ERR_OK)
		code = msg_read(&f, MSG_LINK_PROBE, &m, err);
	if (code != ERR_OK)
		return err_wrap(err, "placing the probe");
	if (m.data.n > left || (m.last && m.data.n < left))
		return err_set(err, ERR_FORMAT,
			       "the probe is not as long as it was said to be");
	/* While it is written the chan is read, which moves its buffer. */
	buf_clear(piece);
	return buf_add_bytes(piece, m.data)
		       ? ERR_OK
		       : err_set(err, ERR_LIMIT, "%zu bytes in one message",
				 m.data.n);
}

/*
 * The engine knows whether there is a probe for such a machine, and drops us
 * when there is none. What the script then reads is one line: how much will
 * come, how much it will be, and its hash.
 */
static enum err_code ask_for_probe(struct placing *p, uint64_t *packed_len,
				   char line[LINK_LINE_MAX], struct err *err)
{
	struct msg_link_want want = {.system = bytes_str(p->os),
				     .machine = bytes_str(p->arch),
				     .form = p->form};
	struct msg_link_offer offer;
	enum err_code code = link_ask(p->link, MSG_LINK_WANT, &want,
				      MSG_LINK_OFFER, &offer, err);

	if (code != ERR_OK)
		return code;
	if (offer.none.n)
		return err_set(err, ERR_UNSUPPORTED, "%s", shown(offer.none).s);
	p->probe_len = offer.len;
	*packed_len = offer.packed_len;
	(void)snprintf(line, LINK_LINE_MAX, "%" PRIu64 " %" PRIu64 " %s\n",
		       offer.packed_len, offer.len, shown(offer.sha256).s);
	return ERR_OK;
}

/* Passes the probe on, piece by piece. */
static enum err_code upload(struct placing *p, struct err *err)
{
	struct link *l = p->link;
	char line[LINK_LINE_MAX];
	struct buf piece;
	uint64_t left = 0;
	bool stopped = false;
	enum err_code code = ask_for_probe(p, &left, line, err);

	buf_init(&piece, MSG_DATA_MAX);
	if (code == ERR_OK)
		code = write_all(l, bytes_str(line), &stopped, err);
	while (code == ERR_OK && left > 0 && !stopped) {
		code = next_piece(p, left, &piece, err);
		if (code != ERR_OK)
			break;
		left -= piece.n;
		code = write_all(l, buf_bytes(&piece), &stopped, err);
	}
	buf_release(&piece);
	return code;
}

/* "run checked /dev/shm/.0123", or "fail why" */
static enum err_code read_outcome(struct placing *p, struct err *err)
{
	struct msg_link_placed m = {.bytes = p->probe_len};
	struct bytes rest = bytes_trim(bytes_str(p->line));

	if (bytes_starts(rest, "fail "))
		return err_set(err, ERR_REMOTE,
			       "the probe could not be placed: %s",
			       shown(bytes_skip(rest, 5)).s);
	m.checked = bytes_starts(rest, "run checked ");
	if (!m.checked && !bytes_starts(rest, "run unchecked "))
		return err_set(err, ERR_REMOTE,
			       "the shell there answers nonsense: %s",
			       shown(rest).s);
	m.path = bytes_skip(
		rest, strlen(m.checked ? "run checked " : "run unchecked "));
	return link_send(p->link, MSG_LINK_PLACED, &m, err);
}

/* The engine may send frames of the probe that nobody wants any more. */
static enum err_code converse(struct placing *p, const struct buf *script,
			      struct err *err)
{
	bool stopped;
	enum err_code code =
		write_all(p->link, buf_bytes(script), &stopped, err);

	if (code == ERR_OK)
		code = await_shell(p, err);
	if (code == ERR_OK)
		code = tell_cleared(p, err);
	if (code == ERR_OK)
		code = read_offer(p, err);
	if (code == ERR_OK)
		code = upload(p, err);
	if (code == ERR_OK)
		code = await_line(p, err);
	return code == ERR_OK ? read_outcome(p, err) : code;
}

enum err_code link_script(struct link *l, struct bytes text,
			  char line[LINK_LINE_MAX], struct err *err)
{
	struct placing p = {.link = l};
	struct buf script;
	bool stopped;
	enum err_code code;

	make_mark(p.nonce, p.mark, sizeof p.mark);
	buf_init(&script, MSG_DATA_MAX + SCRIPT_MAX);
	(void)buf_addf(&script, SCRIPT_BEGIN "M='%s'\n", p.mark);
	(void)buf_add_bytes(&script, text); /* no longer than a message */
	(void)buf_add_str(&script, "\n" SCRIPT_END);
	code = open_shell(l, script.n, err);
	if (code == ERR_OK)
		code = write_all(l, buf_bytes(&script), &stopped, err);
	if (code == ERR_OK)
		code = await_shell(&p, err);
	if (code == ERR_OK)
		memcpy(line, p.line, sizeof p.line);
	buf_release(&script);
	return code;
}

/* The script cleans up behind itself at the end of its input. */
enum err_code link_end_shell(struct link *l, struct err *err)
{
	enum err_code code = ERR_OK;
	int rc;

	if (!l->channel)
		return ERR_OK;
	if (l->tty) /* it has no end of input but that of the channel */
		return close_channel(l, err);
	do
		rc = libssh2_channel_send_eof(l->channel);
	while (link_again(l, rc, &code, err));
	while (code == ERR_OK && !libssh2_channel_eof(l->channel)) {
		bool got;

		buf_clear(&l->early);
		code = read_some(l, &got, err);
		if (code == ERR_OK && !got &&
		    !libssh2_channel_eof(l->channel))
			code = link_wait(l, err);
	}
	return code == ERR_OK ? close_channel(l, err) : code;
}

enum err_code link_place(struct link *l, struct err *err)
{
	struct placing p = {.link = l};
	struct buf script;
	enum err_code code;

	make_mark(p.nonce, p.mark, sizeof p.mark);
	buf_init(&script, SCRIPT_MAX);
	place_script(p.nonce, p.mark, kib_needed(l), &script);
	if (script.full)
		BUG("a script of more than %d bytes", SCRIPT_MAX);
	code = link_phase(l, LINK_PLACING, "placing the probe", l->placing_ms,
			  err);
	if (code == ERR_OK)
		code = open_shell(l, script.n, err);
	if (code == ERR_OK)
		code = converse(&p, &script, err);
	buf_release(&script);
	return code;
}

/* ---- a look at the host, with nothing placed ---- */

/* "Linux web01 6.1.0-18-amd64 x86_64 1764100000123456789"; a date that knows
 * no fractions of a second tells no number of so many digits. */
static enum err_code read_who(struct placing *p, struct msg_link_who *m,
			      char system[256], struct err *err)
{
	struct bytes rest = bytes_trim(bytes_str(p->line)), word[4];

	for (size_t i = 0; i < ARRAY_SIZE(word); i++)
		if (!bytes_split(&rest, ' ', &word[i]) || word[i].n == 0)
			return err_set(err, ERR_REMOTE,
				       "the shell there answers nonsense: %s",
				       shown_str(p->line).s);
	(void)snprintf(system, 256, "%s %s", shown(word[0]).s,
		       shown(word[2]).s);
	*m = (struct msg_link_who){.system = bytes_str(system),
				   .hostname = word[1],
				   .machine = word[3]};
	if (rest.n != CLOCK_DIGITS || !bytes_to_u64(rest, &m->clock_ns))
		m->clock_ns = 0;
	return ERR_OK;
}

enum err_code link_look(struct link *l, struct err *err)
{
	struct placing p = {.link = l};
	struct msg_link_who m;
	char command[256], system[256];
	int64_t asked_ns;
	enum err_code code =
		link_phase(l, LINK_PLACING, "looking at the host",
			   l->placing_ms, err);

	make_mark(p.nonce, p.mark, sizeof p.mark);
	(void)snprintf(command, sizeof command,
		       "exec /bin/sh -c 'echo \"%s $(uname -snrm) "
		       "$(date +%%s%%N)\"'",
		       p.mark);
	if (code == ERR_OK)
		code = open_channel(l, err);
	asked_ns = time_now_ns();
	if (code == ERR_OK)
		code = exec_command(l, command, err);
	if (code == ERR_OK)
		code = await_shell(&p, err);
	if (code == ERR_OK)
		code = read_who(&p, &m, system, err);
	if (code != ERR_OK)
		return code;
	m.asked_ns = (uint64_t)asked_ns;
	/* The engine ends us once it knows; the server is told before. */
	l->recv_left = 1;
	(void)libssh2_session_disconnect(l->ssh, "done");
	return link_send(l, MSG_LINK_WHO, &m, err);
}
