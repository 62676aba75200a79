/* SPDX-License-Identifier: Apache-2.0 */
/* Where secrets lie on hosts, whoever reads there. */
#ifndef HALLIGAN_MODEL_SECRET_H
#define HALLIGAN_MODEL_SECRET_H

#include "base/base.h"
#include "model/record.h"

struct secret_place {
	/* For fnmatch(3) without flags, or a shell's `case`: an asterisk goes
	 * through slashes. */
	const char *path;
	enum req_secrecy secrecy;
	bool is_rare; /* mostly there is none in it */
};

/* One by one, the first that matches counts; NULL behind the last. */
const struct secret_place *secret_place(size_t i);

#endif
