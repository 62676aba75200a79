/* SPDX-License-Identifier: Apache-2.0 */
/* Kinds of facts, what checks see and the checks themselves, for the manual. */
#include "base/base.h"
#include "app/checks.h"
#include "app/mdoc.h"
#include "case/judge.h"
#include "model/fact.h"

static void begin_list(struct buf *out)
{
	(void)buf_add_str(out, ".Bl -tag -width Ds\n");
}

static void end_list(struct buf *out)
{
	(void)buf_add_str(out, ".El\n");
}

static void item(struct buf *out, const char *macro, const char *name,
		 const char *more)
{
	(void)buf_addf(out, ".It %s ", macro);
	mdoc_text(out, name);
	if (more)
		(void)buf_addf(out, " Pq %s", more);
	(void)buf_add_byte(out, '\n');
}

/* ---- facts ---- */

static const char *const type_names[] = {
	[FACT_TEXT] = "text",
	[FACT_INT] = "number",
	[FACT_BOOL] = "yes or no",
	[FACT_TIME] = "time",
	[FACT_LIST] = "list",
};

static void add_kind(struct buf *out, const struct fact_kind *kind)
{
	(void)buf_add_str(out, ".Ss ");
	mdoc_text(out, kind->name);
	(void)buf_add_byte(out, '\n');
	mdoc_sentences(out, kind->help);
	if (*kind->name_is) {
		(void)buf_add_str(out, "Its name is: ");
		mdoc_sentences(out, kind->name_is);
	}
	begin_list(out);
	for (size_t i = 0; i < kind->n_members; i++) {
		const struct fact_member *m = &kind->members[i];

		item(out, "Va", m->name, type_names[m->type]);
		mdoc_sentences(out, m->help);
	}
	end_list(out);
}

void facts_mdoc(struct buf *out)
{
	(void)buf_add_str(out, ".Sh KINDS\n");
	for (size_t i = 0; i < n_fact_kinds; i++)
		add_kind(out, &fact_kinds[i]);
}

/* ---- checks ---- */

static void add_headers(struct buf *out)
{
	static const struct {
		const char *name, *help;
		bool needed;
	} all[] = {
#define X(header, member, needed, help) {header, help, needed},
		CHECK_HEADERS(X)
#undef X
	};

	(void)buf_add_str(out, ".Sh HEADERS\n");
	begin_list(out);
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		item(out, "Li", all[i].name,
		     all[i].needed ? NULL : "need not be there");
		mdoc_sentences(out, all[i].help);
	}
	end_list(out);
}

struct tables {
	struct buf *out;
	const char *last;
};

static void add_column(void *arg, const char *table, const char *about,
		       const char *column, const char *help)
{
	struct tables *t = arg;

	if (!t->last || strcmp(t->last, table) != 0) {
		if (t->last)
			end_list(t->out);
		(void)buf_add_str(t->out, ".Ss ");
		mdoc_text(t->out, table);
		(void)buf_add_byte(t->out, '\n');
		mdoc_sentences(t->out, about);
		begin_list(t->out);
	}
	t->last = table;
	item(t->out, "Va", column, NULL);
	mdoc_sentences(t->out, help);
}

static void add_tables(struct buf *out)
{
	struct tables t = {.out = out};

	(void)buf_add_str(out, ".Sh TABLES\n");
	judge_each_column(add_column, &t);
	end_list(out);
}

static void add_check(struct buf *out, const struct check *c)
{
	item(out, "Li", c->id, c->severity);
	mdoc_sentences(out, c->title);
	(void)buf_add_str(out, "ATT&CK ");
	mdoc_sentences(out, c->attack);
}

enum err_code checks_mdoc(struct buf *out, struct err *err)
{
	struct checkset set = {0};
	enum err_code code = checks_load(&set, NULL, 0, NULL, NULL, err);

	add_headers(out);
	add_tables(out);
	(void)buf_add_str(out, ".Sh THE CHECKS\n");
	begin_list(out);
	for (size_t i = 0; code == ERR_OK && i < set.n; i++)
		add_check(out, &set.v[i]);
	end_list(out);
	checkset_release(&set);
	return code;
}
