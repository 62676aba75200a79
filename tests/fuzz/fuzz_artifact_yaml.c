/* SPDX-License-Identifier: Apache-2.0 */
/* Definitions as YAML: each pattern of what is taken is one. */
#include "base/base.h"
#include "artifact/artifact.h"
#include "base/pathset.h"
#include "fuzz/fuzz.h"

const char fuzz_name[] = "artifact_yaml";

static enum err_code check(void *arg, const struct artifact *of,
			   const struct artifact_source *source,
			   const struct req_pattern *pattern, struct err *err)
{
	struct pathset *set = pathset_new();
	struct err why;

	(void)arg;
	(void)err;
	FUZZ_CHECK(of->name && source->n);
	FUZZ_CHECK(pathset_add(set, pattern->pattern, 0, &why) != ERR_FORMAT);
	pathset_free(set);
	return ERR_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct artifact_set set = {0};
	struct err err;

	artifacts_read_yaml(&set, "fuzz", bytes_of(data, size), NULL);
	artifacts_read_overlay(&set, "fuzz", bytes_of(data, size), NULL);
	artifacts_read_profiles(&set, "fuzz", bytes_of(data, size), NULL);
	artifacts_check(&set, NULL);
	for (size_t i = 0; i < set.n; i++)
		FUZZ_CHECK(artifact_each_pattern(&set, &set.v[i], check, NULL,
						 NULL, &err) == ERR_OK);
	artifacts_release(&set);
	return 0;
}
