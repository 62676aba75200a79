/* SPDX-License-Identifier: Apache-2.0 */
/*
 * memfind PID: looks for the line that comes on standard input in all that a
 * process and its descendants have: memory, environment, arguments. Each place
 * is a line: process, name, where, and whether that page is locked. Last come
 * the processes that were searched. Exit 0: found; 1: not; 2: trouble.
 */
#include "base/base.h"

#include <dirent.h>
#include <fcntl.h>

#define PIECE  (1u << 20)
#define WANTED 256

static char wanted[WANTED];
static size_t n_wanted;
static unsigned n_found, n_searched;
static bool trouble;

static bool read_file(const char *path, char *out, size_t room, size_t *n)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got;

	*n = 0;
	if (fd < 0)
		return false;
	while (*n < room && (got = read(fd, out + *n, room - *n)) > 0)
		*n += (size_t)got;
	close(fd);
	return true;
}

/* /proc/PID/stat: "pid (name) state ppid"; 0: gone. */
static int stat_of(int pid, char name[64])
{
	char path[64], line[512], *from, *to;
	size_t n;

	(void)snprintf(path, sizeof path, "/proc/%d/stat", pid);
	if (!read_file(path, line, sizeof line - 1, &n))
		return 0;
	line[n] = '\0';
	from = strchr(line, '(');
	to = strrchr(line, ')');
	if (!from || !to || strlen(to) < 4)
		return 0;
	(void)snprintf(name, 64, "%.*s", (int)(to - from - 1), from + 1);
	return (int)strtol(to + 4, NULL, 10);
}

static bool is_below(int pid, int root)
{
	char name[64];

	for (int depth = 0; pid > 1 && depth < 64; depth++) {
		if (pid == root)
			return true;
		pid = stat_of(pid, name);
	}
	return false;
}

static void found(int pid, const char *where, bool locked)
{
	char name[64] = "?";

	(void)stat_of(pid, name);
	printf("%d %s %s%s\n", pid, name, where, locked ? " locked" : "");
	n_found++;
}

static void search_file(int pid, const char *what)
{
	static char content[PIECE];
	char path[64];
	size_t n;

	(void)snprintf(path, sizeof path, "/proc/%d/%s", pid, what);
	if (!read_file(path, content, sizeof content, &n))
		return; /* it has ended */
	if (n && memmem(content, n, wanted, n_wanted))
		found(pid, what, false);
}

/* One mapping, in pieces that overlap. */
static bool in_mapping(int mem, uint64_t from, uint64_t to)
{
	static char piece[PIECE + WANTED];

	while (from < to) {
		size_t n = (size_t)MIN(to - from, (uint64_t)sizeof piece);
		ssize_t got = pread(mem, piece, n, (off_t)from);

		if (got <= 0)
			return false;
		if (memmem(piece, (size_t)got, wanted, n_wanted))
			return true;
		from += MIN((uint64_t)got, (uint64_t)PIECE);
	}
	return false;
}

struct mapping {
	uint64_t from, to;
	char what[128];
	bool is_hit;
};

/* "from-to rwxp offset device inode   name"; false: another line. */
static bool read_mapping(char *line, struct mapping *m)
{
	char *end, *name;

	m->from = strtoull(line, &end, 16);
	if (*end != '-')
		return false;
	m->to = strtoull(end + 1, &end, 16);
	name = strpbrk(end, "[/");
	line[strcspn(line, "\n")] = '\0';
	(void)snprintf(m->what, sizeof m->what, "%" PRIx64 " %.80s", m->from,
		       name ? name : "");
	/* [vvar] and its like are the kernel's. */
	if (end[0] != ' ' || end[1] != 'r' || strstr(m->what, "[v"))
		m->to = m->from;
	return true;
}

static void end_mapping(int pid, struct mapping *m, bool locked)
{
	if (m->is_hit)
		found(pid, m->what, locked);
	m->is_hit = false;
}

/* smaps: a line for each mapping, and below it how much of it is locked. */
static void search_memory(int pid)
{
	char path[64], line[600];
	struct mapping m = {0}, next;
	bool locked = false;
	FILE *maps;
	int mem;

	(void)snprintf(path, sizeof path, "/proc/%d/mem", pid);
	mem = open(path, O_RDONLY | O_CLOEXEC);
	(void)snprintf(path, sizeof path, "/proc/%d/smaps", pid);
	maps = fopen(path, "re");
	while (mem >= 0 && maps && fgets(line, sizeof line, maps)) {
		if (strncmp(line, "Locked:", 7) == 0)
			locked = strtoul(line + 7, NULL, 10) > 0;
		if (!read_mapping(line, &next))
			continue;
		end_mapping(pid, &m, locked);
		m = next;
		m.is_hit = in_mapping(mem, m.from, m.to);
	}
	end_mapping(pid, &m, locked);
	if ((mem < 0) != !maps) /* else it is gone */
		trouble = true;
	n_searched += mem >= 0 && maps;
	if (maps)
		(void)fclose(maps);
	if (mem >= 0)
		close(mem);
}

static void search(int pid)
{
	search_file(pid, "environ");
	search_file(pid, "cmdline");
	search_memory(pid);
}

int main(int argc, char **argv)
{
	int root = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 0;
	DIR *proc = opendir("/proc");
	struct dirent *d;

	if (root <= 0 || !proc || !fgets(wanted, sizeof wanted, stdin))
		return 2;
	n_wanted = strcspn(wanted, "\n");
	if (n_wanted < 8)
		return 2;
	while ((d = readdir(proc))) {
		int pid = (int)strtol(d->d_name, NULL, 10);

		if (pid > 0 && is_below(pid, root))
			search(pid);
	}
	(void)closedir(proc);
	printf("searched %u\n", n_searched);
	return trouble || !n_searched ? 2 : n_found == 0;
}
