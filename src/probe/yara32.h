/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Included before all else (gcc's -include) where our time_t has 64 bits and
 * that of the libyara at hand 32: YR_SCAN_CONTEXT holds a stopwatch, whose
 * structs must be as long as they were when libyara was compiled.
 */
#ifndef HALLIGAN_PROBE_YARA32_H
#define HALLIGAN_PROBE_YARA32_H

#include "config.h"

#include <sys/time.h>
#include <time.h>

struct yara32_timeval {
	long tv_sec, tv_usec;
};

struct yara32_timespec {
	long tv_sec, tv_nsec;
};

#define timeval  yara32_timeval
#define timespec yara32_timespec
#include <yara/stopwatch.h>
#undef timeval
#undef timespec

#endif
