/* SPDX-License-Identifier: Apache-2.0 */
/* A tree arranged to trap whoever walks it. */
#include "base/base.h"
#include "unit/traps.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>

static void must(bool ok, const char *what)
{
	if (!ok)
		BUG("laying traps: %s: %s", what, strerror(errno));
}

static int enter(int at, const char *name)
{
	int fd;

	must(mkdirat(at, name, 0755) == 0, name);
	fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	must(fd >= 0, name);
	return fd;
}

static void put(struct traps *t, int at, const char *name, const char *text)
{
	int fd = openat(at, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
			0644);

	must(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text),
	     name);
	close_fd(fd);
	t->all++;
	t->good += strcmp(text, "GOOD") == 0;
}

static void put_link(struct traps *t, int at, const char *name, const char *to)
{
	must(symlinkat(to, at, name) == 0, name);
	t->symlinks++;
	t->all++;
}

static void put_sparse(struct traps *t, int at, const char *name, off_t size)
{
	int fd;

	put(t, at, name, "A HOLE"); /* nobody reads that much of nothing */
	fd = openat(at, name, O_WRONLY | O_CLOEXEC);
	while (ftruncate(fd, size) != 0 && size > (1 << 30))
		size /= 2; /* more than this file system can */
	close_fd(fd);
	t->sparse++;
}

static void put_socket(struct traps *t, const char *dir)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(at.sun_path, sizeof at.sun_path, "%s/odd/sock", dir);
	must(bind(fd, (struct sockaddr *)&at, sizeof at) == 0, "sock");
	close_fd(fd);
	t->sockets++;
	t->all++;
}

static void put_device(struct traps *t, int at, const char *name, mode_t mode,
		       dev_t dev)
{
	if (mknodat(at, name, mode | 0666, dev) != 0)
		return; /* only root may */
	t->devices++;
	t->all++;
}

static void lay_odd(struct traps *t, int top, const char *dir)
{
	int odd = enter(top, "odd");

	must(mkfifoat(odd, "fifo", 0666) == 0, "fifo");
	must(mkfifoat(odd, "fifo.php", 0666) == 0, "fifo");
	t->fifos += 2;
	t->all += 2;
	put_socket(t, dir);
	put_device(t, odd, "null", S_IFCHR, makedev(1, 3));
	put_device(t, odd, "zero", S_IFCHR, makedev(1, 5));
	put_device(t, odd, "kmsg", S_IFCHR, makedev(1, 11));
	put_device(t, odd, "tape", S_IFCHR, makedev(9, 0));
	put_device(t, odd, "disk", S_IFBLK, makedev(7, 0));
	put_link(t, odd, "kcore", "/proc/kcore");
	put_link(t, odd, "self", "self");
	put_link(t, odd, "up", "..");
	put_link(t, odd, "root", "/");
	put_link(t, odd, "dangling", "nowhere");
	put_link(t, odd, "outside", "../../outside");
	put_link(t, odd, "stdin", "/dev/stdin");
	put_sparse(t, odd, "terabytes", (off_t)8 << 40);
	put_sparse(t, odd, "lastlog", (off_t)300 << 20);
	put(t, odd, "empty", "");
	put(t, odd, "...", "GOOD");
	put(t, odd, "-rf", "GOOD");
	put(t, odd, "..\\", "GOOD");
	must(fchmodat(odd, "-rf", 06777, 0) == 0, "-rf");
	close_fd(odd);
}

