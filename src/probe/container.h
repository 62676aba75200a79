/* SPDX-License-Identifier: Apache-2.0 */
/* Containers by the files of their runtimes. */
#ifndef HALLIGAN_PROBE_CONTAINER_H
#define HALLIGAN_PROBE_CONTAINER_H

#include "base/base.h"
#include "probe/tell.h"

/* config.v2.json and hostconfig.json */
void take_docker(struct tell *t, struct bytes id, struct bytes config,
		 struct bytes host);

/* config.json as the runtime specification has it; pid 0: it does not run. */
void take_oci(struct tell *t, const char *runtime, struct bytes id,
	      struct bytes config, uint64_t pid);

/* lxc.container.conf(5) */
void take_lxc(struct tell *t, struct bytes name, struct bytes text);

#endif
