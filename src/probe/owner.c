/* SPDX-License-Identifier: Apache-2.0 */
/* Names of users, from a passwd file. */
#include "base/base.h"

#include "model/record.h"
#include "probe/owner.h"

#define PASSWD_MAX ((size_t)4 << 20)
#define USERS_MAX  65536u

/* name:password:uid:... */
static bool parse_line(struct bytes line, struct owner *row)
{
	struct bytes password, uid;

	return bytes_split(&line, ':', &row->name) && row->name.n &&
	       row->name.n <= RECORD_WORD_MAX &&
	       !memchr(row->name.p, 0, row->name.n) &&
	       bytes_split(&line, ':', &password) &&
	       bytes_split(&line, ':', &uid) && bytes_to_u64(uid, &row->uid);
}

/* Of the same uid the one that came first. */
static int compare(const void *a, const void *b)
{
	const struct owner *x = a, *y = b;

	if (x->uid != y->uid)
		return x->uid < y->uid ? -1 : 1;
	return x->name.p < y->name.p ? -1 : x->name.p > y->name.p;
}

static void index_text(struct owners *o)
{
	struct bytes rest = buf_bytes(&o->text), line;
	struct owner row;

	while (o->n < USERS_MAX && bytes_split(&rest, '\n', &line)) {
		if (!parse_line(line, &row))
			continue;
		o->rows = xrealloc(o->rows, o->n + 1, sizeof *o->rows);
		o->rows[o->n++] = row;
	}
	if (o->n)
		qsort(o->rows, o->n, sizeof *o->rows, compare);
}

void owners_read(struct owners *o, const struct top *top)
{
	*o = (struct owners){.n = 0};
	buf_init(&o->text, PASSWD_MAX);
	(void)top_read(top, "/etc/passwd", &o->text); /* or some of it */
	index_text(o);
}

void owners_take(struct owners *o, struct bytes text)
{
	*o = (struct owners){.n = 0};
	buf_init(&o->text, PASSWD_MAX);
	(void)buf_add_bytes(&o->text, text); /* too long: nobody is known */
	index_text(o);
}

void owners_release(struct owners *o)
{
	buf_release(&o->text);
	free(o->rows);
}

struct bytes owner_name(const struct owners *o, uint64_t uid)
{
	size_t low = 0, high = o->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (o->rows[mid].uid < uid)
			low = mid + 1;
		else
			high = mid;
	}
	if (low < o->n && o->rows[low].uid == uid)
		return o->rows[low].name;
	return (struct bytes){0};
}

bool owner_find(const struct owners *o, struct bytes name, uint64_t *uid)
{
	for (size_t i = 0; i < o->n; i++) {
		if (!bytes_eq(o->rows[i].name, name))
			continue;
		*uid = o->rows[i].uid;
		return true;
	}
	return false;
}
