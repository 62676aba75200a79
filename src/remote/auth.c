/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Logging in: the keys in the order given, then what a person types. Keys and
 * passwords are the engine's; here only requests and answers pass.
 */
#include "base/base.h"

#include "base/text.h"
#include "base/time.h"
#include "remote/agent.h"
#include "remote/link.h"
#include "remote/remote.h"

#define TRIES_MAX            3 /* of what a person types */
#define PROMPTS_MAX          16 /* in one request */
#define ROUNDS_MAX           32 /* of requests, in one try */
#define TAKEN_MAX            8 /* one after the other */
#define SIGNATURE_MAX        (16u << 10)
#define MSG_USERAUTH_REQUEST 50 /* RFC 4252 6 */
#define PROMPT_LEN_MAX       ((size_t)1024)

struct auth {
	struct link *link;
	char offers[512]; /* methods the server takes now, by commas */
	const char *trying; /* what it is shown, in words */
	const char *taken;  /* what it took, and wants more; NULL */
	unsigned n_taken;
	unsigned n_keys, n_typed, n_tries, n_rounds;
	const struct link_key *key; /* the one being tried */
	struct err stop;            /* set in a callback: why to end at once */
	bool given_up;              /* the person answered no */
	bool broken_off;            /* a question was left without an answer */
	bool again;                 /* and what was answered last is refused */
	const struct link_key *sha1_only; /* one that was refused as that */
	uint64_t n_signed;
};

static bool offered(const struct auth *a, const char *name)
{
	struct bytes rest = bytes_str(a->offers), piece;

	while (bytes_split(&rest, ',', &piece))
		if (bytes_eq(piece, bytes_str(name)))
			return true;
	return false;
}

void link_login_failed(struct link *l, struct bytes methods, bool partial)
{
	struct auth *a = l->auth;

	if (!text_is_plain(methods) || methods.n >= sizeof a->offers)
		return;
	(void)snprintf(a->offers, sizeof a->offers, "%.*s", (int)methods.n,
		       (const char *)methods.p);
	if (!partial || a->n_taken == TAKEN_MAX)
		return;
	a->taken = a->trying;
	a->n_taken++;
	a->n_tries = 0;
	a->again = false;
}

/*
 * The algorithm the signature must be made with, from the data to sign:
 * session id, 50, user, service, "publickey", true, algorithm, key.
 */
static uint32_t flags_for(struct bytes data)
{
	struct reader r = reader_of(data);
	struct bytes alg;

	(void)rd_sshstr(&r);
	if (rd_u8(&r) != MSG_USERAUTH_REQUEST)
		return 0;
	(void)rd_sshstr(&r);
	(void)rd_sshstr(&r);
	(void)rd_sshstr(&r);
	(void)rd_u8(&r);
	alg = rd_sshstr(&r);
	if (!r.bad && bytes_eq(alg, bytes_str("rsa-sha2-512")))
		return AGENT_RSA_SHA512;
	if (!r.bad && bytes_eq(alg, bytes_str("rsa-sha2-256")))
		return AGENT_RSA_SHA256;
	return 0;
}

/* libssh2's sign callback. It frees *sig. */
static int on_sign(LIBSSH2_SESSION *ssh UNUSED, unsigned char **sig,
		   size_t *sig_len, const unsigned char *data, size_t data_len,
		   void **abstract)
{
	struct auth *a = *abstract;
	struct bytes to_sign = bytes_of(data, data_len);
	struct msg_sign ask = {
		.id = ++a->n_signed,
		.blob = bytes_of(a->key->blob, a->key->n),
		.data = to_sign,
		.flags = flags_for(to_sign),
	};
	struct msg_signed answer;

	if (link_ask(a->link, MSG_LINK_SIGN, &ask, MSG_LINK_SIGNED, &answer,
		     &a->stop) != ERR_OK)
		return -1;
	if (!answer.ok || answer.signature.n == 0 ||
	    answer.signature.n > SIGNATURE_MAX)
		return -1;
	*sig = link_alloc(answer.signature.n);
	if (!*sig)
		return -1;
	memcpy(*sig, answer.signature.p, answer.signature.n);
	*sig_len = answer.signature.n;
	return 0;
}

/* What the server made of one try: in, not in, or the end of it all. */
static enum err_code answered(struct auth *a, int rc, bool *in,
			      struct err *err)
{
	if (a->stop.code != ERR_OK) {
		*err = a->stop;
		return err->code;
	}
	*in = rc == 0 && !a->broken_off;
	if (rc != 0 && a->link->server_closed && !a->broken_off)
		return link_failed(a->link, rc, "logging in", err);
	return ERR_OK;
}

