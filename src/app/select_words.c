/* SPDX-License-Identifier: Apache-2.0 */
/* The options that say which hosts a command means; what they mean is in
 * select.c. */
#include "base/base.h"

#include "app/hosts.h"

const char *const select_options[] = {"all", "tag", "group", "failed",
				      "not-done"};
const size_t n_select_options = ARRAY_SIZE(select_options);

bool select_option_is_of_run(const char *name)
{
	return strcmp(name, "failed") == 0 || strcmp(name, "not-done") == 0;
}

bool selection_is_said(const struct invocation *inv, size_t first_arg)
{
	if (inv->n_args > first_arg)
		return true;
	for (size_t i = 0; i < n_select_options; i++)
		if (option_flag(inv, select_options[i]))
			return true;
	return false;
}
