/* SPDX-License-Identifier: Apache-2.0 */
/* Units of src/app/command*.c, over a small table of this test's own. */
#include "unit/unit.h"

#include "app/command.h"

static enum err_code do_nothing(struct app *app UNUSED,
				struct invocation *inv UNUSED,
				struct err *err UNUSED)
{
	return ERR_OK;
}

static const struct option_spec sweep_options[] = {
	{.name = "path", .letter = 'p', .kind = OPTION_TEXT, .repeats = true,
	 .value = "PATH", .help = "Where."},
	{.name = "max-size", .kind = OPTION_SIZE, .value = "SIZE",
	 .help = "How large."},
	{.name = "parallel", .letter = 'j', .kind = OPTION_NUMBER,
	 .value = "N", .help = "How many."},
	{.name = "all", .letter = 'a', .kind = OPTION_FLAG, .help = "All."},
	{.name = NULL},
};

const struct option_spec global_options[] = {
	{.name = "case", .letter = 'C', .kind = OPTION_TEXT, .value = "CASE",
	 .help = "Which case."},
	{.name = "quiet", .letter = 'q', .kind = OPTION_FLAG,
	 .help = "Less talk."},
	{.name = "help", .letter = 'h', .kind = OPTION_FLAG, .help = "How."},
	{.name = NULL},
};

const struct command commands[] = {
	{.name = "sweep", .args = "HOST...", .min_args = 1, .max_args = 3,
	 .options = sweep_options, .run = do_nothing, .help = "Sweep hosts."},
	{.name = "sweep list", .run = do_nothing, .help = "List sweeps."},
	{.name = "host add", .args = "TARGET [NAME]", .min_args = 1,
	 .max_args = 2, .run = do_nothing, .help = "Add a host.",
	 .details = "It is not connected to. Nothing is placed on it."},
	{.name = "host list", .run = do_nothing, .help = "List hosts."},
	{.name = "host steer", .flags = COMMAND_CONSOLE_ONLY,
	 .run = do_nothing, .help = "Steer hosts."},
	{.name = "help", .args = "[COMMAND]", .max_args = 2,
	 .run = do_nothing, .help = "Help."},
};

const size_t n_commands = ARRAY_SIZE(commands);

/* Parses a `:` line; the words live until the next call. */
static enum err_code parse(const char *line, struct invocation *inv,
			   struct err *err)
{
	static struct command_words words;
	enum err_code code;

	command_words_free(&words);
	if (!line)
		return ERR_OK;
	code = command_split(line, &words, err);
	if (code != ERR_OK)
		return code;
	return command_parse((int)words.n, (const char *const *)words.v, inv,
			     err);
}

static int forget(void **state UNUSED)
{
	struct invocation inv;
	struct err err;

	return parse(NULL, &inv, &err) == ERR_OK ? 0 : -1;
}

static void one_and_two_words_name_commands(void **state UNUSED)
{
	struct invocation inv;
	struct err err;

	assert_ok(parse("sweep web01", &inv, &err), err);
	assert_string_equal(inv.command->name, "sweep");
	assert_int_equal(inv.n_args, 1);
	assert_string_equal(inv.args[0], "web01");
	assert_ok(parse("host add kim@192.0.2.7:22 web01", &inv, &err), err);
	assert_string_equal(inv.command->name, "host add");
	assert_int_equal(inv.n_args, 2);
}

static void a_command_may_begin_longer_ones(void **state UNUSED)
{
	struct invocation inv;
	struct err err;

	assert_ok(parse("sweep list", &inv, &err), err);
	assert_string_equal(inv.command->name, "sweep list");
	assert_ok(parse("sweep -q list", &inv, &err), err);
	assert_string_equal(inv.command->name, "sweep list");
	assert_ok(parse("sweep web01 list", &inv, &err), err);
	assert_string_equal(inv.command->name, "sweep");
	assert_int_equal(inv.n_args, 2);
	assert_ok(parse("sweep -- list", &inv, &err), err);
	assert_string_equal(inv.command->name, "sweep");
	assert_string_equal(inv.args[0], "list");
	assert_ok(parse("sweep --all list", &inv, &err), err);
	assert_string_equal(inv.command->name, "sweep");
	assert_ok(parse("sweep lists", &inv, &err), err);
	assert_string_equal(inv.args[0], "lists");
}

