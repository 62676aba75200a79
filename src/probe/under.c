/* SPDX-License-Identifier: Apache-2.0 */
/* What is mounted over, named. */
#include "base/base.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/buf.h"
#include "probe/helper.h"
#include "probe/under.h"
#include "probe/names.h"
#include "probe/run.h"

/* open_tree(2), which older headers do not have; its number is one for all. */
#define NR_OPEN_TREE	428
#define TREE_CLONE	1
#define TREE_EMPTY_PATH 0x1000

static void note(struct run *run, size_t root, struct bytes path, uint64_t n)
{
	coverage_row(&run->coverage, root, REASON_UNDER, path, n, 0);
}

static void note_entries(struct run *run, size_t root, struct bytes path,
			 struct names *names)
{
	struct buf below;
	const char *name;
	unsigned char type;
	uint64_t n = 0;

	buf_init(&below, RECORD_PATH_MAX);
	while ((name = names_next(names, &type))) {
		if (n++ >= UNDER_LISTED_MAX)
			continue;
		buf_clear(&below);
		(void)buf_addf(&below, "%.*s/%s", (int)path.n,
			       (const char *)path.p, name);
		note(run, root, below.full ? path : buf_bytes(&below), 1);
	}
	if (n > UNDER_LISTED_MAX)
		note(run, root, path, n - UNDER_LISTED_MAX);
	buf_release(&below);
}

/* By the folder above it, in a copy of the mount that is below ours. */
static bool look_below(struct run *run, size_t root, struct helper *helper,
		       int tree, const char *name, struct bytes path)
{
	struct names names = {0};
	struct rec_file file;
	bool told;
	int fd;

	if (!helper_stat_at(helper, tree, name, &file, NULL))
		return errno == ENOENT; /* the place itself is gone there */
	if (!S_ISDIR(file.mode)) {
		if (file.size) /* an empty one is made to be mounted over */
			note(run, root, path, 1);
		return true;
	}
	fd = helper_open(helper, tree, name, O_DIRECTORY);
	told = fd >= 0 && names_read(&names, helper, fd, NULL);
	if (told)
		note_entries(run, root, path, &names);
	names_release(&names);
	close_fd(fd);
	return told;
}

void under_note(struct run *run, size_t root, struct helper *helper,
		 int dir_fd, const char *name, struct bytes path)
{
	int tree;

	if (strcmp(name, ".") == 0) /* the root of all, over nothing */
		return;
	tree = (int)syscall(NR_OPEN_TREE, dir_fd, "",
			    TREE_CLONE | TREE_EMPTY_PATH | O_CLOEXEC);
	if (tree < 0 || !look_below(run, root, helper, tree, name, path))
		note(run, root, path, 1);
	close_fd(tree);
}
