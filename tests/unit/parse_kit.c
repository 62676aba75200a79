/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps what a parser says, for tests to look at. */

#include "unit/parse_kit.h"

#include <jansson.h>

#include "model/fact.h"

struct keeper {
	struct parsed *to;
	const struct parse_input *in;
};

static enum err_code keep_event(void *arg, const struct parse_event *e,
				struct err *err UNUSED)
{
	struct keeper *k = arg;
	struct parsed *p = k->to;
	struct kept_event *last;

	assert_non_null(e->desc);
	assert_non_null(e->kind);
	assert_in_range(e->source, SOURCE_UTC, N_SOURCES - 1);
	assert_true(e->offset <= k->in->content.n);
	assert_true(e->length <= k->in->content.n - e->offset);
	assert_true(e->source == SOURCE_NONE || e->precision_ns > 0);
	if ((p->n_events & (p->n_events + 1)) == 0) { /* 1, 2, 4, ... */
		p->events = realloc(p->events,
				    (2 * p->n_events + 2) * sizeof *p->events);
		assert_non_null(p->events);
	}
	last = &p->events[p->n_events++];
	*last = (struct kept_event){.e = *e,
				    .actor = bytes_to_str(e->actor),
				    .message = bytes_to_str(e->message)};
	return ERR_OK;
}

/* Every kind and member is one of the table's. */
static void check_members(const struct parse_fact *f)
{
	const struct fact_kind *kind = fact_kind_find(bytes_str(f->kind));
	json_error_t error;
	json_t *detail, *value;
	const char *member;

	assert_non_null(kind);
	if (!f->detail.n)
		return;
	detail = json_loadb((const char *)f->detail.p, f->detail.n,
			    JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &error);
	assert_non_null(detail);
	assert_true(json_is_object(detail));
	json_object_foreach (detail, member, value) {
		size_t i = 0, n = strlen(member);

		if (n > 4 && strcmp(member + n - 4, "_b64") == 0)
			continue;
		while (i < kind->n_members &&
		       strcmp(kind->members[i].name, member) != 0)
			i++;
		if (i == kind->n_members)
			fail_msg("%s has no member %s", f->kind, member);
	}
	json_decref(detail);
}

static enum err_code keep_fact(void *arg, const struct parse_fact *f,
			       struct err *err UNUSED)
{
	struct keeper *k = arg;
	struct parsed *p = k->to;

	check_members(f);
	assert_true(f->offset <= k->in->content.n);
	assert_true(f->length <= k->in->content.n - f->offset);
	p->facts = realloc(p->facts, (p->n_facts + 1) * sizeof *p->facts);
	assert_non_null(p->facts);
	p->facts[p->n_facts++] =
		(struct kept_fact){.kind = f->kind,
				   .name = bytes_to_str(f->name),
				   .detail = bytes_to_str(f->detail),
				   .offset = f->offset,
				   .length = f->length};
	return ERR_OK;
}

static enum err_code keep_problem(void *arg, uint64_t offset, const char *what,
				  struct err *err UNUSED)
{
	struct keeper *k = arg;

	assert_true(offset <= k->in->content.n);
	assert_non_null(what);
	k->to->n_problems++;
	k->to->last_problem = what;
	return ERR_OK;
}

enum err_code parse_keep(const struct parser *parser,
			 const struct parse_input *in, struct parsed *out,
			 struct err *err)
{
	struct keeper keeper = {.to = out, .in = in};
	struct parse_out to = {&keeper, keep_event, keep_fact, keep_problem};

	*out = (struct parsed){.n_events = 0};
	return parser->run(in, &to, err);
}

void parsed_release(struct parsed *p)
{
	for (size_t i = 0; i < p->n_events; i++) {
		free(p->events[i].actor);
		free(p->events[i].message);
	}
	for (size_t i = 0; i < p->n_facts; i++) {
		free(p->facts[i].name);
		free(p->facts[i].detail);
	}
	free(p->events);
	free(p->facts);
	*p = (struct parsed){.n_events = 0};
}

struct parsed parse_text(const char *parser, const char *text,
			 const struct parse_input *about)
{
	struct parse_input in = *about;
	struct parsed out;
	struct err err;

	in.content = bytes_str(text);
	assert_non_null(parser_find(parser));
	assert_ok(parse_keep(parser_find(parser), &in, &out, &err), err);
	return out;
}

struct parsed parse_file(const char *parser, const char *path,
			 const char *text)
{
	struct parse_input in = {.content = bytes_str(text),
				 .path = bytes_str(path),
				 .mtime_ns = INT64_C(1700000000) * NS_PER_S,
				 .taken_ns = INT64_C(1700000000) * NS_PER_S};
	const struct parser *guess = parser_guess(&in);

	if (guess != parser_find(parser))
		print_message("%s is taken for %s\n", path,
			      guess ? guess->name : "nothing");
	assert_ptr_equal(guess, parser_find(parser));
	return parse_text(parser, text, &in);
}

void hold_event(const struct parsed *p, size_t i, const char *time,
		const char *kind, const char *actor, const char *message)
{
	int64_t want = 0;

	assert_true(i < p->n_events);
	assert_string_equal(p->events[i].message, message);
	assert_string_equal(p->events[i].e.kind, kind);
	assert_string_equal(p->events[i].actor, actor);
	if (time[0])
		assert_true(time_parse(bytes_str(time), &want));
	else
		assert_int_equal(p->events[i].e.source, SOURCE_NONE);
	assert_true(p->events[i].e.time_ns == want);
}

struct zone *zone_of(struct bytes b)
{
	struct zone *zone = NULL;
	struct err err;

	assert_ok(zone_read(b, &zone, &err), err);
	return zone;
}

void hold_fact(const struct parsed *p, size_t i, const char *kind,
	       const char *name, const char *const *pieces)
{
	assert_true(i < p->n_facts);
	assert_string_equal(p->facts[i].kind, kind);
	assert_string_equal(p->facts[i].name, name);
	for (; pieces && *pieces; pieces++)
		if (!strstr(p->facts[i].detail, *pieces))
			fail_msg("no %s in %s", *pieces, p->facts[i].detail);
}