static void quoted_words_come_back(void **state UNUSED)
{
	static const char *const words[] = {
		"plain", "two words", "", "it's", "a\"b\\c", "--path=/x", "$a",
	};
	struct command_words back;
	struct buf line;
	struct err err;

	buf_init(&line, 4096);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		assert_true(command_quote(&line, bytes_str(words[i])));
		(void)buf_add_str(&line, " ");
	}
	assert_ok(command_split(buf_str(&line), &back, &err), err);
	assert_int_equal(back.n, ARRAY_SIZE(words));
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		assert_string_equal(back.v[i], words[i]);
	command_words_free(&back);
	buf_release(&line);
}

static void options_stand_anywhere(void **state UNUSED)
{
	struct invocation inv;
	struct err err;
	const char *paths[4];

	assert_ok(parse("-C a.case sweep --path /srv w1 -p/etc --path=/a w2 "
			"-qa",
			&inv, &err),
		  err);
	assert_string_equal(option_text(&inv, "case"), "a.case");
	assert_int_equal(option_all(&inv, "path", paths, 4), 3);
	assert_string_equal(paths[0], "/srv");
	assert_string_equal(paths[1], "/etc");
	assert_string_equal(paths[2], "/a");
	assert_true(option_flag(&inv, "quiet"));
	assert_true(option_flag(&inv, "all"));
	assert_int_equal(inv.n_args, 2);
	assert_int_equal(option_all(&inv, "path", paths, 2), 2);
}

static void globals_stand_between_the_words_of_a_name(void **state UNUSED)
{
	struct invocation inv;
	struct err err;

	assert_ok(parse("host -q list", &inv, &err), err);
	assert_string_equal(inv.command->name, "host list");
	assert_code(parse("host --path /x list", &inv, &err), ERR_USAGE);
}

static void two_dashes_end_options(void **state UNUSED)
{
	struct invocation inv;
	struct err err;

	assert_ok(parse("sweep -- --all -q", &inv, &err), err);
	assert_int_equal(inv.n_args, 2);
	assert_string_equal(inv.args[0], "--all");
	assert_false(option_flag(&inv, "quiet"));
	assert_ok(parse("sweep -", &inv, &err), err);
	assert_string_equal(inv.args[0], "-");
}

static void sizes_and_numbers_are_read(void **state UNUSED)
{
	static const struct {
		const char *line;
		uint64_t want;
	} good[] = {
		{"sweep w --max-size 0", 0},
		{"sweep w --max-size 4096", 4096},
		{"sweep w --max-size=64M", UINT64_C(64) << 20},
		{"sweep w --max-size 2GiB", UINT64_C(2) << 30},
		{"sweep w --max-size 1T", UINT64_C(1) << 40},
	};
	static const char *const bad[] = {
		"sweep w --max-size M",	  "sweep w --max-size 1X",
		"sweep w --max-size -1",  "sweep w --max-size ''",
		"sweep w --max-size 64m", "sweep w --max-size 17000000T",
		"sweep w --parallel x",	  "sweep w -j 99999999999999999999",
	};
	struct invocation inv;
	struct err err;

	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		assert_ok(parse(good[i].line, &inv, &err), err);
		assert_int_equal(option_number(&inv, "max-size", 7),
				 good[i].want);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_code(parse(bad[i], &inv, &err), ERR_USAGE);
	assert_ok(parse("sweep w -j 12", &inv, &err), err);
	assert_int_equal(option_number(&inv, "parallel", 1), 12);
	assert_int_equal(option_number(&inv, "max-size", 7), 7);
}

static void abbreviations_are_refused(void **state UNUSED)
{
	struct invocation inv;
	struct err err;

	assert_code(parse("swe web01", &inv, &err), ERR_USAGE);
	assert_code(parse("host ad x", &inv, &err), ERR_USAGE);
	assert_code(parse("sweep w --max 1", &inv, &err), ERR_USAGE);
	assert_code(parse("sweep w --qui", &inv, &err), ERR_USAGE);
}

