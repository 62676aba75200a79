/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of ours as sections of manual pages, in mdoc. */
#ifndef HALLIGAN_APP_MDOC_H
#define HALLIGAN_APP_MDOC_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"

/* Text without what mdoc takes for its own. */
void mdoc_text(struct buf *out, const char *s);
/* One sentence per line, as the house writes mdoc; a full stop at the end. */
void mdoc_sentences(struct buf *out, const char *s);

/* halligan-facts(5): the kinds and their members. */
void facts_mdoc(struct buf *out);
/* halligan-checks(5): headers, tables, and the checks that come along. */
enum err_code checks_mdoc(struct buf *out, struct err *err) MUST_CHECK;

#endif
