/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hosts as people write them down: single targets, ranges, networks, lists of
 * targets, inventories of Ansible. All become one list of hosts to be added;
 * nothing is connected, and no name is looked up.
 */
#ifndef HALLIGAN_INVENTORY_INVENTORY_H
#define HALLIGAN_INVENTORY_INVENTORY_H

#include "base/base.h"
#include "base/bytes.h"
#include "base/err.h"

#define INVENTORY_HOSTS_MAX  65536u
#define INVENTORY_BYTES_MAX  (8u << 20) /* of one file */
#define INVENTORY_NAMES_MAX  64u	/* told of in one sentence */

#define INVENTORY_FIRST	     3u	/* hosts of many that are named */

/* Names that are told of once, each one time. */
struct name_set {
	char *v[INVENTORY_NAMES_MAX];
	size_t n;
	size_t n_more; /* that were no more kept */
};

/* Keeps the name when it is new and there is room. */
void names_add(struct name_set *set, const char *name);
void names_release(struct name_set *set);

/* A host to be added. */
struct wanted_host {
	char *name;	/* NULL: as its target says */
	char *target;	/* [user@]host[:port] */
	char *identity; /* path of a private key; NULL */
	char *jump;	/* servers to go through, by commas; NULL */
	char *escalate; /* "sudo", "su", "doas"; NULL */
	char **groups;
	size_t n_groups;
};

/* An option of ssh that is not honoured, and whose it is. */
struct left_option {
	char *text; /* "-o Ciphers of ansible_ssh_common_args" */
	char *first[INVENTORY_FIRST];
	size_t n; /* hosts, of which the first are kept */
};

struct inventory {
	struct wanted_host *hosts;
	size_t n, cap;
	size_t n_addresses;  /* of them out of networks (CIDR) */
	struct name_set not_honoured; /* variables about connections */
	struct name_set secrets;      /* variables never taken */
	struct name_set left_out;     /* hosts, each with the reason */
	struct left_option left_options[INVENTORY_NAMES_MAX];
	size_t n_left_options;
	size_t n_other;		      /* variables about other things */
	char *folder; /* of the file being read; NULL: it is in none */
};

/* Zeroed to begin with. */
void inventory_release(struct inventory *inv);

/* An empty one at the end of the list; NULL and an error when it is full. */
struct wanted_host *inventory_add(struct inventory *inv, struct err *err);

/* A word: [user@]host[:port], ssh://..., a range such as web[01:20], or a
 * network such as 192.0.2.0/28. */
enum err_code inventory_word(struct inventory *inv, const char *word,
			     struct err *err) MUST_CHECK;

/* What a file is, by its name and what it holds. */
enum inventory_form {
	INVENTORY_AUTO,	   /* any of those below */
	INVENTORY_ANSIBLE, /* INI or YAML */
	INVENTORY_LIST,
	INVENTORY_INI,
	INVENTORY_YAML,
};

enum inventory_form inventory_form_of(const char *path, struct bytes text,
				      enum inventory_form wanted);

/* Reads a file, or standard input for "-". Errors say where: FILE:LINE. */
enum err_code inventory_file(struct inventory *inv, const char *path,
			     enum inventory_form form,
			     struct err *err) MUST_CHECK;

/* The same of what was read; the name is for messages. */
enum err_code inventory_read(struct inventory *inv, const char *name,
			     struct bytes text, enum inventory_form form,
			     struct err *err) MUST_CHECK;

#endif
