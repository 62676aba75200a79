/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A fuzz target: one function and a name, which is also the folder of its
 * seeds. Linked with libFuzzer (--enable-fuzz), or with replay.c, which runs
 * the seeds and what is left of them when cut or damaged.
 */
#ifndef HALLIGAN_TESTS_FUZZ_FUZZ_H
#define HALLIGAN_TESTS_FUZZ_FUZZ_H

#include "base/base.h"

extern const char fuzz_name[];

/* libFuzzer's name for it; always returns 0, aborts on a finding. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_CHECK(x)                                                          \
	do {                                                                   \
		if (!(x))                                                      \
			BUG("does not hold: %s", #x);                          \
	} while (0)

#endif
