/* SPDX-License-Identifier: Apache-2.0 */
/* The external variables of one file, as far as the rules use them. */
#include "base/base.h"
#include "probe/external.h"
#include "probe/filetype.h"

static struct bytes until_last_slash(struct bytes path)
{
	while (path.n && path.p[path.n - 1] != '/')
		path.n--;
	return bytes_of(path.p, path.n ? path.n - 1 : 0);
}

void externals_names(struct bytes path, struct bytes values[N_EXTERNALS])
{
	struct bytes folder = until_last_slash(path);
	struct bytes name = bytes_skip(path, folder.n + 1);
	size_t dot = name.n;

	if (path.n && memchr(path.p, '/', path.n) == NULL)
		name = path;
	while (dot > 1 && name.p[dot - 1] != '.')
		dot--;
	values[EXTERNAL_filename] = name;
	values[EXTERNAL_filepath] = folder;
	if (dot > 1)
		values[EXTERNAL_extension] = bytes_skip(name, dot - 1);
}

static struct bytes md5_text(const uint8_t md5[HASH_LEN_MAX],
			     char text[HASH_HEX_MAX])
{
	return bytes_str(hex_encode(bytes_of(md5, 16), text, HASH_HEX_MAX));
}

struct bytes externals_md5(struct bytes content, char text[HASH_HEX_MAX])
{
	uint8_t md5[HASH_LEN_MAX];
	struct hash hash;

	hash_init(&hash, HASH_MD5);
	hash_add(&hash, content);
	(void)hash_final(&hash, md5);
	return md5_text(md5, text);
}

static bool fill_owner(struct externals *room, struct file *f,
		       struct bytes *value)
{
	*value = owner_name(&f->run->owners, f->rec.uid);
	if (value->n)
		return true;
	(void)snprintf(room->owner, sizeof room->owner, "%" PRIu64, f->rec.uid);
	*value = bytes_str(room->owner);
	return true;
}

static bool fill_md5(struct externals *room, struct file *f,
		     struct bytes *value)
{
	uint8_t md5[HASH_LEN_MAX];

	if (!file_hash(f, HASH_MD5, md5))
		return false;
	*value = md5_text(md5, room->md5);
	return true;
}

static bool fill_filetype(struct externals *room UNUSED, struct file *f,
			  struct bytes *value)
{
	int error;
	struct bytes head = file_piece(f, FILETYPE_HEAD, 0, &error);

	*value = bytes_str(filetype_of(head));
	return !error;
}

/* What costs something to know, and is known only if somebody asks. */
static const struct {
	enum external external;
	bool (*fill)(struct externals *room, struct file *f,
		     struct bytes *value);
} costly[] = {
	{EXTERNAL_filetype, fill_filetype},
	{EXTERNAL_owner, fill_owner},
	{EXTERNAL_md5, fill_md5},
};

bool externals_fill(struct externals *room, struct file *f,
		    struct bytes values[N_EXTERNALS])
{
	const struct engine *engine = f->run->engine;
	bool ok = true;

	externals_names(f->rec.path, values);
	for (size_t i = 0; ok && i < ARRAY_SIZE(costly); i++) {
		enum external e = costly[i].external;

		if (engine_uses(engine, e))
			ok = costly[i].fill(room, f, &values[e]);
	}
	for (size_t i = 0; i < N_EXTERNALS; i++) {
		if (!engine_uses(engine, (enum external)i))
			values[i] = (struct bytes){0};
	}
	return ok;
}
