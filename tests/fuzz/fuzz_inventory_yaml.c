/* SPDX-License-Identifier: Apache-2.0 */
/* An inventory as YAML, whose nodes may point to each other. */
#include "base/base.h"
#include "fuzz/fuzz.h"
#include "inventory/inventory.h"
#include "remote/remote.h"

const char fuzz_name[] = "inventory_yaml";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct inventory inv = {0};
	struct target target;
	struct err err;

	if (inventory_read(&inv, "fuzz", bytes_of(data, size), INVENTORY_YAML,
			   &err) == ERR_OK)
		for (size_t i = 0; i < inv.n; i++)
			FUZZ_CHECK(target_parse(inv.hosts[i].target, &target,
						&err) == ERR_OK);
	inventory_release(&inv);
	return 0;
}
