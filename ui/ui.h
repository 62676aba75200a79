/* SPDX-License-Identifier: Apache-2.0 */
/* The console: the ncurses front. */
#ifndef HALLIGAN_UI_UI_H
#define HALLIGAN_UI_UI_H

#include "app/app.h"
#include "base/err.h"

/*
 * Opens the case (unless app has one open; NULL then) and runs the console
 * until the responder quits. Front thread, the only caller. The terminal is
 * as before when it returns. ERR_UNSUPPORTED when there is no terminal the
 * console can draw on, ERR_CANCELLED when a signal ended it; what opening
 * the case gave otherwise.
 *
 * With HALLIGAN_SETTLE_FD in the environment one byte is written to that
 * descriptor each time everything is drawn and the console begins to wait.
 */
enum err_code ui_run(struct app *app, const char *case_path,
		     struct err *err) MUST_CHECK;

#endif
