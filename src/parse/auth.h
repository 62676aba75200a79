/* SPDX-License-Identifier: Apache-2.0 */
/* What programs say of logins, privileges, accounts and the kernel. */
#ifndef HALLIGAN_PARSE_AUTH_H
#define HALLIGAN_PARSE_AUTH_H

#include "parse/parse.h"

/*
 * Of a message ("sshd[1]: Accepted ...", or without the program in front)
 * that means something: kind and actor of the event. It is left as it is for
 * all else. The actor points into the text.
 */
void auth_classify(struct bytes program, struct bytes text,
		   struct parse_event *e);

#endif
