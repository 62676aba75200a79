/* SPDX-License-Identifier: Apache-2.0 */
/* What every cmocka program includes: cmocka wants these headers first. */
#ifndef HALLIGAN_TESTS_UNIT_UNIT_H
#define HALLIGAN_TESTS_UNIT_UNIT_H

#include "base/base.h"

#include <setjmp.h>

#include <cmocka.h>

#include "base/err.h"

/* Asserts that a call that fills `err` succeeded, showing why when not. */
#define assert_ok(call, err)                                               \
	do {                                                               \
		enum err_code code_ = (call);                              \
		if (code_ != ERR_OK)                                       \
			fail_msg("%s: %s", err_name(code_), (err).msg);    \
	} while (0)

#define assert_code(call, want)                                            \
	do {                                                               \
		enum err_code got_ = (call);                               \
		if (got_ != (want))                                        \
			fail_msg("%s instead of %s", err_name(got_),       \
				 err_name(want));                          \
	} while (0)

#endif
