/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns, homes and symlinks of one host as one tree. */
#include "base/base.h"

#include "base/glob.h"
#include "probe/pattern.h"

#define LINKS_MAX 40u
#define ENDS_MAX  64u
#define LEADS_MAX 4096u

/* ---- where a path really is ---- */

static bool may_be_touched(const struct top *top, const struct mounts *mounts,
			   const struct buf *path)
{
	char *real = xasprintf("%s%.*s", top->dir ? top->dir : "",
			       (int)path->n, (const char *)path->p);
	bool may = mounts_at(mounts, bytes_str(real)) == REASON_SCANNED;

	free(real);
	return may;
}

static void drop_last(struct buf *path)
{
	while (path->n && path->p[path->n - 1] != '/')
		path->n--;
	if (path->n)
		path->n--;
}

/* What a symlink there says comes before what is left to go. */
static bool follow(const struct top *top, struct buf *real, struct buf *left)
{
	char *to = top_link(top, buf_str(real));
	struct buf next;

	if (!to)
		return false;
	drop_last(real);
	if (to[0] == '/')
		buf_clear(real);
	buf_init(&next, left->max);
	(void)(buf_add_str(&next, to) && buf_add_byte(&next, '/') &&
	       buf_add_bytes(&next, buf_bytes(left)));
	buf_release(left);
	*left = next;
	free(to);
	return !left->full;
}

char *patterns_resolve(const struct top *top, const struct mounts *mounts,
		       struct bytes path)
{
	struct buf real, left;
	unsigned links = 0;
	bool looks = true;

	buf_init(&real, RECORD_PATH_MAX);
	buf_init(&left, RECORD_PATH_MAX);
	(void)buf_add_bytes(&left, path);
	while (left.n) {
		struct bytes rest = buf_bytes(&left), name = {0};

		(void)bytes_split(&rest, '/', &name);
		if (bytes_eq(name, bytes_str("..")))
			drop_last(&real);
		else if (name.n && !bytes_eq(name, bytes_str(".")))
			(void)(buf_add_byte(&real, '/') &&
			       buf_add_bytes(&real, name));
		buf_consume(&left, left.n - rest.n);
		if (!name.n || real.n == 0)
			continue;
		looks = looks && !real.full &&
			may_be_touched(top, mounts, &real);
		if (looks && follow(top, &real, &left))
			looks = ++links < LINKS_MAX;
	}
	buf_release(&left);
	if (real.n == 0)
		(void)buf_add_byte(&real, '/');
	return buf_detach(&real);
}

/* ---- homes ---- */

/* Folders where much else lies: what is below any of them is no user's. */
static bool is_shallow(struct bytes home)
{
	static const char *const folders[] = {
		"/",	    "/bin",	 "/sbin",    "/usr/bin", "/usr/sbin",
		"/usr",	    "/var",	 "/etc",     "/lib",	 "/home",
		"/usr/lib", "/usr/share", "/var/lib", "/var/log", "/opt",
		"/srv",	    "/tmp",	 "/boot",    "/run",	 "/var/run",
		"/mnt",	    "/media",	 "/usr/local"};

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		if (bytes_eq(home, bytes_str(folders[i])))
			return true;
	return false;
}

/* name:password:uid:gid:gecos:home:shell */
static struct bytes home_of(struct bytes line)
{
	struct bytes field = {0};

	for (size_t i = 0; i < 6; i++)
		if (!bytes_split(&line, ':', &field))
			return (struct bytes){0};
	return field;
}

static bool is_home(struct bytes home)
{
	return home.n && home.p[0] == '/' && home.n < RECORD_PATH_MAX / 4 &&
	       !memchr(home.p, 0, home.n) &&
	       !bytes_starts(home, "/nonexistent") &&
	       !bytes_starts(home, "/proc") && !bytes_starts(home, "/sys") &&
	       !bytes_starts(home, "/dev");
}

static bool add_home(struct patterns *p, const struct top *top,
		     const struct mounts *mounts, struct bytes home)
{
	char *real;
	struct err err;
	bool ok;

	if (!is_home(home))
		return true;
	real = top ? patterns_resolve(top, mounts, home) : bytes_to_str(home);
	ok = !is_home(bytes_str(real)) ||
	     pathset_add_home(p->set, bytes_str(real), false,
			      is_shallow(bytes_str(real)), &err) == ERR_OK;
	free(real);
	return ok;
}

/* Those of passwd, root's, and what lies in /home whoever it is of: accounts
 * may come from a directory service, or be deleted. */
static bool add_homes(struct patterns *p, const struct top *top,
		      const struct mounts *mounts, struct bytes passwd)
{
	bool ok = add_home(p, top, mounts, bytes_str("/root"));
	struct bytes line;
	struct err err;
	size_t n = 0;

	while (ok && n < PATTERN_HOMES_MAX &&
	       bytes_split(&passwd, '\n', &line)) {
		struct bytes home = home_of(line);

		n += home.n > 0;
		ok = add_home(p, top, mounts, home);
	}
	return ok &&
	       pathset_add_home(p->set, bytes_str("/home"), true, false,
				&err) == ERR_OK &&
	       n < PATTERN_HOMES_MAX;
}

/* ---- patterns ---- */

/* As far as it names one thing: up to the segment that holds a sign. */
static size_t spelled_out(struct bytes pattern)
{
	size_t last = 0;

	for (size_t i = 0; i < pattern.n; i++) {
		if (strchr("*?[\\", pattern.p[i]))
			return last;
		if (pattern.p[i] == '/')
			last = i;
	}
	return pattern.n;
}

