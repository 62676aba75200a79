/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The jail of a child that scans, in what the static probe has: limits, and a
 * system call filter written by hand (base/jail.c does it with libseccomp,
 * for the console). What is left are the descriptors it has, memory that is
 * never executable, time, and its own end.
 */
#ifndef HALLIGAN_PROBE_CELL_H
#define HALLIGAN_PROBE_CELL_H

#include "base/base.h"

/*
 * Enters it; cannot be left. It may take memory_bytes more than it has. False
 * when the kernel has no system call filters (before 3.5, or built without).
 */
bool cell_enter(uint64_t memory_bytes);

#endif
