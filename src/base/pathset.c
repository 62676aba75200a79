/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Places of a tree, with edges for the names that lead on: those that are
 * spelled out, globs, and any. `**N` is N places in a row that any name leads
 * to, each of them also being the place behind it.
 */
#include "base/base.h"
#include "base/buf.h"
#include "base/glob.h"
#include "base/pathset.h"
#include "base/text.h"

struct edge {
	uint8_t *name; /* as it is; NULL: of a glob, or of any name */
	size_t n;
	uint32_t glob; /* of the set, when it has no name */
	uint32_t to;
};

#define ANY_NAME UINT32_MAX

/* 0, the root, is where no edge leads. */
struct place {
	struct edge *spelled; /* by name */
	size_t n_spelled;
	struct edge *others;
	size_t n_others;
	uint32_t *same; /* places that it is, too */
	size_t n_same;
	uint32_t *ends; /* ids of patterns */
	size_t n_ends;
	uint32_t stars[2]; /* of a star: how many are left, and what is
			      behind them */
};

struct named_glob {
	char *text;
	struct glob *glob;
};

struct pathset {
	struct place *v;
	size_t n, cap;
	struct named_glob *globs;
	size_t n_globs;
	uint32_t home, shallow_home; /* where patterns behind a ~ begin */
};

#define ROOT 0u

static uint32_t new_place(struct pathset *set)
{
	if (set->n == set->cap) {
		set->cap = MAX((size_t)64, 2 * set->cap);
		set->v = xrealloc(set->v, set->cap, sizeof *set->v);
	}
	set->v[set->n] = (struct place){.n_ends = 0};
	return (uint32_t)set->n++;
}

struct pathset *pathset_new(void)
{
	struct pathset *set = xcalloc(1, sizeof *set);

	(void)new_place(set);
	set->home = new_place(set);
	set->shallow_home = new_place(set);
	return set;
}

void pathset_free(struct pathset *set)
{
	if (!set)
		return;
	for (size_t i = 0; i < set->n; i++) {
		struct place *p = &set->v[i];

		for (size_t j = 0; j < p->n_spelled; j++)
			free(p->spelled[j].name);
		free(p->spelled);
		free(p->others);
		free(p->same);
		free(p->ends);
	}
	for (size_t i = 0; i < set->n_globs; i++) {
		free(set->globs[i].text);
		glob_free(set->globs[i].glob);
	}
	free(set->globs);
	free(set->v);
	free(set);
}

/* ---- edges ---- */

