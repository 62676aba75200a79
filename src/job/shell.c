/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host without a probe. Its link passes on what a shell there says, through
 * a pipe, to a probe of this machine in a jail, which judges it and speaks
 * from then on in the host's place; the link only has to stay.
 */
#include "base/base.h"

#include <fcntl.h>

#include "base/text.h"
#include "base/time.h"
#include "job/engine.h"
#include "job/shell_script.h"

bool shell_is_wanted(const struct hostrun *h)
{
	const char *mode = h->host->mode;

	return h->run->job->no_probe || (mode && strcmp(mode, "shell") == 0);
}

static enum err_code start_reader(struct hostrun *h, int pipe_fd,
				  struct child *reader, struct err *err)
{
	const struct msg_local_start start = {.feed = true};
	int fd = local_probe(h, err);
	enum err_code code = fd < 0 ? err->code
				    : zygote_spawn(h->engine->config.zygote,
						   CHILD_LOCAL, fd, reader,
						   err);

	close_fd(fd);
	return code == ERR_OK ? msg_send_fd(&reader->chan, MSG_LOCAL_START,
					    &start, pipe_fd, err)
			      : code;
}

static enum err_code begin(struct hostrun *h, struct bytes script,
			   struct err *err)
{
	const struct msg_link_shell m = {.script = script};
	struct child reader = {0};
	enum err_code code;
	int pipe_fds[2];

	if (pipe2(pipe_fds, O_CLOEXEC) != 0)
		return err_errno(err, "making a pipe");
	code = start_reader(h, pipe_fds[0], &reader, err);
	h->clock.since_ns = time_now_ns();
	if (code == ERR_OK)
		code = msg_send_fd(&h->child.chan, MSG_LINK_SHELL, &m,
				   pipe_fds[1], err);
	close_fd(pipe_fds[0]);
	close_fd(pipe_fds[1]);
	if (code != ERR_OK && reader.id) {
		zygote_kill(h->engine->config.zygote, &reader);
		chan_release(&reader.chan);
	}
	if (code != ERR_OK)
		return code;
	h->feeder = h->child;
	h->child = reader;
	h->shell = true;
	return ERR_OK;
}

void shell_begin(struct hostrun *h, const struct msg_link_no_probe *m)
{
	const struct req_cursor behind = {
		.root = h->host->cursor_root,
		.path = bytes_of(h->host->cursor, h->host->cursor_n),
	};
	struct buf script;
	struct err err;
	enum err_code code;

	(void)text_into(h->shell_why, sizeof h->shell_why,
			m->why.n ? m->why
				 : bytes_str("without a probe, as asked"));
	hostrun_changed(h,
			"nothing was written: its shell read what was wanted "
			"(%s%s)",
			m->why.n ? "no probe: " : "", h->shell_why);
	buf_init(&script, MSG_DATA_MAX);
	code = shell_script(buf_bytes(&h->run->job->request),
			    h->host->has_cursor && h->host->cursor_of_shell
				    ? &behind
				    : NULL,
			    &script, &err);
	if (code == ERR_OK)
		code = begin(h, buf_bytes(&script), &err);
	buf_release(&script);
	if (code != ERR_OK)
		hostrun_fail(h, &err);
}

/* Its script runs: the one who reads it may have the request. */
static void on_shelled(struct hostrun *h)
{
	password_was_right(h, true);
	hostrun_phase(h, HOST_RUNNING);
	hostrun_heard(h);
	outcome_host(h);
	link_send_request(h);
}

void shell_pump(struct hostrun *h)
{
	const struct msg_link_fed more = {0};
	struct err err;

	if (!h->feeder.id || !rate_is_open(h))
		return;
	h->feeder_waits = false;
	if (msg_send(&h->feeder.chan, MSG_LINK_FED, &more, &err) == ERR_OK &&
	    chan_flush(&h->feeder.chan, &err) != ERR_OK)
		buf_clear(&h->feeder.chan.out); /* its end of file tells */
}

