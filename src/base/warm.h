/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcrypto looks for each algorithm when it is first used, and seeds its
 * source of chance then, which is most of what a handshake costs it. Once done
 * in a process, it is so in all that are forked off it.
 */
#ifndef HALLIGAN_BASE_WARM_H
#define HALLIGAN_BASE_WARM_H

#include "base/base.h"

/* After hash_lib_init. What SSH is mostly spoken with; chance that children
 * draw is their own all the same: libcrypto sees that it was forked. */
void warm_crypto(void);

#endif
