/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside the room: the readers of the forms, and the graph of groups that
 * both of Ansible's forms are read into.
 */
#ifndef HALLIGAN_INVENTORY_INSIDE_H
#define HALLIGAN_INVENTORY_INSIDE_H

#include "inventory/inventory.h"

#define PATTERN_MAX 512u /* bytes of a host name with its ranges */

/*
 * Calls each for all that a name with ranges stands for: web[01:20],
 * db[a:f], [1:9:2]; one without is itself. Stops at the first error.
 */
typedef enum err_code pattern_fn(void *arg, const char *name,
				 struct err *err);
enum err_code pattern_each(const char *pattern, pattern_fn *each, void *arg,
			   struct err *err) MUST_CHECK;
bool pattern_is_range(const char *pattern);

/* The name without the port behind it, which is set apart (NULL: there is
 * none), and without the brackets of an address. Both are the caller's. */
char *pattern_take_port(const char *pattern, char **port) MUST_CHECK;

/* A network: calls each for its addresses. *is says whether it was one. */
enum err_code cidr_each(const char *word, pattern_fn *each, void *arg,
			bool *is, struct err *err) MUST_CHECK;

/* ---- variables ---- */

/* What is honoured of them. */
enum var {
	VAR_HOST,
	VAR_PORT,
	VAR_USER,
	VAR_KEY,
	VAR_BECOME,
	VAR_METHOD,
	VAR_BECOME_USER,
	VAR_CONNECTION,
	VAR_COMMON_ARGS,
	VAR_EXTRA_ARGS,
	VAR_PRIORITY, /* of the group, among its like */
	VAR_JUMP,     /* no variable: what the arguments of ssh say */
	N_VARS
};

struct vars {
	char *v[N_VARS]; /* NULL: not set */
};

void vars_release(struct vars *vars);
/* Those that are set take the place of what is there. */
void vars_put(struct vars *to, const struct vars *from);
/* One of a file: kept, or told of. is_secret: it was encrypted. */
void vars_set(struct vars *vars, struct inventory *inv, const char *name,
	      struct bytes value, bool is_secret);
/* Those of a file of their own: a mapping of YAML. */
enum err_code yaml_read_vars(struct inventory *inv, struct bytes text,
			     struct vars *vars, uint64_t *line,
			     struct err *err) MUST_CHECK;
/* Those in files of a folder that are of that name. */
enum err_code beside_read(struct inventory *inv, const char *folder,
			  const char *name, struct vars *vars, size_t *n_files,
			  struct err *err) MUST_CHECK;
/* The host that the variables make of a name, unless it is left out. */
enum err_code vars_host(struct inventory *inv, const char *name,
			const struct vars *vars, char **groups,
			size_t n_groups, struct err *err) MUST_CHECK;

/* Options of ssh(1): the first of each, the rest by name. */
struct ssh_args {
	char *jump; /* -J and its like; "none" */
	char *user, *port, *key;
	struct name_set left; /* not honoured, as "-o Keyword" and "-F" */
	/* while a ProxyCommand is read */
	unsigned depth;
	char *forward; /* of -W */
	char *word;    /* the first that is no option */
	bool more;     /* there were others */
};

/* Adds what the text says; zeroed to begin with. */
void ssh_args_read(struct ssh_args *a, const char *text);
void ssh_args_release(struct ssh_args *a);

/* ---- groups ---- */

#define NO_GROUP SIZE_MAX

struct graph;

struct graph *graph_new(struct inventory *inv);
void graph_free(struct graph *g); /* NULL is fine */

/* The number of the group, made when it is new. */
enum err_code graph_group(struct graph *g, const char *name, size_t *group,
			  struct err *err) MUST_CHECK;
/* The same of a host; its name has no ranges any more. */
enum err_code graph_host(struct graph *g, const char *name, size_t *host,
			 struct err *err) MUST_CHECK;
enum err_code graph_nest(struct graph *g, size_t parent, size_t child,
			 struct err *err) MUST_CHECK;
enum err_code graph_join(struct graph *g, size_t group, size_t host,
			 struct err *err) MUST_CHECK;
struct vars *graph_group_vars(struct graph *g, size_t group);
struct vars *graph_host_vars(struct graph *g, size_t host);

/* Adds the hosts to the inventory, with what their groups say of them. */
enum err_code graph_resolve(struct graph *g, struct err *err) MUST_CHECK;

/* ---- the forms ---- */

enum err_code list_read(struct inventory *inv, struct bytes text,
			uint64_t *line, struct err *err) MUST_CHECK;
enum err_code ini_read(struct inventory *inv, struct bytes text,
		       uint64_t *line, struct err *err) MUST_CHECK;
enum err_code yaml_read(struct inventory *inv, struct bytes text,
			uint64_t *line, struct err *err) MUST_CHECK;

/* "[name]" or "[name:kind]" of an INI file; false for anything else. */
bool ini_is_section(struct bytes line, struct bytes *name,
		    struct bytes *kind);

#endif
