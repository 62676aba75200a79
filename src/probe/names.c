/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The names in a folder, in order. While reading, twice as many as may be
 * held are gathered, then the later half is dropped: that way each name is
 * sorted a few times at most.
 */
#include "base/base.h"

#include "probe/helper.h"
#include "probe/names.h"

#define STEP     ((size_t)32 << 10)
#define NAME_LEN 4096 /* longer than any file system has them */

/* getdents64(2), without the memory that a DIR takes for every folder. */
struct dirent_head {
	uint64_t ino;
	int64_t next;
	uint16_t size;
	unsigned char type;
	char name[];
};

void names_release(struct names *names)
{
	free(names->text);
	free(names->at);
	*names = (struct names){0};
}

size_t names_bytes(const struct names *names)
{
	return names->text_cap + names->cap * sizeof *names->at;
}

static const char *name_at(const struct names *names, size_t i)
{
	return names->text + names->at[i] + 1;
}

static int by_name(const void *a, const void *b, void *text)
{
	return strcmp((char *)text + *(const uint32_t *)a + 1,
		      (char *)text + *(const uint32_t *)b + 1);
}

static void *room(void *p, size_t *cap, size_t want, size_t size)
{
	if (want <= *cap)
		return p;
	*cap = MAX(want, *cap * 2);
	return xrealloc(p, *cap, size);
}

static void add(struct names *names, unsigned char type, const char *name)
{
	size_t n = strlen(name) + 2;

	names->text = room(names->text, &names->text_cap, names->text_n + n, 1);
	names->at = room(names->at, &names->cap, names->n + 1,
			 sizeof *names->at);
	names->at[names->n++] = (uint32_t)names->text_n;
	names->text[names->text_n] = (char)type;
	memcpy(names->text + names->text_n + 1, name, n - 1);
	names->text_n += n;
}

/* In order, and no more than may be held. */
static void settle(struct names *names)
{
	struct names kept = {.more = names->more};

	if (names->n)
		qsort_r(names->at, names->n, sizeof *names->at, by_name,
			names->text);
	for (size_t i = 0; i < names->n; i++) {
		size_t n = strlen(name_at(names, i)) + 2;

		if (i == NAMES_MAX || kept.text_n + n > NAMES_BYTES_MAX) {
			kept.more = true;
			break;
		}
		add(&kept, (unsigned char)names->text[names->at[i]],
		    name_at(names, i));
	}
	names_release(names);
	*names = kept;
}

static bool is_dot(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static void take(struct names *names, const struct dirent_head *d,
		 const char *after, char *limit)
{
	if (is_dot(d->name) || (after && strcmp(d->name, after) <= 0))
		return;
	if (*limit && strcmp(d->name, limit) > 0) {
		names->more = true;
		return;
	}
	add(names, d->type, d->name);
	if (names->n < 2 * NAMES_MAX && names->text_n < 2 * NAMES_BYTES_MAX)
		return;
	settle(names);
	(void)snprintf(limit, NAME_LEN, "%s", names_last(names));
}

bool names_read(struct names *names, struct helper *helper, int dir_fd,
		const char *after)
{
	char limit[NAME_LEN] = "";
	uint64_t *batch = xmalloc(STEP);
	ssize_t n;

	*names = (struct names){0};
	if (lseek(dir_fd, 0, SEEK_SET) != 0) {
		free(batch);
		return false;
	}
	while ((n = helper_getdents(helper, dir_fd, batch, STEP)) > 0) {
		for (ssize_t i = 0; i < n;) {
			const struct dirent_head *d =
				(const void *)((const char *)batch + i);

			take(names, d, after, limit);
			i += d->size;
		}
	}
	free(batch);
	settle(names);
	return n == 0;
}

const char *names_next(struct names *names, unsigned char *type)
{
	if (names->next == names->n)
		return NULL;
	*type = (unsigned char)names->text[names->at[names->next]];
	return name_at(names, names->next++);
}

const char *names_last(const struct names *names)
{
	return names->n ? name_at(names, names->n - 1) : NULL;
}
