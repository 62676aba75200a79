/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Objects of JSON that hosts tell. Readers differ in what they make of a name
 * that is there twice, a NUL, half a surrogate, a number too large: checks
 * would see one thing and people another. What all of them read alike is
 * sound. Pure, any thread.
 */
#ifndef HALLIGAN_MODEL_DETAIL_H
#define HALLIGAN_MODEL_DETAIL_H

#include "base/base.h"
#include "base/bytes.h"

#define DETAIL_NAMES_MAX 256 /* in one object */

/* NULL: it is sound; else why not. */
const char *detail_fault(struct bytes json);

#endif
