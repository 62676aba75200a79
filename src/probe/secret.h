/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What does not leave the host by itself: hashes of passwords, private keys,
 * tokens; model/secret.h and model/redact.h know them. --with-secrets turns
 * it off.
 */
#ifndef HALLIGAN_PROBE_SECRET_H
#define HALLIGAN_PROBE_SECRET_H

#include "base/base.h"
#include "base/buf.h"
#include "model/redact.h"
#include "probe/file.h"

/* Once, before REC_FILE: whether its content stays, and how the rest of it is
 * read (f->withheld, f->form). */
void secret_judge(struct file *f);

/*
 * Sends what comes next of a file, without what is secret, in chunks that lie
 * behind end->size. redactor_end says at last what is known of all of it.
 */
void secret_send(struct run *run, struct redactor *r, struct bytes piece,
		 bool last, struct rec_file_end *end);

/* Bytes around a match; room lasts as long as they, to be released. */
void secret_clean_hit(const struct run *run, struct rec_hit *hit,
		      struct buf *room);

/* Of the live picture, in place; nothing when it is wanted with secrets. */
void secret_clean_text(bool wanted, struct buf *text);
void secret_clean_arguments(bool wanted, struct buf *arguments);

/* Regular files of the kernel that block, or are all of memory. */
bool secret_is_endless(struct bytes path);

#endif
