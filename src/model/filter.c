/* SPDX-License-Identifier: Apache-2.0 */
/* Words of a command line about which files are meant. */
#include "base/base.h"
#include "base/glob.h"
#include "base/text.h"
#include "base/time.h"
#include "model/filter.h"

struct row {
	const char *name;
	enum err_code (*take)(struct filter_words *w, const struct row *row,
			      const char *value, struct err *err);
	size_t at;  /* of the field in struct req_filter */
	uint64_t n; /* enum packaged, enum glob_use */
};

void filter_any(struct req_filter *filter)
{
	*filter = (struct req_filter){
		.mtime_from_ns = TIME_UNKNOWN,
		.mtime_until_ns = TIME_UNKNOWN,
		.ctime_from_ns = TIME_UNKNOWN,
		.ctime_until_ns = TIME_UNKNOWN,
	};
}

void filter_words_init(struct filter_words *w)
{
	*w = (struct filter_words){0};
	filter_any(&w->filter);
}

void filter_words_release(struct filter_words *w)
{
	free(w->globs);
	*w = (struct filter_words){0};
}

static enum err_code take_size(struct filter_words *w, const struct row *row,
			       const char *value, struct err *err)
{
	uint64_t n;

	if (!bytes_to_size(bytes_str(value), &n) || n > INT64_MAX)
		return err_set(err, ERR_USAGE,
			       "--%s wants a size such as 4096, 64M or 2G, "
			       "not '%s'",
			       row->name, shown_str(value).s);
	memcpy((char *)&w->filter + row->at, &n, sizeof n);
	return ERR_OK;
}

/* "90m", "12h", "7d": that long ago. */
static bool parse_ago(struct bytes s, int64_t *when_ns)
{
	static const struct {
		char unit;
		int64_t s;
	} units[] = {{'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};
	uint64_t n;

	if (s.n < 2 || !bytes_to_u64(bytes_of(s.p, s.n - 1), &n) ||
	    n > UINT32_MAX / 604800u)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (units[i].unit != (char)s.p[s.n - 1])
			continue;
		*when_ns = time_now_ns() -
			   (int64_t)n * units[i].s * NS_PER_S;
		return true;
	}
	return false;
}

/* A day begins at midnight, UTC. */
static bool parse_day(struct bytes s, int64_t *when_ns)
{
	char text[32];

	if (s.n != strlen("2026-11-21"))
		return false;
	(void)snprintf(text, sizeof text, "%.10sT00:00:00Z", (const char *)s.p);
	return time_parse(bytes_str(text), when_ns);
}

enum err_code filter_time(const char *option, const char *value,
			  int64_t *when_ns, struct err *err)
{
	struct bytes s = bytes_str(value);

	if (time_parse(s, when_ns) || parse_day(s, when_ns) ||
	    parse_ago(s, when_ns))
		return ERR_OK;
	return err_set(err, ERR_USAGE,
		       "--%s wants a time such as 2026-11-21, "
		       "2026-11-21T22:14:05Z or 7d (ago), not '%s'",
		       option, shown_str(value).s);
}

static enum err_code take_time(struct filter_words *w, const struct row *row,
			       const char *value, struct err *err)
{
	int64_t when_ns;
	enum err_code code = filter_time(row->name, value, &when_ns, err);

	if (code == ERR_OK)
		memcpy((char *)&w->filter + row->at, &when_ns, sizeof when_ns);
	return code;
}

static enum err_code take_owner(struct filter_words *w, const struct row *row,
				const char *value, struct err *err)
{
	w->filter.owner = (struct bytes){0};
	w->filter.has_uid = bytes_to_u64(bytes_str(value), &w->filter.uid);
	if (w->filter.has_uid && w->filter.uid <= UINT32_MAX)
		return ERR_OK;
	if (w->filter.has_uid || !*value || strlen(value) > 256)
		return err_set(err, ERR_USAGE,
			       "--%s wants a user id or name, not '%s'",
			       row->name, shown_str(value).s);
	w->filter.owner = bytes_str(value);
	return ERR_OK;
}

static bool parse_bits(struct bytes word, uint64_t *bits)
{
	static const struct {
		const char *word;
		uint64_t bits;
	} words[] = {
		{"setuid", 04000},	   {"setgid", 02000},
		{"sticky", 01000},	   {"world-writable", 02},
		{"group-writable", 020},   {"executable", 0111},
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (!bytes_eq(word, bytes_str(words[i].word)))
			continue;
		*bits |= words[i].bits;
		return true;
	}
	if (word.n == 0 || word.n > 5)
		return false;
	for (size_t i = 0, n = 0; i < word.n; i++) {
		if (word.p[i] < '0' || word.p[i] > '7')
			return false;
		n = n * 8 + (size_t)(word.p[i] - '0');
		if (i + 1 == word.n)
			*bits |= n;
	}
	return *bits <= 07777;
}

static enum err_code take_mode(struct filter_words *w, const struct row *row,
			       const char *value, struct err *err)
{
	struct bytes rest = bytes_str(value), word;
	uint64_t bits = 0;
	bool ok = true;

	while (ok && bytes_split(&rest, ',', &word))
		ok = parse_bits(word, &bits);
	if (!ok || !bits)
		return err_set(err, ERR_USAGE,
			       "--%s wants octal bits such as 6000, or words "
			       "such as setuid,setgid,world-writable,"
			       "executable, not '%s'",
			       row->name, shown_str(value).s);
	w->filter.mode_any = bits;
	return ERR_OK;
}

static enum err_code take_one_fs(struct filter_words *w,
				 const struct row *row UNUSED,
				 const char *value UNUSED,
				 struct err *err UNUSED)
{
	w->filter.one_fs = true;
	return ERR_OK;
}

static enum err_code take_packaged(struct filter_words *w,
				   const struct row *row,
				   const char *value UNUSED, struct err *err)
{
	if (w->filter.packaged && w->filter.packaged != row->n)
		return err_set(err, ERR_USAGE, "either --packaged or "
			       "--not-packaged, not both");
	w->filter.packaged = row->n;
	return ERR_OK;
}

static enum err_code take_glob(struct filter_words *w, const struct row *row,
			       const char *value, struct err *err)
{
	struct bytes pattern = bytes_str(value);
	struct glob *glob;
	enum err_code code;

	if (w->n_globs == FILTER_GLOBS_MAX)
		return err_set(err, ERR_LIMIT, "more than %u globs",
			       FILTER_GLOBS_MAX);
	if (row->n == GLOB_EXTENSION && bytes_starts(pattern, "."))
		pattern = bytes_skip(pattern, 1);
	if (row->n == GLOB_EXTENSION &&
	    (pattern.n == 0 || memchr(pattern.p, '/', pattern.n)))
		return err_set(err, ERR_USAGE, "--%s: '%s' is no extension",
			       row->name, shown_str(value).s);
	if (row->n != GLOB_EXTENSION) {
		code = glob_compile(pattern, &glob, err);
		if (code != ERR_OK)
			return err_wrap(err, "--%s", row->name);
		glob_free(glob);
	}
	w->globs = xrealloc(w->globs, w->n_globs + 1, sizeof *w->globs);
	w->globs[w->n_globs++] = (struct req_glob){row->n, pattern};
	return ERR_OK;
}

#define FIELD(member) offsetof(struct req_filter, member)

static const struct row rows[] = {
	{"min-size", take_size, FIELD(min_size), 0},
	{"mtime-after", take_time, FIELD(mtime_from_ns), 0},
	{"mtime-before", take_time, FIELD(mtime_until_ns), 0},
	{"ctime-after", take_time, FIELD(ctime_from_ns), 0},
	{"ctime-before", take_time, FIELD(ctime_until_ns), 0},
	{"owner", take_owner, 0, 0},
	{"mode", take_mode, 0, 0},
	{"ext", take_glob, 0, GLOB_EXTENSION},
	{"include", take_glob, 0, GLOB_INCLUDE},
	{"exclude", take_glob, 0, GLOB_EXCLUDE},
	{"one-fs", take_one_fs, 0, 0},
	{"packaged", take_packaged, 0, PACKAGED_YES},
	{"not-packaged", take_packaged, 0, PACKAGED_NO},
};

static const struct row *find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	}
	return NULL;
}

