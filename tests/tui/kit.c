/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the console share: a case to look at, begin and end. */
#include "tui/kit.h"

#include <fcntl.h>
#include <sys/wait.h>

#include "base/fs.h"

static char *home_env, *editor_env;

struct tui tui;
const char *env[8];

/* ---- a case to look at ---- */

static void fill_case(struct fix *f)
{
	uint64_t file;

	fix_host(f, "web01");
	fix_run(f, "hunt");
	file = put_file(f, "/srv/www/fig3.php", "", false);
	put_hit(f, put_match(f, file, "webshell_generic", "high"), 0x1002);
	file = put_file(f, "/tmp/" HOSTILE, "", false);
	put_hit(f, put_match(f, file, "rule_" HOSTILE, "low"), 0x10);
	(void)put_evidence(f, "/etc/" HOSTILE,
			   bytes_str("first line\nsecond " HOSTILE "\n"));
	put_coverage(f, "scanned", "/srv");
	put_coverage(f, "skipped", "/proc");
	put_run_host(f, "done");
	put_note(f, "body " HOSTILE);
	fix_flush(f);
}

static void write_editor(struct fix *f)
{
	char *path = xasprintf("%s/editor", f->dir);
	struct err err;
	static const char script[] =
		"#!/bin/sh\n"
		"read -r first < \"$1\"\n"
		"printf 'edited: %s\\nsecond line\\n' \"$first\" > \"$1\"\n";

	assert_ok(fs_replace(path, bytes_str(script), 0700, &err), err);
	editor_env = xasprintf("EDITOR=%s", path);
	free(path);
}

int setup(void **state)
{
	struct fix *f;

	if (fix_setup(state) != 0)
		return -1;
	f = *state;
	fill_case(f);
	fix_close(f);
	write_editor(f);
	home_env = xasprintf("HOME=%s", f->dir);
	env[0] = home_env;
	env[1] = editor_env;
	env[2] = "VISUAL=";
	env[3] = NULL;
	return 0;
}

int teardown(void **state)
{
	tui_stop(&tui);
	free(home_env);
	free(editor_env);
	return fix_teardown(state);
}

void start(struct fix *f, const struct tui_options *o)
{
	const char *const argv[] = {getenv("HALLIGAN"), f->path, NULL};
	struct tui_options with_env = *o;

	with_env.env = env;
	assert_int_equal(chdir(f->dir), 0);
	tui_start(&tui, &with_env, argv);
}

void start_usual(struct fix *f)
{
	start(f, &(struct tui_options){0});
	tui_wait(&tui, "NEEDS YOU");
}

void run_halligan(struct fix *f, const char *verb, int want)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR | O_CLOEXEC);

		(void)dup2(null, STDOUT_FILENO);
		(void)dup2(null, STDERR_FILENO);
		(void)execl(getenv("HALLIGAN"), "halligan", "-C", f->path, verb,
			    (char *)NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WEXITSTATUS(status), want);
}

/* Leaves by Q; the case is whole and the bytes were clean. */
void leave(struct fix *f, const char *term)
{
	char why[512] = "";
	int status;

	tui_type(&tui, "Q");
	status = tui_wait_end(&tui);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	if (!bytes_are_clean(term, buf_bytes(&tui.raw), why, sizeof why))
		fail_msg("%s", why);
	run_halligan(f, "verify", 0);
}

int need_program(void)
{
	const char *program = getenv("HALLIGAN");

	if (program && access(program, X_OK) == 0)
		return 0;
	print_message("skipped: no program at $HALLIGAN\n");
	return 77;
}
