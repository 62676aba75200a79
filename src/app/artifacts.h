/* SPDX-License-Identifier: Apache-2.0 */
/* Definitions of artifacts, as an invocation names them. */
#ifndef HALLIGAN_APP_ARTIFACTS_H
#define HALLIGAN_APP_ARTIFACTS_H

#include "app/command.h"
#include "artifact/artifact.h"

/* Those that come with halligan and those of each --definitions. */
enum err_code artifacts_of(const struct invocation *inv,
			   struct artifact_set *set,
			   const struct artifact_sink *sink,
			   struct err *err) MUST_CHECK;

/* The requests for what --artifact and --profile name; when neither was
 * given, for the profile `otherwise`, or nothing when that is NULL. What is
 * named and will not be done is said. */
enum err_code artifacts_wanted(struct invocation *inv, const char *otherwise,
			       struct buf *out, struct err *err) MUST_CHECK;

#endif