/* One publickey request. *in says whether it got us in. */
static enum err_code try_blob(struct auth *a, struct bytes blob, bool *in,
			      struct err *err)
{
	struct link *l = a->link;
	void *abstract = a;
	enum err_code code;
	int rc;

	do
		rc = libssh2_userauth_publickey(l->ssh, l->at->user, blob.p, blob.n,
						on_sign, &abstract);
	while (link_again(l, rc, &code, err));
	return code == ERR_OK ? answered(a, rc, in, err) : code;
}

#if LIBSSH2_VERSION_NUM < 0x010b00
/*
 * libssh2 1.10 signs with RSA keys as "ssh-rsa" (SHA-1) only, which servers
 * refuse since OpenSSH 8.8. It takes the algorithm's name from the key's
 * type, though, and OpenSSH since 7.2 accepts a key under the algorithm's
 * name as well as under its own.
 */
static bool server_takes_sha2(struct link *l)
{
	const char *banner = libssh2_session_banner_get(l->ssh);
	const char *version = banner ? strstr(banner, "OpenSSH_") : NULL;
	unsigned long major, minor = 0;
	char *end;

	if (!version)
		return false;
	major = strtoul(version + strlen("OpenSSH_"), &end, 10);
	if (*end == '.')
		minor = strtoul(end + 1, NULL, 10);
	return major > 7 || (major == 7 && minor >= 2);
}

static bool rename_key(const struct link_key *key, const char *name,
		       struct buf *out)
{
	struct reader r = reader_of(bytes_of(key->blob, key->n));

	if (!bytes_eq(rd_sshstr(&r), bytes_str("ssh-rsa")) || r.bad)
		return false;
	buf_clear(out);
	return buf_add_sshstr(out, bytes_str(name)) &&
	       buf_add_bytes(out, r.rest);
}

/*
 * The names an RSA key goes by, one for each round of all keys: a server that
 * takes the key, but not under its first name, refuses it before anything is
 * signed.
 */
static const char *const rounds[] = {"rsa-sha2-512", "rsa-sha2-256", NULL};

static enum err_code try_key(struct auth *a, unsigned round, bool *in,
			     struct err *err)
{
	struct bytes blob = bytes_of(a->key->blob, a->key->n);
	bool sha2 = server_takes_sha2(a->link);
	bool rsa;
	struct buf renamed;
	enum err_code code = ERR_OK;

	buf_init(&renamed, SIGNATURE_MAX);
	rsa = rename_key(a->key, rounds[round] ? rounds[round] : "", &renamed);
	if (rsa && sha2 && rounds[round])
		blob = buf_bytes(&renamed);
	if (round == 0 || (rsa && sha2))
		code = try_blob(a, blob, in, err);
	if (rsa && !sha2 && !*in && !a->sha1_only)
		a->sha1_only = a->key;
	buf_release(&renamed);
	return code;
}
#else
static const char *const rounds[] = {NULL};

static enum err_code try_key(struct auth *a, unsigned round UNUSED, bool *in,
			     struct err *err)
{
	return try_blob(a, bytes_of(a->key->blob, a->key->n), in, err);
}
#endif

/* The methods the server takes; NULL with *in true when it takes nothing. */
static enum err_code ask_methods(struct auth *a, bool *in, struct err *err)
{
	struct link *l = a->link;
	const char *offers;
	enum err_code code;
	int rc;

	do {
		offers = libssh2_userauth_list(l->ssh, l->at->user,
					       (unsigned)strlen(l->at->user));
		rc = offers ? 0 : libssh2_session_last_errno(l->ssh);
	} while (link_again(l, rc, &code, err));
	if (code == ERR_OK && offers)
		(void)snprintf(a->offers, sizeof a->offers, "%s", offers);
	if (code != ERR_OK || offers)
		return code;
	*in = libssh2_userauth_authenticated(l->ssh);
	return *in ? ERR_OK : link_failed(l, rc, "logging in", err);
}

static enum err_code try_round(struct auth *a, unsigned round, bool *in,
			       struct err *err)
{
	for (size_t i = 0; i < a->link->at->n_keys && offered(a, "publickey");
	     i++) {
		enum err_code code;

		a->trying = "a key";
		a->key = &a->link->at->keys[i];
		a->n_keys += round == 0;
		code = try_key(a, round, in, err);
		if (code != ERR_OK || *in)
			return code;
	}
	return ERR_OK;
}

