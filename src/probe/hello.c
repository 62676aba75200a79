/* SPDX-License-Identifier: Apache-2.0 */
/* The first record: who speaks, and from where. */
#include "base/base.h"

#include <sys/utsname.h>

#include "base/hash.h"
#include "base/time.h"
#include "probe/feed.h"
#include "probe/rules.h"
#include "probe/serve.h"
#include "probe/top.h"

#define ID_FILE_MAX ((size_t)256 << 10)
#define ID_BYTES    16u

/* Without dashes and in small letters, so that it is the same wherever it was
 * read; false: that is none, such as "uninitialized". */
static bool take_id(struct bytes text, char out[2 * ID_BYTES + 1])
{
	uint8_t raw[ID_BYTES];
	struct buf hex;
	bool ok;

	buf_init(&hex, 2 * ID_BYTES);
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] != '-')
			(void)buf_add_byte(&hex, text.p[i]); /* too long: bad */
	ok = !hex.full && hex_decode(buf_bytes(&hex), raw, sizeof raw);
	if (ok)
		(void)hex_encode(bytes_of(raw, sizeof raw), out,
				 2 * ID_BYTES + 1);
	buf_release(&hex);
	return ok;
}

/* "" when there is none, or we may not read it. */
static void read_id(const char *path, char out[2 * ID_BYTES + 1])
{
	const struct top whole = {.fd = -1};
	struct buf text;

	out[0] = '\0';
	buf_init(&text, ID_FILE_MAX);
	if (!top_read(&whole, path, &text) ||
	    !take_id(bytes_trim(buf_bytes(&text)), out))
		out[0] = '\0';
	buf_release(&text);
}

void send_hello(struct out *out, bool unlinked, const char *host_name)
{
	char machine[2 * ID_BYTES + 1], product[2 * ID_BYTES + 1];
	struct rec_hello hello = {
		.version = RECORD_VERSION,
		.program = bytes_str("halligan-probe " PACKAGE_VERSION),
		.engine = bytes_str(rules_engine()),
		.uid = geteuid(),
		.pid = (uint64_t)getpid(),
		.clock_ns = time_now_ns(),
		.unlinked = unlinked,
		.host_name = bytes_str(host_name),
	};
	struct utsname u = {0};
	char *os;

	(void)uname(&u); /* empty when a filter refuses it */
	os = xasprintf("%s %s", u.sysname, u.release);
	hello.os = bytes_str(os);
	hello.arch = bytes_str(u.machine);
	hello.hostname = bytes_str(u.nodename);
	read_id("/etc/machine-id", machine);
	read_id("/sys/class/dmi/id/product_uuid", product);
	hello.machine_id = bytes_str(machine);
	hello.product_id = bytes_str(product);
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
