/* SPDX-License-Identifier: Apache-2.0 */
/* The mount table, asked before a folder is touched. */
#include "base/base.h"
#include "base/fs.h"
#include "probe/fstype.h"
#include "probe/mounts.h"
#include "probe/proctext.h"

#define TABLE_MAX ((size_t)16 << 20)

/* Fields of a line before its optional ones; the mount point is the fifth. */
#define FIELD_PATH 4

/* Mount point and type of a line; false for one of another shape. */
static bool parse_line(struct bytes line, struct bytes *path,
		       struct bytes *type)
{
	struct bytes field;

	for (unsigned i = 0; i <= FIELD_PATH; i++) {
		if (!bytes_split(&line, ' ', &field))
			return false;
	}
	*path = field;
	do {
		if (!bytes_split(&line, ' ', &field))
			return false;
	} while (!bytes_eq(field, bytes_str("-")));
	return bytes_split(&line, ' ', type);
}

static void add(struct mounts *m, struct mount mount)
{
	if (m->n == m->cap) {
		m->cap = m->cap ? 2 * m->cap : 32;
		m->all = xrealloc(m->all, m->cap, sizeof mount);
	}
	mount.line = m->n;
	m->all[m->n++] = mount;
}

static int compare(const void *a, const void *b)
{
	const struct mount *ma = a, *mb = b;
	int order = bytes_cmp(ma->path, mb->path);

	return order ? order : (ma->line > mb->line) - (ma->line < mb->line);
}

/* What is mounted last at a place is what is seen there. */
static void sort(struct mounts *m)
{
	size_t n = 0;

	if (m->n)
		qsort(m->all, m->n, sizeof *m->all, compare);
	for (size_t i = 0; i < m->n; i++) {
		bool again = n && bytes_eq(m->all[n - 1].path, m->all[i].path);

		m->all[again ? n - 1 : n++] = m->all[i];
	}
	m->n = n;
}

void mounts_parse(struct mounts *m, struct buf *text)
{
	struct bytes rest, line, path, type;

	*m = (struct mounts){.text = *text};
	buf_init(text, text->max);
	rest = buf_bytes(&m->text);
	while (bytes_split(&rest, '\n', &line)) {
		uint8_t *at;

		if (!parse_line(line, &path, &type))
			continue;
		at = m->text.p + (path.p - m->text.p);
		path.n = proc_unescape_here(at, path.n);
		add(m, (struct mount){.path = path,
				      .reason = fstype_reason_of_name(type)});
	}
	sort(m);
}

void mounts_read(struct mounts *m)
{
	struct buf text;
	struct err err;

	buf_init(&text, TABLE_MAX);
	if (fs_read("/proc/self/mountinfo", &text, &err) != ERR_OK)
		buf_clear(&text); /* statfs(2) must do then */
	mounts_parse(m, &text);
}

void mounts_release(struct mounts *m)
{
	buf_release(&m->text);
	free(m->all);
	*m = (struct mounts){0};
}

const struct mount *mounts_find(const struct mounts *m, struct bytes path)
{
	size_t low = 0, high = m->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = bytes_cmp(m->all[mid].path, path);

		if (order == 0)
			return &m->all[mid];
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

enum reason mounts_at(const struct mounts *m, struct bytes path)
{
	const struct mount *mount = mounts_find(m, path);

	return mount ? mount->reason : REASON_SCANNED;
}

static bool is_below(struct bytes path, struct bytes top)
{
	if (top.n == 1) /* the root */
		return true;
	return path.n >= top.n && memcmp(path.p, top.p, top.n) == 0 &&
	       (path.n == top.n || path.p[top.n] == '/');
}

enum reason mounts_over(const struct mounts *m, struct bytes path)
{
	enum reason reason = REASON_SCANNED;
	size_t longest = 0;

	for (size_t i = 0; i < m->n; i++) {
		struct bytes top = m->all[i].path;

		if (top.n > longest && is_below(path, top)) {
			longest = top.n;
			reason = m->all[i].reason;
		}
	}
	return reason;
}
