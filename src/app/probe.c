/* SPDX-License-Identifier: Apache-2.0 */
/* Finding the probes that go to the hosts. */
#include "base/base.h"

#include "app/inside.h"

/* The folder this very program runs from, as when it was built in place. */
static bool own_folder(char *out, size_t room)
{
	ssize_t n = readlink("/proc/self/exe", out, room - 1);
	char *slash;

	if (n <= 0)
		return false;
	out[n] = '\0';
	slash = strrchr(out, '/');
	if (slash)
		*slash = '\0';
	return slash != NULL;
}

enum err_code probes_find(struct bundle *probes, struct err *err)
{
	char dir[4096];

	if (probes->n_probes)
		return ERR_OK;
	if (own_folder(dir, sizeof dir) &&
	    bundle_open(probes, dir, err) == ERR_OK)
		return ERR_OK;
	if (bundle_open(probes, HALLIGAN_LIBEXECDIR, err) == ERR_OK)
		return ERR_OK;
	return err_wrap(err, "no probe to send (is halligan installed whole?)");
}