static void mistakes_name_the_closest_command(void **state UNUSED)
{
	static const struct {
		const char *line, *want;
	} cases[] = {
		{"hsot add x", "did you mean 'host add'?"},
		{"host ad x", "did you mean 'host add'?"},
		{"hosts list", "did you mean 'host list'?"},
		{"sweeep web01", "'sweeep' is not a command, did you mean "
				 "'sweep'?"},
		{"hosts", "did you mean 'host'?"},
		{"host", "'host' wants a verb"},
		{"frobnicate", "'frobnicate' is not a command; see"},
		{"", "no command given"},
	};
	struct invocation inv;
	struct err err;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_code(parse(cases[i].line, &inv, &err), ERR_USAGE);
		if (!strstr(err.msg, cases[i].want))
			fail_msg("'%s' gives: %s", cases[i].line, err.msg);
		assert_null(inv.command);
	}
}

static void words_that_name_nothing_come_back(void **state UNUSED)
{
	struct invocation inv;
	struct err err;

	assert_code(parse("-q acme.case", &inv, &err), ERR_USAGE);
	assert_int_equal(inv.n_args, 1);
	assert_string_equal(inv.args[0], "acme.case");
	assert_true(option_flag(&inv, "quiet"));
	assert_code(parse("host frobnicate x", &inv, &err), ERR_USAGE);
	assert_int_equal(inv.n_args, 3);
	assert_string_equal(inv.args[0], "host");
}

static void hostile_words_are_spelled_out(void **state UNUSED)
{
	struct invocation inv;
	struct err err;

	assert_code(parse("'\x1b[2Jx'", &inv, &err), ERR_USAGE);
	assert_null(strchr(err.msg, '\x1b'));
	assert_non_null(strstr(err.msg, "\\x1b[2Jx"));
	assert_code(parse("sweep w '--\x1b'", &inv, &err), ERR_USAGE);
	assert_null(strchr(err.msg, '\x1b'));
}

static void counts_are_checked(void **state UNUSED)
{
	static const char *const bad[] = {
		"sweep",	   "sweep a b c d",    "host list x",
		"sweep w --path",  "sweep w --all=1",  "sweep w -j 1 -j 2",
		"-C a -C b sweep w",
	};
	struct invocation inv;
	struct err err;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_code(parse(bad[i], &inv, &err), ERR_USAGE);
	assert_ok(parse("sweep --help", &inv, &err), err);
	assert_true(option_flag(&inv, "help"));
	assert_ok(parse("sweep w -a -a -qq", &inv, &err), err);
}

static void too_many_words_are_refused(void **state UNUSED)
{
	const char *argv[2 * COMMAND_VALUES_MAX + 4];
	struct invocation inv;
	struct err err;

	argv[0] = "sweep";
	for (size_t i = 1; i < ARRAY_SIZE(argv); i++)
		argv[i] = "w";
	assert_code(command_parse(COMMAND_VALUES_MAX + 2, argv, &inv, &err),
		    ERR_LIMIT);
	for (size_t i = 1; i < ARRAY_SIZE(argv); i++)
		argv[i] = "-a";
	assert_code(command_parse(COMMAND_VALUES_MAX + 2, argv, &inv, &err),
		    ERR_LIMIT);
	for (size_t i = 0; i < ARRAY_SIZE(argv); i++)
		argv[i] = "nothing";
	assert_code(command_parse(COMMAND_VALUES_MAX + 1, argv, &inv, &err),
		    ERR_LIMIT);
	argv[0] = "host";
	assert_code(command_parse(COMMAND_VALUES_MAX + 1, argv, &inv, &err),
		    ERR_USAGE);
}

