/* SPDX-License-Identifier: Apache-2.0 */
/* Which of the files of a walk are meant. */
#include "base/base.h"

#include <ctype.h>

#include "base/glob.h"
#include "base/time.h"
#include "probe/filter.h"

static void note_gap(void *arg, const char *path)
{
	coverage_add(arg, 0, REASON_PACKAGES, bytes_str(path), 0);
}

bool filter_load(struct filter *f, const struct plan *plan,
		 const struct top *top, const struct owners *owners,
		 struct coverage *coverage)
{
	*f = (struct filter){.plan = plan,
			     .has_uid = plan->filter.has_uid,
			     .uid = plan->filter.uid};
	if (plan->filter.packaged)
		packages_read(&f->packages, top, note_gap, coverage);
	if (!plan->owner)
		return true;
	f->has_uid = owner_find(owners, bytes_str(plan->owner), &f->uid);
	return f->has_uid;
}

void filter_release(struct filter *f)
{
	packages_release(&f->packages);
}

static bool any_matches(const struct filter *f, uint64_t use,
			struct bytes path)
{
	for (size_t i = 0; i < f->plan->n_globs; i++) {
		const struct plan_glob *g = &f->plan->globs[i];

		if (g->use == use && g->glob && glob_matches(g->glob, path))
			return true;
	}
	return false;
}

bool filter_shuts(const struct filter *f, struct bytes path)
{
	return any_matches(f, GLOB_EXCLUDE, path);
}

/* Case does not count, and a name must be left before the dot. */
static bool has_extension(struct bytes path, const char *extension)
{
	size_t n = strlen(extension), dot;

	if (path.n < n + 2)
		return false;
	dot = path.n - n - 1;
	for (size_t i = 0; i < n; i++) {
		if (tolower(path.p[dot + 1 + i]) !=
		    tolower((unsigned char)extension[i]))
			return false;
	}
	return path.p[dot] == '.' && path.p[dot - 1] != '/';
}

static bool any_extension(const struct filter *f, struct bytes path)
{
	for (size_t i = 0; i < f->plan->n_globs; i++) {
		const struct plan_glob *g = &f->plan->globs[i];

		if (g->extension && has_extension(path, g->extension))
			return true;
	}
	return false;
}

bool filter_passes_path(const struct filter *f, struct bytes path)
{
	if (f->plan->n_globs == 0)
		return true;
	if (any_matches(f, GLOB_EXCLUDE, path))
		return false;
	return !f->plan->has_includes || any_matches(f, GLOB_INCLUDE, path) ||
	       any_extension(f, path);
}

/* A time that we cannot tell, as of the year 2300, hides nothing: setting
 * one takes a touch(1). */
static bool in_range(int64_t ns, int64_t from_ns, int64_t until_ns)
{
	if (ns == TIME_UNKNOWN)
		return true;
	return (from_ns == TIME_UNKNOWN || ns >= from_ns) &&
	       (until_ns == TIME_UNKNOWN || ns < until_ns);
}

bool filter_passes(const struct filter *f, const struct rec_file *file)
{
	const struct req_filter *want = &f->plan->filter;

	if (!f->plan->has_filter)
		return true;
	if (file->size < want->min_size ||
	    !in_range(file->mtime_ns, want->mtime_from_ns,
		      want->mtime_until_ns) ||
	    !in_range(file->ctime_ns, want->ctime_from_ns,
		      want->ctime_until_ns) ||
	    (f->has_uid && file->uid != f->uid) ||
	    (want->mode_any && !(file->mode & want->mode_any)))
		return false;
	return !want->packaged || packages_has(&f->packages, file->path) ==
					  (want->packaged == PACKAGED_YES);
}

bool filter_chooses(const struct filter *f)
{
	const struct req_filter *want = &f->plan->filter;

	return f->plan->has_filter &&
	       (want->min_size || want->mtime_from_ns != TIME_UNKNOWN ||
		want->mtime_until_ns != TIME_UNKNOWN ||
		want->ctime_from_ns != TIME_UNKNOWN ||
		want->ctime_until_ns != TIME_UNKNOWN || f->has_uid ||
		want->mode_any || want->packaged);
}
