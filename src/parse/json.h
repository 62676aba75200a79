/* SPDX-License-Identifier: Apache-2.0 */
/* JSON of strangers, by libjansson: what is missing or of another kind is
 * empty, and so is all of what is no JSON. */
#ifndef HALLIGAN_PARSE_JSON_H
#define HALLIGAN_PARSE_JSON_H

#include "base/base.h"
#include "base/bytes.h"

#include <jansson.h>

/* NULL: it is none. json_decref() it, also NULL. */
json_t *json_read(struct bytes text) MUST_CHECK;

/* The string at "a.b" below it; borrowed from the document. */
struct bytes json_text(const json_t *doc, const char *path);

/* The value there; borrowed, may be NULL. */
const json_t *json_at(const json_t *doc, const char *path);

#endif
