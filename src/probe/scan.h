/* SPDX-License-Identifier: Apache-2.0 */
/* Matching rules against the content of one file, one scanner a thread. */
#ifndef HALLIGAN_PROBE_SCAN_H
#define HALLIGAN_PROBE_SCAN_H

#include "base/base.h"
#include "probe/file.h"

/* Hits sent of one match; all are counted. */
#define SCAN_HITS_MAX 64u

struct scanner;

struct scanner *scanner_new(struct run *run) MUST_CHECK;
void scanner_free(struct scanner *s); /* NULL is fine */

/* Scans f->content; reports the file and its matches. */
enum reason scanner_scan(struct scanner *s, struct file *f);

#endif
