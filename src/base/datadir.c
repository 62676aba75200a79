/* SPDX-License-Identifier: Apache-2.0 */
/* The folders of what comes with the program. */
#include "base/base.h"

#include <limits.h>

#include "base/datadir.h"

/* The folder the running program lies in; "." when /proc does not say. */
static char *program_folder(void)
{
	char exe[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
	char *slash;

	if (n <= 0)
		return xstrdup(".");
	exe[n] = '\0';
	slash = strrchr(exe, '/');
	if (slash)
		*slash = '\0';
	return xstrdup(exe);
}

char *datadir_candidate(size_t i, const char *name)
{
	static const char *const below[] = {"/rules/", "/../rules/"};
	char *program, *path;

	if (i == ARRAY_SIZE(below))
		return xasprintf("%s/rules/%s", HALLIGAN_DATADIR, name);
	if (i > ARRAY_SIZE(below))
		return NULL;
	program = program_folder();
	path = xasprintf("%s%s%s", program, below[i], name);
	free(program);
	return path;
}

char *datadir_find(const char *name)
{
	char *path;

	for (size_t i = 0; (path = datadir_candidate(i, name)); i++) {
		if (access(path, R_OK) == 0)
			return path;
		free(path);
	}
	return NULL;
}