static void quotes_and_backslashes_split(void **state UNUSED)
{
	struct command_words words;
	struct err err;

	assert_ok(command_split(" note 'a \"b\" \\' \"c 'd' \\\"e\\\\\" "
				"f\\ g''h\t''",
				&words, &err),
		  err);
	assert_int_equal(words.n, 5);
	assert_string_equal(words.v[0], "note");
	assert_string_equal(words.v[1], "a \"b\" \\");
	assert_string_equal(words.v[2], "c 'd' \"e\\");
	assert_string_equal(words.v[3], "f gh");
	assert_string_equal(words.v[4], "");
	command_words_free(&words);
	assert_ok(command_split("  \t ", &words, &err), err);
	assert_int_equal(words.n, 0);
	command_words_free(&words);
}

static void open_quotes_are_refused(void **state UNUSED)
{
	struct command_words words;
	struct err err;

	assert_code(command_split("a 'b", &words, &err), ERR_USAGE);
	assert_code(command_split("a \"b\\\"", &words, &err), ERR_USAGE);
	assert_code(command_split("a b\\", &words, &err), ERR_USAGE);
	assert_int_equal(words.n, 0);
}

static void help_says_all_of_the_table(void **state UNUSED)
{
	static const char *const add[] = {"host", "add"}, *const group[] = {
		"host"}, *const none[] = {"frobnicate"}, *const steer[] = {
		"host", "steer"};
	struct buf out;

	buf_init(&out, 65536);
	assert_true(command_help(NULL, 0, &out));
	for (size_t i = 0; i < n_commands; i++) {
		bool told = strstr(buf_str(&out), commands[i].name);

		/* What works in the console only is not offered here. */
		assert_int_equal(told, !(commands[i].flags &
					 COMMAND_CONSOLE_ONLY));
	}
	buf_clear(&out);
	assert_true(command_help(steer, 2, &out));
	assert_non_null(strstr(buf_str(&out), "in the console: :host steer"));
	buf_clear(&out);
	assert_true(command_help(add, 2, &out));
	assert_non_null(strstr(buf_str(&out), "host add TARGET [NAME]"));
	assert_non_null(strstr(buf_str(&out), "--case CASE"));
	buf_clear(&out);
	assert_true(command_help(group, 1, &out));
	assert_non_null(strstr(buf_str(&out), "host list"));
	assert_null(strstr(buf_str(&out), "sweep"));
	assert_null(strstr(buf_str(&out), "steer"));
	assert_false(command_help(none, 1, &out));
	buf_release(&out);
}

static void docs_walk_the_table(void **state UNUSED)
{
	struct buf out;

	buf_init(&out, 65536);
	command_mdoc(&out);
	assert_non_null(strstr(buf_str(&out), ".It Ic host add Ar TARGET"));
	assert_non_null(strstr(buf_str(&out), "Fl \\-max\\-size Ar SIZE"));
	assert_non_null(strstr(buf_str(&out), "to.\nNothing is placed"));
	buf_clear(&out);
	assert_true(command_completion("bash", &out));
	assert_non_null(strstr(buf_str(&out), "'host') verbs='add list' ;;"));
	assert_non_null(strstr(buf_str(&out), "--max-size"));
	buf_clear(&out);
	assert_true(command_completion("zsh", &out));
	assert_true(command_completion("fish", &out));
	assert_false(command_completion("cmd.exe", &out));
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_and_two_words_name_commands),
		cmocka_unit_test(a_command_may_begin_longer_ones),
		cmocka_unit_test(quoted_words_come_back),
		cmocka_unit_test(options_stand_anywhere),
		cmocka_unit_test(globals_stand_between_the_words_of_a_name),
		cmocka_unit_test(two_dashes_end_options),
		cmocka_unit_test(sizes_and_numbers_are_read),
		cmocka_unit_test(abbreviations_are_refused),
		cmocka_unit_test(mistakes_name_the_closest_command),
		cmocka_unit_test(words_that_name_nothing_come_back),
		cmocka_unit_test(hostile_words_are_spelled_out),
		cmocka_unit_test(counts_are_checked),
		cmocka_unit_test(too_many_words_are_refused),
		cmocka_unit_test(quotes_and_backslashes_split),
		cmocka_unit_test(open_quotes_are_refused),
		cmocka_unit_test(help_says_all_of_the_table),
		cmocka_unit_test(docs_walk_the_table),
	};

	return cmocka_run_group_tests(tests, NULL, forget);
}
