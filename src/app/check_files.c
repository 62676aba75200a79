/* SPDX-License-Identifier: Apache-2.0 */
/* Which checks there are: those that come along, and those of the user. */
#include "base/base.h"

#include "app/checks.h"
#include "base/datadir.h"

enum err_code checks_load(struct checkset *set, const char *const *paths,
			  size_t n, check_say say, void *arg, struct err *err)
{
	char *ours = datadir_find("checks");
	enum err_code code;

	if (ours)
		code = checkset_load(set, ours, false, say, arg, err);
	else
		code = err_set(err, ERR_NOTFOUND,
			       "its checks are not there (is halligan "
			       "installed whole?)");
	for (size_t i = 0; code == ERR_OK && i < n; i++)
		code = checkset_load(set, paths[i], true, say, arg, err);
	free(ours);
	if (code == ERR_OK)
		checkset_hash(set);
	return code;
}
