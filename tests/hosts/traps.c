/* SPDX-License-Identifier: Apache-2.0 */
/*
 * traps lay DIR: lays the tree of traps, and says how many there are by the
 * reasons that coverage gives, as "REASON COUNT" lines.
 * traps race DIR: changes DIR/race until standard input ends.
 * traps hold FILE...: whoever opens one of them waits, until standard input
 * ends; says "holding" when it is so, or "cannot" and ends.
 */
#include "base/base.h"

#include <fcntl.h>
#include <sys/fanotify.h>

#include "unit/traps.h"

static void until_input_ends(void)
{
	char c;

	(void)fflush(stdout);
	while (read(STDIN_FILENO, &c, 1) > 0)
		continue;
}

static int lay(const char *dir)
{
	struct traps t;

	traps_lay(dir, &t);
	printf("good %u\nfifo %u\nsocket %u\ndevice %u\nsymlink %u\n"
	       "sparse %u\nall %u\n",
	       t.good, t.fifos, t.sockets, t.devices, t.symlinks, t.sparse,
	       t.all);
	return 0;
}

static int race(const char *dir)
{
	struct racers racers;

	racers_start(&racers, dir);
	puts("racing");
	until_input_ends();
	printf("%" PRIu64 " exchanges\n", *racers.flips);
	racers_stop(&racers);
	return 0;
}

static int hold(char **files)
{
	int fd = fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC, O_RDONLY);

	for (; fd >= 0 && *files; files++)
		if (fanotify_mark(fd, FAN_MARK_ADD, FAN_OPEN_PERM, AT_FDCWD,
				  *files) != 0)
			break;
	puts(fd < 0 || *files ? "cannot" : "holding");
	if (fd >= 0 && !*files)
		until_input_ends();
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "lay") == 0)
		return lay(argv[2]);
	if (argc == 3 && strcmp(argv[1], "race") == 0)
		return race(argv[2]);
	if (argc >= 3 && strcmp(argv[1], "hold") == 0)
		return hold(argv + 2);
	(void)fputs("usage: traps lay|race DIR, traps hold FILE...\n", stderr);
	return 2;
}