/* Up to the last slash that is in front of any sign. */
static size_t folder_of(struct bytes pattern)
{
	size_t n = spelled_out(pattern);

	if (n < pattern.n)
		return n;
	while (n && pattern.p[n - 1] != '/')
		n--;
	return n - (n > 0);
}

/* So that a path in another place is not one of signs there. */
static void add_plain(struct buf *out, const char *path)
{
	for (const char *c = path; *c; c++) {
		if (strchr("*?[\\", *c))
			(void)buf_add_byte(out, '\\');
		(void)buf_add_byte(out, (uint8_t)*c);
	}
}

static bool add_at(struct patterns *p, uint32_t id, const char *folder,
		   struct bytes rest)
{
	struct buf whole;
	struct err err;
	bool ok;

	buf_init(&whole, 4 * RECORD_PATH_MAX);
	if (strcmp(folder, "/") != 0)
		add_plain(&whole, folder);
	(void)buf_add_bytes(&whole, rest);
	ok = !whole.full &&
	     pathset_add(p->set, buf_bytes(&whole), id, &err) == ERR_OK;
	buf_release(&whole);
	return ok;
}

/* Folders on the way may be symlinks, as /var/run is, and so may a file that
 * is named in full; that is for who has the folder to say, never a user. */
static bool add_resolved(struct patterns *p, const struct top *top,
			 const struct mounts *mounts, uint32_t id,
			 struct bytes pattern)
{
	size_t n = spelled_out(pattern);
	char *real;
	bool ok;

	if (n == pattern.n) {
		real = patterns_resolve(top, mounts, pattern);
		ok = add_at(p, id, real, bytes_str(""));
		free(real);
		n = folder_of(pattern);
		if (!ok)
			return false;
	}
	real = patterns_resolve(top, mounts, bytes_of(pattern.p, n));
	ok = add_at(p, id, real, bytes_skip(pattern, n));
	free(real);
	return ok;
}

bool patterns_load(struct patterns *p, const struct plan *plan,
		   const struct top *top, const struct mounts *mounts,
		   struct bytes passwd)
{
	bool ok = true;
	struct err err;

	*p = (struct patterns){.plan = plan};
	if (!plan->n_patterns)
		return true;
	p->set = pathset_new();
	for (size_t i = 0; i < plan->n_patterns; i++) {
		struct bytes pattern = bytes_str(plan->patterns[i].pattern);

		if (top && bytes_starts(pattern, "/"))
			ok &= add_resolved(p, top, mounts, (uint32_t)i,
					   pattern);
		else
			ok &= pathset_add(p->set, pattern, (uint32_t)i,
					  &err) == ERR_OK;
	}
	return add_homes(p, top, mounts, passwd) && ok;
}

void patterns_lead(struct patterns *p, struct bytes from, struct bytes to)
{
	char *folder;

	if (p->leads == LEADS_MAX || to.n < 2 || to.n >= RECORD_PATH_MAX / 4 ||
	    to.p[0] != '/')
		return;
	p->leads++;
	folder = bytes_to_str(to);
	for (size_t i = 0; i < p->plan->n_patterns; i++) {
		struct bytes pattern = bytes_str(p->plan->patterns[i].pattern);
		size_t n = bytes_eq(pattern, from) ? pattern.n
						   : folder_of(pattern);

		if (bytes_eq(bytes_of(pattern.p, n), from))
			(void)add_at(p, (uint32_t)i, folder,
				     bytes_skip(pattern, n));
	}
	free(folder);
}

void patterns_release(struct patterns *p)
{
	pathset_free(p->set);
	*p = (struct patterns){0};
}

/* ---- what is wanted ---- */

static bool is_meant(const struct plan_pattern *p, struct bytes path,
		     uint64_t mode)
{
	if (p->mode_any && !(mode & p->mode_any))
		return false;
	for (size_t i = 0; i < p->n_excludes; i++)
		if (glob_matches(p->excludes[i], path))
			return false;
	return true;
}

static void want_more(struct want *w, const struct plan_pattern *p)
{
	static const int ranks[] = {
		[0] = 0,
		[PATTERN_METADATA] = 1,
		[PATTERN_HASH] = 2,
		[PATTERN_CONTENT] = 3,
	};
	uint64_t cap = p->max_size ? p->max_size : UINT64_MAX;

	if (ranks[p->use] > ranks[w->use]) {
		w->use = p->use;
		w->max_size = cap;
	} else if (p->use == w->use) {
		w->max_size = MAX(w->max_size, cap);
	}
	w->secrecy = MAX(w->secrecy, p->secrecy);
}

struct want patterns_want(const struct patterns *p,
			  const struct pathset_state *at, struct bytes path,
			  uint64_t mode)
{
	struct want want = {0};
	uint32_t ids[ENDS_MAX];
	size_t n = pathset_ends(p->set, at, ids, ENDS_MAX);

	for (size_t i = 0; i < n; i++) {
		const struct plan_pattern *pattern =
			&p->plan->patterns[ids[i]];

		if (is_meant(pattern, path, mode))
			want_more(&want, pattern);
	}
	return want;
}

struct want patterns_find(const struct patterns *p, struct bytes path,
			  uint64_t mode)
{
	struct pathset_state at = {0};
	struct want want = {0};

	if (pathset_find(p->set, path, &at))
		want = patterns_want(p, &at, path, mode);
	pathset_state_release(&at);
	return want;
}
