/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Sleuth Kit's bodyfile, version 3:
 * MD5|name|inode|mode_as_string|UID|GID|size|atime|mtime|ctime|crtime
 * with times in whole seconds and 0 for what is not known. In names `|` is
 * spelled out like control bytes and backslashes are, so that a line has
 * eleven fields whatever a host calls its files. With several hosts the name
 * is HOST:path.
 */
#include "base/base.h"

#include <sys/stat.h>

#include "base/text.h"
#include "base/time.h"
#include "export/export.h"

#define LINE_MAX_BYTES (1u << 20)

static const struct {
	mode_t type;
	char letter;
} types[] = {
	{S_IFREG, 'r'}, {S_IFDIR, 'd'},	 {S_IFLNK, 'l'}, {S_IFIFO, 'p'},
	{S_IFCHR, 'c'}, {S_IFBLK, 'b'}, {S_IFSOCK, 'h'},
};

static char type_letter(mode_t mode)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if ((mode & S_IFMT) == types[i].type)
			return types[i].letter;
	return '-';
}

static char execute_letter(mode_t mode, mode_t execute, mode_t special,
			   char both)
{
	if (mode & special)
		return mode & execute ? both : (char)(both - 'a' + 'A');
	return mode & execute ? 'x' : '-';
}

/* "r/rrwxr-xr-x" */
static void add_mode(struct buf *line, const struct value *v)
{
	mode_t m = v->type == VALUE_INT ? (mode_t)v->i : 0;
	char type = type_letter(m);

	(void)buf_addf(line, "%c/%c%c%c%c%c%c%c%c%c%c", type, type,
		       m & S_IRUSR ? 'r' : '-', m & S_IWUSR ? 'w' : '-',
		       execute_letter(m, S_IXUSR, S_ISUID, 's'),
		       m & S_IRGRP ? 'r' : '-', m & S_IWGRP ? 'w' : '-',
		       execute_letter(m, S_IXGRP, S_ISGID, 's'),
		       m & S_IROTH ? 'r' : '-', m & S_IWOTH ? 'w' : '-',
		       execute_letter(m, S_IXOTH, S_ISVTX, 't'));
}

static void add_name(struct buf *line, struct bytes b)
{
	const uint8_t *bar;

	while (b.n && (bar = memchr(b.p, '|', b.n))) {
		size_t n = (size_t)(bar - b.p);

		(void)text_append(line, bytes_of(b.p, n), TEXT_ANY_WIDTH);
		(void)buf_add_str(line, "\\x7c");
		b = bytes_skip(b, n + 1);
	}
	(void)text_append(line, b, TEXT_ANY_WIDTH);
}

static void add_int(struct buf *line, const struct view *view,
		    const struct row *row, const char *column)
{
	struct value v = export_value(view, row, column);

	(void)buf_addf(line, "|%" PRId64, v.type == VALUE_INT ? v.i : 0);
}

static void add_time(struct buf *line, const struct view *view,
		     const struct row *row, const char *column)
{
	struct value v = export_value(view, row, column);
	int64_t s = 0;

	if (v.type == VALUE_INT && v.i != TIME_UNKNOWN)
		s = v.i / NS_PER_S - (v.i % NS_PER_S < 0);
	(void)buf_addf(line, "|%" PRId64, s);
}

static void add_row(struct buf *line, const struct export_source *source,
		    const struct row *row)
{
	const struct view *view = source->view;
	struct value path = export_value(view, row, "path");
	struct value mode = export_value(view, row, "mode");

	(void)buf_add_str(line, "0|");
	if (!source->one_host) {
		add_name(line, export_value(view, row, "host").b);
		(void)buf_add_byte(line, ':');
	}
	add_name(line, path.b);
	add_int(line, view, row, "ino");
	(void)buf_add_byte(line, '|');
	add_mode(line, &mode);
	add_int(line, view, row, "uid");
	add_int(line, view, row, "gid");
	add_int(line, view, row, "size");
	add_time(line, view, row, "atime_ns");
	add_time(line, view, row, "mtime_ns");
	add_time(line, view, row, "ctime_ns");
	add_time(line, view, row, "btime_ns");
	(void)buf_add_byte(line, '\n');
}

enum err_code export_bodyfile(struct export_source *source,
			      struct outfile *out, uint64_t *n_rows,
			      struct err *err)
{
	struct buf line;
	struct row row;
	bool got = true;
	enum err_code code;

	buf_init(&line, LINE_MAX_BYTES);
	for (;;) {
		code = source->next(source, &row, &got, err);
		if (code != ERR_OK || !got)
			break;
		add_row(&line, source, &row);
		if (line.full)
			code = err_set(err, ERR_LIMIT, "a name is too long");
		else
			code = outfile_add(out, buf_bytes(&line), err);
		if (code != ERR_OK)
			break;
		buf_clear(&line);
		++*n_rows;
	}
	buf_release(&line);
	return code;
}
