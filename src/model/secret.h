/* SPDX-License-Identifier: Apache-2.0 */
/* Where secrets lie on hosts and what files are nothing but secrets, whoever
 * reads there. What is secret in any other file: model/redact.h. */
#ifndef HALLIGAN_MODEL_SECRET_H
#define HALLIGAN_MODEL_SECRET_H

#include "base/base.h"
#include "model/record.h"

/* How to read a file of which only a part is secret. */
enum secret_form {
	FORM_ANY,    /* by what is in it alone */
	FORM_SHADOW, /* accounts: the second field is a hash */
	FORM_VALUES, /* names with values */
};

struct secret_place {
	/* For fnmatch(3) without flags, or a shell's `case`: an asterisk goes
	 * through slashes. */
	const char *path;
	enum req_secrecy secrecy;
	enum secret_form form;
};

/* One by one, the first that matches counts; NULL behind the last. */
const struct secret_place *secret_place(size_t i);

/* That of a path; one without secrecy when there is none. */
const struct secret_place *secret_place_of(struct bytes path);

#define SECRET_HEAD ((size_t)64 << 10)

/*
 * Whether a file that begins so, and has a place of that kind, stays where it
 * is as a whole: what it is, for people; NULL: it may go without what is
 * secret in it. head: SECRET_HEAD of it, or all.
 */
const char *secret_whole(const struct secret_place *place,
			 enum req_secrecy wanted, struct bytes head,
			 uint64_t size);

/* How what is left is to be read. */
enum secret_form secret_form_of(const struct secret_place *place,
				enum req_secrecy wanted);

#endif
