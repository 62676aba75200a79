/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a rule's bound on filesize saves: for content beyond it the rule's
 * strings are not looked for, nor is its condition evaluated. What is found is
 * the same; but libyara keeps every match of every string until the scan
 * ends, and webshell rules, whose strings are as short as "<?", had two
 * million of them in a library of half a gigabyte. Seen by rules*.c and scan.c
 * alone.
 */
#ifndef HALLIGAN_PROBE_BOUNDS_H
#define HALLIGAN_PROBE_BOUNDS_H

#include <yara.h>

#include "base/base.h"
#include "probe/plan.h"

/* All below 4 KiB of content; then by factors of two, to 512 MiB. */
#define BOUNDS_CLASSES 19u

struct rules;

struct bounds {
	uint64_t *max_size; /* by rule, bytes; NULL: not known */
	struct bounds_class {
		YR_BITMASK *skip; /* a bit for each string not looked for */
		YR_BITMASK *judge; /* for each rule to be judged without any */
	} classes[BOUNDS_CLASSES];
};

/* Of both sets of rules, from their source, which is read once; a plan of
 * compiled ones tells nothing. */
void bounds_learn(struct rules *rules, const struct plan *plan);

/* After max_size is there, before the first scan. */
void bounds_prepare(struct bounds *b, const YR_RULES *rules);

/* For the next scan of that scanner. A process has no file's size, so rules
 * that bound it match none: UINT64_MAX. */
void bounds_apply(const struct bounds *b, YR_SCANNER *scanner, uint64_t size);

void bounds_release(struct bounds *b);

#endif
