/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the host is doing, as its kernel says in /proc. What it does not say
 * (an old kernel, no /proc) counts as no trouble.
 */
#ifndef HALLIGAN_PROBE_PRESSURE_H
#define HALLIGAN_PROBE_PRESSURE_H

#include "base/base.h"

/* Bytes that programs may still take without swapping; UINT64_MAX: not
 * known. */
uint64_t pressure_available(void);

/* In how much of the last ten seconds everything waited for memory, in
 * hundredths of a percent. */
uint64_t pressure_stalled(void);

/* Load average of the last minute, in hundredths. */
uint64_t pressure_load(void);

#endif
