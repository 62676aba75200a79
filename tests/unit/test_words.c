/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which options a run is taken up with, over the real lists of all commands
 * that can be: each option is kept, or named here as one that is not.
 */
#include "unit/unit.h"

#include "app/cmd.h"
#include "app/command_lists.h"

#define LINE_MAX_BYTES 4096

static enum err_code do_nothing(struct app *app UNUSED,
				struct invocation *inv UNUSED,
				struct err *err UNUSED)
{
	return ERR_OK;
}

const struct command commands[] = {
	{.name = "hunt", .options = hunt_options, .run = do_nothing},
	{.name = "collect", .options = collect_options, .run = do_nothing},
	{.name = "walk", .options = walk_options, .run = do_nothing},
	{.name = "triage", .options = triage_options, .run = do_nothing},
	{.name = "run resume", .options = resume_options, .run = do_nothing},
};

const size_t n_commands = ARRAY_SIZE(commands);
#define N_RESUMABLE (ARRAY_SIZE(commands) - 1)

static const struct {
	const char *option, *why;
} not_kept[] = {
	{"all", "its hosts are those of the run"},
	{"tag", "its hosts are those of the run"},
	{"group", "its hosts are those of the run"},
	{"failed", "its hosts are those of the run"},
	{"not-done", "its hosts are those of the run"},
	{"changed-only", "it is what the terminal shows"},
};

/* Options that say how, which whoever takes a run up may say anew. */
static const char *const said_anew[] = {
	"accept-new-host-keys", "share-password", "no-probe", "ssh-config",
	"jump", "sudo", "su", "doas", "parallel", "canary", "canary-go",
	"max-failures", "retry", "rate", "total-rate", "reconnect", "cpu",
	"read-rate", "memory-limit", "max-load", "file-timeout", "deadline",
};

static bool is_not_kept(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(not_kept); i++)
		if (strcmp(not_kept[i].option, name) == 0)
			return true;
	return false;
}

/* The line lives until the next call. */
static void parse(const char *line, struct invocation *inv)
{
	static struct command_words words;
	struct err err;

	command_words_free(&words);
	if (!line)
		return;
	assert_ok(command_split(line, &words, &err), err);
	assert_ok(command_parse((int)words.n, (const char *const *)words.v, inv,
				&err),
		  err);
}

static int forget(void **state UNUSED)
{
	parse(NULL, NULL);
	return 0;
}

/* What is kept of a line with one option: as how, or else as what it does. */
static void keep(const char *line, char out[LINE_MAX_BYTES])
{
	struct invocation inv;
	struct buf words;
	struct err err;

	parse(line, &inv);
	buf_init(&words, LINE_MAX_BYTES);
	assert_ok(cmd_words(&inv, WORDS_HOW, &words, &err), err);
	if (words.n == 0)
		assert_ok(cmd_words(&inv, WORDS_WHAT, &words, &err), err);
	(void)snprintf(out, LINE_MAX_BYTES, "%s %s", inv.command->name,
		       buf_str(&words));
	buf_release(&words);
}

static const char *value_of(const struct option_spec *spec)
{
	static const char *const values[] = {
		[OPTION_TEXT] = "/some/thing", [OPTION_NUMBER] = "7",
		[OPTION_SIZE] = "7M", [OPTION_RUN] = NULL};

	return spec->kind == OPTION_FLAG ? NULL : values[spec->kind];
}

static void every_option_is_kept_or_named(void **state UNUSED)
{
	char line[LINE_MAX_BYTES], kept[LINE_MAX_BYTES];
	struct invocation inv;

	for (size_t i = 0; i < N_RESUMABLE; i++)
		for (const struct option_spec *o = commands[i].options; o->name;
		     o++) {
			const char *value = value_of(o);

			(void)snprintf(line, sizeof line, "%s --%s %s",
				       commands[i].name, o->name,
				       value ? value : "");
			keep(line, kept);
			parse(kept, &inv);
			if (option_flag(&inv, o->name) == is_not_kept(o->name))
				fail_msg("%s: kept as '%s'", line, kept);
			if (value && option_flag(&inv, o->name))
				assert_string_equal(option_text(&inv, o->name),
						    value);
		}
}