static void lay_names(struct traps *t, int top)
{
	int names = enter(top, "names");
	char longest[256];

	for (unsigned c = 1; c < 256; c++) {
		const char name[] = {(char)c, 'n', (char)c, '\0'};

		if (c != '/')
			put(t, names, name, "GOOD");
	}
	memset(longest, 0x9b, sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	put(t, names, longest, "GOOD");
	close_fd(names);
}

static void lay_deep(struct traps *t, int top, const char *name, unsigned n)
{
	int at = enter(top, name[1] ? "long" : "deep"), down;

	for (unsigned i = 0; i < n; i++) {
		down = enter(at, name);
		close_fd(at);
		at = down;
	}
	put(t, at, "bottom", "GOOD");
	close_fd(at);
}

static void lay_many(struct traps *t, int top)
{
	int crowd = enter(top, "crowd"), farm = enter(top, "farm");
	char name[32];

	for (unsigned i = 0; i < TRAPS_CROWD; i++) {
		(void)snprintf(name, sizeof name, "%u", i * 2654435761u);
		must(symlinkat("x", crowd, name) == 0, name);
	}
	t->symlinks += TRAPS_CROWD;
	t->all += TRAPS_CROWD;
	put(t, crowd, "needle", "GOOD");
	put(t, farm, "link0", "GOOD");
	for (unsigned i = 1; i < TRAPS_LINKS; i++) {
		(void)snprintf(name, sizeof name, "link%u", i);
		must(linkat(farm, "link0", farm, name, 0) == 0, name);
		t->good++;
		t->all++;
	}
	close_fd(crowd);
	close_fd(farm);
}

void traps_lay(const char *dir, struct traps *t)
{
	char *outside = xasprintf("%s.outside", dir);
	char name[251] = "";
	int top, out;

	*t = (struct traps){0};
	must(mkdir(dir, 0755) == 0, dir);
	must(mkdir(outside, 0755) == 0, outside);
	top = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	out = open(outside, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	put(&(struct traps){0}, out, "file", "OUTSIDE");
	lay_odd(t, top, dir);
	lay_names(t, top);
	lay_deep(t, top, "d", TRAPS_DEPTH);
	memset(name, 'n', sizeof name - 1);
	lay_deep(t, top, name, 30);
	lay_many(t, top);
	close_fd(enter(top, "race"));
	close_fd(top);
	close_fd(out);
	free(outside);
}

static bool exchange(const char *a, const char *b)
{
	return syscall(SYS_renameat2, AT_FDCWD, a, AT_FDCWD, b,
		       2 /* RENAME_EXCHANGE */) == 0;
}

/* A folder and a file, and in their places symlinks out of the tree. */
static void flip(uint64_t *flips)
{
	must(mkdir("dir", 0755) == 0 && exchange("dir", "to-dir") &&
		     mknod("file", S_IFREG | 0644, 0) == 0,
	     "flip");
	while (exchange("dir", "to-dir") && exchange("file", "to-file"))
		__atomic_add_fetch(flips, 2, __ATOMIC_RELAXED);
	_exit(1);
}

static void flip_fifo(uint64_t *flips UNUSED)
{
	must(mknod("plain", S_IFREG | 0644, 0) == 0 &&
		     mkfifo("pipe", 0666) == 0,
	     "fifo");
	while (exchange("plain", "pipe"))
		continue;
	_exit(1);
}

static void grow(uint64_t *flips UNUSED)
{
	int fd = open("grows", O_RDWR | O_CREAT | O_APPEND, 0644);

	for (;;) {
		if (write(fd, "GROWS\n", 6) != 6 ||
		    lseek(fd, 0, SEEK_END) > (8 << 20))
			(void)!ftruncate(fd, 0);
	}
}

static void cut(uint64_t *flips UNUSED)
{
	int fd = open("cut", O_RDWR | O_CREAT, 0644);

	for (;;) {
		(void)!ftruncate(fd, 16 << 20);
		(void)!ftruncate(fd, 1);
	}
}

static void vanish(uint64_t *flips UNUSED)
{
	char name[32];

	for (unsigned i = 0;; i++) {
		(void)snprintf(name, sizeof name, "v%u", i % 64);
		close_fd(open(name, O_WRONLY | O_CREAT, 0644));
		(void)snprintf(name, sizeof name, "v%u", (i + 32) % 64);
		(void)unlink(name); /* or it is not there */
	}
}

void racers_start(struct racers *r, const char *dir)
{
	static void (*const races[TRAPS_CHANGES])(uint64_t *) = {
		flip, flip_fifo, grow, cut, vanish};
	char *race = xasprintf("%s/race", dir);
	char *outside = xasprintf("%s.outside", dir);
	char *file = xasprintf("%s.outside/file", dir);
	char *to_dir = xasprintf("%s/race/to-dir", dir);
	char *to_file = xasprintf("%s/race/to-file", dir);

	must(symlink(outside, to_dir) == 0 && symlink(file, to_file) == 0,
	     to_dir);
	r->flips = mmap(NULL, sizeof *r->flips, PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	must(r->flips != MAP_FAILED, "memory");
	for (unsigned i = 0; i < TRAPS_CHANGES; i++) {
		r->pids[i] = fork();
		must(r->pids[i] >= 0, "fork");
		if (r->pids[i] == 0) {
			must(chdir(race) == 0 && nice(19) == 19, race);
			races[i](r->flips);
		}
	}
	free(race);
	free(to_dir);
	free(to_file);
	free(file);
	free(outside);
}

void racers_stop(struct racers *r)
{
	for (unsigned i = 0; i < TRAPS_CHANGES; i++) {
		(void)kill(r->pids[i], SIGKILL);
		(void)waitpid(r->pids[i], NULL, 0); /* ours, once */
	}
}
