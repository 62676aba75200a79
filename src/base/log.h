/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The debug log: what the program did, for those who mend it. Off until
 * log_open. Not the audit log, which is part of the case. Any thread; a line
 * is written with one write(2). Outside bytes only through shown().
 */
#ifndef HALLIGAN_BASE_LOG_H
#define HALLIGAN_BASE_LOG_H

#include "base/base.h"
#include "base/err.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* Appends to path (made 0600). Once, before threads. */
enum err_code log_open(const char *path, enum log_level up_to,
		       struct err *err) MUST_CHECK;
void log_line(enum log_level level, const char *area, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

/* The descriptor, for a child that keeps writing after it closed the rest;
 * -1 when the log is off. */
int log_fd(void);

#endif