static void what_the_program_itself_takes_is_not_kept(void **state UNUSED)
{
	for (const struct option_spec *o = global_options; o->name; o++) {
		assert_false(cmd_is_kept(WORDS_ALL, o->name));
		assert_false(cmd_is_kept(WORDS_WHAT, o->name));
		assert_false(cmd_is_kept(WORDS_HOW, o->name));
	}
}

static bool takes(const struct option_spec *specs, const char *name)
{
	for (; specs->name; specs++)
		if (strcmp(specs->name, name) == 0)
			return true;
	return false;
}

static void how_can_be_said_anew(void **state UNUSED)
{
	for (size_t k = 0; k < ARRAY_SIZE(said_anew); k++) {
		for (size_t i = 0; i < n_commands; i++)
			if (!takes(commands[i].options, said_anew[k]))
				fail_msg("%s takes no --%s", commands[i].name,
					 said_anew[k]);
		assert_true(cmd_is_kept(WORDS_HOW, said_anew[k]));
	}
}

static void what_is_done_is_the_same_however_hosts_are_reached(
	void **state UNUSED)
{
	struct invocation inv;
	struct buf words;
	struct err err;

	buf_init(&words, LINE_MAX_BYTES);
	parse("hunt --rules /r --jump bastion --no-probe --rate 5K --path /srv",
	      &inv);
	assert_ok(cmd_words(&inv, WORDS_WHAT, &words, &err), err);
	assert_string_equal(buf_str(&words), "--rules /r --path /srv");
	buf_clear(&words);
	assert_ok(cmd_words(&inv, WORDS_HOW, &words, &err), err);
	assert_string_equal(buf_str(&words),
			    "--jump bastion --no-probe --rate 5K");
	buf_release(&words);
}

/* Options of then, of now, and what comes of both. */
static const struct {
	const char *then, *now, *both;
} said_twice[] = {
	{"--rate 5K --jump a", "--rate 9K", "--jump a --rate 9K"},
	{"--jump a", "--jump none", "--jump none"},
	{"--no-probe --read-rate 3M", "--cpu 5",
	 "--no-probe --read-rate 3M --cpu 5"},
	{"--sudo --retry 2", "--su", "--retry 2 --su"},
	{"--sudo", "--sudo", "--sudo"},
};

static void what_is_said_now_counts_more(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(said_twice); i++) {
		char then_line[LINE_MAX_BYTES], line[LINE_MAX_BYTES];
		struct command_words words;
		struct invocation then, now;
		struct buf how;
		struct err err;

		(void)snprintf(then_line, sizeof then_line, "hunt %s",
			       said_twice[i].then);
		(void)snprintf(line, sizeof line, "run resume %s",
			       said_twice[i].now);
		assert_ok(command_split(then_line, &words, &err), err);
		assert_ok(command_parse((int)words.n,
					(const char *const *)words.v, &then,
					&err),
			  err);
		parse(line, &now);
		assert_ok(cmd_add_options(&then, &now, &err), err);
		buf_init(&how, LINE_MAX_BYTES);
		assert_ok(cmd_words(&then, WORDS_HOW, &how, &err), err);
		assert_string_equal(buf_str(&how), said_twice[i].both);
		buf_release(&how);
		command_words_free(&words);
	}
}

int main(void)
{
#define RUN_TEST(t) cmocka_unit_test_teardown(t, forget)
	const struct CMUnitTest tests[] = {
		RUN_TEST(every_option_is_kept_or_named),
		RUN_TEST(what_the_program_itself_takes_is_not_kept),
		RUN_TEST(how_can_be_said_anew),
		RUN_TEST(what_is_done_is_the_same_however_hosts_are_reached),
		RUN_TEST(what_is_said_now_counts_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
