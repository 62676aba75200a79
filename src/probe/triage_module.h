/* SPDX-License-Identifier: Apache-2.0 */
/* Modules of the kernel by each view there is. */
#ifndef HALLIGAN_PROBE_TRIAGE_MODULE_H
#define HALLIGAN_PROBE_TRIAGE_MODULE_H

#include "base/base.h"
#include "base/nameset.h"
#include "probe/triage.h"

struct modules_seen {
	struct buf list; /* /proc/modules */
	struct nameset proc, sys, symbols;
	bool has_proc, has_sys, has_symbols;
	int error; /* why there is no list */
};

/* Its list; with_views: and what else knows of modules. */
void modules_read(struct tell *t, struct modules_seen *m, bool with_views);
void modules_release(struct modules_seen *m);

/* Whose a line of /proc/kallsyms is; empty: the kernel's own. */
struct bytes symbol_module(struct bytes line);

/* Its file by modules.dep(5); empty: none that is known. */
struct bytes module_file(struct bytes dep, struct bytes module);

#endif
