/* SPDX-License-Identifier: Apache-2.0 */
/* What a rule says about itself: the names that count, and all of it as JSON. */
#include "base/base.h"

#include "base/json.h"
#include "rule/metas.h"

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

struct list {
	const struct rule_meta *v;
	size_t n;
};

static const struct rule_meta *find(struct list metas, const char *name)
{
	for (size_t i = 0; i < metas.n; i++)
		if (strcmp(metas.v[i].name, name) == 0)
			return &metas.v[i];
	return NULL;
}

static struct bytes text_of(struct list metas, const struct row *row,
			    char *number, size_t room)
{
	for (size_t i = 0; row->names[i]; i++) {
		const struct rule_meta *meta = find(metas, row->names[i]);
		struct bytes text;

		if (!meta)
			continue;
		if (meta->kind == RULE_META_STRING) {
			text = bytes_str(meta->string);
			return bytes_first(text, row->max);
		}
		(void)snprintf(number, room, "%" PRId64, meta->integer);
		return bytes_str(number);
	}
	return (struct bytes){0};
}

static void add_value(struct json *j, const char *key,
		      const struct rule_meta *meta)
{
	if (meta->kind == RULE_META_STRING)
		json_str(j, key, meta->string);
	else if (meta->kind == RULE_META_BOOLEAN)
		json_bool(j, key, meta->integer != 0);
	else
		json_int(j, key, meta->integer);
}

/* A name may be used more than once: then its values are an array. */
static void add_member(struct json *j, struct list metas,
		       const struct rule_meta *first)
{
	unsigned n = 0;

	for (size_t i = 0; i < metas.n; i++)
		n += strcmp(metas.v[i].name, first->name) == 0;
	if (n == 1) {
		add_value(j, first->name, first);
		return;
	}
	json_begin_array(j, first->name);
	for (size_t i = 0; i < metas.n; i++)
		if (strcmp(metas.v[i].name, first->name) == 0)
			add_value(j, NULL, &metas.v[i]);
	json_end_array(j);
}

/* Cut between members, so that what is left is JSON. */
static void add_json(struct list metas, struct buf *out)
{
	struct json j = json_to(out);

	json_begin_object(&j, NULL);
	for (size_t i = 0; i < metas.n; i++) {
		const struct rule_meta *meta = &metas.v[i];
		struct json before = j;
		size_t n = out->n;

		if (find(metas, meta->name) != meta)
			continue; /* with its first */
		add_member(&j, metas, meta);
		if (out->full || out->n == out->max) { /* no room for "}" */
			out->n = n;
			out->full = false;
			j = before;
		}
	}
	json_end_object(&j);
}

void metas_fill(struct metas *metas, const struct rule_meta *v, size_t n,
		struct rec_match *m)
{
	struct list list = {v, n};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct bytes *to = (void *)((uint8_t *)m + rows[i].offset);

		*to = text_of(list, &rows[i], metas->numbers[i],
			      sizeof metas->numbers[i]);
	}
	buf_init(&metas->json, RECORD_META_MAX);
	add_json(list, &metas->json);
	m->meta = buf_bytes(&metas->json);
}

void metas_release(struct metas *metas)
{
	buf_release(&metas->json);
}
