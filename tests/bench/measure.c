/* SPDX-License-Identifier: Apache-2.0 */
/*
 * measure FILE COMMAND...: runs it, waits for all it left running, and writes
 * into FILE: seconds until it ended, CPU seconds of all there was (daemons
 * too), and the largest resident KiB of it and of any of them.
 */
#include "base/base.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	double began = now(), took = 0;
	struct rusage all, one, own = {0};
	int status, result = 1;
	pid_t child, got;
	FILE *out;

	if (argc < 3 || prctl(PR_SET_CHILD_SUBREAPER, 1) != 0)
		return 2;
	child = fork();
	if (child == 0) {
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	while ((got = wait4(-1, &status, 0, &one)) > 0) {
		if (got != child)
			continue;
		took = now() - began;
		own = one;
		result = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
	}
	getrusage(RUSAGE_CHILDREN, &all);
	out = fopen(argv[1], "w");
	if (!out)
		return 2;
	fprintf(out, "%.2f %.2f %ld %ld\n", took,
		seconds(all.ru_utime) + seconds(all.ru_stime), own.ru_maxrss,
		all.ru_maxrss);
	return fclose(out) == 0 ? result : 2;
}
