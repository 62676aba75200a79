/* SPDX-License-Identifier: Apache-2.0 */
/* Names become the patterns that a probe is sent. */
#include "base/base.h"

#include "artifact/inside.h"
#include "base/text.h"
#include "wire/records.h"

struct expansion {
	const struct artifact_set *set;
	uint8_t *seen; /* definitions that were done, or are under way */
	artifact_pattern_fn *each;
	void *arg;
	const struct artifact_sink *sink;
};

/* Those that only say where something is do not bring what is in it. */
static uint64_t use_of(const struct artifact_source *s)
{
	if (s->hash)
		return PATTERN_HASH;
	return s->type == ARTIFACT_FILE ? PATTERN_CONTENT : PATTERN_METADATA;
}

static enum err_code tell_paths(struct expansion *x, const struct artifact *a,
				const struct artifact_source *s,
				struct err *err)
{
	enum err_code code = ERR_OK;

	for (size_t i = 0; code == ERR_OK && i < s->n; i++) {
		struct req_pattern req = {
			.use = use_of(s),
			.pattern = bytes_str(s->values[i]),
			.max_size = s->max_size ? s->max_size
						: a->extra.max_size,
			.secrecy = a->extra.secrecy,
			.exclude = bytes_str(s->exclude),
			.mode_any = s->mode_any,
		};

		code = x->each(x->arg, a, s, &req, err);
	}
	return code;
}

static enum err_code expand(struct expansion *x, const struct artifact *a,
			    struct err *err);

static enum err_code expand_group(struct expansion *x,
				  const struct artifact *a,
				  const struct artifact_source *s,
				  struct err *err)
{
	enum err_code code = ERR_OK;

	for (size_t i = 0; code == ERR_OK && i < s->n; i++) {
		const struct artifact *of =
			artifacts_find(x->set, s->values[i]);

		if (of)
			code = expand(x, of, err);
		else
			problem(x->sink, a->file, s->line, true,
				"%s names %s, which nothing defines",
				shown_str(a->name).s,
				shown_str(s->values[i]).s);
	}
	return code;
}

static enum err_code expand_source(struct expansion *x,
				   const struct artifact *a,
				   const struct artifact_source *s,
				   struct err *err)
{
	switch (s->type) {
	case ARTIFACT_FILE:
	case ARTIFACT_PATH:
	case ARTIFACT_DIRECTORY:
		return tell_paths(x, a, s, err);
	case ARTIFACT_GROUP:
		return expand_group(x, a, s, err);
	case ARTIFACT_COMMAND:
		problem(x->sink, a->file, s->line, false,
			"%s: not run: %s (no program of the host is)",
			shown_str(a->name).s,
			shown_str(s->n ? s->values[0] : "").s);
		return ERR_OK;
	default:
		problem(x->sink, a->file, s->line, false,
			"%s: a %s is not on Linux", shown_str(a->name).s,
			artifact_type_name(s->type));
		return ERR_OK;
	}
}

/* Each definition once, so that circles of groups end. */
static enum err_code expand(struct expansion *x, const struct artifact *a,
			    struct err *err)
{
	enum err_code code = ERR_OK;
	size_t at = (size_t)(a - x->set->v);

	if (x->seen[at])
		return ERR_OK;
	x->seen[at] = 1;
	for (size_t i = 0; code == ERR_OK && i < a->n_sources; i++)
		if (artifact_is_of_linux(a, &a->sources[i]))
			code = expand_source(x, a, &a->sources[i], err);
	return code;
}

enum err_code artifact_each_pattern(const struct artifact_set *set,
				    const struct artifact *a,
				    artifact_pattern_fn *each, void *arg,
				    const struct artifact_sink *sink,
				    struct err *err)
{
	struct expansion x = {.set = set,
			      .seen = xcalloc(set->n, 1),
			      .each = each,
			      .arg = arg,
			      .sink = sink};
	enum err_code code = expand(&x, a, err);

	free(x.seen);
	return code;
}

/* ---- requests ---- */

