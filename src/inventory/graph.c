/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Groups of hosts and groups of groups, as Ansible has them, with what each
 * says of its hosts. A host is in the groups above its own, too; of what they
 * say the nearest counts, and what is said of the host itself counts most.
 */
#include "base/base.h"

#include <search.h>

#include "base/text.h"
#include "inventory/inside.h"

#define GROUPS_MAX   4096u
#define EDGES_MAX    (1u << 19) /* memberships, as often as they are named */
#define VISITS_MAX   (16u << 20) /* steps of a resolution */

enum depth_state { DEPTH_NEW, DEPTH_RUNNING, DEPTH_KNOWN };

struct numbers {
	size_t *v;
	size_t n, cap;
};

struct node {
	char *name;
	struct vars vars;
	struct vars beside; /* in files beside the inventory */
	struct numbers parents; /* of a host: the groups that name it */
	enum depth_state state;
	size_t depth;	/* the longest way down to it */
	int64_t priority;
	size_t seen_by; /* the host whose groups are looked for, plus 1 */
};

/* What names lead to: part of a tree of tsearch(3). */
struct named {
	const char *name;
	size_t number;
};

struct table {
	struct node *v;
	size_t n, cap, max;
	void *tree;
	const char *what;
};

struct graph {
	struct inventory *inv;
	struct table groups, hosts;
	size_t n_edges, n_visits;
};

