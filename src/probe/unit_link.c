/* SPDX-License-Identifier: Apache-2.0 */
/* Links that systemd reads, as files. */
#include "base/base.h"

#include "base/hash.h"
#include "probe/triage.h"
#include "probe/unit_link.h"

static bool is_nowhere(struct bytes target)
{
	return bytes_eq(target, bytes_str("/dev/null"));
}

bool unit_link_is_wanted(struct bytes path)
{
	path.n -= bytes_file_name(path).n;
	return bytes_find(path, "systemd/", NULL) &&
	       (bytes_ends(path, ".wants/") || bytes_ends(path, ".requires/"));
}

bool unit_link_is(struct bytes path, struct bytes target)
{
	return unit_link_is_wanted(path) || is_nowhere(target);
}

uint64_t unit_link_send(struct run *run, struct rec_file *file,
			struct bytes target)
{
	struct rec_file_end end = {.complete = true};
	struct rec_chunk chunk = {.data = target};
	uint8_t digest[SHA256_LEN];

	if (is_nowhere(target))
		chunk.data.n = 0;
	hash_sha256(chunk.data, digest);
	end.sha256 = bytes_of(digest, sizeof digest);
	end.size = file->size = chunk.data.n;
	file->content = true;
	file->packaged = triage_file_packaged(run, file->path);
	pthread_mutex_lock(&run->content_lock);
	run_list(run, file);
	chunk.file_seq = end.file_seq = file->seq;
	if (chunk.data.n)
		(void)out_send(run->out, REC_CHUNK, &chunk);
	(void)out_send(run->out, REC_FILE_END, &end); /* remembered */
	pthread_mutex_unlock(&run->content_lock);
	return chunk.data.n;
}
