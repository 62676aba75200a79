/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the console knows of rules that hosts are not told: what they say of
 * themselves, and where they lie here. So a host has no say in how bad a
 * match is, and learns nothing of whom we are after.
 */
#include "base/base.h"

#include "base/text.h"
#include "job/engine.h"
#include "rule/slim.h"

static const struct rule_name *find_rule(struct jobrun *run, struct bytes name,
					 struct bytes ns)
{
	if (!run->rule_names)
		run->rule_names = ruleset_names(run->job->rules,
						&run->n_rule_names);
	return rule_names_find(run->rule_names, run->n_rule_names, name, ns);
}

void told_release(struct hostrun *h)
{
	rule_metas_release(&h->intake.said);
	metas_release(&h->intake.metas);
}

enum err_code told_match(struct hostrun *h, struct rec_match *m,
			 struct err *err)
{
	struct intake *in = &h->intake;
	const struct rule_name *rule;

	if (h->run->job->via == VIA_BUNDLE) /* it had the whole source */
		return ERR_OK;
	rule = h->run->job->rules ? find_rule(h->run, m->rule, m->ns) : NULL;
	if (!rule)
		return err_set(err, ERR_FORMAT,
			       "a match of a rule that it was not sent: %s",
			       shown(m->rule).s);
	told_release(h);
	rule_metas_read(rule, &in->said);
	metas_fill(&in->metas, in->said.v, in->said.n, m);
	return ERR_OK;
}

static const struct rule_file *find_file(const struct ruleset *set,
					 struct bytes ns)
{
	for (size_t i = 0; set && i < set->n_files; i++)
		if (bytes_eq(bytes_str(set->files[i].ns), ns))
			return &set->files[i];
	return NULL;
}

void told_place(const struct hostrun *h, struct bytes message, struct buf *out)
{
	struct bytes rest = message, ns, line;
	const struct rule_file *file;
	struct rule_place place;
	uint64_t n;

	if (!bytes_split(&rest, ':', &ns) || !bytes_split(&rest, ':', &line) ||
	    !bytes_to_u64(line, &n) || n == 0 || n > UINT32_MAX ||
	    !(file = find_file(h->run->job->rules, ns))) {
		(void)buf_add_bytes(out, message);
		return;
	}
	place = rule_place(file,
			   rule_slim_origin(buf_bytes(&file->source),
					    (unsigned)n),
			   (struct bytes){0});
	(void)buf_addf(out, "%s:%u:", place.path, place.line);
	(void)buf_add_bytes(out, rest);
}
