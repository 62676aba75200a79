/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evidence on its way to the child that reads it: a file without a name. And
 * what packed logs have in them, which that child unpacks in its jail, for
 * whoever looks at it.
 */
#include "base/base.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "app/inside.h"
#include "base/fs.h"
#include "base/text.h"
#include "base/time.h"
#include "job/job.h"
#include "remote/msg.h"
#include "remote/unfold.h"

#define PIECE	  ((size_t)1 << 20)
#define UNPACK_NS (30 * NS_PER_S) /* people wait for it */

enum err_code app_spool_item(struct app *app, const char *id, int fd,
			     struct err *err)
{
	uint8_t *piece = xmalloc(PIECE);
	uint64_t at = 0;
	size_t n = 1;
	enum err_code code = ERR_OK;

	while (code == ERR_OK && n) {
		n = PIECE;
		code = case_evidence_read(app->casefile, id, at, piece,
					  &n, err);
		if (code == ERR_OK)
			code = fs_write_all(fd, bytes_of(piece, n), err);
		at += n;
	}
	free(piece);
	return code;
}

/* Beside the case: where there is room for it. */
int app_spool_open(const struct app *app, struct err *err)
{
	char *path = xasprintf("%s.spool-XXXXXX", case_path(app->casefile));
	int fd = mkostemp(path, O_CLOEXEC);

	if (fd < 0)
		(void)err_errno(err, "making room to read evidence");
	else
		(void)unlink(path);
	free(path);
	return fd;
}

/* What reads it must not be able to change what the next one reads. */
enum err_code app_spool_seal(int *fd, struct err *err)
{
	char path[64];
	int reader;

	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", *fd);
	reader = open(path, O_RDONLY | O_CLOEXEC);
	if (reader < 0)
		return err_errno(err, "reading evidence");
	close_fd(*fd);
	*fd = reader;
	return ERR_OK;
}

/* ---- what is in packed logs ---- */

struct unpacked {
	char *id;      /* of the evidence */
	int fd;	       /* -1: it could not be had */
	uint64_t size;
	struct err err; /* why, or what of it is missing; ERR_OK: nothing */
};

bool app_is_packed(struct app *app, const char *evidence_id)
{
	uint8_t start[6];
	size_t n = sizeof start;
	struct err err;

	return case_evidence_read(app->casefile, evidence_id, 0, start, &n,
				  &err) == ERR_OK &&
	       is_folded(bytes_of(start, n));
}

void unpacked_forget(struct app *app)
{
	if (!app->unpacked)
		return;
	close_fd(app->unpacked->fd);
	free(app->unpacked->id);
	free(app->unpacked);
	app->unpacked = NULL;
}

static enum err_code take_frame(struct unpacked *u, const struct frame *f,
				bool *done, struct err *err)
{
	struct msg_data m;
	enum err_code code;

	if (f->type == MSG_FAULT) {
		code = msg_fault_to_err(f, err);
		return code == ERR_OK ? err->code : code;
	}
	*done = f->type == MSG_LINK_EXIT;
	if (f->type != MSG_LINK_OUTPUT && f->type != MSG_LINK_STDERR)
		return ERR_OK;
	code = msg_read(f, (enum msg_type)f->type, &m, err);
	if (code != ERR_OK)
		return code;
	if (f->type == MSG_LINK_STDERR) {
		err_set(&u->err, ERR_PARTIAL, "%s", shown(m.data).s);
		return ERR_OK;
	}
	if (m.data.n > UNFOLD_MAX - u->size)
		return err_set(err, ERR_LIMIT, "it unpacks to too much");
	u->size += m.data.n;
	return fs_write_all(u->fd, m.data, err);
}

static enum err_code hear(struct unpacked *u, struct chan *chan,
			  struct err *err)
{
	struct msg_bundle_start start = {.plain = true};
	struct deadline until = deadline_in(UNPACK_NS, NULL);
	enum err_code code = msg_send(chan, MSG_BUNDLE_START, &start, err);
	bool done = false;

	while (code == ERR_OK && !done) {
		struct frame f;

		code = chan_wait(chan, &f, until, err);
		if (code == ERR_OK)
			code = take_frame(u, &f, &done, err);
	}
	return code;
}

static enum err_code unpack(struct app *app, struct unpacked *u,
			    struct err *err)
{
	int fd = app_spool_open(app, err);
	struct child child;
	enum err_code code = fd < 0 ? err->code
				    : app_spool_item(app, u->id, fd, err);

	if (code == ERR_OK)
		code = app_spool_seal(&fd, err);
	if (code == ERR_OK) {
		u->fd = app_spool_open(app, err);
		code = u->fd < 0 ? err->code
				 : zygote_spawn(&app->zygote, CHILD_BUNDLE, fd,
						&child, err);
	}
	close_fd(fd);
	if (code != ERR_OK)
		return code;
	code = hear(u, &child.chan, err);
	zygote_kill(&app->zygote, &child);
	chan_release(&child.chan);
	return code;
}

/* The last one that was looked at is kept. */
static enum err_code have_unpacked(struct app *app, const char *id,
				   struct err *err)
{
	struct unpacked *u = app->unpacked;

	if (!u || strcmp(u->id, id) != 0) {
		unpacked_forget(app);
		u = app->unpacked = xcalloc(1, sizeof *u);
		u->id = xstrdup(id);
		u->fd = -1;
		if (unpack(app, u, &u->err) != ERR_OK)
			u->fd = close_fd(u->fd);
	}
	if (u->fd < 0)
		return (*err = u->err).code;
	return ERR_OK;
}

enum err_code app_unpacked_size(struct app *app, const char *evidence_id,
				uint64_t *size, struct err *err)
{
	enum err_code code = have_unpacked(app, evidence_id, err);

	if (code == ERR_OK)
		*size = app->unpacked->size;
	return code;
}

enum err_code app_said_read(struct app *app, const char *evidence_id,
			    uint64_t offset, uint8_t *to, size_t *n,
			    struct err *err)
{
	enum err_code code;
	ssize_t got;

	if (!app_is_packed(app, evidence_id))
		return case_evidence_read(app->casefile, evidence_id, offset,
					  to, n, err);
	code = have_unpacked(app, evidence_id, err);
	if (code != ERR_OK)
		return code;
	got = pread(app->unpacked->fd, to, *n, (off_t)offset);
	if (got < 0)
		return err_errno(err, "reading what was unpacked");
	*n = (size_t)got;
	if (*n == 0 && app->unpacked->err.code != ERR_OK)
		return (*err = app->unpacked->err).code;
	return ERR_OK;
}
