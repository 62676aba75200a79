/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules that can match only content that begins with "MZ", told by their
 * source alone: their condition asks for that among other things, and no
 * other rule of the file speaks of them. Two in five of the public rules are
 * so, and few files on our hosts. Pure; any thread.
 */
#ifndef HALLIGAN_RULE_NEED_H
#define HALLIGAN_RULE_NEED_H

#include "base/base.h"
#include "base/buf.h"

#define RULE_NEED_HEAD "MZ"

/*
 * Overwrites each such rule with blanks, lines kept; how many there were.
 * What remains compiles when the whole does, and on content that does not
 * begin so it finds what the whole finds.
 */
size_t rule_blank_needy(struct buf *source);

#endif
