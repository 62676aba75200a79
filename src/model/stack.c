/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stacks: rows of a view that say the same of several hosts as one row. What
 * "the same" is, is a table; the columns are those of the view, so that they
 * are shown alike.
 */
#include "base/base.h"

#include <pthread.h>

#include "base/bytes.h"
#include "model/rows.h"

#define COLUMNS_MAX 20

/*
 * Lists of columns have blanks between them. `same`: rows equal in these are
 * one. `alike`: a text that names hosts and addresses, which are left out of it
 * where they differ. `most`: the greatest of each is shown. `sum`: they are
 * added up. `order`: among as many hosts.
 */
static const struct stack stacks[] = {
	{.view = "finding",
	 .host = "host",
	 .same = "severity rule path object member sha256 kind namespace",
	 .most = "severity_rank score technique description",
	 .order = "severity_rank DESC, rule, path, member"},
	{.view = "sighting",
	 .host = "host",
	 .same = "kind value path remote",
	 .order = "kind, value, path, remote"},
	{.view = "evidence",
	 .host = "host",
	 .same = "path member size sha256 complete reason",
	 .order = "path, member"},
	{.view = "file",
	 .host = "host",
	 .same = "path member size mode uid owner sha256",
	 .order = "path, member"},
	{.view = "coverage",
	 .host = "host",
	 .same = "what outcome reason path",
	 .sum = "files bytes",
	 .order = "outcome, reason, path"},
	{.view = "coverage_sum",
	 .host = "host",
	 .same = "what outcome reason",
	 .most = "rank",
	 .sum = "files bytes",
	 .order = "rank DESC, what, reason"},
	{.view = "event",
	 .host = "host",
	 .same = "kind timestamp_desc message path",
	 .order = "kind, message, path"},
	{.view = "event_source",
	 .host = "host",
	 .same = "kind timestamp_desc message path",
	 .order = "kind, message, path"},
	{.view = "fact",
	 .host = "host",
	 .same = "kind name detail path",
	 .order = "kind, name"},
	{.view = "process",
	 .host = "host",
	 .same = "exe cmdline uid exe_deleted memfd sha256",
	 .order = "exe, cmdline"},
	{.view = "socket",
	 .host = "host",
	 .same = "proto local remote state uid",
	 .order = "proto, local, remote"},
	{.view = "account",
	 .host = "host",
	 .same = "name uid gid home shell",
	 .order = "name"},
	{.view = "unit",
	 .host = "host",
	 .same = "name kind state path command",
	 .order = "kind, name"},
	{.view = "run_host",
	 .host = "host",
	 .same = "state code",
	 .alike = "message",
	 .sum = "files matches",
	 .order = "state, code"},
	{.view = "hop",
	 .host = "host",
	 .same = "key_type kex host_key cipher mac",
	 .order = "kex, host_key, cipher, mac"},
	{.view = "host",
	 .host = "name",
	 .same = "state os arch",
	 .order = "state, os, arch"},
};

static struct column columns[ARRAY_SIZE(stacks)][COLUMNS_MAX];
static struct view stack_views[ARRAY_SIZE(stacks)];
static char names[ARRAY_SIZE(stacks)][32];
static pthread_once_t made = PTHREAD_ONCE_INIT;

static void add(size_t stack, const struct column *c)
{
	struct view *view = &stack_views[stack];

	if (view->n_columns == COLUMNS_MAX)
		BUG("columns of the stack of %s", stacks[stack].view);
	columns[stack][view->n_columns++] = *c;
}

static void add_listed(size_t stack, const struct view *base,
		       const char *list)
{
	struct bytes rest = bytes_str(list), piece;

	while (bytes_split(&rest, ' ', &piece)) {
		char *name = bytes_to_str(piece);
		int at = view_column(base, name);

		if (at < 0)
			BUG("%s has no column %s to stack by", base->name,
			    name);
		add(stack, &base->columns[at]);
		free(name);
	}
}

/* In the order in which case/stacking.c selects them. */
static void make_one(size_t i)
{
	const struct view *base = view_find(stacks[i].view);
	int id = view_column(base, "id");
	const struct column first[] = {
		{.name = "place", .kind = COLUMN_INT, .min_cells = 4,
		 .help = "Its place in the list, from 1."},
		{.name = "id",
		 .kind = id < 0 ? COLUMN_INT : base->columns[id].kind,
		 .min_cells = 8, .help = "The least id of its rows."},
		{.name = "hosts", .kind = COLUMN_INT, .title = "HOSTS",
		 .min_cells = 5, .help = "On how many hosts that is so."},
		{.name = "rows", .kind = COLUMN_INT, .min_cells = 5,
		 .help = "How many rows these are."},
	};
	const struct column seen_on = {
		.name = "seen_on", .kind = COLUMN_TEXT, .title = "ON",
		.min_cells = 8, .help = "Names of hosts, the first three."};
	const struct column host_names = {
		.name = "host_names", .kind = COLUMN_TEXT, .min_cells = 8,
		.help = "Names of all these hosts, by commas."};

	(void)snprintf(names[i], sizeof names[i], "%s_stack", stacks[i].view);
	stack_views[i] = (struct view){.name = names[i],
				       .help = base->help,
				       .columns = columns[i],
				       .order = "place"};
	for (size_t k = 0; k < ARRAY_SIZE(first); k++)
		add(i, &first[k]);
	add_listed(i, base, stacks[i].same);
	add_listed(i, base, stacks[i].sum);
	add(i, &seen_on);
	add_listed(i, base, stacks[i].alike);
	add_listed(i, base, stacks[i].most);
	add(i, &host_names);
}

static void make_all(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(stacks); i++)
		make_one(i);
}

const struct stack *stack_of(const char *view)
{
	for (size_t i = 0; i < ARRAY_SIZE(stacks); i++)
		if (strcmp(stacks[i].view, view) == 0)
			return &stacks[i];
	return NULL;
}

const struct view *stack_view(const struct stack *stack)
{
	(void)pthread_once(&made, make_all);
	return &stack_views[stack - stacks];
}
