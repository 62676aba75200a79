/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a plan that say which files, and which are had already. */
#include "base/base.h"
#include "base/glob.h"
#include "base/hash.h"
#include "base/text.h"
#include "probe/plan_inside.h"

/* ---- patterns ---- */

static void release_pattern(struct plan_pattern *p)
{
	for (size_t i = 0; i < p->n_excludes; i++)
		glob_free(p->excludes[i]);
	free(p->excludes);
	free(p->pattern);
}

void plan_release_patterns(struct plan *plan)
{
	for (size_t i = 0; i < plan->n_patterns; i++)
		release_pattern(&plan->patterns[i]);
	free(plan->patterns);
	free(plan->known);
}

static enum err_code add_excludes(struct plan_pattern *p, struct bytes list,
				  struct err *err)
{
	enum err_code code = ERR_OK;
	struct bytes line;

	while (code == ERR_OK && bytes_split(&list, '\n', &line)) {
		struct glob *glob;

		if (line.n == 0)
			continue;
		if (p->n_excludes == PLAN_EXCLUDES_MAX)
			return err_set(err, ERR_LIMIT,
				       "more than %u globs at one pattern",
				       PLAN_EXCLUDES_MAX);
		code = glob_compile(line, &glob, err);
		if (code != ERR_OK)
			break;
		p->excludes = xrealloc(p->excludes, p->n_excludes + 1,
				       sizeof(struct glob *));
		p->excludes[p->n_excludes++] = glob;
	}
	return code;
}

/* Whether it is a pattern at all is seen when the tree of them is made,
 * which is on that host; what could not be one is refused here. */
static enum err_code check_pattern(const struct req_pattern *req,
				   struct err *err)
{
	bool begins = req->pattern.n &&
		      (req->pattern.p[0] == '/' || req->pattern.p[0] == '~');

	if (begins && !memchr(req->pattern.p, 0, req->pattern.n) &&
	    req->use >= PATTERN_CONTENT && req->use <= PATTERN_HASH &&
	    req->secrecy < N_SECRECIES)
		return ERR_OK;
	return err_set(err, ERR_USAGE, "%s is no pattern of paths",
		       shown(req->pattern).s);
}

enum err_code plan_add_pattern(struct plan *plan, const struct req_pattern *req,
			       struct err *err)
{
	struct plan_pattern p = {.use = req->use,
				 .max_size = req->max_size,
				 .mode_any = req->mode_any,
				 .secrecy = (enum req_secrecy)req->secrecy};
	size_t n = req->pattern.n + req->exclude.n;
	enum err_code code = check_pattern(req, err);

	if (code != ERR_OK)
		return code;
	if (plan->n_patterns == PLAN_PATTERNS_MAX ||
	    n > PLAN_PATTERN_BYTES_MAX - plan->pattern_bytes)
		return err_set(err, ERR_LIMIT,
			       "more than %u patterns, or %zu bytes of them",
			       PLAN_PATTERNS_MAX, PLAN_PATTERN_BYTES_MAX);
	code = add_excludes(&p, req->exclude, err);
	if (code != ERR_OK) {
		release_pattern(&p);
		return code;
	}
	p.pattern = bytes_to_str(req->pattern);
	plan->pattern_bytes += n;
	if (plan->n_patterns == plan->cap_patterns) {
		plan->cap_patterns = MAX((size_t)64, 2 * plan->cap_patterns);
		plan->patterns = xrealloc(plan->patterns, plan->cap_patterns,
					  sizeof *plan->patterns);
	}
	plan->patterns[plan->n_patterns++] = p;
	return ERR_OK;
}

/* ---- what is had already ---- */

static int by_size(const void *va, const void *vb)
{
	const struct plan_known *a = va, *b = vb;

	if (a->size != b->size)
		return a->size < b->size ? -1 : 1;
	return memcmp(a->hash, b->hash, KNOWN_HASH_LEN);
}

enum err_code plan_add_known(struct plan *plan, const struct req_known *req,
			     struct err *err)
{
	struct reader r = reader_of(req->list);
	size_t n = req->list.n / KNOWN_LEN;

	if (req->list.n % KNOWN_LEN)
		return err_set(err, ERR_FORMAT, "half a hash");
	if (n > PLAN_KNOWN_MAX - plan->n_known)
		return err_set(err, ERR_LIMIT, "more than %u known files",
			       PLAN_KNOWN_MAX);
	plan->known = xrealloc(plan->known, plan->n_known + n + 1,
			       sizeof *plan->known);
	for (size_t i = 0; i < n; i++) {
		struct plan_known *k = &plan->known[plan->n_known++];

		k->size = rd_u64be(&r);
		memcpy(k->hash, rd_bytes(&r, KNOWN_HASH_LEN).p,
		       KNOWN_HASH_LEN);
	}
	return ERR_OK;
}

void plan_settle_known(struct plan *plan)
{
	if (plan->n_known)
		qsort(plan->known, plan->n_known, sizeof *plan->known,
		      by_size);
}

/* The first of that size or larger. */
static size_t find_size(const struct plan *plan, uint64_t size)
{
	size_t low = 0, high = plan->n_known;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (plan->known[mid].size < size)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

bool plan_knows_size(const struct plan *plan, uint64_t size)
{
	size_t at = find_size(plan, size);

	return at < plan->n_known && plan->known[at].size == size;
}

bool plan_knows(const struct plan *plan, uint64_t size, struct bytes sha256)
{
	for (size_t i = find_size(plan, size);
	     i < plan->n_known && plan->known[i].size == size; i++)
		if (sha256.n >= KNOWN_HASH_LEN &&
		    memcmp(plan->known[i].hash, sha256.p, KNOWN_HASH_LEN) == 0)
			return true;
	return false;
}
