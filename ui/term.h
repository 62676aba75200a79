/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The terminal: the one room with curses in it. Takes grids, gives keys.
 * Process-wide state, front thread only; curses is made that way.
 */
#ifndef HALLIGAN_UI_TERM_H
#define HALLIGAN_UI_TERM_H

#include "base/base.h"
#include "base/err.h"
#include "ui/grid.h"
#include "ui/key.h"

/*
 * Takes over the terminal of standard input and output. ERR_UNSUPPORTED with
 * a hint when there is none or it is too dumb. From here on until term_close
 * BUG(), SIGSEGV and their kin give the terminal back first.
 */
enum err_code term_open(struct err *err) MUST_CHECK;
void term_close(void);

/* Gives the terminal back for an editor or a stop, and takes it again. */
void term_leave(void);
void term_return(void);
/* The same around a stop of the whole process (^Z). */
void term_suspend(void);

void term_size(unsigned *rows, unsigned *cols);
void term_resized(void); /* after SIGWINCH */
void term_forget(void);  /* the next term_draw draws every cell */

/* Puts the grid on the screen; only what changed is sent. */
void term_draw(const struct grid *g);

/* The next key; false when there is none now. Never waits. */
bool term_key(struct key *key);

void term_mouse(bool on);

#endif
