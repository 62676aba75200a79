/* SPDX-License-Identifier: Apache-2.0 */
/* Making, filling and freeing changes. */
#include "base/base.h"
#include "base/text.h"
#include "base/time.h"
#include "model/change.h"

struct change_block {
	struct change_block *next;
	uint8_t data[];
};

static const char *const actions[] = {
#define X(kind, action, help) [CHANGE_##kind] = action,
	CHANGE_KINDS(X)
#undef X
};

struct change *change_new(enum change_kind kind)
{
	struct change *c = xcalloc(1, sizeof *c);

	c->kind = kind;
	c->at_ns = time_now_ns();
	c->mail.weight = sizeof *c;
	return c;
}

void change_free(struct change *c)
{
	struct change_block *next;

	if (!c)
		return;
	for (struct change_block *b = c->blocks; b; b = next) {
		next = b->next;
		free(b);
	}
	free(c);
}

static uint8_t *room(struct change *c, size_t n)
{
	struct change_block *b = xmalloc(sizeof *b + n);

	b->next = c->blocks;
	c->blocks = b;
	c->mail.weight += sizeof *b + n;
	return b->data;
}

const char *change_str(struct change *c, const char *s)
{
	size_t n;

	if (!s)
		return NULL;
	n = strlen(s) + 1;
	return memcpy(room(c, n), s, n);
}

struct bytes change_bytes(struct change *c, struct bytes b)
{
	if (b.n == 0)
		return (struct bytes){0};
	return bytes_of(memcpy(room(c, b.n), b.p, b.n), b.n);
}

const char *change_action(enum change_kind kind)
{
	return actions[kind];
}

#define LABEL_MAX 64 /* bytes of a tag or group */

enum err_code change_check_label(const char *kind, const char *name,
				 struct err *err)
{
	if (!kind ||
	    (strcmp(kind, "tag") != 0 && strcmp(kind, "group") != 0))
		return err_set(err, ERR_USAGE, "a label is a tag or a group");
	if (!name || !*name || strlen(name) > LABEL_MAX || name[0] == '-' ||
	    strpbrk(name, ", \t*?[") || !text_is_plain(bytes_str(name)))
		return err_set(err, ERR_USAGE,
			       "'%s' is no name for a %s: it is one word of at "
			       "most %d bytes, without commas, blanks, *, ? and "
			       "[",
			       shown_str(name ? name : "").s, kind, LABEL_MAX);
	return ERR_OK;
}
