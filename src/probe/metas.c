/* SPDX-License-Identifier: Apache-2.0 */
/* What a rule says about itself, as a match has it. */
#include "base/base.h"

#include "base/json.h"
#include "probe/metas.h"

/* Rule authors have no one name for these; the first that is there counts. */
static const char *const severity_names[] = {"severity", "score",
					     "threat_level", NULL};
static const char *const technique_names[] = {
	"attack",           "technique", "mitre_attack", "mitre_att", "mitre",
	"attack_technique", NULL};
static const char *const description_names[] = {"description", "desc", NULL};
static const char *const author_names[] = {"author", NULL};
static const char *const reference_names[] = {"reference", "ref", "url", NULL};
static const char *const score_names[] = {"score", NULL};

static const struct row {
	const char *const *names;
	size_t max;
	size_t offset; /* in struct rec_match */
} rows[] = {
	{severity_names, RECORD_WORD_MAX, offsetof(struct rec_match, severity)},
	{technique_names, RECORD_WORD_MAX,
	 offsetof(struct rec_match, technique)},
	{description_names, RECORD_META_MAX,
	 offsetof(struct rec_match, description)},
	{author_names, RECORD_META_MAX, offsetof(struct rec_match, author)},
	{reference_names, RECORD_META_MAX,
	 offsetof(struct rec_match, reference)},
	{score_names, RECORD_WORD_MAX, offsetof(struct rec_match, score)},
};

static struct bytes cut(struct bytes b, size_t max)
{
	return bytes_of(b.p, MIN(b.n, max));
}

static const YR_META *meta_find(const YR_RULE *rule, const char *name)
{
	const YR_META *meta;

	yr_rule_metas_foreach(rule, meta)
	{
		if (strcmp(meta->identifier, name) == 0)
			return meta;
	}
	return NULL;
}

static struct bytes meta_text(const YR_RULE *rule, const struct row *row,
			      char *number, size_t room)
{
	for (size_t i = 0; row->names[i]; i++) {
		const YR_META *meta = meta_find(rule, row->names[i]);

		if (!meta)
			continue;
		if (meta->type == META_TYPE_STRING)
			return cut(bytes_str(meta->string), row->max);
		(void)snprintf(number, room, "%" PRId64, meta->integer);
		return bytes_str(number);
	}
	return (struct bytes){0};
}

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

static void add_value(struct json *j, const char *key, const YR_META *meta)
{
	if (meta->type == META_TYPE_STRING)
		json_str(j, key, meta->string);
	else if (meta->type == META_TYPE_BOOLEAN)
		json_bool(j, key, meta->integer != 0);
	else
		json_int(j, key, meta->integer);
}

/* A name may be used more than once: then its values are an array. */
static void add_member(struct json *j, const YR_RULE *rule,
		       const YR_META *first)
{
	const char *key = first->identifier;
	const YR_META *meta;
	unsigned n = 0;

	yr_rule_metas_foreach(rule, meta)
	{
		n += strcmp(meta->identifier, key) == 0;
	}
	if (n == 1) {
		add_value(j, key, first);
		return;
	}
	json_begin_array(j, key);
	yr_rule_metas_foreach(rule, meta)
	{
		if (strcmp(meta->identifier, key) == 0)
			add_value(j, NULL, meta);
	}
	json_end_array(j);
}

/* Cut between members, so that what is left is JSON. */
static void add_json(const YR_RULE *rule, struct buf *out)
{
	struct json j = json_to(out);
	const YR_META *meta;

	json_begin_object(&j, NULL);
	yr_rule_metas_foreach(rule, meta)
	{
		struct json before = j;
		size_t n = out->n;

		if (meta_find(rule, meta->identifier) != meta)
			continue; /* with its first */
		add_member(&j, rule, meta);
		if (out->full || out->n == out->max) { /* no room for "}" */
			out->n = n;
			out->full = false;
			j = before;
		}
	}
	json_end_object(&j);
}

void metas_fill(struct metas *metas, const YR_RULE *rule, struct rec_match *m)
{
	m->rule = cut(bytes_str(rule->identifier), RECORD_WORD_MAX);
	m->ns = cut(bytes_str(rule->ns->name), RECORD_META_MAX);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct bytes *to = (void *)((uint8_t *)m + rows[i].offset);

		*to = meta_text(rule, &rows[i], metas->numbers[i],
				sizeof metas->numbers[i]);
	}
	buf_init(&metas->tags, RECORD_META_MAX);
	buf_init(&metas->json, RECORD_META_MAX);
	add_tags(rule, &metas->tags);
	add_json(rule, &metas->json);
	m->tags = buf_bytes(&metas->tags);
	m->meta = buf_bytes(&metas->json);
}

void metas_release(struct metas *metas)
{
	buf_release(&metas->tags);
	buf_release(&metas->json);
}