/* What it said is in the pipe already; how much is only known here. */
static enum err_code on_fed(struct hostrun *h, const struct frame *f,
			    struct err *err)
{
	struct msg_link_fed m;
	enum err_code code = msg_read(f, MSG_LINK_FED, &m, err);

	if (code != ERR_OK)
		return code;
	rate_charge(h, m.bytes);
	h->feeder_waits = true;
	shell_pump(h);
	return ERR_OK;
}

/* Whoever reads it would say only that it ended too soon. */
static enum err_code on_shell_exit(struct hostrun *h, const struct frame *f,
			     struct err *err)
{
	struct msg_link_exit m;
	enum err_code code = msg_read(f, MSG_LINK_EXIT, &m, err);

	h->feeder_ended = true;
	if (code == ERR_OK && m.status == PROBE_EXIT_UNHEARD)
		link_ended(h, &m);
	return code;
}

static enum err_code feeder_frame(struct hostrun *h, const struct frame *f,
				  struct err *err)
{
	if (f->type == MSG_LINK_SHELLED)
		on_shelled(h);
	else if (f->type == MSG_LINK_PHASE || f->type == MSG_LINK_STDERR ||
		 f->type == MSG_LINK_PASSWORD)
		link_frame_of(h, f, VIA_SSH);
	else if (f->type == MSG_LINK_FED)
		return on_fed(h, f, err);
	else if (f->type == MSG_LINK_EXIT)
		return on_shell_exit(h, f, err);
	else if (f->type == MSG_FAULT)
		return msg_fault_to_err(f, err);
	else
		return err_set(err, ERR_FORMAT, "unexpected message %u",
			       f->type);
	return ERR_OK;
}

static enum err_code take_frames(struct hostrun *h, struct err *err)
{
	enum err_code code = ERR_OK;

	while (code == ERR_OK && h->feeder.id) {
		struct frame f;
		bool got;

		code = chan_next(&h->feeder.chan, &f, &got, err);
		if (code == ERR_OK && got)
			code = feeder_frame(h, &f, err);
		else
			break;
	}
	if (code == ERR_OK && h->feeder.chan.eof && !h->feeder_ended)
		code = err_set(err, ERR_REMOTE,
			       "the process that spoke with it died");
	return code;
}

void shell_readable(struct hostrun *h)
{
	enum err_code code;
	struct err err;

	if (!h->feeder.id)
		return;
	if (chan_flush(&h->feeder.chan, &err) != ERR_OK)
		buf_clear(&h->feeder.chan.out);
	code = chan_fill(&h->feeder.chan, &err);
	if (code == ERR_OK)
		code = take_frames(h, &err);
	if (code != ERR_OK && !h->closing) {
		hostrun_fail(h, &err);
		return;
	}
	if (h->feeder.chan.eof)
		shell_drop(h); /* its reader has the rest */
}

static void send_input(struct hostrun *h, struct msg_data m)
{
	struct err err;

	/* One that is gone shows itself by its end of file. */
	if (h->feeder.id &&
	    msg_send(&h->feeder.chan, MSG_LINK_INPUT, &m, &err) == ERR_OK &&
	    chan_flush(&h->feeder.chan, &err) != ERR_OK)
		buf_clear(&h->feeder.chan.out);
}

void shell_keep(struct hostrun *h)
{
	if (h->feeder.id && !chan_wants_write(&h->feeder.chan))
		send_input(h, (struct msg_data){.data = bytes_str("\n")});
}

void shell_close(struct hostrun *h)
{
	send_input(h, (struct msg_data){.last = true});
}

void shell_drop(struct hostrun *h)
{
	if (!h->feeder.id)
		return;
	zygote_kill(h->engine->config.zygote, &h->feeder);
	chan_release(&h->feeder.chan);
	h->feeder = (struct child){0};
	h->feeder_waits = false;
}
