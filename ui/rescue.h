/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Giving the terminal back when the program dies: bytes and settings kept
 * ready, written with what a signal handler may call. Process-wide.
 */
#ifndef HALLIGAN_UI_RESCUE_H
#define HALLIGAN_UI_RESCUE_H

#include "base/base.h"
#include "base/bytes.h"
#include "base/err.h"

/* Remembers how the terminal is set now. */
enum err_code rescue_remember(struct err *err) MUST_CHECK;

/* From here on BUG(), SIGSEGV and their kin write these bytes (copied) and
 * set the terminal back before they do their work. */
void rescue_arm(struct bytes give_back);
void rescue_disarm(void);

/* Whether there is something to give back just now. */
void rescue_needed(bool yes);

#endif