bool filter_has_option(const char *name)
{
	return find(name) != NULL;
}

enum err_code filter_words_add(struct filter_words *w, const char *name,
			       const char *value, struct err *err)
{
	const struct row *row = find(name);

	if (!row)
		BUG("no filter is called %s", name);
	return row->take(w, row, value, err);
}

enum err_code filter_words_check(const struct filter_words *w,
				 uint64_t max_size, struct err *err)
{
	const struct req_filter *f = &w->filter;
	const struct {
		const char *name;
		int64_t from_ns, until_ns;
	} times[] = {{"mtime", f->mtime_from_ns, f->mtime_until_ns},
		     {"ctime", f->ctime_from_ns, f->ctime_until_ns}};

	if (max_size && f->min_size > max_size)
		return err_set(err, ERR_USAGE,
			       "no file is as large as --min-size and no "
			       "larger than --max-size");
	for (size_t i = 0; i < ARRAY_SIZE(times); i++)
		if (times[i].from_ns != TIME_UNKNOWN &&
		    times[i].until_ns != TIME_UNKNOWN &&
		    times[i].from_ns >= times[i].until_ns)
			return err_set(err, ERR_USAGE,
				       "no time is both after --%s-after and "
				       "before --%s-before",
				       times[i].name, times[i].name);
	return ERR_OK;
}

const char *filter_words_ahead(const struct filter_words *w)
{
	int64_t now = time_now_ns();

	if (w->filter.mtime_from_ns != TIME_UNKNOWN &&
	    w->filter.mtime_from_ns > now)
		return "mtime-after";
	if (w->filter.ctime_from_ns != TIME_UNKNOWN &&
	    w->filter.ctime_from_ns > now)
		return "ctime-after";
	return NULL;
}
