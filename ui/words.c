/* SPDX-License-Identifier: Apache-2.0 */
/* Colour words and numbers for people. */
#include "base/base.h"

#include <sys/stat.h>

#include "ui/words.h"

#define BAR_CELLS 20

static const char *const columns[] = {"state", "status", "severity", "outcome",
				      "code",  "chain",  "kind"};

static const struct {
	const char *word;
	enum role role;
} roles[] = {
	{"new", ROLE_MARK},
	{"confirmed", ROLE_BAD},
	{"benign", ROLE_DIM},
	{"critical", ROLE_BAD},
	{"high", ROLE_BAD},
	{"medium", ROLE_WARN},
	{"low", ROLE_NORMAL},
	{"info", ROLE_DIM},
	{"done", ROLE_GOOD},
	{"ok", ROLE_GOOD},
	{"up", ROLE_GOOD},
	{"partial", ROLE_WARN},
	{"failed", ROLE_BAD},
	{"cancelled", ROLE_WARN},
	{"refused", ROLE_BAD},
	{"key changed", ROLE_BAD},
	{"hostkey", ROLE_BAD},
	{"auth", ROLE_BAD},
	{"unreachable", ROLE_BAD},
	{"skipped", ROLE_WARN},
	{"scanned", ROLE_GOOD},
	{"collected", ROLE_GOOD},
	{"running", ROLE_MARK},
	{"connecting", ROLE_MARK},
	{"asking", ROLE_WARN},
	{"unknown", ROLE_DIM},
	{"timeout", ROLE_BAD},
	{"net", ROLE_BAD},
	{"false positive", ROLE_DIM},
	{"error", ROLE_BAD},
	{"warning", ROLE_WARN},
};

bool words_column(const char *column)
{
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		if (strcmp(columns[i], column) == 0)
			return true;
	return false;
}

enum role words_role(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(roles); i++)
		if (strcasecmp(roles[i].word, word) == 0)
			return roles[i].role;
	return ROLE_NORMAL;
}

const char *words_count(uint64_t n, char out[WORDS_MAX])
{
	char plain[24];
	int len = snprintf(plain, sizeof plain, "%" PRIu64, n), k = 0;

	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			out[k++] = ',';
		out[k++] = plain[i];
	}
	out[k] = '\0';
	return out;
}

const char *words_size(uint64_t bytes, char out[WORDS_MAX])
{
	static const char *const units[] = {"kB", "MB", "GB", "TB", "PB"};
	double v = (double)bytes;
	size_t u = 0;

	if (bytes < 1000) {
		(void)snprintf(out, WORDS_MAX, "%" PRIu64 " B", bytes);
		return out;
	}
	for (v /= 1000; v >= 999.95 && u + 1 < ARRAY_SIZE(units); u++)
		v /= 1000;
	(void)snprintf(out, WORDS_MAX, "%.1f %s", v, units[u]);
	return out;
}

const char *words_bar(uint64_t done, uint64_t of, char out[WORDS_MAX])
{
	uint64_t full = of ? MIN(done, of) * BAR_CELLS / of : 0;

	out[0] = '[';
	for (unsigned i = 0; i < BAR_CELLS; i++)
		out[i + 1] = i < full ? '#' : '-';
	out[BAR_CELLS + 1] = ']';
	out[BAR_CELLS + 2] = '\0';
	return out;
}

const char *words_pace(bool paused, unsigned pace, char out[WORDS_MAX])
{
	out[0] = '\0';
	if (paused)
		(void)snprintf(out, WORDS_MAX, "paused");
	else if (pace)
		(void)snprintf(out, WORDS_MAX, "pace %u%%", pace);
	return out;
}

const char *words_plural(uint64_t n, const char *noun, char out[WORDS_MAX])
{
	char number[WORDS_MAX];

	(void)snprintf(out, WORDS_MAX, "%s %s%s", words_count(n, number), noun,
		       n == 1 ? "" : "s");
	return out;
}

const char *words_mode(uint64_t mode, char out[WORDS_MAX])
{
	static const struct {
		uint64_t type;
		const char *name;
	} types[] = {
		{S_IFREG, " regular file"}, {S_IFDIR, " folder"},
		{S_IFLNK, " link"},         {S_IFCHR, " character device"},
		{S_IFBLK, " block device"}, {S_IFIFO, " pipe"},
		{S_IFSOCK, " socket"},
	};
	const char *name = "";

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (types[i].type == (mode & S_IFMT))
			name = types[i].name;
	(void)snprintf(out, WORDS_MAX, "%04" PRIo64 "%s",
		       mode & ~(uint64_t)S_IFMT, name);
	return out;
}
