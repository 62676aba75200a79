/* SPDX-License-Identifier: Apache-2.0 */
/* Packed logs, unpacked: as much of each as there is. */
#include "base/base.h"

#include <archive.h>
#include <archive_entry.h>

#include "remote/unfold.h"

#define STEP ((size_t)64 << 10)

bool is_folded(struct bytes start)
{
	static const struct {
		const char *p;
		size_t n;
	} magics[] = {
		{"\x1f\x8b\x08", 3},
		{"\xfd"
		 "7zXZ\0",
		 6},
		{"\x28\xb5\x2f\xfd", 4},
		{"BZh", 3},
	};

	for (size_t i = 0; i < ARRAY_SIZE(magics); i++)
		if (start.n >= magics[i].n &&
		    memcmp(start.p, magics[i].p, magics[i].n) == 0)
			return true;
	return false;
}

static struct archive *open_packed(struct bytes packed)
{
	struct archive *a = archive_read_new();
	struct archive_entry *entry;

	if (!a)
		return NULL;
	/* By name: "all" would have some of them run programs. */
	(void)archive_read_support_filter_gzip(a);
	(void)archive_read_support_filter_xz(a);
	(void)archive_read_support_filter_zstd(a);
	(void)archive_read_support_filter_bzip2(a);
	(void)archive_read_support_format_raw(a);
	if (archive_read_open_memory(a, packed.p, packed.n) == ARCHIVE_OK &&
	    archive_read_next_header(a, &entry) == ARCHIVE_OK)
		return a;
	(void)archive_read_free(a);
	return NULL;
}

const char *unfold(struct bytes packed, struct buf *out)
{
	struct archive *a = open_packed(packed);
	const char *missing = NULL;
	la_ssize_t n = 1;

	if (!a)
		return "it is damaged: nothing could be unpacked";
	while (!missing && n > 0) {
		uint8_t *to = buf_reserve(out, STEP);

		n = to ? archive_read_data(a, to, STEP) : 0;
		if (!to)
			missing = "it unpacks to more than 1 GiB: what is "
				  "behind that was not read";
		else if (n < 0)
			missing = "it is cut off or damaged: what is behind "
				  "that could not be unpacked";
		else
			buf_commit(out, (size_t)n);
	}
	(void)archive_read_free(a);
	return missing;
}
