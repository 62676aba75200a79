/* SPDX-License-Identifier: Apache-2.0 */
/* What a shell says of a host's files (probe/feed.h). */
#include "base/base.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "fuzz/fuzz.h"
#include "probe/feed.h"

const char fuzz_name[] = "feed";

static void on_text(void *arg, struct bytes text)
{
	(void)arg;
	FUZZ_CHECK(text.n == 0 || !memchr(text.p, 0, text.n));
}

static void on_sockets(void *arg, struct bytes name, struct bytes table)
{
	on_text(arg, name);
	on_text(arg, table);
}

static void on_process(void *arg, const struct feed_process *p)
{
	on_text(arg, p->stat);
	on_text(arg, p->status);
	on_text(arg, p->cmdline);
	on_text(arg, p->links);
}

static void on_mount(void *arg, enum fs_kind kind, struct bytes path)
{
	FUZZ_CHECK(kind <= FS_NETWORK);
	on_text(arg, path);
}

static void on_leads(void *arg, struct bytes from, struct bytes to)
{
	on_text(arg, from);
	on_text(arg, to);
}

static void on_broken(void *arg, uint64_t status, struct bytes path)
{
	(void)status;
	on_text(arg, path);
}

static bool on_root(void *arg, uint64_t root)
{
	*(uint64_t *)arg = root;
	return true;
}

static bool on_entry(void *arg, struct feed_entry *e)
{
	struct stat st;

	(void)arg;
	FUZZ_CHECK(e->file.path.n && e->file.path.p[0] == '/');
	FUZZ_CHECK(e->file.path.n <= RECORD_PATH_MAX);
	if (e->target.n) {
		FUZZ_CHECK(S_ISLNK(e->file.mode));
		FUZZ_CHECK(!memchr(e->target.p, 0, e->target.n));
	}
	if (e->fd >= 0) { /* no more, and no less, than was said */
		FUZZ_CHECK(e->known && e->offered && S_ISREG(e->file.mode));
		FUZZ_CHECK(fstat(e->fd, &st) == 0 &&
			   (uint64_t)st.st_size == e->file.size);
	}
	close_fd(e->fd);
	e->fd = -1;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t root = 0;
	const struct feed_sink sink = {
		.arg = &root,
		.passwd = on_text,
		.hosts = on_text,
		.sockets = on_sockets,
		.text = on_sockets,
		.process = on_process,
		.mount = on_mount,
		.leads = on_leads,
		.broken = on_broken,
		.root = on_root,
		.entry = on_entry,
	};
	int fd = memfd_create("feed", MFD_CLOEXEC);
	struct feed_host host;
	struct feed feed;
	struct err err;

	FUZZ_CHECK(fd >= 0);
	FUZZ_CHECK(fs_write_all(fd, bytes_of(data, size), &err) == ERR_OK);
	FUZZ_CHECK(lseek(fd, 0, SEEK_SET) == 0);
	feed_init(&feed, fd);
	if (feed_begin(&feed, &host, &err) == ERR_OK &&
	    feed_read(&feed, &sink, &err) == ERR_OK)
		FUZZ_CHECK(feed.used <= feed.in.n);
	feed_release(&feed);
	return 0;
}
