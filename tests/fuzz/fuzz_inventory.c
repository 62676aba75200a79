/* SPDX-License-Identifier: Apache-2.0 */
/* A list of targets, and an inventory as INI: what is taken is a target. */
#include "base/base.h"
#include "fuzz/fuzz.h"
#include "inventory/inventory.h"
#include "remote/remote.h"

const char fuzz_name[] = "inventory";

static void read_as(enum inventory_form form, struct bytes text)
{
	struct inventory inv = {0};
	struct target target;
	struct err err;

	if (inventory_read(&inv, "fuzz", text, form, &err) == ERR_OK)
		for (size_t i = 0; i < inv.n; i++)
			FUZZ_CHECK(target_parse(inv.hosts[i].target, &target,
						&err) == ERR_OK);
	FUZZ_CHECK(inv.n <= INVENTORY_HOSTS_MAX);
	inventory_release(&inv);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes text = bytes_of(data, size);

	(void)inventory_form_of("fuzz", text, INVENTORY_AUTO);
	read_as(INVENTORY_LIST, text);
	read_as(INVENTORY_INI, text);
	return 0;
}
