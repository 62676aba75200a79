/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding members of JSON (RFC 8259) that a host's files hold, without a
 * tree: the lean probe has no library for it. What is no JSON has no members.
 */
#ifndef HALLIGAN_PROBE_JSONREAD_H
#define HALLIGAN_PROBE_JSONREAD_H

#include "base/base.h"
#include "base/buf.h"

/* The value as it is written at "State.Pid"; "" is all of it. False: there is
 * none. */
bool json_at(struct bytes doc, const char *path, struct bytes *value);

/* A string's text into out, of a value as above; false for another value. */
bool json_text(struct bytes value, struct buf *out);
uint64_t json_u64(struct bytes value); /* 0: it is none */
bool json_yes(struct bytes value);

/* Each element of an array, or value of an object's members (key is its raw
 * text then), until each says false. */
void json_each(struct bytes value,
	       bool (*each)(void *arg, struct bytes key, struct bytes value),
	       void *arg);

#endif
