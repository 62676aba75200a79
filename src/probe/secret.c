/* SPDX-License-Identifier: Apache-2.0 */
/* Files whose content stays where it is, or goes without what is secret. */
#include "base/base.h"

#include <fnmatch.h>

#include "probe/secret.h"

bool secret_is_endless(struct bytes path)
{
	static const char *const paths[] = {
		"/proc/kmsg",	     "/proc/kcore",
		"/proc/*/mem",	     "/proc/*/pagemap",
		"/proc/kpage*",	     "/proc/*clear_refs",
		"/sys/*/trace_pipe", "/proc/acpi/event",
		"/proc/sysrq-trigger",
	};
	char *s = bytes_to_str(path);
	bool yes = false;

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		yes |= fnmatch(paths[i], s, 0) == 0;
	free(s);
	return yes;
}

void secret_judge(struct file *f)
{
	const struct req_start *start = &f->run->plan->start;
	const struct secret_place *place;
	enum req_secrecy wanted = f->job->want.secrecy;
	struct bytes head;
	int error;

	if (f->judged || !start->collect || start->secrets)
		return;
	f->judged = true;
	place = secret_place_of(f->rec.path);
	head = file_piece(f, SECRET_HEAD, 0, &error);
	f->withheld = secret_whole(place, wanted, head, file_length(f)) != NULL;
	f->form = secret_form_of(place, wanted);
}

void secret_send(struct run *run, struct redactor *r, struct bytes piece,
		 bool last, struct rec_file_end *end)
{
	struct bytes ready = redactor_next(r, piece, last);

	while (ready.n) {
		struct rec_chunk chunk = {
			.file_seq = end->file_seq,
			.offset = end->size,
			.data = bytes_first(ready, RECORD_CHUNK_MAX),
		};

		(void)out_send(run->out, REC_CHUNK, &chunk); /* remembered */
		end->size += chunk.data.n;
		ready = bytes_skip(ready, chunk.data.n);
	}
}

void secret_clean_hit(const struct run *run, struct rec_hit *hit,
		      struct buf *room)
{
	if (run->plan->start.secrets || !hit->context.n)
		return;
	buf_init(room, hit->context.n);
	(void)buf_add_bytes(room, hit->context);
	(void)redact_here(room->p, room->n);
	hit->context = buf_bytes(room);
}

void secret_clean_text(bool wanted, struct buf *text)
{
	if (!wanted)
		(void)redact_here(text->p, text->n);
}

void secret_clean_arguments(bool wanted, struct buf *arguments)
{
	if (!wanted)
		(void)redact_arguments(arguments->p, arguments->n);
}
