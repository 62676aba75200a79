/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns of strangers: what they match, what is refused, and how long. */
#include "unit/unit.h"

#include "base/regex.h"
#include "base/time.h"

static bool matches(const char *pattern, const char *text)
{
	struct regex *r;
	struct err err;
	bool found;

	assert_ok(regex_compile(bytes_str(pattern), &r, &err), err);
	found = regex_search(r, bytes_str(text));
	regex_free(r);
	return found;
}

static void patterns_match_what_they_say(void **state)
{
	static const struct {
		const char *pattern, *text;
		bool is_in;
	} rows[] = {
		{"b", "abc", true},
		{"^b", "abc", false},
		{"c$", "abc", true},
		{"a.c", "a\nc", false},
		{"a.c", "a\xff" "c", true},
		{"\\.exe$", "/x/a.exe", true},
		{"\\.exe$", "/x/aXexe", false},
		{"(?i)TMP/[a-z]+\\.SH", "/tmp/Ab.sh", true},
		{"TMP", "/tmp", false},
		{"(?i)[^A]x", "ax", false},
		{"[^a]x", "ax", false},
		{"[]a]b", "]b", true},
		{"[a-]b", "-b", true},
		{"[\\w.-]+@", "a.b-c@", true},
		{"(foo|ba(r|z))!", "baz!", true},
		{"(foo|bar|)!$", "x!", true},
		{"(foo|bar)!", "ba!", false},
		{"^a{2,3}$", "aa", true},
		{"^a{2,3}$", "aaaa", false},
		{"^a{2}$", "a", false},
		{"^a{2,}$", "aaaaa", true},
		{"a{x}", "a{x}", true},
		{"colou?r", "color", true},
		{"^(ab)*$", "ababab", true},
		{"^(a*)*$", "aaa", true},
		{"^(a*?b)+?$", "aabb", true},
		{"js\\b", "/a.js", true},
		{"js\\b", "/a.json", false},
		{"a\\Bb", "ab", true},
		{"\\x41\\t", "A\t", true},
		{"\\d\\D\\s\\S", "1a b", true},
		{"(?:a|b)c", "bc", true},
		{"", NULL, false},
	};

	(void)state;
	for (size_t i = 0; rows[i].text; i++)
		if (matches(rows[i].pattern, rows[i].text) != rows[i].is_in)
			fail_msg("%s on %s", rows[i].pattern, rows[i].text);
}

static void what_cannot_be_run_in_bounds_is_refused(void **state)
{
	static const struct {
		const char *pattern, *why;
	} rows[] = {
		{"(a)\\1", "back-references"},
		{"(?=a)", "look around"},
		{"(?<!a)b", "look around"},
		{"a(?i)b", "look around"},
		{"((a{100}){100}){100}", "too large"},
		{"(((x{900}){900}){900}){900}", "too large"},
		{"a{1001}", "out of bounds"},
		{"a{3,2}", "out of bounds"},
		{"(a", "never closed"},
		{"a)", "closes nothing"},
		{"[a", "never closed"},
		{"[z-a]", "backwards"},
		{"*a", "repeat of nothing"},
		{"a\\", "nothing behind"},
		{"\\q", "nobody knows"},
		{"\\xg0", "hex"},
		{"((((((((((((((((((((((((((((((((((a))))))))))))))))))))"
		 "))))))))))))))",
		 "too deeply"},
		{"", "1 to"},
	};
	struct regex *r;
	struct err err;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_code(regex_compile(bytes_str(rows[i].pattern), &r,
					  &err),
			    ERR_FORMAT);
		assert_null(r);
		if (!strstr(err.msg, rows[i].why))
			fail_msg("%s: %s", rows[i].pattern, err.msg);
	}
}

/* What takes a backtracking engine years, and repeats of nothing, which would
 * take a compiler that counts them as long. */
static void hostile_patterns_take_linear_time(void **state)
{
	static const char *const patterns[] = {
		"(a*)*b", "(a|a)*b", "(a|aa)+$b", "(.*)*(.*)*(.*)*x",
		"^(([a-z])+.)+[A-Z]([a-z])+$",
		"((((((((){1000}){1000}){1000}){1000}){1000}){1000}){1000})",
	};
	char text[4001];
	int64_t began = time_mono_ns();

	(void)state;
	memset(text, 'a', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(patterns) - 1; i++)
		assert_false(matches(patterns[i], text));
	assert_true(matches(patterns[ARRAY_SIZE(patterns) - 1], text));
	assert_true(time_mono_ns() - began < 5 * NS_PER_S);
}

struct hits {
	size_t n;
	uint64_t mask;
};

static void on_hit(void *arg, size_t n)
{
	struct hits *h = arg;

	h->n++;
	h->mask |= UINT64_C(1) << n;
}

static void a_set_finds_what_each_would(void **state)
{
	static const char *const patterns[] = {
		"/tmp/\\.x", "(?i)WGET", "[0-9]{4}", "\\.(exe|dll)$",
		"a", "/dev/shm/[^/]+$", "kit.*kit", "passwd-?",
	};
	static const char *const texts[] = {
		"/tmp/.x11", "/usr/bin/wget", "/srv/2020/a.dll", "/dev/shm/q",
		"/kit/kit/kit", "/etc/passwd", "", "xx",
	};
	struct regex_set *set = regex_set_new();
	struct err err;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
		struct regex *r;

		assert_ok(regex_compile(bytes_str(patterns[i]), &r, &err),
			  err);
		assert_int_equal(regex_set_add(set, r), i);
	}
	for (size_t t = 0; t < ARRAY_SIZE(texts); t++) {
		struct hits h = {0}, want = {0};

		regex_set_search(set, bytes_str(texts[t]), on_hit, &h);
		for (size_t i = 0; i < ARRAY_SIZE(patterns); i++)
			if (matches(patterns[i], texts[t]))
				on_hit(&want, i);
		assert_int_equal(h.n, want.n); /* each once */
		assert_int_equal(h.mask, want.mask);
	}
	regex_set_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_match_what_they_say),
		cmocka_unit_test(what_cannot_be_run_in_bounds_is_refused),
		cmocka_unit_test(hostile_patterns_take_linear_time),
		cmocka_unit_test(a_set_finds_what_each_would),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
