/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Notes: one line at the prompt, or $EDITOR on a private copy. The editor is
 * started without a shell; the terminal is given back before and taken again
 * after.
 */
#include "base/base.h"

#include <signal.h>
#include <sys/wait.h>

#include "base/fs.h"
#include "ui/console.h"
#include "ui/term.h"

#define NOTE_MAX     (1u << 20)
#define EDITOR_WORDS 16

/* ---- the editor ---- */

static const char *editor_line(void)
{
	const char *line = getenv("VISUAL");

	if (!line || !*line)
		line = getenv("EDITOR");
	return line && *line ? line : NULL;
}

NORETURN static void exec_editor(const char *path)
{
	static const char *const usual[] = {"sensible-editor", "nano", "vi"};
	struct command_words words = {0};
	const char *argv[EDITOR_WORDS + 2];
	struct err err;
	sigset_t none;
	size_t n = 0;

	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	if (editor_line() &&
	    command_split(editor_line(), &words, &err) == ERR_OK)
		for (; n < words.n && n < EDITOR_WORDS; n++)
			argv[n] = words.v[n];
	if (n) {
		argv[n++] = path;
		argv[n] = NULL;
		(void)execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	for (size_t i = 0; i < ARRAY_SIZE(usual); i++)
		(void)execlp(usual[i], usual[i], path, (char *)NULL);
	_exit(127);
}

/* Runs it to its end on the terminal that term_leave gave back. */
static enum err_code run_editor(const char *path, struct err *err)
{
	pid_t pid = fork(), got;
	int status;

	if (pid < 0)
		return err_errno(err, "starting the editor");
	if (pid == 0)
		exec_editor(path);
	do
		got = waitpid(pid, &status, 0);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return err_errno(err, "waiting for the editor");
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return err_set(err, ERR_NOTFOUND, "no editor: %s; set EDITOR",
			       editor_line() ? shown_str(editor_line()).s
					     : "sensible-editor, nano, vi");
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return err_set(err, ERR_CANCELLED,
			       "the editor failed, so nothing is changed");
	return ERR_OK;
}

static char *make_folder(void)
{
	static const char *const variables[] = {"XDG_RUNTIME_DIR", "TMPDIR"};
	char *dir;

	for (size_t i = 0; i < ARRAY_SIZE(variables); i++) {
		const char *base = getenv(variables[i]);

		if (!base || base[0] != '/')
			continue;
		dir = xasprintf("%s/halligan-note-XXXXXX", base);
		if (mkdtemp(dir))
			return dir;
		free(dir);
	}
	dir = xstrdup("/tmp/halligan-note-XXXXXX");
	if (mkdtemp(dir))
		return dir;
	free(dir);
	return NULL;
}

static enum err_code edit_in(const char *dir, struct buf *text, struct err *err)
{
	char *path = xasprintf("%s/note.txt", dir);
	enum err_code code = fs_replace(path, buf_bytes(text), 0600, err);

	if (code == ERR_OK) {
		term_leave();
		code = run_editor(path, err);
		term_return();
	}
	if (code == ERR_OK) {
		buf_clear(text);
		code = fs_read(path, text, err);
	}
	free(path);
	return code;
}

bool ui_editor(struct ui *ui, struct buf *text)
{
	char *dir = make_folder();
	struct err err, ignored;
	enum err_code code;

	if (!dir) {
		(void)err_errno(&err, "making a private folder for the note");
		ui_say_err(ui, &err);
		return false;
	}
	code = edit_in(dir, text, &err);
	if (fs_remove_tree(dir, &ignored) != ERR_OK && code == ERR_OK)
		ui_say_err(ui, &ignored);
	free(dir);
	ui->changed = true;
	if (code != ERR_OK)
		ui_say_err(ui, &err);
	return code == ERR_OK;
}

/* ---- notes ---- */

static void take_host(void *arg, const struct view *view, const struct row *row)
{
	struct ui *ui = arg;
	struct bytes host = row_bytes(
		view, row, strcmp(view->name, "host") == 0 ? "name" : "host");

	free(ui->note_host);
	ui->note_host = host.n ? bytes_to_str(host) : NULL;
}

static void write_note(struct ui *ui, const char *body)
{
	const char *words[] = {"note", "add", "--", body, NULL};
	const char *about[] = {"note", "add", "--host", NULL, "--", body, NULL};

	about[3] = ui->note_host;
	if (ui->note_host)
		(void)ui_words(ui, 6, about);
	else
		(void)ui_words(ui, 4, words);
}

static void note_in_editor(struct ui *ui)
{
	struct buf text;

	buf_init(&text, NOTE_MAX);
	if (!ui_editor(ui, &text))
		;
	else if (bytes_trim(buf_bytes(&text)).n == 0)
		ui_say(ui, ROLE_NORMAL, "an empty note is not written");
	else
		write_note(ui, buf_str(&text));
	buf_release(&text);
}

static void note_typed(struct ui *ui, const char *line)
{
	if (!line)
		return;
	if (bytes_trim(bytes_str(line)).n == 0)
		note_in_editor(ui);
	else
		write_note(ui, line);
}

void ui_note_add(struct ui *ui)
{
	struct page *page = ui_page(ui);
	char label[PROMPT_LABEL];

	free(ui->note_host);
	ui->note_host = NULL;
	if (page->type->chosen && strcmp(page->type->name, "notes") != 0)
		(void)page->type->chosen(page, take_host, ui);
	(void)snprintf(label, sizeof label,
		       "note%s%.60s (Enter alone: editor): ",
		       ui->note_host ? " about " : "",
		       ui->note_host ? shown_str(ui->note_host).s : "");
	ui_prompt(ui, PROMPT_LINE, label, NULL, note_typed);
}

struct picked_note {
	char *id;
	struct buf body;
};

static void pick_note(void *arg, const struct view *view, const struct row *row)
{
	struct picked_note *n = arg;

	if (n->id || strcmp(view->name, "note") != 0)
		return;
	n->id = bytes_to_str(row_bytes(view, row, "id"));
	(void)buf_add_bytes(&n->body, row_bytes(view, row, "body"));
}

void ui_note_edit(struct ui *ui)
{
	struct page *page = ui_page(ui);
	struct picked_note n = {0};
	char *before;

	buf_init(&n.body, NOTE_MAX);
	if (page->type->chosen)
		(void)page->type->chosen(page, pick_note, &n);
	before = xstrdup(buf_str(&n.body));
	if (!n.id) {
		ui_say(ui, ROLE_NORMAL, "there is no note here");
	} else if (ui_editor(ui, &n.body)) {
		const char *words[] = {"note", "edit", n.id, "--", NULL};

		words[4] = buf_str(&n.body);
		if (strcmp(words[4], before) == 0)
			ui_say(ui, ROLE_NORMAL, "the note is as it was");
		else
			(void)ui_words(ui, 5, words);
	}
	free(before);
	free(n.id);
	buf_release(&n.body);
}