/* Where the name is among the edges, or would be. */
static size_t find_spelled(const struct place *p, struct bytes name)
{
	size_t low = 0, high = p->n_spelled;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		struct bytes at = bytes_of(p->spelled[mid].name,
					   p->spelled[mid].n);

		if (bytes_cmp(at, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool is_at(const struct place *p, size_t i, struct bytes name)
{
	return i < p->n_spelled &&
	       bytes_eq(bytes_of(p->spelled[i].name, p->spelled[i].n), name);
}

static uint32_t go_spelled(struct pathset *set, uint32_t from,
			   struct bytes name)
{
	struct place *p = &set->v[from];
	size_t i = find_spelled(p, name);
	uint32_t to;

	if (is_at(p, i, name))
		return p->spelled[i].to;
	to = new_place(set); /* which moves them all */
	p = &set->v[from];
	p->spelled = xrealloc(p->spelled, p->n_spelled + 1,
			      sizeof *p->spelled);
	memmove(&p->spelled[i + 1], &p->spelled[i],
		(p->n_spelled - i) * sizeof *p->spelled);
	p->spelled[i] = (struct edge){
		.name = xmemdup(name.p, name.n), .n = name.n, .to = to};
	p->n_spelled++;
	return to;
}

static uint32_t new_other(struct pathset *set, uint32_t from, uint32_t glob)
{
	uint32_t to = new_place(set);
	struct place *p = &set->v[from];

	p->others = xrealloc(p->others, p->n_others + 1, sizeof *p->others);
	p->others[p->n_others++] = (struct edge){.glob = glob, .to = to};
	return to;
}

static uint32_t go_other(struct pathset *set, uint32_t from, uint32_t glob)
{
	const struct place *p = &set->v[from];

	for (size_t i = 0; i < p->n_others; i++)
		if (p->others[i].glob == glob &&
		    !set->v[p->others[i].to].stars[0])
			return p->others[i].to;
	return new_other(set, from, glob);
}

static void add_id(uint32_t **v, size_t *n, uint32_t id)
{
	for (size_t i = 0; i < *n; i++)
		if ((*v)[i] == id)
			return;
	*v = xrealloc(*v, *n + 1, sizeof **v);
	(*v)[(*n)++] = id;
}

/* Stars of the same number from the same place lead to the same one. */
static uint32_t go_stars(struct pathset *set, uint32_t from, uint32_t n)
{
	const struct place *p = &set->v[from];
	uint32_t behind;

	for (size_t i = 0; i < p->n_others; i++)
		if (set->v[p->others[i].to].stars[0] == n)
			return set->v[p->others[i].to].stars[1];
	behind = new_place(set);
	for (uint32_t left = n; left; left--) {
		struct place *star;

		from = new_other(set, from, ANY_NAME);
		star = &set->v[from];
		star->stars[0] = left;
		star->stars[1] = behind;
		add_id(&star->same, &star->n_same, behind);
	}
	return behind;
}

/* ---- segments ---- */

uint32_t pathset_stars(struct bytes segment)
{
	uint64_t n;

	if (!bytes_starts(segment, "**"))
		return 0;
	segment = bytes_skip(segment, 2);
	if (segment.n == 0)
		return PATHSET_STARS;
	return bytes_to_u64(segment, &n) && n && n <= PATHSET_STARS_MAX
		       ? (uint32_t)n
		       : 0;
}

/* As it is, without backslashes; false when it is a glob. */
static bool spell(struct bytes segment, struct buf *out)
{
	buf_clear(out);
	for (size_t i = 0; i < segment.n; i++) {
		uint8_t c = segment.p[i];

		if (c == '*' || c == '?' || c == '[')
			return false;
		if (c == '\\' && i + 1 < segment.n)
			c = segment.p[++i];
		(void)buf_add_byte(out, c);
	}
	return true;
}

static enum err_code find_glob(struct pathset *set, struct bytes segment,
			       uint32_t *at, struct err *err)
{
	char *text = xasprintf("/%.*s", (int)segment.n,
			       (const char *)segment.p);
	struct named_glob g = {.text = text};
	enum err_code code;

	for (size_t i = 0; i < set->n_globs; i++) {
		if (strcmp(set->globs[i].text, text) != 0)
			continue;
		free(text);
		*at = (uint32_t)i;
		return ERR_OK;
	}
	code = glob_compile(bytes_str(text), &g.glob, err);
	if (code != ERR_OK) {
		free(text);
		return code;
	}
	set->globs = xrealloc(set->globs, set->n_globs + 1,
			      sizeof *set->globs);
	*at = (uint32_t)set->n_globs;
	set->globs[set->n_globs++] = g;
	return ERR_OK;
}

static enum err_code go(struct pathset *set, uint32_t *at,
			struct bytes segment, struct err *err)
{
	uint32_t stars = pathset_stars(segment), glob = ANY_NAME;
	struct buf name;
	enum err_code code = ERR_OK;
	bool is_spelled;

	buf_init(&name, segment.n);
	is_spelled = spell(segment, &name);
	if (is_spelled)
		*at = go_spelled(set, *at, buf_bytes(&name));
	else if (stars)
		*at = go_stars(set, *at, stars);
	else if (!bytes_eq(segment, bytes_str("*")))
		code = find_glob(set, segment, &glob, err);
	if (code == ERR_OK && !is_spelled && !stars)
		*at = go_other(set, *at, glob);
	buf_release(&name);
	return code;
}

static enum err_code refuse(struct bytes pattern, const char *why,
			    struct err *err)
{
	return err_set(err, ERR_USAGE, "%s is no pattern of paths: %s",
		       shown(pattern).s, why);
}

static enum err_code go_all(struct pathset *set, uint32_t at,
			    struct bytes pattern, uint32_t id, struct err *err)
{
	struct bytes rest = pattern, segment;
	enum err_code code = ERR_OK;
	size_t n = 0;

	while (code == ERR_OK && bytes_split(&rest, '/', &segment)) {
		if (segment.n == 0)
			continue;
		if (++n > PATHSET_SEGMENTS_MAX || segment.n > 255 * 4)
			return refuse(pattern, "it is too long", err);
		if (set->n > PATHSET_PLACES_MAX)
			return err_set(err, ERR_LIMIT,
				       "patterns of more than %u places",
				       PATHSET_PLACES_MAX);
		code = go(set, &at, segment, err);
	}
	if (code == ERR_OK)
		add_id(&set->v[at].ends, &set->v[at].n_ends, id);
	return code;
}

static bool has_stars(struct bytes pattern)
{
	struct bytes segment;

	while (bytes_split(&pattern, '/', &segment))
		if (pathset_stars(segment))
			return true;
	return false;
}

enum err_code pathset_add(struct pathset *set, struct bytes pattern,
			  uint32_t id, struct err *err)
{
	bool from_home = pattern.n && pattern.p[0] == '~';
	struct bytes rest = from_home ? bytes_skip(pattern, 1) : pattern;
	enum err_code code;

	if (pattern.n == 0 || (rest.n && rest.p[0] != '/'))
		return refuse(pattern, "it begins with / or ~/", err);
	if (memchr(pattern.p, 0, pattern.n))
		return refuse(pattern, "a zero byte is in it", err);
	if (!from_home)
		return go_all(set, ROOT, rest, id, err);
	code = go_all(set, set->home, rest, id, err);
	if (code == ERR_OK && !has_stars(rest))
		code = go_all(set, set->shallow_home, rest, id, err);
	return code;
}

enum err_code pathset_add_home(struct pathset *set, struct bytes path,
			       bool all_in, bool shallow, struct err *err)
{
	struct bytes rest = path, segment;
	uint32_t at = ROOT;
	struct place *p;

	if (path.n == 0 || path.p[0] != '/')
		return refuse(path, "a home begins with a slash", err);
	while (bytes_split(&rest, '/', &segment)) {
		if (set->n > PATHSET_PLACES_MAX)
			return err_set(err, ERR_LIMIT, "too many homes");
		if (segment.n)
			at = go_spelled(set, at, segment);
	}
	if (all_in)
		at = go_other(set, at, ANY_NAME);
	p = &set->v[at];
	add_id(&p->same, &p->n_same,
	       shallow ? set->shallow_home : set->home);
	return ERR_OK;
}

/* ---- the walk ---- */

static void enter(const struct pathset *set, struct pathset_state *to,
		  uint32_t place)
{
	for (size_t i = 0; i < to->n; i++)
		if (to->v[i] == place)
			return;
	if (to->n == to->cap) {
		to->cap = MAX((size_t)8, 2 * to->cap);
		to->v = xrealloc(to->v, to->cap, sizeof *to->v);
	}
	to->v[to->n++] = place;
	for (size_t i = 0; i < set->v[place].n_same; i++)
		enter(set, to, set->v[place].same[i]);
}

void pathset_begin(const struct pathset *set, struct pathset_state *state)
{
	state->n = 0;
	enter(set, state, ROOT);
}

/* Globs see the name behind a slash, which is put there for the first. */
static bool leads_on(const struct pathset *set, const struct edge *e,
		     struct bytes name, struct buf *slashed)
{
	if (e->glob == ANY_NAME)
		return true;
	if (!slashed->n) {
		(void)buf_add_byte(slashed, '/');
		(void)buf_add_bytes(slashed, name);
	}
	return glob_matches(set->globs[e->glob].glob, buf_bytes(slashed));
}

bool pathset_step(const struct pathset *set, const struct pathset_state *from,
		  struct bytes name, bool spelled, struct pathset_state *to)
{
	struct buf slashed;

	to->n = 0;
	buf_init(&slashed, name.n + 1);
	for (size_t i = 0; i < from->n; i++) {
		const struct place *p = &set->v[from->v[i]];
		size_t at = find_spelled(p, name);

		if (is_at(p, at, name))
			enter(set, to, p->spelled[at].to);
		for (size_t j = 0; !spelled && j < p->n_others; j++)
			if (leads_on(set, &p->others[j], name, &slashed))
				enter(set, to, p->others[j].to);
	}
	buf_release(&slashed);
	return to->n != 0;
}

bool pathset_find(const struct pathset *set, struct bytes path,
		  struct pathset_state *state)
{
	struct pathset_state next = {0}, was;
	struct bytes segment;
	bool is_meant = true;

	pathset_begin(set, state);
	while (is_meant && bytes_split(&path, '/', &segment)) {
		if (segment.n == 0)
			continue;
		is_meant = pathset_step(set, state, segment, false, &next);
		was = *state;
		*state = next;
		next = was;
	}
	pathset_state_release(&next);
	return is_meant;
}

bool pathset_goes_on(const struct pathset *set,
		     const struct pathset_state *state)
{
	for (size_t i = 0; i < state->n; i++)
		if (set->v[state->v[i]].n_spelled ||
		    set->v[state->v[i]].n_others)
			return true;
	return false;
}

size_t pathset_ends(const struct pathset *set,
		    const struct pathset_state *state, uint32_t *ids,
		    size_t room)
{
	size_t n = 0;

	for (size_t i = 0; i < state->n; i++) {
		const struct place *p = &set->v[state->v[i]];

		for (size_t j = 0; j < p->n_ends; j++) {
			bool is_new = true;

			for (size_t k = 0; k < n; k++)
				is_new &= ids[k] != p->ends[j];
			if (is_new && n < room)
				ids[n++] = p->ends[j];
		}
	}
	return n;
}

void pathset_state_release(struct pathset_state *state)
{
	free(state->v);
	*state = (struct pathset_state){0};
}
