/* SPDX-License-Identifier: Apache-2.0 */
/* The first record: who speaks, and from where. */
#include "base/base.h"

#include <sys/utsname.h>

#include "base/time.h"
#include "probe/rules.h"
#include "probe/serve.h"

void send_hello(struct out *out, bool unlinked)
{
	struct rec_hello hello = {
		.version = RECORD_VERSION,
		.program = bytes_str("halligan-probe " PACKAGE_VERSION),
		.engine = bytes_str(rules_engine()),
		.uid = geteuid(),
		.pid = (uint64_t)getpid(),
		.clock_ns = time_now_ns(),
		.unlinked = unlinked,
	};
	struct utsname u = {0};
	char *os;

	(void)uname(&u); /* empty when a filter refuses it */
	os = xasprintf("%s %s", u.sysname, u.release);
	hello.os = bytes_str(os);
	hello.arch = bytes_str(u.machine);
	hello.hostname = bytes_str(u.nodename);
	(void)out_send(out, REC_HELLO, &hello); /* remembered */
	(void)out_flush(out);
	free(os);
}
