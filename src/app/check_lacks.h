/* SPDX-License-Identifier: Apache-2.0 */
/* Checks that had nothing to judge by, or not all of it, in words: rows of
 * coverage of a run of checks, whose reason is "KIND: WHY". */
#ifndef HALLIGAN_APP_CHECK_LACKS_H
#define HALLIGAN_APP_CHECK_LACKS_H

#include "base/base.h"
#include "app/app.h"

/* Of a run that is in the case: a line for each host and reason. */
enum err_code lacks_say(struct app *app, const struct uuid *run,
			void (*say)(void *arg, const char *line), void *arg,
			struct err *err) MUST_CHECK;

#endif
