/* SPDX-License-Identifier: Apache-2.0 */
/*
 * State of the packet filter, as the host's own nft or iptables-save tells
 * it. They are only run where the kernel has that filter already: asking
 * would load it.
 */
#include "base/base.h"

#include <fcntl.h>

#include "probe/firewall.h"
#include "probe/proctext.h"
#include "probe/said.h"
#include "probe/tool.h"
#include "probe/triage.h"

#define NAMES_MAX ((size_t)4096)

/* ---- what they say ---- */

struct chain {
	char *name; /* "inet filter input" */
	char policy[16];
	uint64_t rules, hash; /* of the name, of iptables */
	bool open;
};

static void chain_end(struct tell *t, struct chain *c, const char *tool)
{
	char *name;

	if (c->open) {
		name = xasprintf("%s %s", tool, c->name);
		triage_begin(t, "firewall", bytes_str(name));
		tell_str(t, "tool", tool);
		tell_str(t, "policy", c->policy);
		tell_u64(t, "rules", c->rules);
		triage_end(t);
		free(name);
	}
	free(c->name);
	*c = (struct chain){0};
}

static void copy_word(struct bytes word, char *out, size_t room)
{
	(void)snprintf(out, room, "%.*s", (int)MIN(word.n, room - 1),
		       (const char *)word.p);
}

/* "table inet filter {", "chain input {", "type ... policy drop;", rules. */
uint64_t take_nft(struct tell *t, struct bytes text)
{
	struct chain c = {0};
	char table[160] = "";
	struct bytes line;
	uint64_t rules = 0;
	size_t at;

	while (bytes_split(&text, '\n', &line) && tell_go(t, 0)) {
		struct bytes first = proc_word(line, 0);
		bool opens = line.n && line.p[line.n - 1] == '{';

		if (opens && bytes_eq(first, bytes_str("table"))) {
			copy_word(bytes_trim(bytes_of(line.p, line.n - 1)),
				  table, sizeof table);
		} else if (opens && bytes_eq(first, bytes_str("chain"))) {
			struct bytes name = proc_word(line, 1);

			chain_end(t, &c, "nft");
			c.open = true;
			c.name = xasprintf("%s %.*s",
					   strlen(table) > 6 ? table + 6 : "",
					   (int)MIN(name.n, (size_t)128),
					   (const char *)name.p);
		} else if (bytes_eq(first, bytes_str("}"))) {
			chain_end(t, &c, "nft");
		} else if (c.open && bytes_eq(first, bytes_str("type"))) {
			if (bytes_find(line, "policy ", &at))
				copy_word(proc_word(bytes_skip(line, at + 7),
						    0),
					  c.policy, sizeof c.policy);
			c.policy[strcspn(c.policy, ";")] = '\0';
		} else if (c.open && first.n && first.p[0] != '#') {
			c.rules++;
			rules++;
		}
	}
	chain_end(t, &c, "nft");
	return rules;
}

/* Chains of a table, and the rules of it by the chain that each is in. */
struct table {
	struct chain *v;
	size_t n, cap;
	uint64_t *rules; /* hashes of names; in order, at the end of it */
	size_t n_rules, cap_rules;
};

static int compare_hashes(const void *va, const void *vb)
{
	const uint64_t *a = va, *b = vb;

	return (*a > *b) - (*a < *b);
}

/* How many are less. */
static size_t count_below(const struct table *table, uint64_t hash)
{
	size_t from = 0, to = table->n_rules;

	while (from < to) {
		size_t at = from + (to - from) / 2;

		if (table->rules[at] < hash)
			from = at + 1;
		else
			to = at;
	}
	return from;
}

static void table_end(struct tell *t, struct table *table, const char *tool)
{
	if (table->n_rules)
		qsort(table->rules, table->n_rules, sizeof *table->rules,
		      compare_hashes);
	for (size_t i = 0; i < table->n; i++) {
		struct chain *c = &table->v[i];

		c->rules = count_below(table, c->hash + 1) -
			   count_below(table, c->hash);
		chain_end(t, c, tool);
	}
	free(table->v);
	free(table->rules);
	*table = (struct table){0};
}

/* ":INPUT DROP [0:0]"; what people made has "-" for a policy. */
static void add_chain(struct table *table, struct bytes title,
		      struct bytes line)
{
	struct bytes name = bytes_skip(proc_word(line, 0), 1);
	struct chain c = {.open = true, .hash = said_name(name) >> 1};

