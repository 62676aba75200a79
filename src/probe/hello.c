/* SPDX-License-Identifier: Apache-2.0 */
/* The first record: who speaks, and from where. */
#include "base/base.h"

#include <sys/utsname.h>

#include "base/time.h"
#include "probe/feed.h"
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

/* uid is that of its shell; the clock has seconds only. */
void send_hello_of(struct out *out, const struct feed_host *host,
		   int64_t clock_ns)
{
	struct buf os;
	struct rec_hello hello = {
		.version = RECORD_VERSION,
		.program = bytes_str("halligan-probe " PACKAGE_VERSION),
		.engine = bytes_str(rules_engine()),
		.uid = host->uid,
		.clock_ns = clock_ns,
		.unlinked = true,
		.arch = host->machine,
		.hostname = host->name,
	};

	buf_init(&os, RECORD_WORD_MAX);
	(void)(buf_add_bytes(&os, host->system) && buf_add_byte(&os, ' ') &&
	       buf_add_bytes(&os, host->release)); /* or the begin of it */
	hello.os = buf_bytes(&os);
	hello.arch.n = MIN(hello.arch.n, (size_t)RECORD_WORD_MAX);
	hello.hostname.n = MIN(hello.hostname.n, (size_t)RECORD_WORD_MAX);
	(void)out_send(out, REC_HELLO, &hello); /* remembered */
	(void)out_flush(out);
	buf_release(&os);
}
