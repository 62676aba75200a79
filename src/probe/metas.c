/* SPDX-License-Identifier: Apache-2.0 */
/* What libyara has of a rule that matched. */
#include "base/base.h"

#include "probe/metas.h"

static void add_tags(const YR_RULE *rule, struct buf *tags)
{
	const char *tag;

	yr_rule_tags_foreach(rule, tag)
	{
		if (tags->n)
			(void)buf_add_byte(tags, ' ');
		(void)buf_add_str(tags, tag); /* a full one loses the rest */
	}
}

static struct rule_meta of_yara(const YR_META *meta)
{
	struct rule_meta m = {.name = meta->identifier,
			      .kind = RULE_META_INTEGER,
			      .integer = meta->integer};

	if (meta->type == META_TYPE_BOOLEAN)
		m.kind = RULE_META_BOOLEAN;
	if (meta->type == META_TYPE_STRING) {
		m.kind = RULE_META_STRING;
		m.string = meta->string;
	}
	return m;
}

static size_t gather(const YR_RULE *rule, struct rule_meta **v)
{
	const YR_META *meta;
	size_t n = 0;

	*v = NULL;
	yr_rule_metas_foreach(rule, meta)
	{
		*v = xrealloc(*v, n + 1, sizeof **v);
		(*v)[n++] = of_yara(meta);
	}
	return n;
}

void match_words_fill(struct match_words *words, const YR_RULE *rule,
		      struct rec_match *m)
{
	size_t n = gather(rule, &words->v);

	m->rule = bytes_first(bytes_str(rule->identifier), RECORD_WORD_MAX);
	m->ns = bytes_first(bytes_str(rule->ns->name), RECORD_META_MAX);
	metas_fill(&words->metas, words->v, n, m);
	buf_init(&words->tags, RECORD_META_MAX);
	add_tags(rule, &words->tags);
	m->tags = buf_bytes(&words->tags);
}

void match_words_release(struct match_words *words)
{
	metas_release(&words->metas);
	buf_release(&words->tags);
	free(words->v);
}
