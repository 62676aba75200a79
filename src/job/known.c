/* SPDX-License-Identifier: Apache-2.0 */
/* The known_hosts files that hosts name, read once for each run. */
#include "base/base.h"

#include "base/log.h"
#include "job/engine.h"

struct known_set {
	struct known_set *next;
	struct buf paths; /* each with its NUL */
	struct known_hosts known;
	struct err err; /* ERR_OK: known was loaded */
};

static void load(struct known_set *set, const struct reach *r)
{
	known_hosts_init(&set->known);
	for (size_t i = 0; i < r->known.n && set->err.code == ERR_OK; i++)
		set->err.code = known_hosts_add(&set->known, r->known.v[i].path,
						&set->err);
	if (set->err.code != ERR_OK)
		log_line(LOG_WARN, "job", "known_hosts: %s", set->err.msg);
}

const struct known_hosts *known_for(struct engine *e, const struct reach *r,
				    struct err *err)
{
	struct known_set *set = e->known;
	struct buf paths;

	buf_init(&paths, 1u << 20);
	for (size_t i = 0; i < r->known.n; i++)
		(void)buf_add(&paths, r->known.v[i].path,
			      strlen(r->known.v[i].path) + 1);
	while (set && !bytes_eq(buf_bytes(&set->paths), buf_bytes(&paths)))
		set = set->next;
	if (!set) {
		set = xcalloc(1, sizeof *set);
		set->paths = paths;
		set->next = e->known;
		e->known = set;
		load(set, r);
	} else {
		buf_release(&paths);
	}
	if (set->err.code == ERR_OK)
		return &set->known;
	*err = set->err;
	return NULL;
}

void known_forget(struct engine *e)
{
	while (e->known) {
		struct known_set *next = e->known->next;

		buf_release(&e->known->paths);
		known_hosts_release(&e->known->known);
		free(e->known);
		e->known = next;
	}
}