static bool may_type(const struct auth *a)
{
	return a->link->may_ask_password &&
	       (offered(a, "password") || offered(a, "keyboard-interactive"));
}

/* A server counts what it refuses: more names than one are for where there is
 * nothing else to try, and no key was taken. */
static enum err_code try_keys(struct auth *a, bool *in, struct err *err)
{
	enum err_code code = ERR_OK;

	for (unsigned i = 0; i < ARRAY_SIZE(rounds) && code == ERR_OK && !*in;
	     i++) {
		if (i > 0 && (a->n_signed || may_type(a)))
			break;
		code = try_round(a, i, in, err);
	}
	return code;
}

bool link_wants_password(struct bytes prompt)
{
	static const char *const others[] = {"one-time", "one time", "otp",
					     "code",	 "token",    "new ",
					     "current",	 "retype"};
	char words[160];

	(void)text_into(words, sizeof words, prompt);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (strcasestr(words, others[i]))
			return false;
	return strcasestr(words, "password") != NULL;
}

/* False when there is no answer: the person said no, or the engine is gone. */
static bool ask_person(struct auth *a, const struct msg_link_password *question,
		       char out[SECRET_LEN_MAX], size_t *n)
{
	struct msg_link_password ask = *question;
	struct msg_link_secret answer;
	char words[PROMPT_LEN_MAX + 80];

	if (a->taken) {
		(void)snprintf(words, sizeof words,
			       "it took %s, and also wants: %.*s", a->taken,
			       (int)ask.prompt.n, (const char *)ask.prompt.p);
		ask.prompt = bytes_str(words);
	}
	ask.again = a->again;
	a->again = false;
	*n = 0;
	if (a->given_up ||
	    link_ask(a->link, MSG_LINK_PASSWORD, &ask, MSG_LINK_SECRET, &answer,
		     &a->stop) != ERR_OK)
		return false;
	a->given_up = !answer.ok;
	if (answer.ok) {
		*n = MIN(answer.value.n, (size_t)SECRET_LEN_MAX - 1);
		if (*n)
			memcpy(out, answer.value.p, *n);
	}
	chan_wipe(&a->link->chan);
	return answer.ok;
}

static enum err_code try_password(struct auth *a, bool *in, struct err *err)
{
	struct link *l = a->link;
	struct msg_link_password ask = {.secret = SECRET_LOGIN};
	char secret[SECRET_LEN_MAX], prompt[300];
	enum err_code code;
	size_t n;
	int rc;

	(void)snprintf(prompt, sizeof prompt, "password of %s",
		       shown_str(l->at->user).s);
	ask.prompt = bytes_str(prompt);
	if (!ask_person(a, &ask, secret, &n)) {
		*err = a->stop;
		return a->stop.code;
	}
	a->n_typed++;
	a->trying = "the password";
	do
		rc = libssh2_userauth_password_ex(l->ssh, l->at->user,
						  (unsigned)strlen(l->at->user),
						  secret, (unsigned)n, NULL);
	while (link_again(l, rc, &code, err));
	explicit_bzero(secret, sizeof secret);
	*in = code == ERR_OK && rc == 0;
	if (code == ERR_OK && rc == LIBSSH2_ERROR_PASSWORD_EXPIRED)
		return err_set(err, ERR_AUTH,
			       "the password of %s has expired and must be "
			       "changed there",
			       shown_str(l->at->user).s);
	if (code == ERR_OK && rc != 0 && l->server_closed)
		return link_failed(l, rc, "logging in", err);
	return code;
}

static void add_words(struct buf *b, struct bytes words, size_t most)
{
	words = bytes_trim(words);
	if (words.n == 0)
		return;
	if (b->n)
		(void)buf_add_str(b, " - ");
	(void)buf_add(b, words.p, MIN(words.n, most));
}

/* What the server says of the matter goes before what it asks, such as where
 * a code was sent to; on one line. */
static void whole_prompt(struct bytes name, struct bytes said,
			 struct bytes prompt, struct buf *b)
{
	buf_init(b, PROMPT_LEN_MAX);
	add_words(b, name, PROMPT_LEN_MAX / 4);
	add_words(b, said, PROMPT_LEN_MAX / 4);
	add_words(b, prompt, PROMPT_LEN_MAX / 4);
	for (size_t i = 0; i < b->n; i++)
		if (b->p[i] == '\n' || b->p[i] == '\r')
			b->p[i] = ' ';
}