struct asking {
	struct expansion x;
	struct buf *out;
	uint8_t *profiles; /* those that were done, or are under way */
	size_t n;
};

static enum err_code ask(void *arg, const struct artifact *of UNUSED,
			 const struct artifact_source *source UNUSED,
			 const struct req_pattern *pattern, struct err *err)
{
	struct asking *a = arg;

	a->n++;
	return record_encode(REQ_PATTERN, pattern, a->out, err);
}

/* How many bytes two names begin with in common, case apart. */
static size_t common(const char *a, const char *b)
{
	size_t n = 0;

	while (a[n] && (a[n] | 0x20) == (b[n] | 0x20))
		n++;
	return n;
}

static enum err_code not_found(const struct artifact_set *set,
			       const char *what, const char *name,
			       struct err *err)
{
	const char *close = NULL;
	size_t most = 2;

	for (size_t i = 0; i < set->n; i++) {
		size_t n = common(set->v[i].name, name);

		if (n <= most)
			continue;
		most = n;
		close = set->v[i].name;
	}
	return err_set(err, ERR_NOTFOUND, "there is no %s '%s'%s%s%s", what,
		       shown_str(name).s, close ? "; did you mean " : "",
		       close ? shown_str(close).s : "",
		       close ? "?" : "; `artifact list` has them");
}

static enum err_code add_profile(struct asking *a,
				 const struct artifact_profile *p,
				 struct err *err);

static enum err_code add_name(struct asking *a, const char *name,
			      bool may_be_profile, struct err *err)
{
	const struct artifact *of = artifacts_find(a->x.set, name);
	const struct artifact_profile *p =
		may_be_profile ? artifacts_find_profile(a->x.set, name)
			       : NULL;

	if (of)
		return expand(&a->x, of, err);
	if (p)
		return add_profile(a, p, err);
	return not_found(a->x.set, "artifact", name, err);
}

static enum err_code add_profile(struct asking *a,
				 const struct artifact_profile *p,
				 struct err *err)
{
	enum err_code code = ERR_OK;
	size_t at = (size_t)(p - a->x.set->profiles);

	if (a->profiles[at])
		return ERR_OK;
	a->profiles[at] = 1;
	for (size_t i = 0; code == ERR_OK && i < p->n; i++)
		code = add_name(a, p->names[i], true, err);
	return code == ERR_OK ? code
			      : err_wrap(err, "profile %s",
					 shown_str(p->name).s);
}

static enum err_code profile_not_found(const struct artifact_set *set,
				       const char *name, struct err *err)
{
	enum err_code code;
	struct buf names;

	buf_init(&names, 400);
	for (size_t i = 0; i < set->n_profiles; i++)
		(void)buf_addf(&names, " %s", set->profiles[i].name);
	code = err_set(err, ERR_NOTFOUND,
		       "there is no profile '%s'; there are:%s",
		       shown_str(name).s, names.n ? buf_str(&names) : " none");
	buf_release(&names);
	return code;
}

enum err_code artifacts_request(const struct artifact_set *set,
				const struct artifact_choice *choice,
				struct buf *out, struct err *err)
{
	struct asking a = {.out = out,
			   .x = {.set = set,
				 .seen = xcalloc(set->n + 1, 1),
				 .each = ask,
				 .sink = choice->sink},
			   .profiles = xcalloc(set->n_profiles + 1, 1)};
	enum err_code code = ERR_OK;

	a.x.arg = &a;
	for (size_t i = 0; code == ERR_OK && i < choice->n_names; i++)
		code = add_name(&a, choice->names[i], false, err);
	for (size_t i = 0; code == ERR_OK && i < choice->n_profiles; i++) {
		const struct artifact_profile *p =
			artifacts_find_profile(set, choice->profiles[i]);

		code = p ? add_profile(&a, p, err)
			 : profile_not_found(set, choice->profiles[i], err);
	}
	if (code == ERR_OK && a.n == 0)
		code = err_set(err, ERR_USAGE,
			       "nothing of that is a file on Linux");
	free(a.x.seen);
	free(a.profiles);
	return code;
}
