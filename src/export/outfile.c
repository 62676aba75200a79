/* SPDX-License-Identifier: Apache-2.0 */
/* Whole files or none, see outfile.h. */
#include "base/base.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "base/text.h"
#include "export/outfile.h"

#define PENDING_MAX (256u << 10)

static void begin(struct outfile *f)
{
	*f = (struct outfile){.fd = -1};
	hash_init(&f->hash, HASH_SHA256);
	buf_init(&f->pending, PENDING_MAX);
}

static void release(struct outfile *f)
{
	hash_release(&f->hash);
	buf_release(&f->pending);
	free(f->path);
	free(f->temp);
	f->fd = close_fd(f->fd);
	f->path = f->temp = NULL;
}

void outfile_discard(struct outfile *f)
{
	if (f->temp)
		(void)unlink(f->temp); /* it is only a leftover */
	release(f);
}

void outfile_open_sink(struct outfile *f, struct outfile_sink sink)
{
	begin(f);
	f->sink = sink;
}

enum err_code outfile_open(struct outfile *f, const char *path, struct err *err)
{
	struct stat st;
	enum err_code code;

	begin(f);
	f->path = realpath(path, NULL);
	if (!f->path)
		f->path = xstrdup(path);
	if (stat(f->path, &st) == 0 && !S_ISREG(st.st_mode)) {
		f->fd = open(f->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	} else {
		f->temp = xasprintf("%s.XXXXXX", f->path);
		f->fd = mkostemp(f->temp, O_CLOEXEC);
	}
	if (f->fd >= 0)
		return ERR_OK;
	code = err_errno(err, "making %s", shown_str(path).s);
	free(f->temp);
	f->temp = NULL; /* never made */
	release(f);
	return code;
}

static enum err_code write_out(struct outfile *f, struct bytes b,
			       struct err *err)
{
	if (f->sink.write)
		return f->sink.write(f->sink.arg, b)
			       ? ERR_OK
			       : err_set(err, ERR_IO, "writing the output");
	if (fs_write_all(f->fd, b, err) != ERR_OK)
		return err_wrap(err, "%s", shown_str(f->path).s);
	return ERR_OK;
}

static enum err_code flush(struct outfile *f, struct err *err)
{
	enum err_code code = write_out(f, buf_bytes(&f->pending), err);

	buf_clear(&f->pending);
	return code;
}

enum err_code outfile_add(struct outfile *f, struct bytes b, struct err *err)
{
	hash_add(&f->hash, b);
	f->size += b.n;
	if (b.n > PENDING_MAX - f->pending.n) {
		enum err_code code = flush(f, err);

		if (code != ERR_OK)
			return code;
	}
	if (b.n > PENDING_MAX)
		return write_out(f, b, err);
	(void)buf_add_bytes(&f->pending, b); /* there is room now */
	return ERR_OK;
}

enum err_code outfile_finish(struct outfile *f, char sha256[HASH_HEX_MAX],
			     struct err *err)
{
	uint8_t digest[HASH_LEN_MAX];
	enum err_code code = flush(f, err);

	if (code == ERR_OK && f->temp && fsync(f->fd) != 0)
		code = err_errno(err, "writing %s", shown_str(f->path).s);
	if (code == ERR_OK && f->temp && rename(f->temp, f->path) != 0)
		code = err_errno(err, "renaming to %s", shown_str(f->path).s);
	if (code != ERR_OK) {
		outfile_discard(f);
		return code;
	}
	(void)hex_encode(bytes_of(digest, hash_final(&f->hash, digest)), sha256,
			 HASH_HEX_MAX);
	release(f);
	return ERR_OK;
}
