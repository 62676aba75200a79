/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What does not leave the host by itself: hashes of passwords, private keys,
 * tokens. By where a file lies, by what a pattern says of it, and private
 * keys wherever they are by how they begin. --with-secrets turns it off.
 */
#ifndef HALLIGAN_PROBE_SECRET_H
#define HALLIGAN_PROBE_SECRET_H

#include "base/base.h"
#include "base/buf.h"
#include "probe/file.h"

#define KEY_MAX ((size_t)256 << 10) /* a larger file is no private key */

/* By its path. */
enum req_secrecy secret_of_path(struct bytes path);

/* shadow(5) and its kin: of each hash what kind it is, and all else. */
void secret_redact_hashes(struct bytes text, struct buf *out);

/* Whether it begins as a private key does. */
bool secret_is_key(struct bytes start);

/* What may be known of one: its kind, whether a passphrase guards it, and
 * the public half with its fingerprint where the format shows it. */
void secret_describe_key(struct bytes key, struct buf *out);

/*
 * REASON_SCANNED: all of it may go, or what took its place in the file
 * (f->redacted). REASON_SECRET: only what it is called; or why it could not
 * be read.
 */
enum reason secret_withhold(struct file *f);

/* Regular files of the kernel that block, or are all of memory. */
bool secret_is_endless(struct bytes path);

#endif
