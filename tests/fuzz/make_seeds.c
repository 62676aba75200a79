/* SPDX-License-Identifier: Apache-2.0 */
/* Writes seeds/wire and seeds/zreader anew: a record of every type. */
#include "base/base.h"
#include "base/fs.h"
#include "unit/wire_samples.h"
#include "wire/stream.h"

static enum err_code write_seed(const char *top, const char *target,
				const char *name, struct bytes b,
				struct err *err)
{
	char *path = xasprintf("%s/%s/%s", top, target, name);
	enum err_code code = fs_replace(path, b, 0644, err);

	free(path);
	return code;
}

static enum err_code pack(struct bytes plain, struct buf *out, struct err *err)
{
	struct zwriter z;
	enum err_code code;

	zwriter_init(&z, 3);
	code = zwriter_add(&z, plain, ZFLUSH_BLOCK, out, err);
	if (code == ERR_OK)
		code = zwriter_add(&z, plain, ZFLUSH_END, out, err);
	zwriter_release(&z);
	return code;
}

static enum err_code one(const char *top, const struct wire_type *type,
			 struct err *err)
{
	struct buf plain, packed;
	struct record rec;
	enum err_code code;

	buf_init(&plain, RECORD_BODY_MAX);
	buf_init(&packed, RECORD_BODY_MAX);
	sample_record(type, SAMPLE_SMALL, &rec);
	code = record_encode(rec.type, &rec.u, &plain, err);
	if (code == ERR_OK)
		code = write_seed(top, "wire", type->name, buf_bytes(&plain),
				  err);
	if (code == ERR_OK)
		code = pack(buf_bytes(&plain), &packed, err);
	if (code == ERR_OK)
		code = write_seed(top, "zreader", type->name,
				  buf_bytes(&packed), err);
	buf_release(&plain);
	buf_release(&packed);
	return code;
}

int main(int argc, char **argv)
{
	enum err_code code = ERR_OK;
	struct err err;

	if (argc != 2) {
		fputs("usage: make_seeds tests/fuzz/seeds\n", stderr);
		return 2;
	}
	for (size_t i = 0; code == ERR_OK && i < n_record_types; i++)
		code = one(argv[1], &record_types[i], &err);
	if (code != ERR_OK)
		fprintf(stderr, "%s\n", err.msg);
	return code != ERR_OK;
}
