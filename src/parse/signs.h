/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signs: what in a command or a script is odd, each defined so that what
 * distributions ship has next to none. A word that is only mentioned (in a
 * comment, a list, an echo) is no sign; one that is run is.
 */
#ifndef HALLIGAN_PARSE_SIGNS_H
#define HALLIGAN_PARSE_SIGNS_H

#include "base/base.h"
#include "base/bytes.h"

enum sign {
	SIGN_FETCH,         /* curl, wget run with something to get */
	SIGN_PIPE_TO_SHELL, /* what comes from elsewhere goes into a shell */
	SIGN_BASE64,        /* something is decoded, or a long code is there */
	SIGN_DEV_TCP,       /* /dev/tcp/, /dev/udp/ */
	SIGN_NETCAT,        /* nc, ncat, socat are run */
	SIGN_SCRATCH_PATH,  /* a program in /tmp, /dev/shm, ... is run */
	SIGN_HIDDEN_PATH,   /* one in a hidden folder, or of a hidden name */
	SIGN_PRELOAD,       /* LD_PRELOAD, LD_AUDIT set; ld.so.preload */
	SIGN_HISTORY_OFF,   /* no history is to be kept, or it is taken away */
	SIGN_ALIAS,         /* sudo, ssh, ls... stand for something else */
	SIGN_TRAP,          /* trap DEBUG; at the end of a login */
	SIGN_PROMPT,        /* PROMPT_COMMAND runs a program */
	SIGN_EVAL,          /* eval of what was got or decoded */
	SIGN_INTERPRETER,   /* python -c, perl -e with sockets, exec, ... */
	SIGN_CHMOD_SUID,    /* chmod u+s, 4755; install -m 4755 */
	SIGN_KEY_WRITE,     /* authorized_keys is written */
	SIGN_CRON_WRITE,    /* jobs of cron are written */
	SIGN_REQUEST_EVAL,  /* a request's words are run as the page's code */
	SIGN_REQUEST_EXEC,  /* a request's words are run as a command */
	SIGN_DECODE_EVAL,   /* code is decoded, then run */
	SIGN_REVERSE_SHELL, /* a shell that talks to a socket */
	SIGN_AUTO_PREPEND,  /* each page of PHP begins or ends with a file */
	N_SIGNS,
};

typedef uint32_t sign_set;

#define SIGN(sign) ((sign_set)1 << (sign))

const char *sign_name(unsigned sign); /* "pipe-to-shell" */

/* What runs the text. */
enum sign_manner {
	MANNER_COMMAND, /* a shell, or an init that splits words like one */
	MANNER_STARTUP, /* a shell, for each who logs in */
	MANNER_PYTHON,  /* python, each time it starts */
	MANNER_PHP,
	MANNER_JSP,
	MANNER_CGI,
};

/* One line, as cron and systemd have it. */
sign_set signs_of_command(struct bytes line);

struct judged {
	sign_set signs;
	struct bytes sample; /* the first line that has one; borrowed */
	uint64_t lines;
};

/* A whole script; in time in proportion to its length. */
struct judged signs_of_script(struct bytes content, enum sign_manner manner);

/* Web pages: signs_web.c. */
sign_set signs_of_page(struct bytes content, enum sign_manner manner,
		       struct bytes *sample);

#endif
