/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the command line does with questions for secrets: which of them the
 * line of --password-fd answers, and that none is lost however many there are
 * at once.
 */
#include "unit/unit.h"

#include <fcntl.h>
#include <sys/wait.h>

#include "cli/cli.h"

#define MANY 300

/* ---- what the engine was told ---- */

static struct {
	unsigned yes, no;
	char secret[64], why[160];
} told;

void app_answer(struct app *app UNUSED, uint64_t ask_id UNUSED, bool yes,
		const struct secret *secret, bool shares UNUSED)
{
	told.yes += yes;
	told.no += !yes;
	if (secret)
		(void)snprintf(told.secret, sizeof told.secret, "%.*s",
			       (int)secret->n, (const char *)secret->page);
}

void app_refuse(struct app *app UNUSED, uint64_t ask_id UNUSED,
		const char *why)
{
	told.no++;
	(void)snprintf(told.why, sizeof told.why, "%s", why);
}

bool option_flag(const struct invocation *inv UNUSED, const char *name UNUSED)
{
	return true;
}

static const char *meant; /* what --password-for says; NULL: not given */

const char *option_text(const struct invocation *inv UNUSED, const char *name)
{
	assert_string_equal(name, "password-for");
	return meant;
}

uint64_t option_number(const struct invocation *inv UNUSED,
		       const char *name UNUSED, uint64_t otherwise UNUSED)
{
	return STDIN_FILENO;
}

void cli_error(const char *fmt UNUSED, ...)
{
}

/* ---- one run ---- */

static struct cli cli;
static struct asker asker;

static void begin(const char *line)
{
	memset(&told, 0, sizeof told);
	cli = (struct cli){.has_given = line};
	if (line)
		secret_set(&cli.given, bytes_str(line));
	asker_init(&asker, &cli);
}

static void end(void)
{
	asker_release(&asker);
	secret_release(&cli.given);
}

static const struct ask login = {.kind = ASK_PASSWORD,
				 .host = "one",
				 .what = "login kim"};
static const struct ask login_elsewhere = {.kind = ASK_PASSWORD,
					   .host = "two",
					   .what = "login kim"};
static const struct ask for_all = {.kind = ASK_PASSWORD,
				   .host = "one",
				   .shares = true,
				   .what = "login kim"};
static const struct ask for_all_elsewhere = {.kind = ASK_PASSWORD,
					     .host = "two",
					     .shares = true,
					     .what = "login kim"};
static const struct ask once_more = {.kind = ASK_PASSWORD,
				     .host = "one",
				     .again = true,
				     .what = "login kim"};
static const struct ask root = {.kind = ASK_PASSWORD,
				.host = "one",
				.what = "sudo kim"};
static const struct ask root_again = {.kind = ASK_PASSWORD,
				      .host = "one",
				      .again = true,
				      .prompt = "(Sorry, try again.)",
				      .what = "sudo kim"};
static const struct ask phrase = {.kind = ASK_PASSPHRASE,
				  .host = "one",
				  .what = "key /home/kim/.ssh/id"};
static const struct ask phrase_elsewhere = {.kind = ASK_PASSPHRASE,
					    .host = "two",
					    .what = "key /home/kim/.ssh/id"};
static const struct ask other_key = {.kind = ASK_PASSPHRASE,
				     .host = "two",
				     .what = "key /home/kim/.ssh/other"};
static const struct ask code = {.kind = ASK_PASSWORD,
				.host = "one",
				.what = "answer Verification code:"};
static const struct ask seen = {.kind = ASK_PASSWORD,
				.host = "one",
				.echo = true,
				.what = "answer Name:"};

