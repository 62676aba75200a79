/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts of a kernel to facts, whoever read them: the probe that runs there,
 * or a shell.
 */
#ifndef HALLIGAN_PROBE_TAKE_H
#define HALLIGAN_PROBE_TAKE_H

#include "base/base.h"
#include "probe/tell.h"

/* /proc/PID/stat and status; into members of a process. */
void take_stat(struct tell *t, struct bytes stat, struct bytes status);

/* mountinfo, proc_pid_mountinfo(5). */
void take_mounts(struct tell *t, struct bytes text);

/* A line of proc_modules(5). */
struct module_line {
	struct bytes name, users, state, taint;
	uint64_t size, refs;
};
bool module_parse(struct bytes line, struct module_line *m);
void module_tell(struct tell *t, const struct module_line *m);

/* One of model/kernel_setting.h. */
void take_setting(struct tell *t, struct bytes name, struct bytes value);

/* /proc/net/route and ipv6_route; the first has words of the host's order. */
void take_routes(struct tell *t, struct bytes text, bool swapped);
void take_routes6(struct tell *t, struct bytes text);

/* Where /etc/localtime leads: the name of the zone is in no other place. */
void take_zone_link(struct tell *t, struct bytes to);

/* /proc/net/arp */
void take_neighbours(struct tell *t, struct bytes text);

/* Messages of rtnetlink(7), those of IPv6; false: they have come to an end. */
bool take_netlink_neighbours(struct tell *t, struct bytes answer);

#endif
