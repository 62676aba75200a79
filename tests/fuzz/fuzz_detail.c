/* SPDX-License-Identifier: Apache-2.0 */
/* JSON that a host tells: what is sound, a strict reader takes, too. */
#include "base/base.h"

#include <jansson.h>

#include "fuzz/fuzz.h"
#include "model/detail.h"

const char fuzz_name[] = "detail";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *fault = detail_fault(bytes_of(data, size));
	json_t *doc;

	FUZZ_CHECK(!fault || *fault);
	if (fault)
		return 0;
	doc = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES,
			 NULL);
	FUZZ_CHECK(json_is_object(doc));
	json_decref(doc);
	return 0;
}
