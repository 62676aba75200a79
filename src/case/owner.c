/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who runs a run, so that one whose process was killed can be told from one
 * that goes on in another terminal. Not a lock: descriptors of the case file
 * are SQLite's alone. The start time tells a process from a later one with
 * the same pid, the boot id one machine (and boot) from another.
 */
#include "base/base.h"

#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>

#include "case/book.h"

/* First bytes of a small file, "" when it cannot be read. */
static void read_start(const char *path, char *out, size_t room)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, out, room - 1);

	close_fd(fd);
	out[n > 0 ? n : 0] = '\0';
}

static void boot_id(char *out, size_t room)
{
	read_start("/proc/sys/kernel/random/boot_id", out, room);
	out[strcspn(out, "\n")] = '\0';
	if (!out[0])
		(void)snprintf(out, room, "-");
}

/* Field 22 of proc(5) stat, after the name in brackets; 0 when there is no
 * such process or only what its parent has not asked about yet. */
static uint64_t start_time(long pid)
{
	char path[64], stat[1024];
	struct bytes rest, field = {0};
	const char *at;
	uint64_t ticks;

	(void)snprintf(path, sizeof path, "/proc/%ld/stat", pid);
	read_start(path, stat, sizeof stat);
	at = strrchr(stat, ')');
	if (!at || at[1] != ' ' || at[2] == 'Z' || at[2] == 'X')
		return 0;
	rest = bytes_str(at + 2);
	for (int i = 3; i <= 22; i++)
		if (!bytes_split(&rest, ' ', &field))
			return 0;
	return bytes_to_u64(field, &ticks) ? ticks : 0;
}

static void pid_space(char *out, size_t room)
{
	ssize_t n = readlink("/proc/self/ns/pid", out, room - 1);

	if (n <= 0)
		n = snprintf(out, room, "-");
	out[n] = '\0';
}

void owner_self(char out[OWNER_MAX])
{
	static atomic_uint serial;
	char boot[48], space[48];

	boot_id(boot, sizeof boot);
	pid_space(space, sizeof space);
	(void)snprintf(out, OWNER_MAX, "%s %s %ld %" PRIu64 " %u", boot, space,
		       (long)getpid(), start_time(getpid()),
		       atomic_fetch_add(&serial, 1));
}

bool owner_is_gone(const char *owner)
{
	struct bytes rest = bytes_str(owner), boot, space, pid, start;
	char our_boot[48], our_space[48];
	uint64_t number, ticks;

	if (!bytes_split(&rest, ' ', &boot) ||
	    !bytes_split(&rest, ' ', &space) ||
	    !bytes_split(&rest, ' ', &pid) ||
	    !bytes_split(&rest, ' ', &start) || !bytes_to_u64(pid, &number) ||
	    !bytes_to_u64(start, &ticks) || number == 0 || number > INT32_MAX)
		return true; /* nobody we could find */
	boot_id(our_boot, sizeof our_boot);
	pid_space(our_space, sizeof our_space);
	if (!bytes_eq(boot, bytes_str(our_boot)))
		return true;
	if (!bytes_eq(space, bytes_str(our_space)))
		return false; /* in another container: cannot tell */
	if (kill((pid_t)number, 0) != 0 && errno == ESRCH)
		return true;
	return start_time((long)number) != ticks;
}
