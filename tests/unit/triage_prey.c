/* SPDX-License-Identifier: Apache-2.0 */
/* Processes for a triage to find. */
#include "unit/triage_prey.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/fs.h"

#define IN  20 /* where a copy has its pipes, away from the standard three */
#define OUT 21

void prey_main(int argc, char **argv)
{
	char c = 'r';

	if (argc != 2 || strcmp(argv[1], "prey") != 0)
		return;
	if (write(OUT, &c, 1) != 1)
		_exit(1);
	_exit(read(IN, &c, 1) != 0);
}

static int open_copy(const char *path)
{
	int fd = path ? open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0700)
		      : memfd_create("prey", MFD_CLOEXEC);
	struct buf b;
	struct err err;

	assert_true(fd >= 0);
	buf_init(&b, (size_t)256 << 20);
	assert_ok(fs_read("/proc/self/exe", &b, &err), err);
	assert_ok(fs_write_all(fd, buf_bytes(&b), &err), err);
	buf_release(&b);
	if (path) { /* nobody runs what is open for writing */
		close_fd(fd);
		fd = open(path, O_RDONLY | O_CLOEXEC);
	}
	return fd;
}

void prey_start(struct prey *p, const char *path, void (*before)(void *arg),
		void *arg)
{
	char word[] = "prey", preload[] = "LD_PRELOAD=",
	     secret[] = "SECRET=hidden", history[] = "HISTFILE=/dev/null";
	char *name = xstrdup(path ? path : word);
	char *argv[] = {name, word, NULL};
	char *envp[] = {preload, secret, history, NULL};
	int in[2], out[2], fd = open_copy(path);
	char c;

	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	p->pid = fork();
	assert_true(p->pid >= 0);
	if (p->pid == 0) {
		if (before)
			before(arg);
		if (dup2(in[0], IN) >= 0 && dup2(out[1], OUT) >= 0)
			fexecve(fd, argv, envp);
		_exit(127);
	}
	free(name);
	close_fd(fd);
	close_fd(in[0]);
	close_fd(out[1]);
	assert_int_equal(read(out[0], &c, 1), 1);
	close_fd(out[0]);
	p->in = in[1];
}

void prey_end(struct prey *p)
{
	int status;

	close_fd(p->in);
	assert_int_equal(waitpid(p->pid, &status, 0), p->pid);
}
