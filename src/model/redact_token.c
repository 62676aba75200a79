/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens that say what they are by how they begin, and keys that stand behind
 * a name that nothing else has. */
#include "base/base.h"
#include "model/redact_inside.h"

static bool is_token(uint8_t c)
{
	return is_word(c) || c == '-' || c == '.';
}

#define TOKEN(begin, least) {begin, is_token, least, SIZE_MAX}

/* What one begins with, which stays, and how much is behind it at least: a
 * name such as npm_config_... goes on in words. */
static const struct behind tokens[] = {
	TOKEN("ghp_", 36),	TOKEN("gho_", 36),	 TOKEN("ghu_", 36),
	TOKEN("ghs_", 36),	TOKEN("ghr_", 36),	 TOKEN("hvs.", 24),
	TOKEN("xoxb-", 20),	TOKEN("xoxp-", 20),	 TOKEN("xoxa-", 20),
	TOKEN("xoxr-", 20),	TOKEN("xoxs-", 20),	 TOKEN("npm_", 36),
	TOKEN("sk_live_", 20),	TOKEN("rk_live_", 20),	 TOKEN("glpat-", 20),
	TOKEN("dop_v1_", 64),	TOKEN("dckr_pat_", 20),
	TOKEN("pypi-AgEI", 50), TOKEN("github_pat_", 50),
};

enum verdict judge_token(struct redactor *r, size_t at, struct span *s)
{
	enum verdict verdict = VERDICT_NO;

	s->from = at;
	if (at && is_word(r->p[at - 1]))
		return VERDICT_NO;
	for (size_t i = 0; verdict == VERDICT_NO && i < ARRAY_SIZE(tokens); i++)
		verdict = judge_behind(r, at, &tokens[i], s);
	return verdict;
}

static bool is_between(uint8_t c)
{
	return c && strchr(" \t\"'=:,>", c);
}

/* A value of so many characters behind a name and what separates them. */
static enum verdict judge_value(struct redactor *r, size_t at, size_t name_end,
				size_t length, struct span *s)
{
	size_t from = run_of(r, name_end, is_between);

	s->to = run_of(r, from, is_base64);
	if (is_open(r, at, s->to))
		return VERDICT_MORE;
	if (from == name_end || s->to - from != length)
		return VERDICT_NO;
	s->from = from;
	redact_mask(r, *s, REDACTED);
	return VERDICT_YES;
}

/* aws_secret_access_key and the same as JSON and shells have it. */
enum verdict judge_aws(struct redactor *r, size_t at, struct span *s)
{
	static const char *const names[] = {"secret_access_key",
					    "SECRET_ACCESS_KEY",
					    "SecretAccessKey",
					    "secretAccessKey"};

	s->from = at;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (is_at(r, at, names[i]))
			return judge_value(r, at, at + strlen(names[i]), 40,
					   s);
	return is_open(r, at, at + 24) ? VERDICT_MORE : VERDICT_NO;
}

/* Of a connection string of Azure. */
enum verdict judge_azure(struct redactor *r, size_t at, struct span *s)
{
	static const struct behind azure = {"AccountKey=", is_base64, 40, 200};

	return judge_behind(r, at, &azure, s);
}
