/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The probes that can be sent: a folder with halligan-probes, a line for each
 * ("x86_64 6568520 libyara 4.5.2", "x86_64-lean 2120712 no engine"), and
 * beside it halligan-probe-x86_64.zst and .gz. A lean one scans nothing, and is
 * a third of the other. A probe is read when the first host wants it. One
 * thread uses it.
 */
#ifndef HALLIGAN_JOB_BUNDLE_H
#define HALLIGAN_JOB_BUNDLE_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "remote/msg.h"

struct probe {
	char name[32]; /* of its files: "x86_64-lean" */
	char arch[24];
	bool lean;
	char engine[48]; /* what it scans with: "libyara 4.5.2" */
	uint64_t size;	 /* plain */
	char sha256[65]; /* of the plain form; "": not read yet */
	struct buf forms[PROBE_FORMS];
};

struct bundle {
	char *dir;
	struct probe *probes;
	size_t n_probes;
};

/* Reads the list. ERR_NOTFOUND when the folder has none. */
enum err_code bundle_open(struct bundle *b, const char *dir,
			  struct err *err) MUST_CHECK;
void bundle_release(struct bundle *b); /* zeroed is fine */

/* The plain size of the largest that bundle_find may give. */
uint64_t bundle_largest(const struct bundle *b, bool scans);

/*
 * The probe for a machine as uname -s and -m name it, with its hash known: a
 * lean one if there is one and it need not scan. ERR_UNSUPPORTED says which
 * machine it is and what there is.
 */
enum err_code bundle_find(struct bundle *b, struct bytes system,
			  struct bytes machine, bool scans,
			  struct probe **out, struct err *err) MUST_CHECK;

/* Its bytes in that form; they last as long as the bundle. */
enum err_code bundle_form(struct bundle *b, struct probe *probe,
			  enum probe_form form, struct bytes *out,
			  struct err *err) MUST_CHECK;

#endif
