/* SPDX-License-Identifier: Apache-2.0 */
/* What a path alone says. */
#include "base/base.h"
#include "probe/pathsign.h"

bool path_is_below(struct bytes path, const char *folder)
{
	size_t n = strlen(folder);

	return bytes_starts(path, folder) &&
	       (path.n == n || path.p[n] == '/');
}

bool path_is_scratch(struct bytes path)
{
	static const char *const folders[] = {
		"/tmp",	     "/var/tmp",   "/dev", "/run/user",
		"/run/lock", "/var/crash", "/run/shm"};

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		if (path_is_below(path, folders[i]))
			return true;
	return false;
}

bool name_is_odd(struct bytes name)
{
	size_t dots = 0;

	if (name.n == 0)
		return false;
	while (dots < name.n && name.p[dots] == '.')
		dots++;
	if (dots == name.n)
		return name.n > 2;
	return name.p[name.n - 1] == ' ' || name.p[name.n - 1] == '\t' ||
	       (dots >= 2 && name.p[dots] <= ' ') || name.p[0] <= ' ';
}

bool path_is_hidden(struct bytes path)
{
	struct bytes name;

	while (bytes_split(&path, '/', &name))
		if (name.n && (name.p[0] == '.' || name_is_odd(name)))
			return true;
	return false;
}
