/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The real program on a pseudo terminal, with libvterm as the terminal. The
 * driver never sleeps: it waits for bytes on the terminal or on the settle
 * descriptor, with a deadline that only a hang reaches. Everything the
 * program sends is kept and held against the terminal's description.
 */
#ifndef HALLIGAN_TESTS_TUI_TUI_H
#define HALLIGAN_TESTS_TUI_TUI_H

#include "unit/unit.h"

#include <sys/types.h>
#include <vterm.h>

#include "base/buf.h"

struct tui {
	pid_t pid;
	int fd;     /* of the terminal */
	int settle; /* a byte each time the program begins to wait */
	int rows, cols;
	VTerm *vt;
	VTermScreen *screen;
	struct buf raw; /* all that was sent */
	char *shot;     /* the screen as text, of the last look */
	size_t n_settled;
	bool ended;
	int status; /* of waitpid, once ended */
};

struct tui_options {
	const char *term;       /* TERM; NULL: xterm-256color */
	const char *const *env; /* "NAME=value" more, NULL ends; may be NULL */
	int rows, cols;         /* 0: 24x80 */
};

/* Starts argv[0]. */
void tui_start(struct tui *t, const struct tui_options *o,
	       const char *const *argv);

/* Kills what still runs; the test fails when the bytes were not clean. */
void tui_stop(struct tui *t);

/* Types. Special keys by their xterm names: TUI_UP and so on. */
void tui_type(struct tui *t, const char *keys);

#define TUI_UP    "\033OA"
#define TUI_DOWN  "\033OB"
#define TUI_ENTER "\r"
#define TUI_ESC   "\033"
#define TUI_TAB   "\t"

/* What is on the screen now, rows as lines without blanks at their ends. */
const char *tui_screen(struct tui *t);

/* Waits until the screen holds (does not hold) the words. */
void tui_wait(struct tui *t, const char *words);
void tui_wait_gone(struct tui *t, const char *words);

/* Waits until the program settled once more than `before` times. */
void tui_settle(struct tui *t, size_t before);

void tui_resize(struct tui *t, int rows, int cols);

/* Waits for the end of the program; its waitpid status. */
int tui_wait_end(struct tui *t);

/*
 * Whether every byte sent is text without control, bidi or C1 characters, or
 * a sequence that the description of that terminal names. Says what not.
 */
bool bytes_are_clean(const char *term, struct bytes raw, char *why,
		     size_t room);

#endif
