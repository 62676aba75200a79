/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of packet filters as their programs print them; how many there are. */
#ifndef HALLIGAN_PROBE_FIREWALL_H
#define HALLIGAN_PROBE_FIREWALL_H

#include "base/base.h"
#include "probe/tell.h"

uint64_t take_nft(struct tell *t, struct bytes text);
uint64_t take_iptables(struct tell *t, const char *tool, struct bytes text);

#endif
