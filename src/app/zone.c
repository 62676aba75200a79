/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In which zone local times of a host are read: what --zone says, else what
 * the host's /etc/localtime has, else the zone of the name that it gives, out
 * of this machine's tz database; else what was told before. Evidence is only
 * passed on here: what it holds is read in the jail of the child that parses.
 */
#include "base/base.h"

#include "app/cmd.h"
#include "app/inside.h"
#include "base/fs.h"
#include "base/text.h"
#include "parse/zone.h"

#define FOLDER	  "/usr/share/zoneinfo"
#define LOCALTIME "/etc/localtime"
#define TIMEZONE  "/etc/timezone"

static void set(struct job_zone *z, struct bytes bytes, const char *name,
		const char *source, const char *evidence)
{
	z->bytes = xmemdup(bytes.p, bytes.n);
	z->n = bytes.n;
	z->name = xstrdup(name);
	z->source = xstrdup(source);
	z->evidence = evidence && *evidence ? xstrdup(evidence) : NULL;
}

/* ---- this machine's zones ---- */

/* TZDIR as in tzset(3). */
static char *path_of(const char *name)
{
	const char *folder = getenv("TZDIR");

	return xasprintf("%s/%s", folder && *folder ? folder : FOLDER, name);
}

static enum err_code read_named(const char *name, struct buf *out,
				struct err *err)
{
	char *path = path_of(name);
	struct zone *zone = NULL;
	enum err_code code = fs_read(path, out, err);

	if (code == ERR_OK)
		code = zone_read(buf_bytes(out), &zone, err);
	zone_free(zone);
	if (code != ERR_OK)
		code = err_set(err, code, "%s: %s",
			       shown_str(path).s, err->msg);
	free(path);
	return code;
}

/* "+02:00", "Europe/Berlin", "CET-1CEST,M3.5.0,M10.5.0/3". */
static enum err_code take_option(const char *option, struct job_zone *z,
				 struct err *err)
{
	struct zone *zone = NULL;
	struct bytes text = bytes_str(option);
	struct buf file;
	struct err why;

	buf_init(&file, ZONE_BYTES_MAX);
	if (zone_name_is(text) && read_named(option, &file, &why) == ERR_OK)
		set(z, buf_bytes(&file), option, JOB_ZONE_OPTION, NULL);
	else if (!bytes_starts(text, "TZif") &&
		 zone_read(text, &zone, err) == ERR_OK)
		set(z, text, option, JOB_ZONE_OPTION, NULL);
	zone_free(zone);
	buf_release(&file);
	if (z->n)
		return ERR_OK;
	return err_set(err, ERR_USAGE,
		       "--zone: %s is neither an offset from UTC such as "
		       "+02:00 nor a time zone that this machine knows, such "
		       "as Europe/Berlin (%s)",
		       shown_str(option).s, FOLDER);
}

/* ---- what the host says ---- */

/* What the case knows of a host's zone. */
struct known {
	char *name, *rules, *source, *evidence; /* NULL */
};

static void known_release(struct known *k)
{
	free(k->name);
	free(k->rules);
	free(k->source);
	free(k->evidence);
}

static char *text_or_null(const struct view *v, const struct row *row,
			  const char *column)
{
	const struct value *cell = row_value(v, row, column);

	return cell->type == VALUE_NULL ? NULL : bytes_to_str(cell->b);
}

static enum err_code keep_known(void *arg, const struct view *v,
				const struct row *row,
				struct err *err UNUSED)
{
	struct known *k = arg;

	known_release(k);
	k->name = text_or_null(v, row, "zone");
	k->rules = text_or_null(v, row, "zone_rules");
	k->source = text_or_null(v, row, "zone_source");
	k->evidence = text_or_null(v, row, "zone_evidence_id");
	return ERR_OK;
}

/* The newest item of that path that is whole; "": there is none. */
static enum err_code newest_of(struct app *app, const char *host,
			       const char *path, char id[UUID_TEXT_LEN + 1],
			       struct err *err)
{
	struct row_query query = {
		.view = "evidence", .reverse = true, .limit = 1};
	enum err_code code;

	id[0] = '\0';
	cmd_where(&query, "host", host);
	cmd_where(&query, "path", path);
	cmd_where(&query, "complete", "1");
	code = cmd_newest(app, &query, "id", id, UUID_TEXT_LEN + 1, err);
	return code == ERR_NOTFOUND ? ERR_OK : code;
}

static enum err_code read_item(struct app *app, const char *id,
			       struct buf *out, struct err *err)
{
	size_t n = ZONE_BYTES_MAX;
	enum err_code code;

