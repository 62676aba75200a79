/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the source "views", each of its own programs. */
#ifndef HALLIGAN_PROBE_TRIAGE_VIEWS_H
#define HALLIGAN_PROBE_TRIAGE_VIEWS_H

#include "base/base.h"
#include "probe/triage.h"
#include "probe/view.h"

void look_net_views(struct tell *t);  /* ss, netstat */
void look_file_views(struct tell *t); /* ls, find, open(2) */

#endif
