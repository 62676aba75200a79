/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Links of systemd, which say what is enabled (in .wants and .requires) and
 * what is masked (by one to /dev/null): systemd.unit(5). They are collected as
 * files that have the path they lead to.
 */
#ifndef HALLIGAN_PROBE_UNIT_LINK_H
#define HALLIGAN_PROBE_UNIT_LINK_H

#include "probe/run.h"

#define UNIT_LINK_MAX 4096 /* bytes of where one leads, at most less one */

/* In a folder whose links say what is enabled. */
bool unit_link_is_wanted(struct bytes path);

/* Whether a link there that leads to target is one of them. */
bool unit_link_is(struct bytes path, struct bytes target);

/* Sends the link and where it leads, or nothing when that is nowhere: its mode
 * says what it is. How many bytes that were. */
uint64_t unit_link_send(struct run *run, struct rec_file *file,
			struct bytes target);

#endif
