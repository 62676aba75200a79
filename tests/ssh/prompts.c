/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prompts KEY PLAY LOG: a server of libssh's on its standard input that lets in by
 * keyboard-interactive alone, and asks as no sshd with PAM does: several
 * questions in one request, none at all, again and again. Whoever answers as
 * the play has it is in; the server stays until the other side ends. What it
 * was answered is in LOG, a line for each request.
 */
#include <libssh/libssh.h>
#include <libssh/server.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUESTIONS_MAX 24
#define FOREVER	      1000000

struct question {
	const char *text;
	char echo;
	const char *answer;
};

struct round {
	const char *name, *said;
	struct question questions[QUESTIONS_MAX + 1]; /* as far as one has text */
};

static const struct round both[] = {
	{.name = "Vault",
	 .said = "Two things\nare wanted",
	 .questions = {{"Password: ", 0, "hunter2"},
		       {"Verification code: ", 1, "123456"},
		       {"Why are you here? ", 1, ""}}},
};
static const struct round steps[] = {
	{.said = "Welcome"},
	{.questions = {{"Password: ", 0, "hunter2"}}},
	{.said = "Your password ends in 3 days"},
	{.questions = {{"Code: ", 1, "1"}, {"Token: ", 0, "2"}}},
	{.questions = {{"Next code: ", 1, "3"}}},
	{.said = ""},
};
static const struct round one[] = {
	{.questions = {{"Again: ", 0, "yes"}}},
};
static const struct round nothing[] = {
	{.said = "Please hold"},
};
static const struct round many[] = {
	{.questions = {{"1", 0, ""}, {"2", 0, ""}, {"3", 0, ""}, {"4", 0, ""},
		       {"5", 0, ""}, {"6", 0, ""}, {"7", 0, ""}, {"8", 0, ""},
		       {"9", 0, ""}, {"10", 0, ""}, {"11", 0, ""},
		       {"12", 0, ""}, {"13", 0, ""}, {"14", 0, ""},
		       {"15", 0, ""}, {"16", 0, ""}, {"17", 0, ""}}},
};

#define ROUNDS(r) (r), sizeof(r) / sizeof((r)[0])

static const struct play {
	const char *name;
	const struct round *rounds;
	size_t n;
	unsigned times;
} plays[] = {
	{"both", ROUNDS(both), 1},	   {"steps", ROUNDS(steps), 1},
	{"endless", ROUNDS(one), FOREVER}, {"silent", ROUNDS(nothing), FOREVER},
	{"many", ROUNDS(many), 1},
};

static void put(ssh_message m, const struct round *round)
{
	const char *texts[QUESTIONS_MAX];
	char echoes[QUESTIONS_MAX];
	unsigned n = 0;

	for (; round->questions[n].text; n++) {
		texts[n] = round->questions[n].text;
		echoes[n] = round->questions[n].echo;
	}
	ssh_message_auth_interactive_request(m, round->name ? round->name : "",
					     round->said ? round->said : "", n,
					     texts, echoes);
}

/* "|" behind each, so that an empty one shows. */
static void note(ssh_session s, FILE *log)
{
	int n = ssh_userauth_kbdint_getnanswers(s);

	for (int i = 0; i < n; i++) {
		const char *got = ssh_userauth_kbdint_getanswer(
			s, (unsigned)i);

		fprintf(log, "%s|", got ? got : "");
	}
	if (n > 0)
		fprintf(log, "\n");
	fflush(log);
}

/* All of them, in their order, and no more. */
static bool is_answered(ssh_session s, const struct round *round)
{
	int n = 0;

	for (; round->questions[n].text; n++) {
		const char *got = ssh_userauth_kbdint_getanswer(
			s, (unsigned)n);

		if (!got || strcmp(got, round->questions[n].answer) != 0)
			return false;
	}
	return ssh_userauth_kbdint_getnanswers(s) == n;
}

static void refuse(ssh_message m)
{
	ssh_message_auth_set_methods(m, SSH_AUTH_METHOD_INTERACTIVE);
	ssh_message_reply_default(m);
}

/* at: the round that was put; advanced. */
static void hear(ssh_session s, ssh_message m, const struct play *play,
		 FILE *log, size_t *at)
{
	if (ssh_message_auth_kbdint_is_response(m))
		note(s, log);
	if (!ssh_message_auth_kbdint_is_response(m)) {
		*at = 0;
	} else if (!is_answered(s, &play->rounds[*at % play->n])) {
		refuse(m);
		return;
	} else if (++*at == play->n * play->times) {
		ssh_message_auth_reply_success(m, 0);
		return;
	}
	put(m, &play->rounds[*at % play->n]);
}

/* When the other side ends while something is written to it, libssh is left
 * with no socket, and would wait for a message on none: hence the time. */
static void serve(ssh_session s, const struct play *play, FILE *log)
{
	const long patience_s = 10;
	ssh_message m;
	size_t at = 0;

	(void)ssh_options_set(s, SSH_OPTIONS_TIMEOUT, &patience_s);
	while (ssh_is_connected(s) && (m = ssh_message_get(s))) {
		if (ssh_message_type(m) == SSH_REQUEST_SERVICE)
			ssh_message_service_reply_success(m);
		else if (ssh_message_type(m) == SSH_REQUEST_AUTH &&
			 ssh_message_subtype(m) == SSH_AUTH_METHOD_INTERACTIVE)
			hear(s, m, play, log, &at);
		else
			refuse(m);
		ssh_message_free(m);
	}
}

static const struct play *find(const char *name)
{
	for (size_t i = 0; i < sizeof plays / sizeof plays[0]; i++)
		if (strcmp(plays[i].name, name) == 0)
			return &plays[i];
	return NULL;
}

int main(int argc, char **argv)
{
	const struct play *play = argc == 4 ? find(argv[2]) : NULL;
	FILE *log = play ? fopen(argv[3], "w") : NULL;
	ssh_bind b = ssh_bind_new();
	ssh_session s = ssh_new();

	if (!log || !b || !s)
		return 2;
	ssh_bind_options_set(b, SSH_BIND_OPTIONS_HOSTKEY, argv[1]);
	if (ssh_bind_accept_fd(b, s, 0) != SSH_OK)
		return 1;
	ssh_set_auth_methods(s, SSH_AUTH_METHOD_INTERACTIVE);
	if (ssh_handle_key_exchange(s) == SSH_OK)
		serve(s, play, log);
	ssh_disconnect(s);
	ssh_free(s);
	ssh_bind_free(b);
	fclose(log);
	return 0;
}
