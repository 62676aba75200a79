/* SPDX-License-Identifier: Apache-2.0 */
/*
 * YARA source as it is sent to hosts: it compiles to the same strings and
 * conditions, without comments and without what rules say of themselves
 * (rule/metas.h). Of the most common public set that is a half. One line for
 * each rule, so that what a compiler says of a line can be told. Pure; any
 * thread.
 */
#ifndef HALLIGAN_RULE_SLIM_H
#define HALLIGAN_RULE_SLIM_H

#include "base/base.h"
#include "base/buf.h"
#include "base/bytes.h"

/* Appends to out, never more bytes than source has and one; false when out is
 * full. */
bool rule_slim(struct bytes source, struct buf *out);

/* Which line of the source the line of what rule_slim made of it begins with;
 * from 1. */
unsigned rule_slim_origin(struct bytes source, unsigned line);

#endif
