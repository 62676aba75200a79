/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the reader of ssh_config(5): where it is, and for whom it reads. */
#ifndef HALLIGAN_REMOTE_SSH_PASS_H
#define HALLIGAN_REMOTE_SSH_PASS_H

#include "remote/ssh_config.h"
#include "remote/ssh_line.h"

/* One reading of all files for one host. */
struct ssh_pass {
	struct ssh_config *config;
	const struct ssh_who *who;
	struct ssh_values *out;
	const char *host; /* what Host is held against */
	bool final;	  /* the second one, which Match final asked for */
	bool wants_final;
	unsigned n_files;
};

/* Where it is. */
struct ssh_place {
	const char *path;
	unsigned line;
	unsigned depth;
	bool user;   /* ~/.ssh is where its relative names begin */
	bool never;  /* included where nothing holds: only checked */
	bool active; /* what follows holds for the host */
};

/* ERR_FORMAT with the line: what is wrong there, and with which word; NULL. */
enum err_code ssh_bad(const struct ssh_place *at, struct err *err,
		      const char *what, const char *word);

/* Notes a word that changes nothing here, once. */
void ssh_pass_over(struct ssh_pass *p, const struct ssh_place *at,
		   const char *word);

/* What follows Match: sets at->active. The line is changed. */
enum err_code ssh_match(struct ssh_pass *p, struct ssh_place *at, char *rest,
			struct err *err) MUST_CHECK;

#endif
