/* SPDX-License-Identifier: Apache-2.0 */
/* Finding the probe that goes to the hosts. */
#include "base/base.h"

#include "app/inside.h"
#include "base/fs.h"

#define PROBE_MAX (64u << 20)

static enum err_code load_from(struct probe *probe, const char *dir,
			       struct err *err)
{
	char *plain = xasprintf("%s/halligan-probe", dir);
	char *gz = xasprintf("%s/halligan-probe-x86_64.gz", dir);
	enum err_code code;

	buf_init(&probe->plain, PROBE_MAX);
	buf_init(&probe->gz, PROBE_MAX);
	code = fs_read(plain, &probe->plain, err);
	if (code == ERR_OK)
		code = fs_read(gz, &probe->gz, err);
	if (code != ERR_OK)
		probe_release(probe);
	free(plain);
	free(gz);
	return code;
}

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

enum err_code probe_load(struct probe *probe, struct err *err)
{
	char dir[4096];

	if (probe->plain.n)
		return ERR_OK;
	if (own_folder(dir, sizeof dir) &&
	    load_from(probe, dir, err) == ERR_OK)
		return ERR_OK;
	if (load_from(probe, HALLIGAN_LIBEXECDIR, err) == ERR_OK)
		return ERR_OK;
	return err_wrap(err, "no probe to send (is halligan installed whole?)");
}

void probe_release(struct probe *probe)
{
	buf_release(&probe->plain);
	buf_release(&probe->gz);
}
