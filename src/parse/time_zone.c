/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a host says of its time zone: /etc/localtime (TZif, wherever it lies),
 * /etc/timezone (its name), and ZONE= of /etc/sysconfig/clock.
 */
#include "base/base.h"
#include "parse/conf.h"

#define NAMES PATHS("timezone", "TIMEZONE", "sysconfig/clock")

bool zone_name_is(struct bytes name)
{
	bool part = false; /* something since the last slash */

	for (size_t i = 0; i < name.n; i++) {
		uint8_t c = name.p[i];

		if (c == '/' && !part)
			return false;
		part = c != '/';
		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
		      (c >= '0' && c <= '9') || strchr("/_+-", c)))
			return false;
	}
	return part && name.n <= ZONE_NAME_MAX;
}

/* Behind "zoneinfo/", "posix/" and "right/". */
struct bytes zone_name_of(struct bytes path)
{
	static const char folder[] = "zoneinfo/";
	struct bytes none = bytes_of(NULL, 0);
	size_t at;

	if (!bytes_find(path, folder, &at))
		return none;
	path = bytes_skip(path, at + strlen(folder));
	if (bytes_starts(path, "posix/") || bytes_starts(path, "right/"))
		path = bytes_skip(path, strlen("posix/"));
	return zone_name_is(path) ? path : none;
}

unsigned time_zone_score(const struct parse_input *in)
{
	struct zone *zone = NULL;
	struct err err;

	if (!bytes_starts(in->content, "TZif") ||
	    zone_read(in->content, &zone, &err) != ERR_OK)
		return 0;
	zone_free(zone);
	return 100;
}

/* What says it is before which time; of a clock that nobody set: now. */
static int64_t when(const struct parse_input *in)
{
	return in->taken_ns == TIME_UNKNOWN || in->taken_ns == 0
		       ? 0
		       : in->taken_ns / NS_PER_S;
}

enum err_code time_zone_run(const struct parse_input *in,
			    const struct parse_out *out, struct err *err)
{
	struct zone *zone = NULL;
	enum err_code code = zone_read(in->content, &zone, err);
	struct bytes name = zone_name_of(in->path), rules;
	struct conf_line whole;
	struct conf c;

	if (code != ERR_OK)
		return code;
	rules = zone_rules(zone);
	if (!name.n) /* one of version 1 has no rules */
		name = rules.n ? rules : bytes_str("localtime");
	conf_begin(&c, in, out, err);
	whole = conf_whole(&c);
	fact_begin(&c, "time_zone", name, &whole);
	if (rules.n)
		fact_text(&c, "rules", rules);
	fact_int(&c, "offset_s", zone_offset_at(zone, when(in)));
	fact_int(&c, "changes", (int64_t)zone_n_changes(zone));
	fact_str(&c, "source", "localtime");
	fact_tell(&c);
	code = conf_end(&c);
	zone_free(zone);
	return code;
}

/* "Europe/Berlin", or ZONE="Europe/Berlin". */
static bool take_name(struct bytes line, struct bytes *name)
{
	struct bytes key, value;

	*name = line;
	if (take_setting(line, "=", &key, &value) &&
	    bytes_eq(key, bytes_str("ZONE")))
		*name = unquoted(value);
	return zone_name_is(*name);
}

static bool is_name(struct bytes line)
{
	struct bytes name, key, value;

	return take_name(bytes_trim(line), &name) ||
	       take_setting(line, "=", &key, &value);
}

unsigned zone_name_score(const struct parse_input *in)
{
	return conf_score(in, NAMES, is_name);
}

enum err_code zone_name_run(const struct parse_input *in,
			    const struct parse_out *out, struct err *err)
{
	struct conf_line line;
	struct bytes name;
	struct conf c;

	conf_begin(&c, in, out, err);
	while (conf_next_said(&c, NULL, &line)) {
		if (!take_name(line.text, &name))
			continue;
		fact_begin(&c, "time_zone", name, &line);
		fact_str(&c, "source", "timezone");
		fact_tell(&c);
		break; /* what stands behind it nobody reads */
	}
	return conf_end(&c);
}
