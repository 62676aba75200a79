/* SPDX-License-Identifier: Apache-2.0 */
/* What the files share that make records of what was brought. */
#ifndef HALLIGAN_REMOTE_GIVEN_INSIDE_H
#define HALLIGAN_REMOTE_GIVEN_INSIDE_H

#include "remote/members.h"
#include "remote/teller.h"

/* ---- given_archive.c ---- */

/* All that is in an archive: each file of it evidence, and events. */
enum err_code given_tell_archive(struct teller *t, struct members *members,
				 struct err *err) MUST_CHECK;

#endif