/* Then nobody is asked any more, and the try ends. */
static bool asks_too_much(struct auth *a, int num_prompts)
{
	a->n_rounds++;
	if (a->stop.code == ERR_OK && a->n_rounds > ROUNDS_MAX)
		(void)err_set(&a->stop, ERR_REMOTE,
			      "logging in: the server asks on and on (%u times)",
			      a->n_rounds);
	if (a->stop.code == ERR_OK && num_prompts > PROMPTS_MAX)
		(void)err_set(&a->stop, ERR_REMOTE,
			      "logging in: the server asks %d questions at once",
			      num_prompts);
	return a->stop.code != ERR_OK;
}

/* One question of a request. False: there is no answer to it. An answer may
 * be empty. */
static bool answer_prompt(struct auth *a, struct bytes name, struct bytes said,
			  const LIBSSH2_USERAUTH_KBDINT_PROMPT *prompt,
			  LIBSSH2_USERAUTH_KBDINT_RESPONSE *response)
{
	struct msg_link_password ask = {
		.prompt = bytes_of(prompt->text, prompt->length),
		.echo = prompt->echo,
	};
	char secret[SECRET_LEN_MAX];
	struct buf words;
	size_t n;
	bool told;

	if (!ask.echo && link_wants_password(ask.prompt))
		ask.secret = SECRET_LOGIN;
	whole_prompt(name, said, ask.prompt, &words);
	ask.prompt = buf_bytes(&words);
	told = ask_person(a, &ask, secret, &n);
	buf_release(&words);
	response->text = told ? link_alloc(n + 1) : NULL;
	if (response->text) {
		memcpy(response->text, secret, n);
		response->length = (unsigned)n;
	}
	explicit_bzero(secret, sizeof secret);
	return response->text != NULL;
}

/*
 * libssh2's callback for keyboard-interactive; it frees the answers, and then
 * sends them whatever they are. Empty ones would be a failed login that counts
 * against the account: where there is no answer, nothing is sent any more, and
 * what libssh2 then waits for does not come.
 */
static void on_prompts(const char *name, int name_len, const char *instruction,
		       int instruction_len, int num_prompts,
		       const LIBSSH2_USERAUTH_KBDINT_PROMPT *prompts,
		       LIBSSH2_USERAUTH_KBDINT_RESPONSE *responses,
		       void **abstract)
{
	struct hop *hop = *abstract;
	struct auth *a = hop->link->auth;
	struct bytes title = bytes_of(name, (size_t)MAX(name_len, 0));
	struct bytes said =
		bytes_of(instruction, (size_t)MAX(instruction_len, 0));
	int n = 0;

	if (!asks_too_much(a, num_prompts))
		while (n < num_prompts &&
		       answer_prompt(a, title, said, &prompts[n],
				     &responses[n]))
			n++;
	if (a->stop.code == ERR_OK && n == num_prompts) {
		a->n_typed += (unsigned)n;
		return;
	}
	a->broken_off = true;
	hop_silence(hop);
}

static enum err_code try_interactive(struct auth *a, bool *in, struct err *err)
{
	struct link *l = a->link;
	enum err_code code = ERR_OK;
	int rc;

	a->trying = "the answers";
	a->n_rounds = 0;
	do
		rc = libssh2_userauth_keyboard_interactive_ex(
			l->ssh, l->at->user, (unsigned)strlen(l->at->user), on_prompts);
	while (a->stop.code == ERR_OK && !a->broken_off &&
	       link_again(l, rc, &code, err));
	return code == ERR_OK ? answered(a, rc, in, err) : code;
}

/* As often as a person may try in all, whichever way it is asked; until one
 * was taken, after which something else may be wanted. A server that offers
 * to ask and then asks nothing has had no try of anybody. */
static enum err_code try_typed(struct auth *a,
			       enum err_code (*once)(struct auth *, bool *,
						     struct err *),
			       bool *in, struct err *err)
{
	unsigned n_taken = a->n_taken;
	enum err_code code = ERR_OK;

	while (code == ERR_OK && a->link->may_ask_password && !*in &&
	       !a->given_up && a->n_tries < TRIES_MAX &&
	       a->n_taken == n_taken) {
		unsigned n_typed = a->n_typed;

		code = once(a, in, err);
		if (a->n_typed == n_typed)
			break;
		a->again = a->n_taken == n_taken;
		a->n_tries += a->again; /* one that was taken begins anew */
	}
	return code;
}

static enum err_code try_passwords(struct auth *a, bool *in, struct err *err)
{
	return try_typed(a, try_password, in, err);
}