	c.name = xasprintf("%.*s %.*s", (int)MIN(title.n, (size_t)64),
			   (const char *)title.p,
			   (int)MIN(name.n, (size_t)128),
			   (const char *)name.p);
	copy_word(proc_word(line, 1), c.policy, sizeof c.policy);
	for (char *p = c.policy; *p; p++)
		*p = *p == '-'		      ? '\0'
		     : *p >= 'A' && *p <= 'Z' ? (char)(*p + 32)
					      : *p;
	if (table->n == table->cap) {
		table->cap = MAX(2 * table->cap, (size_t)16);
		table->v = xrealloc(table->v, table->cap, sizeof c);
	}
	table->v[table->n++] = c;
}

/* "-A INPUT -j DROP" */
static void add_rule(struct table *table, struct bytes line)
{
	if (table->n_rules == table->cap_rules) {
		table->cap_rules = MAX(2 * table->cap_rules, (size_t)64);
		table->rules = xrealloc(table->rules, table->cap_rules,
					sizeof *table->rules);
	}
	table->rules[table->n_rules++] = said_name(proc_word(line, 1)) >> 1;
}

/* "*filter", its chains, its rules, "COMMIT". */
uint64_t take_iptables(struct tell *t, const char *tool, struct bytes text)
{
	struct bytes line, title = {0};
	struct table table = {0};
	uint64_t rules = 0;

	while (bytes_split(&text, '\n', &line) && tell_go(t, 0)) {
		if (bytes_starts(line, "*")) {
			table_end(t, &table, tool);
			title = bytes_skip(line, 1);
		} else if (bytes_starts(line, ":")) {
			add_chain(&table, title, line);
		} else if (bytes_starts(line, "-A ")) {
			add_rule(&table, line);
			rules++;
		}
	}
	table_end(t, &table, tool);
	return rules;
}

/* ---- asking them ---- */

static void tell_all(struct tell *t, const char *tool, uint64_t rules,
		     struct bytes text)
{
	char name[48];

	(void)snprintf(name, sizeof name, "%s ruleset", tool);
	triage_begin(t, "firewall", bytes_str(name));
	tell_str(t, "tool", tool);
	tell_str(t, "policy", "");
	tell_u64(t, "rules", rules);
	tell_long(t, "text", text);
	triage_end(t);
}

/* nft, or one of those that print what iptables-save(8) does, by the name
 * that its rules are told under. */
static bool ask(struct tell *t, const char *program, const char *name)
{
	static const char *const all[] = {"list", "ruleset", NULL};
	static const char *const none[] = {NULL};
	bool is_nft = strcmp(name, "nft") == 0;
	struct tool tool = {0};
	bool ran = tool_run(t, &tool, program, is_nft ? all : none);

	if (ran) {
		struct bytes text = buf_bytes(&tool.out);
		uint64_t rules = is_nft ? take_nft(t, text)
					: take_iptables(t, name, text);

		tool.said = rules;
		tool_tell(t, &tool);
		if (tool_ended_well(&tool))
			tell_all(t, name, rules, text);
	}
	tool_release(&tool);
	return ran;
}

/* Tables of the old filter that are in use. */
static bool has_tables(struct tell *t, const char *path)
{
	struct buf names;
	bool any;

	errno = 0;
	any = proc_read_new(AT_FDCWD, path, &names, NAMES_MAX) && names.n;
	if (!any && (errno == EACCES || errno == EPERM))
		tell_errno(t, errno);
	buf_release(&names);
	return any;
}

static void ask_old(struct tell *t, const char *tables, const char *legacy,
		    const char *plain, const char *name)
{
	if (has_tables(t, tables) && !ask(t, legacy, name))
		(void)ask(t, plain, name); /* or nobody tells */
}

void look_firewall(struct tell *t)
{
	bool has_nft = access("/sys/module/nf_tables", F_OK) == 0;

	if (has_nft && !ask(t, "nft", "nft")) {
		(void)ask(t, "iptables-save", "iptables");
		(void)ask(t, "ip6tables-save", "ip6tables");
	}
	ask_old(t, "/proc/net/ip_tables_names", "iptables-legacy-save",
		"iptables-save", "iptables");
	ask_old(t, "/proc/net/ip6_tables_names", "ip6tables-legacy-save",
		"ip6tables-save", "ip6tables");
	if (!t->told && !t->why)
		tell_all(t, "none", 0, (struct bytes){0});
}
