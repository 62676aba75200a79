/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes of evidence and of memory by offset. */
#include "base/base.h"

#include "app/app.h"
#include "ui/blob.h"

struct blob_in_case {
	struct blob blob;
	struct app *app;
	char *id;
};

struct blob_in_memory {
	struct blob blob;
	uint8_t *p;
};

static enum err_code read_evidence(struct blob *b, uint64_t offset, uint8_t *to,
				   size_t *n, struct err *err)
{
	struct blob_in_case *c = (struct blob_in_case *)b;

	return case_evidence_read(app_case(c->app), c->id, offset, to, n, err);
}

static void free_evidence(struct blob *b)
{
	struct blob_in_case *c = (struct blob_in_case *)b;

	free(c->id);
	free(c);
}

struct blob *blob_evidence(struct app *app, const char *id, uint64_t size)
{
	struct blob_in_case *c = xcalloc(1, sizeof *c);

	c->blob = (struct blob){
		.size = size, .read = read_evidence, .free = free_evidence};
	c->app = app;
	c->id = xstrdup(id);
	return &c->blob;
}

static enum err_code read_said(struct blob *b, uint64_t offset, uint8_t *to,
			       size_t *n, struct err *err)
{
	struct blob_in_case *c = (struct blob_in_case *)b;

	return app_said_read(c->app, c->id, offset, to, n, err);
}

struct blob *blob_said(struct app *app, const char *id, uint64_t size)
{
	struct blob *b = blob_evidence(app, id, size);

	b->read = read_said;
	return b;
}

static enum err_code read_memory(struct blob *b, uint64_t offset, uint8_t *to,
				 size_t *n, struct err *err UNUSED)
{
	struct blob_in_memory *m = (struct blob_in_memory *)b;
	uint64_t left = offset < b->size ? b->size - offset : 0;

	*n = (size_t)MIN((uint64_t)*n, left);
	if (*n)
		memcpy(to, m->p + offset, *n);
	return ERR_OK;
}

static void free_memory(struct blob *b)
{
	struct blob_in_memory *m = (struct blob_in_memory *)b;

	free(m->p);
	free(m);
}

struct blob *blob_memory(struct bytes b)
{
	struct blob_in_memory *m = xcalloc(1, sizeof *m);

	m->blob = (struct blob){
		.size = b.n, .read = read_memory, .free = free_memory};
	m->p = b.n ? xmemdup(b.p, b.n) : NULL;
	return &m->blob;
}

void blob_free(struct blob *b)
{
	if (b)
		b->free(b);
}
