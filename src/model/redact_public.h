/* SPDX-License-Identifier: Apache-2.0 */
/* What a private key says of itself that is public. */
#ifndef HALLIGAN_MODEL_REDACT_PUBLIC_H
#define HALLIGAN_MODEL_REDACT_PUBLIC_H

#include "base/base.h"
#include "base/buf.h"

/*
 * Words with a blank in front of each: "passphrase=no", the type as SSH calls
 * it, the fingerprint. kind: the words of its first line; raw: what the base64
 * behind it is; locked: its headers say that it is encrypted.
 */
void public_describe(struct bytes kind, struct bytes raw, bool locked,
		     struct buf *out);

#endif
