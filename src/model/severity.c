/* SPDX-License-Identifier: Apache-2.0 */
/* How bad a thing is, in the words rules and lists have for it. */
#include "base/base.h"

#include <ctype.h>

#include "model/severity.h"

static const char *const severities[] = {"info", "low", "medium", "high",
					 "critical"};

/* What rule authors write in meta. */
static const struct {
	const char *word;
	int severity;
} words[] = {
	{"critical", 4}, {"crit", 4},          {"severe", 4}, {"very high", 4},
	{"high", 3},     {"important", 3},     {"medium", 2}, {"med", 2},
	{"moderate", 2}, {"middle", 2},        {"low", 1},    {"minor", 1},
	{"info", 0},     {"informational", 0}, {"none", 0},   {"notice", 0},
};

/* The least score from 0 to 100 for each severity above info. */
static const unsigned score_from[] = {0, 1, 40, 70, 90};

static bool same_word(struct bytes b, const char *word)
{
	if (b.n != strlen(word))
		return false;
	for (size_t i = 0; i < b.n; i++)
		if (tolower(b.p[i]) != word[i])
			return false;
	return true;
}

int severity_of(struct bytes b)
{
	uint64_t score;

	b = bytes_trim(b);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (same_word(b, words[i].word))
			return words[i].severity;
	if (!bytes_to_u64(b, &score))
		return -1;
	for (int i = (int)ARRAY_SIZE(score_from) - 1; i > 0; i--)
		if (score >= score_from[i])
			return i;
	return 0;
}

const char *severity_name(int severity)
{
	return severities[severity];
}