static enum err_code try_prompts(struct auth *a, bool *in, struct err *err)
{
	return try_typed(a, try_interactive, in, err);
}

static const struct {
	const char *name;
	enum err_code (*run)(struct auth *a, bool *in, struct err *err);
} methods[] = {
	{"publickey", try_keys},
	{"keyboard-interactive", try_prompts},
	{"password", try_passwords},
};

/* The first of our order that the server takes now and that was not tried;
 * ARRAY_SIZE(methods): there is none. */
static size_t next_method(const struct auth *a,
			  const bool tried[ARRAY_SIZE(methods)])
{
	struct bytes rest = bytes_str(a->link->at->methods), name;

	while (bytes_split(&rest, ',', &name))
		for (size_t i = 0; i < ARRAY_SIZE(methods); i++)
			if (!tried[i] && offered(a, methods[i].name) &&
			    bytes_eq(name, bytes_str(methods[i].name)))
				return i;
	return ARRAY_SIZE(methods);
}

static enum err_code try_methods(struct auth *a, bool *in, struct err *err)
{
	bool tried[ARRAY_SIZE(methods)] = {false};
	enum err_code code = ERR_OK;
	size_t i;

	while (code == ERR_OK && !*in && !a->broken_off &&
	       (i = next_method(a, tried)) < ARRAY_SIZE(methods)) {
		unsigned n_taken = a->n_taken;

		tried[i] = true;
		code = methods[i].run(a, in, err);
		if (a->n_taken > n_taken) /* and the same may be wanted again */
			memset(tried, 0, sizeof tried);
	}
	return code;
}

static enum err_code refused(const struct auth *a, struct err *err)
{
	char tried[80] = "";
	char fingerprint[FINGERPRINT_MAX];
	const struct link_key *rsa = a->sha1_only;

	if (rsa && !a->taken)
		return err_set(
			err, ERR_AUTH,
			"%s was not let in: the server accepts %s; %s "
			"(%s) could be shown to it as ssh-rsa with SHA-1 only, "
			"which is all that %s can do with RSA keys there: use "
			"an Ed25519 or ECDSA key, or libssh2 1.11 or later",
			shown_str(a->link->at->user).s, shown_str(a->offers).s,
			rsa->name,
			key_fingerprint(bytes_of(rsa->blob, rsa->n),
					fingerprint),
			remote_library());
	if (a->n_typed)
		(void)snprintf(tried, sizeof tried, ", %u answer%s", a->n_typed,
			       a->n_typed == 1 ? "" : "s");
	return err_set(err, ERR_AUTH,
		       "%s was not let in: the server %s%s%s %s; tried "
		       "%u key%s%s%s",
		       shown_str(a->link->at->user).s,
		       a->taken ? "took " : "", a->taken ? a->taken : "",
		       a->taken ? " and also wants" : "accepts",
		       shown_str(a->offers).s,
		       a->n_keys, a->n_keys == 1 ? "" : "s", tried,
		       a->broken_off ? "; what it asked was not answered" : "");
}

/* It had enough of our tries; with an agent full of keys the right one may
 * not have had its turn. */
static enum err_code had_enough(const struct auth *a, struct err *err)
{
	char why[sizeof err->msg];

	(void)snprintf(why, sizeof why, "%s", err->msg);
	if (a->n_keys < 2)
		return err_set(err, ERR_AUTH, "%s", why);
	return err_set(err, ERR_AUTH,
		       "%.300s; %u of %zu keys were offered by then: name the "
		       "right one, with --identity (-i) of `halligan host "
		       "add`, or IdentityFile and IdentitiesOnly in "
		       "ssh_config",
		       why, a->n_keys, a->link->at->n_keys);
}

enum err_code link_authenticate(struct link *l, struct err *err)
{
	struct auth a = {.link = l};
	bool in = false;
	int64_t begun;
	enum err_code code =
		link_phase(l, LINK_AUTH, "logging in", l->auth_ms, err);

	l->auth = &a;
	begun = time_mono_ns();
	if (code == ERR_OK)
		code = ask_methods(&a, &in, err);
	l->at->rtt_ns = (time_mono_ns() - begun) / 2; /* it asks twice */
	if (code == ERR_OK && !in)
		code = try_methods(&a, &in, err);
	l->auth = NULL;
	if (code == ERR_NET && l->goodbye[0] && (a.n_keys || a.n_typed))
		code = had_enough(&a, err);
	if (code != ERR_OK || in)
		return code;
	return refused(&a, err);
}