static int compare_named(const void *a, const void *b)
{
	const struct named *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static void free_named(void *p)
{
	free(p);
}

static void table_release(struct table *t)
{
	tdestroy(t->tree, free_named);
	for (size_t i = 0; i < t->n; i++) {
		free(t->v[i].name);
		free(t->v[i].parents.v);
		vars_release(&t->v[i].vars);
		vars_release(&t->v[i].beside);
	}
	free(t->v);
}

static enum err_code table_get(struct table *t, const char *name,
			       size_t *number, struct err *err)
{
	struct named key = {.name = name}, *fresh;
	struct named *const *found = tfind(&key, &t->tree, compare_named);

	if (found) {
		*number = (*found)->number;
		return ERR_OK;
	}
	if (t->n == t->max)
		return err_set(err, ERR_LIMIT, "more than %zu %s", t->max,
			       t->what);
	if (t->n == t->cap) {
		t->cap = t->cap ? 2 * t->cap : 16;
		t->v = xrealloc(t->v, t->cap, sizeof *t->v);
	}
	*number = t->n;
	t->v[t->n++] = (struct node){.name = xstrdup(name)};
	fresh = xcalloc(1, sizeof *fresh);
	fresh->name = t->v[*number].name;
	fresh->number = *number;
	if (!tsearch(fresh, &t->tree, compare_named))
		BUG("out of memory");
	return ERR_OK;
}

struct graph *graph_new(struct inventory *inv)
{
	struct graph *g = xcalloc(1, sizeof *g);

	g->inv = inv;
	g->groups = (struct table){.max = GROUPS_MAX, .what = "groups"};
	g->hosts = (struct table){.max = INVENTORY_HOSTS_MAX,
				  .what = "hosts"};
	return g;
}

void graph_free(struct graph *g)
{
	if (!g)
		return;
	table_release(&g->groups);
	table_release(&g->hosts);
	free(g);
}

enum err_code graph_group(struct graph *g, const char *name, size_t *group,
			  struct err *err)
{
	return table_get(&g->groups, name, group, err);
}

enum err_code graph_host(struct graph *g, const char *name, size_t *host,
			 struct err *err)
{
	return table_get(&g->hosts, name, host, err);
}

struct vars *graph_group_vars(struct graph *g, size_t group)
{
	return &g->groups.v[group].vars;
}

struct vars *graph_host_vars(struct graph *g, size_t host)
{
	return &g->hosts.v[host].vars;
}

static enum err_code add_parent(struct graph *g, struct node *child,
				size_t group, struct err *err)
{
	struct numbers *p = &child->parents;

	if (++g->n_edges > EDGES_MAX)
		return err_set(err, ERR_LIMIT,
			       "hosts are named more than %u times",
			       EDGES_MAX);
	for (size_t i = 0; i < p->n; i++)
		if (p->v[i] == group)
			return ERR_OK;
	if (p->n == p->cap) {
		p->cap = p->cap ? 2 * p->cap : 4;
		p->v = xrealloc(p->v, p->cap, sizeof *p->v);
	}
	p->v[p->n++] = group;
	return ERR_OK;
}

enum err_code graph_nest(struct graph *g, size_t parent, size_t child,
			 struct err *err)
{
	return add_parent(g, &g->groups.v[child], parent, err);
}

enum err_code graph_join(struct graph *g, size_t group, size_t host,
			 struct err *err)
{
	return add_parent(g, &g->hosts.v[host], group, err);
}

/* ---- who is below whom ---- */

/* Parents first; one that is met on its own way up is in itself. */
static enum err_code find_depth(struct graph *g, size_t group, size_t level,
				struct err *err)
{
	struct node *node = &g->groups.v[group];
	enum err_code code = ERR_OK;

	if (node->state == DEPTH_KNOWN)
		return ERR_OK;
	if (node->state == DEPTH_RUNNING || level > GROUPS_MAX)
		return err_set(err, ERR_FORMAT,
			       "the group %s is below itself",
			       shown_str(node->name).s);
	node->state = DEPTH_RUNNING;
	for (size_t i = 0; code == ERR_OK && i < node->parents.n; i++) {
		size_t parent = node->parents.v[i];

		code = find_depth(g, parent, level + 1, err);
		node->depth = MAX(node->depth, g->groups.v[parent].depth + 1);
	}
	node->state = DEPTH_KNOWN;
	return code;
}

static enum err_code find_depths(struct graph *g, struct err *err)
{
	enum err_code code = ERR_OK;
	size_t all;

	code = graph_group(g, "all", &all, err);
	for (size_t i = 0; code == ERR_OK && i < g->groups.n; i++) {
		struct node *node = &g->groups.v[i];
		const char *priority = node->vars.v[VAR_PRIORITY];
		uint64_t n;

		/* All that is below nothing is below all. */
		if (i != all && node->parents.n == 0)
			code = graph_nest(g, all, i, err);
		if (priority && bytes_to_u64(bytes_str(priority), &n))
			node->priority = (int64_t)MIN(n, (uint64_t)INT32_MAX);
		else
			node->priority = 1;
	}
	for (size_t i = 0; code == ERR_OK && i < g->groups.n; i++)
		code = find_depth(g, i, 0, err);
	return code;
}

static int compare_groups(const void *a, const void *b)
{
	const struct node *x = *(struct node *const *)a;
	const struct node *y = *(struct node *const *)b;

	if (x->depth != y->depth)
		return x->depth < y->depth ? -1 : 1;
	if (x->priority != y->priority)
		return x->priority < y->priority ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* Those above a node that were not met yet, and they themselves. */
static enum err_code climb(struct graph *g, const struct node *from,
			   size_t host, struct node **list, size_t *n,
			   struct err *err)
{
	size_t at = *n;

	for (;;) {
		for (size_t i = 0; i < from->parents.n; i++) {
			struct node *up = &g->groups.v[from->parents.v[i]];

			if (++g->n_visits > VISITS_MAX)
				return err_set(err, ERR_LIMIT,
					       "groups are nested too much");
			if (up->seen_by == host + 1)
				continue;
			up->seen_by = host + 1;
			list[(*n)++] = up;
		}
		if (at == *n)
			return ERR_OK;
		from = list[at++];
	}
}

static bool is_named(const struct node *node, const char *name)
{
	return strcmp(node->name, name) == 0;
}

/* "ungrouped" is for hosts that are in no other. */
static void drop_ungrouped(struct node **list, size_t *n)
{
	size_t at = SIZE_MAX, others = 0;

	for (size_t i = 0; i < *n; i++) {
		if (is_named(list[i], "ungrouped"))
			at = i;
		else
			others += !is_named(list[i], "all");
	}
	if (at == SIZE_MAX || !others)
		return;
	memmove(list + at, list + at + 1, (*n - at - 1) * sizeof *list);
	--*n;
}

static enum err_code resolve_host(struct graph *g, size_t number, size_t all,
				  struct node **list, struct err *err)
{
	struct node *host = &g->hosts.v[number];
	struct vars vars = {0};
	char **names = xcalloc(g->groups.n, sizeof *names);
	size_t n = 0, n_names = 0;
	enum err_code code = add_parent(g, host, all, err);

	if (code == ERR_OK)
		code = climb(g, host, number, list, &n, err);
	drop_ungrouped(list, &n);
	qsort(list, n, sizeof *list, compare_groups);
	for (size_t i = 0; code == ERR_OK && i < n; i++) {
		vars_put(&vars, &list[i]->vars);
		if (!is_named(list[i], "all") &&
		    !is_named(list[i], "ungrouped"))
			names[n_names++] = list[i]->name;
	}
	for (size_t i = 0; i < n; i++)
		vars_put(&vars, &list[i]->beside);
	vars_put(&vars, &host->vars);
	vars_put(&vars, &host->beside);
	if (code == ERR_OK)
		code = vars_host(g->inv, host->name, &vars, names, n_names,
				 err);
	vars_release(&vars);
	free(names);
	return code;
}

static enum err_code read_beside(struct graph *g, struct table *t,
				 const char *kind, size_t *n_files,
				 struct err *err)
{
	char *folder = xasprintf("%s/%s", g->inv->folder, kind);
	enum err_code code = ERR_OK;

	if (access(folder, R_OK | X_OK) == 0)
		for (size_t i = 0; code == ERR_OK && i < t->n; i++)
			code = beside_read(g->inv, folder, t->v[i].name,
					   &t->v[i].beside, n_files, err);
	free(folder);
	return code;
}

enum err_code graph_resolve(struct graph *g, struct err *err)
{
	size_t all = 0;
	struct node **list;
	size_t n_files = 0;
	enum err_code code = find_depths(g, err);

	if (code == ERR_OK)
		code = graph_group(g, "all", &all, err);
	if (code == ERR_OK && g->inv->folder)
		code = read_beside(g, &g->groups, "group_vars", &n_files, err);
	if (code == ERR_OK && g->inv->folder)
		code = read_beside(g, &g->hosts, "host_vars", &n_files, err);
	list = xcalloc(g->groups.n + 1, sizeof *list);
	for (size_t i = 0; code == ERR_OK && i < g->hosts.n; i++)
		code = resolve_host(g, i, all, list, err);
	free(list);
	return code;
}
