/* SPDX-License-Identifier: Apache-2.0 */
/* Names and paths as definitions have them, in our own words. */
#include "base/base.h"

#include "artifact/inside.h"
#include "base/text.h"

static const struct {
	const char *name;
	unsigned bit;
} systems[] = {
	{"Android", ARTIFACT_ANDROID}, {"Darwin", ARTIFACT_DARWIN},
	{"ESXi", ARTIFACT_ESXI},       {"iOS", ARTIFACT_IOS},
	{"Linux", ARTIFACT_LINUX},     {"Windows", ARTIFACT_WINDOWS},
};

unsigned os_of_name(struct bytes name)
{
	for (size_t i = 0; i < ARRAY_SIZE(systems); i++)
		if (bytes_eq(name, bytes_str(systems[i].name)))
			return systems[i].bit;
	return 0;
}

void artifact_add_os(struct buf *out, unsigned os)
{
	const char *between = "";

	for (size_t i = 0; i < ARRAY_SIZE(systems); i++) {
		if (!(os & systems[i].bit))
			continue;
		(void)buf_addf(out, "%s%s", between, systems[i].name);
		between = ", ";
	}
	if (!os)
		(void)buf_add_str(out, "any");
}

static const char *const secrecies[] = {
	[SECRECY_NONE] = "none",
	[SECRECY_HASHES] = "hashes",
	[SECRECY_KEY] = "key",
	[SECRECY_METADATA] = "metadata",
};

const char *artifact_secrecy_name(enum req_secrecy secrecy)
{
	return secrecies[secrecy];
}

bool secrecy_of_name(struct bytes name, enum req_secrecy *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(secrecies); i++) {
		if (!bytes_eq(name, bytes_str(secrecies[i])))
			continue;
		*out = (enum req_secrecy)i;
		return true;
	}
	return false;
}

/* ---- paths ---- */

#define HOME "%%users.homedir%%"

/* "**" and "**N" alone in a segment: how many folders, as the readers of the
 * format have it; 0: it is something else. */
static unsigned stars_of(struct bytes segment)
{
	uint64_t n = 0;

	if (!bytes_starts(segment, "**"))
		return 0;
	segment = bytes_skip(segment, 2);
	if (segment.n == 0)
		return ARTIFACT_STARS_MAX;
	if (!bytes_to_u64(segment, &n))
		return 0;
	return n >= 2 && n <= ARTIFACT_STARS_MAX ? (unsigned)n
						 : ARTIFACT_STARS_MAX;
}

static bool has_end(struct bytes class)
{
	return class.n > 1 && memchr(class.p + 1, ']', class.n - 1);
}

/* A bracket that nothing closes, and a backslash, are what they are. */
static void add_segment(struct buf *out, struct bytes s)
{
	for (size_t i = 0; i < s.n; i++) {
		bool is_plain = s.p[i] == '\\' ||
				(s.p[i] == '[' &&
				 !has_end(bytes_skip(s, i + 1)));

		if (s.p[i] == '*' && i && s.p[i - 1] == '*')
			continue;
		if (is_plain)
			(void)buf_add_byte(out, '\\');
		(void)buf_add_byte(out, s.p[i]);
	}
}

static const char *add_segments(struct buf *out, struct bytes path,
				uint8_t separator)
{
	struct bytes segment;

	while (bytes_split(&path, separator, &segment)) {
		unsigned stars = stars_of(segment);

		if (segment.n == 0)
			continue;
		if (bytes_eq(segment, bytes_str(".")) ||
		    bytes_eq(segment, bytes_str("..")))
			return "a path with . or .. in it";
		(void)buf_add_byte(out, '/');
		if (stars)
			(void)buf_addf(out, "**%u", stars);
		else
			add_segment(out, segment);
	}
	return NULL;
}

char *pattern_of_path(const char *path, char separator, const char **why)
{
	struct bytes rest = bytes_str(path);
	struct buf out;

	buf_init(&out, 3 * ARTIFACT_WORD_MAX);
	*why = NULL;
	if (bytes_starts(rest, HOME)) {
		(void)buf_add_byte(&out, '~');
		rest = bytes_skip(rest, strlen(HOME));
	}
	if (bytes_find(rest, "%%", NULL))
		*why = "a variable that is none of Linux";
	else if (rest.n && rest.p[0] != (uint8_t)separator)
		*why = "a path that does not begin with a slash";
	else
		*why = add_segments(&out, rest, (uint8_t)separator);
	if (!*why && out.n == 0)
		*why = "a path of nothing";
	if (!*why)
		return buf_detach(&out);
	buf_release(&out);
	return NULL;
}