/* What of the second gets the line that the first got. */
static void one_line_is_one_secret(void **state UNUSED)
{
	static const struct {
		const struct ask *first, *then;
		bool gets;
		const char *why;
	} cases[] = {
		{&phrase, &phrase_elsewhere, true, NULL},
		{&phrase, &other_key, false, "something else"},
		{&phrase, &login, false, "something else"},
		{&phrase, &root, false, "something else"},
		{&login, &login, true, NULL}, /* it was cut off meanwhile */
		{&login, &login_elsewhere, false, "something else"},
		{&login, &once_more, false, ""},
		{&login, &root, false, "something else"},
		{&login, &code, false, "something else"},
		{&root, &root_again, false, ""},
		{&code, &login, false, "something else"},
		{&for_all, &for_all_elsewhere, true, NULL},
		{&for_all, &root, false, "something else"},
		{&for_all, &login_elsewhere, false, "something else"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		begin("open sesame");
		asker_add(&asker, cases[i].first);
		assert_int_equal(told.yes, 1);
		assert_string_equal(told.secret, "open sesame");
		asker_add(&asker, cases[i].then);
		if ((told.yes == 2) != cases[i].gets)
			fail_msg("case %zu: %u yes", i, told.yes);
		assert_int_equal(told.no, !cases[i].gets);
		if (cases[i].why)
			assert_non_null(strstr(told.why, cases[i].why));
		end();
	}
}

/* Whatever comes first. */
static void a_line_is_for_what_was_said(void **state UNUSED)
{
	static const struct {
		const char *words;
		const struct ask *other, *meant;
	} cases[] = {
		{"login", &phrase, &login},
		{"login kim", &root, &login},
		{"key", &login, &phrase},
		{"key /home/kim/.ssh/other", &phrase, &other_key},
		{"sudo", &login, &root},
		{"answer", &login, &code},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		meant = cases[i].words;
		begin("open sesame");
		asker_add(&asker, cases[i].other);
		assert_int_equal(told.yes, 0);
		assert_non_null(strstr(told.why, "something else"));
		asker_add(&asker, cases[i].meant);
		assert_int_equal(told.yes, 1);
		assert_string_equal(told.secret, "open sesame");
		end();
	}
	meant = "su"; /* is not sudo */
	begin("open sesame");
	asker_add(&asker, &root);
	assert_int_equal(told.yes, 0);
	end();
	meant = NULL;
}

static void what_is_asked_for_is_known(void **state UNUSED)
{
	struct err err;

	begin(NULL);
	meant = "logins";
	assert_int_equal(cli_check_given(&cli, &err), ERR_USAGE);
	meant = "login kim";
	assert_ok(cli_check_given(&cli, &err), err);
	meant = NULL;
	end();
}

static void what_is_shown_gets_none(void **state UNUSED)
{
	begin("open sesame");
	asker_add(&asker, &seen);
	assert_int_equal(told.yes, 0);
	asker_add(&asker, &login);
	assert_int_equal(told.yes, 1);
	end();
}

static void nobody_there_is_told_of(void **state UNUSED)
{
	begin(NULL);
	asker_add(&asker, &login);
	assert_int_equal(told.no, 1);
	assert_non_null(strstr(told.why, "no --password-fd"));
	end();
}

static void none_is_lost(void **state UNUSED)
{
	begin(NULL);
	asker.tty = open("/dev/null", O_RDWR | O_CLOEXEC);
	assert_true(asker.tty >= 0);
	for (uint64_t i = 1; i <= MANY; i++) {
		struct ask ask = login;

		ask.id = i;
		asker_add(&asker, &ask);
	}
	assert_int_equal(told.no, 0);
	assert_int_equal(asker.n, MANY);
	for (uint64_t i = 1; i <= MANY; i++)
		asker_remove(&asker, i);
	assert_int_equal(asker.n, 0);
	end();
}

/* Neither does a process that is forked get one. */
static void a_secret_is_not_inherited(void **state UNUSED)
{
	struct secret s = {0};
	int status;
	pid_t pid;

	secret_set(&s, bytes_str("open sesame"));
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(s.page[0] != 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(s.page[0], 'o');
	secret_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_line_is_one_secret),
		cmocka_unit_test(a_line_is_for_what_was_said),
		cmocka_unit_test(what_is_asked_for_is_known),
		cmocka_unit_test(what_is_shown_gets_none),
		cmocka_unit_test(nobody_there_is_told_of),
		cmocka_unit_test(none_is_lost),
		cmocka_unit_test(a_secret_is_not_inherited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
