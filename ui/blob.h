/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes to look at, read by offset: an evidence item, or memory. */
#ifndef HALLIGAN_UI_BLOB_H
#define HALLIGAN_UI_BLOB_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"

struct blob {
	uint64_t size;
	/* Reads at most *n bytes from offset; *n becomes what came, 0 at the
	 * end. */
	enum err_code (*read)(struct blob *b, uint64_t offset, uint8_t *to,
			      size_t *n, struct err *err);
	void (*free)(struct blob *b);
};

struct app;

/* An item of evidence by its id. */
struct blob *blob_evidence(struct app *app, const char *id,
			   uint64_t size) MUST_CHECK;
/* What events of an item count their bytes in: what is in a packed one. */
struct blob *blob_said(struct app *app, const char *id,
		       uint64_t size) MUST_CHECK;
/* A copy of bytes. */
struct blob *blob_memory(struct bytes b) MUST_CHECK;
void blob_free(struct blob *b); /* NULL is fine */

#endif
