/* SPDX-License-Identifier: Apache-2.0 */
/* What the console starts: requests on stdin, records on stdout. */
#ifndef HALLIGAN_PROBE_SERVE_H
#define HALLIGAN_PROBE_SERVE_H

#include "base/base.h"
#include "probe/out.h"

/* Sends REC_HELLO. `unlinked` is what it says about our own file; host_name
 * what whoever started us calls this host, "" when nobody said. */
void send_hello(struct out *out, bool unlinked, const char *host_name);

/* The same for a host that has no probe. */
struct feed_host;
void send_hello_of(struct out *out, const struct feed_host *host,
		   int64_t clock_ns);

/* The mode --serve, of whichever probe: does one plan and exits; returns for
 * arguments that it does not know. */
int serve_mode(int argc, char **argv);

/* The same with the files of a host that a shell tells of on fd. */
NORETURN void serve_feed(int fd);

#endif