	buf_clear(out);
	code = case_evidence_read(app->casefile, id, 0,
				  buf_reserve(out, ZONE_BYTES_MAX), &n, err);
	if (code == ERR_OK)
		buf_commit(out, n);
	return code;
}

/* What a file of zones ends with, as text: is it that of the name? */
static bool is_named(const char *name, struct bytes bytes)
{
	struct bytes a = bytes, b;
	struct buf file;
	struct err err;
	bool same = false;

	if (!name || !zone_name_is(bytes_str(name)))
		return false;
	buf_init(&file, ZONE_BYTES_MAX);
	if (read_named(name, &file, &err) == ERR_OK) {
		b = buf_bytes(&file);
		a = zone_footer(a);
		b = zone_footer(b);
		same = a.n && bytes_eq(a, b);
	}
	buf_release(&file);
	return same;
}

static enum err_code take_localtime(struct app *app, const char *id,
				    const char *name, struct job_zone *z,
				    struct err *err)
{
	struct buf file;
	enum err_code code;
	char *rules;

	buf_init(&file, ZONE_BYTES_MAX);
	code = read_item(app, id, &file, err);
	if (code == ERR_OK && bytes_starts(buf_bytes(&file), "TZif")) {
		rules = xstrdup(shown(zone_footer(buf_bytes(&file))).s);
		set(z, buf_bytes(&file),
		    is_named(name, buf_bytes(&file)) ? name
		    : *rules			     ? rules
						     : LOCALTIME,
		    LOCALTIME, id);
		free(rules);
	}
	buf_release(&file);
	return code;
}

/* A name that this machine does not know leaves it at what else is known. */
static void take_name(const char *name, const char *source,
		      const char *evidence, struct job_zone *z)
{
	struct buf file;
	struct err err;

	if (!name || !zone_name_is(bytes_str(name)))
		return;
	buf_init(&file, ZONE_BYTES_MAX);
	if (read_named(name, &file, &err) == ERR_OK)
		set(z, buf_bytes(&file), name, source, evidence);
	buf_release(&file);
}

/* The first word of /etc/timezone. */
static enum err_code name_in(struct app *app, const char *id, char **name,
			     struct err *err)
{
	struct buf file;
	struct bytes rest, line;
	enum err_code code;

	buf_init(&file, ZONE_BYTES_MAX);
	code = read_item(app, id, &file, err);
	rest = buf_bytes(&file);
	while (code == ERR_OK && !*name && bytes_split(&rest, '\n', &line))
		if (zone_name_is(bytes_trim(line)))
			*name = bytes_to_str(bytes_trim(line));
	buf_release(&file);
	return code;
}

/* Of two items the one that came later: ids rise. */
static const char *later(const char *a, const char *b)
{
	return !b || strcmp(a, b) > 0 ? a : b;
}

static enum err_code take_known(struct app *app, const char *host,
				const struct known *k, struct job_zone *z,
				struct err *err)
{
	bool had = k->source && strcmp(k->source, LOCALTIME) == 0;
	char file[UUID_TEXT_LEN + 1], named[UUID_TEXT_LEN + 1];
	const char *at;
	char *name = NULL;
	enum err_code code = newest_of(app, host, LOCALTIME, file, err);

	if (code == ERR_OK)
		code = newest_of(app, host, TIMEZONE, named, err);
	if (code == ERR_OK && named[0])
		code = name_in(app, named, &name, err);
	if (!name && k->name)
		name = xstrdup(k->name);
	at = later(file, had ? k->evidence : NULL);
	if (code == ERR_OK && *at)
		code = take_localtime(app, at, name, z, err);
	if (code == ERR_OK && !z->n)
		take_name(name, named[0] ? TIMEZONE : k->source,
			  named[0] ? named : k->evidence, z);
	if (code == ERR_OK && !z->n && k->rules && !had)
		set(z, bytes_str(k->rules), k->name ? k->name : k->rules,
		    k->source, k->evidence);
	free(name);
	return code;
}

enum err_code app_zone(struct app *app, const char *host, const char *option,
		       struct job_zone *z, struct err *err)
{
	struct row_query query = {.view = "host", .limit = 1};
	struct known k = {NULL, NULL, NULL, NULL};
	enum err_code code;

	if (option)
		return take_option(option, z, err);
	cmd_where(&query, "name", host);
	code = app_each_row(app->casefile, &query, keep_known, &k, err);
	if (code == ERR_OK)
		code = take_known(app, host, &k, z, err);
	known_release(&k);
	return code;
}
