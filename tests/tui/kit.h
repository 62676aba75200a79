/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the console share: a case to look at, begin and end. */
#ifndef HALLIGAN_TESTS_TUI_KIT_H
#define HALLIGAN_TESTS_TUI_KIT_H

#include "tui/tui.h"
#include "unit/case_util.h"

/* What an attacker may call a file: clipboard, title, clear, C1, bidi. */
#define HOSTILE                                                                \
	"\x1b]52;c;QUFB\x07\x1b]0;owned\x07\x1b[2J\xc2\x9b"                    \
	"31m\xe2\x80\xae"                                                      \
	"end"

extern struct tui tui;
/* Environment of the program; the first three are set up, NULL ends. */
extern const char *env[8];

/* cmocka setup and teardown: *state is a struct fix, its case closed: a host,
 * a hunt with two findings, evidence, coverage, a note. */
int setup(void **state);
int teardown(void **state);

/* Opens the case in the console. */
void start(struct fix *f, const struct tui_options *o);
void start_usual(struct fix *f); /* 80x24, and waits for the first page */

/* Runs `halligan -C CASE VERB` and wants that status. */
void run_halligan(struct fix *f, const char *verb, int want);

/* Leaves by Q; the case is whole and the bytes were clean. */
void leave(struct fix *f, const char *term);

/* First thing in main(): 77 when there is no program to test, else 0. */
int need_program(void);

#define TEST(t) cmocka_unit_test_setup_teardown(t, setup, teardown)

#endif
