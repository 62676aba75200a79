/* SPDX-License-Identifier: Apache-2.0 */
/* Programs of the host, asked and judged. */
#include "base/base.h"

#include "probe/triage.h"
#include "probe/view.h"

#define ROUNDS	      3u /* that a difference must be there in */
#define BAD_MAX	      2u /* bad answers that are believed */
#define SECONDS	      5u
#define SECONDS_AGAIN 3u /* when the first took too long */

static void keep_common(struct numbers *odd, struct numbers *now, bool first)
{
	size_t k = 0;

	if (first) {
		numbers_release(odd);
		*odd = *now;
		*now = (struct numbers){0};
		return;
	}
	for (size_t i = 0; i < odd->n; i++)
		if (numbers_has(now, odd->v[i]))
			odd->v[k++] = odd->v[i];
	odd->n = k;
}

/* What was there before and after; without any of it, it is no answer. */
static const char *judge(const struct view *v, const struct numbers *stayed,
			 const struct numbers *theirs)
{
	struct bytes rest = buf_bytes(&v->tool.out), line;
	size_t lines = 0;

	if (v->tool.answer)
		return v->tool.answer;
	if (v->tool.status > v->ok_status)
		return "failed";
	if (!stayed->n || numbers_common(stayed, theirs))
		return NULL;
	while (lines < 2 && bytes_split(&rest, '\n', &line))
		lines += line.n > 0;
	return lines < 2 ? "silent" : "garbage"; /* one may be a heading */
}

/* Ours before and after theirs. */
static const char *look_once(struct view *v, struct numbers *now)
{
	struct numbers before = {0}, after = {0}, theirs = {0}, stayed = {0};
	const struct numbers none = {0};
	const char *bad;

	v->ours(v, &before);
	if (v->tool.name)
		(void)!tool_run_for(v->t, &v->tool, v->tool.name, v->args,
				    v->seconds);
	v->theirs(v, &theirs);
	v->ours(v, &after);
	numbers_missing(&before, &after, &none, &stayed);
	bad = v->tool.name ? judge(v, &stayed, &theirs) : NULL;
	if (!bad)
		numbers_missing(&before, &after, &theirs, now);
	v->said = theirs.n;
	numbers_release(&before);
	numbers_release(&after);
	numbers_release(&theirs);
	numbers_release(&stayed);
	return bad;
}

void view_compare(struct view *v)
{
	unsigned good = 0, bad = 0;

	numbers_release(&v->odd);
	v->seconds = SECONDS;
	while (good < ROUNDS && bad < BAD_MAX && tell_go(v->t, 0)) {
		struct numbers now = {0};

		v->tool.answer = look_once(v, &now);
		if (v->tool.answer)
			bad++;
		else
			keep_common(&v->odd, &now, good++ == 0);
		numbers_release(&now);
		if (v->tool.timeout)
			v->seconds = SECONDS_AGAIN;
		if ((good && !v->odd.n) || (v->tool.name && !v->tool.path[0]))
			break;
	}
	if (!tell_go(v->t, 0))
		v->tool.answer = NULL; /* our own time was over */
	if (v->tool.answer || !tell_go(v->t, 0))
		v->odd.n = 0;
}

bool view_ask(struct view *v, const char *program, const char *const *args)
{
	v->tool.name = program;
	v->args = args;
	view_compare(v);
	return !v->tool.answer;
}

bool view_is_new(struct view *v, uint64_t key)
{
	for (size_t i = 0; i < v->told.n; i++)
		if (v->told.v[i] == key)
			return false;
	if (v->told.n == VIEW_TOLD_MAX)
		return false;
	numbers_add(&v->told, key);
	return true;
}

void view_tell(struct view *v, struct bytes name, const char *subject,
	       const char *seen_by, const char *note)
{
	difference_begin(v->t, name, subject, seen_by, v->tool.name, note);
	tell_str(v->t, "asked", v->tool.asked);
	triage_end(v->t);
}

void view_end(struct view *v)
{
	if (v->tool.name) {
		v->tool.said = v->said;
		tool_tell(v->t, &v->tool);
	}
	numbers_release(&v->odd);
	numbers_release(&v->told);
	tool_release(&v->tool);
}
