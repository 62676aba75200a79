/* SPDX-License-Identifier: Apache-2.0 */
/* Entries of UAC's files, between the reader of lines and what they mean. */
#ifndef HALLIGAN_ARTIFACT_UAC_H
#define HALLIGAN_ARTIFACT_UAC_H

#include "artifact/inside.h"

#define UAC_VALUE_MAX ((size_t)64 << 10)
#define UAC_OTHER_OS  (1u << 8)
#define UAC_ALL_OS    (1u << 9)

struct uac_entry {
	unsigned line, os;
	char *collector, *command;
	struct words paths, names, in_paths, not_names, not_paths;
	uint64_t max_depth, max_size, mode_any;
	bool loops, has_condition, only_folders;
	const char *why; /* it cannot be done; NULL: it can */
};

struct uac {
	const struct artifact_sink *sink;
	const char *file;
	struct bytes rest;
	unsigned line;
	struct artifact a;
	struct uac_entry entry;
	bool in_entries, has_condition, broken;
};

/* The entry becomes a source of the definition. */
void uac_add_source(struct uac *u);

#endif
