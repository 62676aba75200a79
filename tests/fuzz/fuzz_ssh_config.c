/* SPDX-License-Identifier: Apache-2.0 */
/* ssh_config(5): any text, for two hosts; what is taken keeps its bounds. */
#include "base/base.h"

#include <strings.h>
#include <sys/mman.h>

#include "base/fs.h"
#include "fuzz/fuzz.h"
#include "remote/reach.h"

const char fuzz_name[] = "ssh_config";

/* What it includes are files of this machine, and no input of ours. */
static bool includes(const uint8_t *data, size_t size)
{
	for (size_t i = 0; i + 7 <= size; i++)
		if (strncasecmp((const char *)data + i, "include", 7) == 0)
			return true;
	return false;
}

static void check(const struct reach *r)
{
	struct reach_line line;

	FUZZ_CHECK(r->port != 0 && r->host[0] && r->user[0]);
	FUZZ_CHECK(r->connect_s && r->alive_s && r->alive_count);
	FUZZ_CHECK(r->methods && r->agent);
	FUZZ_CHECK(!r->jump || !r->proxy_command);
	for (size_t i = 0; i < r->values.n; i++)
		FUZZ_CHECK(r->values.v[i].where[0]);
	for (unsigned s = 0; s < SSH_SETTINGS; s++)
		for (size_t i = 0; reach_line(r, s, i, &line); i++) {
			FUZZ_CHECK(line.value && line.where);
			free(line.value);
		}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const targets[] = {"web", "ssh://kim@db:24"};
	const struct reach_us us = {.home = "/nonexistent", .user = "ir"};
	int fd = memfd_create("config", MFD_CLOEXEC);
	struct ssh_config config;
	char path[32];
	struct err err;

	FUZZ_CHECK(fd >= 0);
	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	if (!includes(data, size) &&
	    fs_write_all(fd, bytes_of(data, size), &err) == ERR_OK) {
		ssh_config_init(&config, us.home, path);
		for (size_t i = 0; i < ARRAY_SIZE(targets); i++) {
			struct reach_ask ask = {.target = targets[i]};
			struct reach r;

			if (reach_make(&us, &config, &ask, &r, &err) == ERR_OK)
				check(&r);
			reach_release(&r);
		}
		ssh_config_release(&config);
	}
	close_fd(fd);
	return 0;
}
